// Models the describers of what keeps Pods running in kubectl's describe.go, and pkg/util/deployment of kubectl.
import { semanticEqual } from '../../api/deep'
import { apiPath, mustResource } from '../../api/kinds'
import { formatLabelSelector, formatLabels, labelSelector, mapSelector, type Selector } from '../../api/selectors'
import type {
  DaemonSet,
  Deployment,
  KubeObject,
  ObjectMeta,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../../api/types'
import { writeClaimTemplates } from './claims'
import { eventsRead, writeEvents } from './events'
import { controlledBy, dateOf, labelsAndAnnotations } from './format'
import { writeTemplate } from './pod'
import { type DescribeContext, type Describers, type DescribeSettings, describer, type NamedRead } from './types'
import type { Writer } from './writer'

/** The read of the Pods that a selector selects. */
const podsRead = ({ metadata }: KubeObject, selector: Selector, { chunkSize }: DescribeSettings): NamedRead => {
  const query = { ...(selector.text !== '' && { labelSelector: selector.text }), limit: String(chunkSize) }
  return { name: 'pods', path: apiPath(mustResource('v1', 'Pod'), metadata.namespace), query }
}
const required = (read: NamedRead): NamedRead => ({ ...read, required: true })

/** `3 Running / 0 Waiting / …` of the Pods that the object controls. Models getPodStatusForController. */
function podsText({ metadata }: { metadata: ObjectMeta }, { items }: DescribeContext): string {
  const own = (items<Pod>('pods') ?? []).filter(pod =>
    pod.metadata.ownerReferences?.some(owner => owner.controller && owner.uid === metadata.uid),
  )
  const count = (phase: string) => own.filter(pod => pod.status.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}
function writeConditions(writer: Writer, conditions: readonly Condition[] | undefined): void {
  if (!conditions?.length) return
  writer.line(0, 'Conditions:')
  writer.line(1, 'Type', 'Status', 'Reason')
  writer.line(1, '----', '------', '------')
  for (const { type, status, reason = '' } of conditions) writer.line(1, `${type} `, status, reason)
}

const withoutHash = ({ metadata, spec }: PodTemplateSpec): unknown => {
  const { 'pod-template-hash': _, ...labels } = metadata?.labels ?? {}
  return { metadata: { ...metadata, labels, creationTimestamp: undefined }, spec }
}

/**
 * The Deployment's ReplicaSets by age: the oldest that has its template is the new one, all others are old ones.
 * Models GetAllReplicaSetsInChunks.
 */
function replicaSetsOf(deployment: Deployment, all: readonly ReplicaSet[]): { old: ReplicaSet[]; current: ReplicaSet[] } {
  const age = ({ metadata }: ReplicaSet) => `${metadata.creationTimestamp} ${metadata.name}`
  const own = all
    .filter(set => set.metadata.ownerReferences?.some(owner => owner.controller && owner.uid === deployment.metadata.uid))
    .sort((a, b) => (age(a) < age(b) ? -1 : 1))
  const template = withoutHash(deployment.spec.template)
  const current = own.find(set => set.spec.template !== undefined && semanticEqual(withoutHash(set.spec.template), template))
  return { old: own.filter(set => set !== current), current: current === undefined ? [] : [current] }
}
const replicaSetsText = (sets: readonly ReplicaSet[]): string =>
  sets.map(set => `${set.metadata.name} (${set.status.replicas}/${set.spec.replicas ?? 0} replicas created)`).join(', ') ||
  '<none>'

function writeDeployment(writer: Writer, deployment: Deployment, context: DescribeContext): void {
  const { metadata, spec, status } = deployment
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'CreationTimestamp:', dateOf(metadata.creationTimestamp))
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Selector:', labelSelector(spec.selector).text)
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status
  const counts = [
    `${spec.replicas ?? 0} desired`,
    `${updatedReplicas} updated`,
    `${replicas} total`,
    `${availableReplicas} available`,
    `${unavailableReplicas} unavailable`,
  ]
  writer.line(0, 'Replicas:', counts.join(' | '))
  writer.line(0, 'StrategyType:', spec.strategy?.type ?? '')
  writer.line(0, 'MinReadySeconds:', String(spec.minReadySeconds ?? 0))
  const rolling = spec.strategy?.rollingUpdate
  if (rolling) {
    writer.line(0, 'RollingUpdateStrategy:', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`)
  }
  writeTemplate(writer, spec.template)
  writeConditions(writer, status.conditions)
  const { old, current } = replicaSetsOf(deployment, context.items<ReplicaSet>('replicasets') ?? [])
  if (old.length > 0 || current.length > 0) {
    writer.line(0, 'OldReplicaSets:', replicaSetsText(old))
    writer.line(0, 'NewReplicaSet:', replicaSetsText(current))
  }
  writeEvents(writer, context)
}

function writeReplicaSet(writer: Writer, set: ReplicaSet, context: DescribeContext): void {
  const { metadata, spec, status } = set
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'Selector:', formatLabelSelector(spec.selector))
  labelsAndAnnotations(writer, metadata)
  controlledBy(writer, metadata)
  writer.line(0, 'Replicas:', `${status.replicas} current / ${spec.replicas ?? 0} desired`)
  const error = context.error('pods')
  writer.line(0, 'Pods Status:', error === undefined ? podsText(set, context) : `error in fetching pods: ${error}`)
  writeTemplate(writer, spec.template)
  writeConditions(writer, status.conditions)
  writeEvents(writer, context)
}

function writeReplicationController(writer: Writer, controller: ReplicationController, context: DescribeContext): void {
  const { metadata, spec, status } = controller
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'Selector:', formatLabels(spec.selector))
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Replicas:', `${status.replicas} current / ${spec.replicas ?? 0} desired`)
  writer.line(0, 'Pods Status:', podsText(controller, context))
  writeTemplate(writer, spec.template)
  writeConditions(writer, status.conditions)
  writeEvents(writer, context)
}

function writeStatefulSet(writer: Writer, set: StatefulSet, context: DescribeContext): void {
  const { metadata, spec, status } = set
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'CreationTimestamp:', dateOf(metadata.creationTimestamp))
  writer.line(0, 'Selector:', labelSelector(spec.selector).text)
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Replicas:', `${spec.replicas ?? 0} desired | ${status.replicas} total`)
  writer.line(0, 'Update Strategy:', spec.updateStrategy?.type ?? '')
  const rolling = spec.updateStrategy?.rollingUpdate
  if (rolling?.partition !== undefined) {
    writer.line(1, 'Partition:', String(rolling.partition))
    if (rolling.maxUnavailable !== undefined) writer.line(1, 'MaxUnavailable:', String(rolling.maxUnavailable))
  }
  writer.line(0, 'Pods Status:', podsText(set, context))
  writeTemplate(writer, spec.template)
  writeClaimTemplates(writer, spec.volumeClaimTemplates)
  writeEvents(writer, context)
}

function writeDaemonSet(writer: Writer, set: DaemonSet, context: DescribeContext): void {
  const { metadata, spec, status } = set
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'Selector:', labelSelector(spec.selector).text)
  writer.line(0, 'Node-Selector:', formatLabels(spec.template.spec?.nodeSelector))
  labelsAndAnnotations(writer, metadata)
  writer.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled}`)
  writer.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled}`)
  writer.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`)
  writer.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`)
  writer.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled}`)
  writer.line(0, 'Pods Status:', podsText(set, context))
  writeTemplate(writer, spec.template)
  writeEvents(writer, context)
}

