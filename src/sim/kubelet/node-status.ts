// Models pkg/kubelet/kubelet_node_status.go and nodestatus/setters.go: the node's object as its kubelet writes it.
import type { CriImage } from '../api/cri'
import type { NodeProfile } from '../api/node-profile'
import { rfc3339 } from '../api/time'
import type { KubeObject, Node } from '../api/types'
import type { Time } from '../kernel/types'

interface Verdict {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const PRESSURES: readonly Verdict[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
]
const READY: Verdict = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
const NOT_READY: Verdict = {
  type: 'Ready',
  status: 'False',
  reason: 'KubeletNotReady',
  message: 'CSINode is not yet initialized',
}

/** What a kubelet that runs well says of its node, or one that has a problem. */
export const verdictsOf = (ready: boolean, problem?: string): readonly Verdict[] => [
  ...PRESSURES,
  problem !== undefined ? { ...NOT_READY, message: problem } : ready ? READY : NOT_READY,
]

/** The node as its kubelet registers it. */
export function initialNode(profile: NodeProfile, images: readonly CriImage[], now: Time): KubeObject {
  const { name, labels, annotations, providerID, capacity, allocatable, kubeletPort, nodeInfo, status, internalIP } = profile
  const time = rfc3339(now)
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: { name, labels: { ...labels }, ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }) },
    spec: { ...(providerID && { providerID }) },
    status: {
      capacity,
      allocatable,
      conditions: verdictsOf(false).map(v => ({
        type: v.type,
        status: v.status,
        lastHeartbeatTime: time,
        lastTransitionTime: time,
        reason: v.reason,
        message: v.message,
      })),
      ...(internalIP && {
        addresses: [
          { type: 'InternalIP', address: internalIP },
          { type: 'Hostname', address: name },
        ],
      }),
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo,
      ...(profile.reportsImages && { images: imagesOf(images) }),
      ...status,
    },
  }
}

const imagesOf = (images: readonly CriImage[]): object[] => images.map(({ names, sizeBytes }) => ({ names, sizeBytes }))

/** What a node says of its volume drivers: none, and which in-tree plugins have moved out. */
export const csiNode = (name: string, node: KubeObject): KubeObject => ({
  kind: 'CSINode',
  apiVersion: 'storage.k8s.io/v1',
  metadata: {
    name,
    annotations: {
      'storage.alpha.kubernetes.io/migrated-plugins': [
        'aws-ebs',
        'azure-disk',
        'azure-file',
        'cinder',
        'gce-pd',
        'portworx-volume',
        'vsphere-volume',
      ]
        .map(plugin => `kubernetes.io/${plugin}`)
        .join(','),
    },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid ?? '' }],
  },
  spec: { drivers: null },
})

/** The patch of a node's status: its heartbeat, what others said wrongly of it, and its images where they changed. */
export function heartbeatPatch(node: Node, images: readonly CriImage[] | undefined, now: Time, problem?: string): object {
  const time = rfc3339(now)
  const conditions = verdictsOf(true, problem).map(v => {
    const known = node.status.conditions?.find(c => c.type === v.type)
    if (known?.status === v.status && known.reason === v.reason && (problem === undefined || known.message === v.message))
      return known.lastHeartbeatTime === time ? undefined : { lastHeartbeatTime: time, type: v.type }
    return {
      ...(known?.lastHeartbeatTime !== time && { lastHeartbeatTime: time }),
      ...(known?.status !== v.status && { lastTransitionTime: time, status: v.status }),
      message: v.message,
      ...(known?.reason !== v.reason && { reason: v.reason }),
      type: v.type,
    }
  })
  return {
    status: {
      '$setElementOrder/conditions': verdictsOf(true).map(({ type }) => ({ type })),
      conditions: conditions.filter(c => c !== undefined),
      ...(images && { images: imagesOf(images) }),
    },
  }
}

/** True when the node's status says something else than its kubelet would. */
export const isStale = (node: Node, problem?: string): boolean =>
  verdictsOf(true, problem).some(v => {
    const known = node.status.conditions?.find(c => c.type === v.type)
    return known?.status !== v.status || (problem !== undefined && known.message !== v.message)
  })

const LEASE_SECONDS = 40

/** The node's lease: that it is renewed is how the cluster knows that the node lives. */
export function leaseOf(
  name: string,
  node: KubeObject | undefined,
  known: KubeObject | undefined,
  renewTime: string,
): KubeObject {
  const metadata = known?.metadata ?? {
    name,
    namespace: 'kube-node-lease',
    ...(node && { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid ?? '' }] }),
  }
  return {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata,
    spec: { ...known?.spec, holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime },
  }
}
