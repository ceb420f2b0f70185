// Models the describers of volumes, claims and storage classes in kubectl's describe.go.
import type {
  NodeSelectorRequirement,
  PersistentVolume,
  PersistentVolumeClaim,
  VolumeNodeAffinity,
} from 'kubernetes-types/core/v1'
import type { CSINode, StorageClass } from 'kubernetes-types/storage/v1'
import { apiPath, mustResource } from '../../api/kinds'
import { formatLabels } from '../../api/selectors'
import { accessModesText, classOf, isDefaultClass } from '../../api/storage'
import { ageOf } from '../../api/time'
import type { KubeObject, ObjectMeta, Pod } from '../../api/types'
import { writeClaim } from './claims'
import { eventsRead, writeEvents } from './events'
import { dateOf, goList, labelsAndAnnotations, multiline, yesNoUnset } from './format'
import { type DescribeContext, type Describers, describer } from './types'
import { writePersistentSource } from './volumes'
import type { Writer } from './writer'

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }
type Claim = WithMetadata<PersistentVolumeClaim>

const statusText = (metadata: ObjectMeta, phase: string | undefined, { now }: DescribeContext): string =>
  metadata.deletionTimestamp === undefined ? (phase ?? '') : `Terminating (lasts ${ageOf(metadata.deletionTimestamp, now)})`

/** Pods that mount the claim, or that own it. Models getPodsForPVC. */
function podsOf({ metadata }: Claim, pods: readonly Pod[]): string[] {
  const owners = new Set(metadata.ownerReferences?.flatMap(({ kind, uid }) => (kind === 'Pod' ? uid : [])))
  const uses = (pod: Pod) => pod.spec.volumes?.some(volume => volume.persistentVolumeClaim?.claimName === metadata.name)
  return pods.filter(pod => uses(pod) || owners.has(pod.metadata.uid ?? '')).map(pod => pod.metadata.name)
}

function writePersistentVolumeClaim(writer: Writer, claim: Claim, context: DescribeContext): void {
  const { metadata, status } = claim
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writeClaim(writer, 0, claim, { status: statusText(metadata, status?.phase, context) })
  multiline(writer, 0, 'Used By', podsOf(claim, context.items<Pod>('pods') ?? []).sort())
  if (status?.conditions?.length) {
    writer.line(0, 'Conditions:')
    writer.line(1, 'Type', 'Status', 'LastProbeTime', 'LastTransitionTime', 'Reason', 'Message')
    writer.line(1, '----', '------', '-----------------', '------------------', '------', '-------')
    for (const { type, status: value, lastProbeTime, lastTransitionTime, reason = '', message = '' } of status.conditions) {
      writer.line(
        1,
        `${type} `,
        `${value} `,
        `${dateOf(lastProbeTime)} `,
        `${dateOf(lastTransitionTime)} `,
        `${reason} `,
        message,
      )
    }
  }
  writeEvents(writer, context)
}

function nodeAffinity(writer: Writer, affinity: VolumeNodeAffinity | undefined): void {
  const terms = affinity?.required?.nodeSelectorTerms
  writer.line(0, 'Node Affinity:', affinity?.required ? '' : '<none>')
  if (!affinity?.required) return
  writer.line(1, 'Required Terms:', terms?.length ? '' : '<none>')
  terms?.forEach(({ matchExpressions = [] }, index) => {
    multiline(writer, 2, `Term ${index}`, matchExpressions.map(requirementText))
  })
}
const requirementText = ({ key, operator, values = [] }: NodeSelectorRequirement): string =>
  values.length === 0 ? `${key} ${operator.toLowerCase()}` : `${key} ${operator.toLowerCase()} [${values.join(', ')}]`