export const workloadDescribers: Describers = {
  'Deployment.apps': describer<Deployment>((deployment, settings) => {
    const path = apiPath(mustResource('apps/v1', 'ReplicaSet'), deployment.metadata.namespace)
    const query = { labelSelector: labelSelector(deployment.spec.selector).text, limit: String(settings.chunkSize) }
    return [...eventsRead(deployment, settings), { name: 'replicasets', path, query }]
  }, writeDeployment),
  'ReplicaSet.apps': describer<ReplicaSet>(
    (set, settings) => [podsRead(set, labelSelector(set.spec.selector), settings), ...eventsRead(set, settings)],
    writeReplicaSet,
  ),
  ReplicationController: describer<ReplicationController>(
    (controller, settings) => [
      required(podsRead(controller, mapSelector(controller.spec.selector ?? {}), settings)),
      ...eventsRead(controller, settings),
    ],
    writeReplicationController,
  ),
  'StatefulSet.apps': describer<StatefulSet>(
    (set, settings) => [required(podsRead(set, labelSelector(set.spec.selector), settings)), ...eventsRead(set, settings)],
    writeStatefulSet,
  ),
  'DaemonSet.apps': describer<DaemonSet>(
    (set, settings) => [required(podsRead(set, labelSelector(set.spec.selector), settings)), ...eventsRead(set, settings)],
    writeDaemonSet,
  ),
}
