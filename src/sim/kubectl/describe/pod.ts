// Models describePod and DescribePodTemplate of kubectl's describe.go.
import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1'
import { formatLabelSelector } from '../../api/selectors'
import { ageOf } from '../../api/time'
import type { Pod, PodTemplateSpec } from '../../api/types'
import { writeContainers, writeResources } from './containers'
import { fieldsOf } from './environment'
import { eventsRead, writeEvents } from './events'
import { annotations, controlledBy, dateOf, labels, labelsAndAnnotations, multiline, sortedBy, tolerations } from './format'
import { type DescribeContext, type Describers, describer } from './types'
import { writeVolumes } from './volumes'
import type { Writer } from './writer'

/** The kubelet's own uid for a static Pod is in this annotation; its Events carry that one. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

function writePod(writer: Writer, pod: Pod, context: DescribeContext): void {
  identity(writer, pod, context)
  addresses(writer, pod)
  const { spec, status } = pod
  // Newer than the types.
  const resources = (spec as { resources?: Parameters<typeof writeResources>[2] }).resources
  if (resources) {
    writer.line(0, 'Resources:')
    writeResources(writer, 1, resources)
  }
  const resolve = fieldsOf(pod)
  if (spec.initContainers?.length) {
    writeContainers(writer, spec.initContainers, { title: 'Init Containers', statuses: status.initContainerStatuses, resolve })
  }
  writeContainers(writer, spec.containers, { title: 'Containers', statuses: status.containerStatuses, resolve })
  if (spec.ephemeralContainers?.length) {
    const options = { title: 'Ephemeral Containers', statuses: status.ephemeralContainerStatuses, resolve }
    writeContainers(writer, spec.ephemeralContainers, options)
  }
  conditions(writer, pod)
  writeVolumes(writer, spec.volumes)
  writer.line(0, 'QoS Class:', status.qosClass ?? 'BestEffort')
  labels(writer, 'Node-Selectors', spec.nodeSelector)
  tolerations(writer, 'Tolerations', spec.tolerations)
  topologySpread(writer, 'Topology Spread Constraints', spec.topologySpreadConstraints)
  writeEvents(writer, context)
}

function identity(writer: Writer, { metadata, spec, status }: Pod, { now }: DescribeContext): void {
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  if (spec.priority !== undefined) writer.line(0, 'Priority:', String(spec.priority))
  if (spec.priorityClassName) writer.line(0, 'Priority Class Name:', spec.priorityClassName)
  if (spec.runtimeClassName) writer.line(0, 'Runtime Class Name:', spec.runtimeClassName)
  if (spec.serviceAccountName) writer.line(0, 'Service Account:', spec.serviceAccountName)
  writer.line(0, 'Node:', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>')
  if (status.startTime) writer.line(0, 'Start Time:', dateOf(status.startTime))
  labelsAndAnnotations(writer, metadata)
  if (metadata.deletionTimestamp !== undefined && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    writer.line(0, 'Status:', `Terminating (lasts ${ageOf(metadata.deletionTimestamp, now)})`)
    writer.line(0, 'Termination Grace Period:', `${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else writer.line(0, 'Status:', status.phase ?? '')
  if (status.reason) writer.line(0, 'Reason:', status.reason)
  if (status.message) writer.line(0, 'Message:', status.message)
  const seccomp = spec.securityContext?.seccompProfile
  if (seccomp) {
    writer.line(0, 'SeccompProfile:', seccomp.type)
    if (seccomp.type === 'Localhost') writer.line(0, 'LocalhostProfile:', seccomp.localhostProfile ?? '')
  }
}

function addresses(writer: Writer, { metadata, status }: Pod): void {
  writer.line(0, 'IP:', status.podIP ?? '')
  if (status.podIPs?.length) {
    writer.line(0, 'IPs:')
    for (const { ip } of status.podIPs) writer.line(1, 'IP:', ip ?? '')
  } else writer.line(0, 'IPs:', '<none>')
  controlledBy(writer, metadata)
  if (status.nominatedNodeName) writer.line(0, 'NominatedNodeName:', status.nominatedNodeName)
}

function conditions(writer: Writer, { spec, status }: Pod): void {
  const list = status.conditions ?? []
  const table = (title: string, rows: readonly (readonly [string, string])[]) => {
    if (rows.length === 0) return
    writer.line(0, `${title}:`)
    writer.line(1, 'Type', 'Status')
    for (const [type, value] of rows) writer.line(1, `${type} `, `${value} `)
  }
  const statusOf = (type: string) => list.find(condition => condition.type === type)?.status ?? '<none>'
  table(
    'Readiness Gates',
    (spec.readinessGates ?? []).map(({ conditionType }) => [conditionType, statusOf(conditionType)]),
  )
  table(
    'Conditions',
    list.map(condition => [condition.type, condition.status]),
  )
}

function topologySpread(writer: Writer, title: string, constraints: readonly TopologySpreadConstraint[] = []): void {
  if (constraints.length === 0) return
  const texts = sortedBy(constraints, ({ topologyKey }) => topologyKey).map(constraint => {
    const { topologyKey, whenUnsatisfiable, maxSkew, labelSelector } = constraint
    const selector = labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : ''
    return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`
  })
  multiline(writer, 0, title, texts)
}

/** The Pods that a workload makes. */
export function writeTemplate(writer: Writer, template: PodTemplateSpec | undefined): void {
  writer.line(0, 'Pod Template:')
  const { metadata, spec } = template ?? {}
  labels(writer, '  Labels', metadata?.labels)
  if (Object.keys(metadata?.annotations ?? {}).length > 0) annotations(writer, '  Annotations', metadata?.annotations)
  if (spec?.serviceAccountName) writer.line(1, 'Service Account:', spec.serviceAccountName)
  if (spec?.initContainers?.length) writeContainers(writer, spec.initContainers, { title: 'Init Containers', indented: true })
  writeContainers(writer, spec?.containers ?? [], { title: 'Containers', indented: true })
  writeVolumes(writer, spec?.volumes, true)
  topologySpread(writer, '  Topology Spread Constraints', spec?.topologySpreadConstraints)
  if (spec?.priorityClassName) writer.line(1, 'Priority Class Name:', spec.priorityClassName)
  labels(writer, '  Node-Selectors', spec?.nodeSelector)
  tolerations(writer, '  Tolerations', spec?.tolerations)
}

export const podDescribers: Describers = {
  Pod: describer<Pod>((pod, settings) => {
    const mirror = pod.metadata.annotations?.[MIRROR_ANNOTATION]
    return eventsRead(pod, settings, { kind: '', ...(mirror !== undefined && { uid: mirror }) })
  }, writePod),
}