function writePersistentVolume(writer: Writer, volume: WithMetadata<PersistentVolume>, context: DescribeContext): void {
  const { metadata, spec = {}, status } = volume
  writer.line(0, 'Name:', metadata.name)
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Finalizers:', goList(metadata.finalizers))
  writer.line(0, 'StorageClass:', classOf({ metadata, spec }))
  writer.line(0, 'Status:', statusText(metadata, status?.phase, context))
  writer.line(0, 'Claim:', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')
  writer.line(0, 'Reclaim Policy:', spec.persistentVolumeReclaimPolicy ?? '')
  writer.line(0, 'Access Modes:', accessModesText(spec.accessModes))
  if (spec.volumeMode) writer.line(0, 'VolumeMode:', spec.volumeMode)
  writer.line(0, 'Capacity:', spec.capacity?.storage ?? '0')
  nodeAffinity(writer, spec.nodeAffinity)
  writer.line(0, 'Message:', status?.message ?? '')
  writer.line(0, 'Source:')
  writePersistentSource(writer, spec)
  writeEvents(writer, context)
}

function writeStorageClass(writer: Writer, object: WithMetadata<StorageClass>, context: DescribeContext): void {
  const { metadata, mountOptions = [], allowedTopologies } = object
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'IsDefaultClass:', isDefaultClass(metadata) ? 'Yes' : 'No')
  writer.line(0, 'Annotations:', formatLabels(metadata.annotations))
  writer.line(0, 'Provisioner:', object.provisioner)
  writer.line(0, 'Parameters:', formatLabels(object.parameters))
  writer.line(0, 'AllowVolumeExpansion:', yesNoUnset(object.allowVolumeExpansion))
  writer.line(0, 'MountOptions:', ...(mountOptions.length === 0 ? ['<none>'] : []))
  for (const option of mountOptions) writer.line(1, option)
  if (object.reclaimPolicy) writer.line(0, 'ReclaimPolicy:', object.reclaimPolicy)
  if (object.volumeBindingMode) writer.line(0, 'VolumeBindingMode:', object.volumeBindingMode)
  if (allowedTopologies) writer.line(0, 'AllowedTopologies:', allowedTopologies.length === 0 ? '<none>' : '')
  allowedTopologies?.forEach(({ matchLabelExpressions = [] }, index) => {
    multiline(
      writer,
      1,
      `Term ${index}`,
      matchLabelExpressions.map(({ key, values }) => requirementText({ key, operator: 'In', values })),
    )
  })
  writeEvents(writer, context)
}

function writeCsiNode(writer: Writer, node: WithMetadata<CSINode>, context: DescribeContext): void {
  writer.line(0, 'Name:', node.metadata.name)
  labelsAndAnnotations(writer, node.metadata)
  writer.line(0, 'CreationTimestamp:', dateOf(node.metadata.creationTimestamp))
  writer.line(0, 'Spec:')
  if (node.spec.drivers) writer.line(1, 'Drivers:')
  for (const { name, nodeID, allocatable, topologyKeys } of node.spec.drivers ?? []) {
    writer.line(2, `${name}:`)
    writer.line(3, 'Node ID:', nodeID)
    if (allocatable?.count !== undefined) {
      writer.line(3, 'Allocatables:')
      writer.line(4, 'Count:', String(allocatable.count))
    }
    if (topologyKeys) writer.line(3, 'Topology Keys:', goList(topologyKeys))
  }
  writeEvents(writer, context)
}

const allPods = ({ metadata }: KubeObject, limit: number) => ({
  name: 'pods',
  path: apiPath(mustResource('v1', 'Pod'), metadata.namespace),
  query: { limit: String(limit) },
  required: true as const,
})

export const storageDescribers: Describers = {
  PersistentVolumeClaim: describer<Claim>(
    (claim, settings) => [allPods(claim, settings.chunkSize), ...eventsRead(claim, settings)],
    writePersistentVolumeClaim,
  ),
  PersistentVolume: describer<WithMetadata<PersistentVolume>>(eventsRead, writePersistentVolume),
  'StorageClass.storage.k8s.io': describer<WithMetadata<StorageClass>>(eventsRead, writeStorageClass),
  'CSINode.storage.k8s.io': describer<WithMetadata<CSINode>>(eventsRead, writeCsiNode),
}
