// Models pkg/scheduler/framework/plugins/volumebinding/volume_binding.go and binder.go, up to the choice of a node.

import { deepEqual, deepFreeze } from '../../../api/deep'
import { isControlledBy } from '../../../api/owners'
import { classOf } from '../../../api/storage'
import type { KubeObject, Node } from '../../../api/types'
import { type ClaimName, claimNames, isBound } from '../../claims'
import { type Cluster, type ClusterEvent, type Plugin, type Rejection, SKIP, unresolvable } from '../../framework'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { type DelayedClaim, isPromised, matchVolumes, reaches, SELECTED_NODE } from './matching'

const UNBOUND = unresolvable('pod has unbound immediate PersistentVolumeClaims')
const WRONG_NODE = "node(s) didn't match PersistentVolume's node affinity"
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
const LOST_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'

interface Claims {
  /** Volumes of bound claims; undefined where the volume is gone. */
  readonly bound: readonly (KubeObject | undefined)[]
  /** Claims whose class waits for the first consumer. */
  readonly delayed: readonly DelayedClaim[]
  readonly volumes: readonly KubeObject[]
}

/** Keeps a pod to nodes that can reach its volumes. */
export const volumeBinding: Plugin<Claims> = {
  name: 'VolumeBinding',
  preFilter(pod, cluster) {
    const names = claimNames(pod)
    if (names.length === 0) return SKIP
    const claims: KubeObject[] = []
    for (const named of names) {
      const claim = cluster.listers.persistentVolumeClaim(pod.namespace, named.name)
      const refusal = refuseClaim(claim, named, pod)
      if (refusal) return refusal
      if (claim) claims.push(claim)
    }
    return sort(claims, cluster)
  },
  filter: (_pod, node, claims) => findVolumes(node, claims),
  wakes,
}

function refuseClaim(claim: KubeObject | undefined, { name, ephemeral }: ClaimName, { pod }: PodInfo): Rejection | undefined {
  if (!claim)
    return unresolvable(
      ephemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        : `persistentvolumeclaim "${name}" not found`,
    )
  if (claim.status?.phase === 'Lost')
    return unresolvable(
      `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`,
    )
  if (claim.metadata.deletionTimestamp) return unresolvable(`persistentvolumeclaim "${name}" is being deleted`)
  if (!ephemeral || isControlledBy(claim, pod)) return undefined
  const { namespace } = pod.metadata
  return unresolvable(`PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`)
}

/** Bound claims and those that wait for the pod; any other has to be bound first. */
function sort(claims: readonly KubeObject[], { listers }: Cluster): Rejection | { state: Claims } {
  const bound: (KubeObject | undefined)[] = []
  const delayed: DelayedClaim[] = []
  for (const claim of claims) {
    if (isBound(claim)) {
      bound.push(listers.persistentVolume(String(claim.spec.volumeName)))
      continue
    }
    const storageClass = listers.storageClass(classOf(claim))
    if (claim.spec?.volumeName || storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return UNBOUND
    delayed.push({ claim, class: storageClass })
  }
  return { state: { bound, delayed, volumes: delayed.length > 0 ? [...listers.persistentVolumes()] : [] } }
}

/** What a node lacks: a volume that it reaches, one that a claim could have, or one that is still there. */
function findVolumes(node: NodeInfo, { bound, delayed, volumes }: Claims): Rejection | undefined {
  // the first bound claim with a trouble is the one that is told
  const first = bound.findIndex(volume => !volume || !reaches(volume, node))
  const lost = first >= 0 && bound[first] === undefined
  const reasons: string[] = []
  if (first >= 0 && !lost) reasons.push(WRONG_NODE)
  if (delayed.length > 0 && !matchVolumes(node, delayed, volumes)) reasons.push(NO_VOLUME)
  if (lost) reasons.push(LOST_VOLUME)
  return reasons.length === 0 ? undefined : shared(reasons)
}

/** The few different verdicts, so that nodes with the same troubles share one (a memory of constants, not state). */
const REJECTIONS = new Map<string, Rejection>()
function shared(reasons: readonly string[]): Rejection {
  const key = reasons.join()
  const known = REJECTIONS.get(key) ?? unresolvable(...reasons)
  REJECTIONS.set(key, known)
  return known
}

function wakes({ kind, old, now }: ClusterEvent, pod: PodInfo): boolean {
  if (!now) return false
  switch (kind) {
    case 'claim':
      return now.metadata.namespace === pod.namespace && claimNames(pod).some(c => c.name === now.metadata.name)
    case 'volume':
      return true
    case 'storage-class':
      return !old || !deepEqual(old.allowedTopologies, now.allowedTopologies)
    case 'csi-node':
      return !old
    case 'node':
      return !old || !deepEqual((old as unknown as Node).metadata.labels, (now as unknown as Node).metadata.labels)
    default:
      return false
  }
}

/** A change that VolumeBinding writes before the pod is bound (PreBind), and that other cycles reckon with from now on. */
export interface VolumeDecision {
  readonly resource: 'persistentvolumes' | 'persistentvolumeclaims'
  /** `resource/key` of the object. */
  readonly key: string
  /** The volume with its claim, or the claim with its node. */
  readonly object: KubeObject
  /** `namespace/name` of the claim. */
  readonly claim: string
}

/** What has to be written for the claims that waited for this pod, volumes before claims (the binder's AssumePodVolumes). */
export function volumeDecisions(pod: PodInfo, node: NodeInfo, cluster: Cluster): readonly VolumeDecision[] {
  const names = claimNames(pod)
  if (names.length === 0) return []
  const claims = names.flatMap(({ name }) => cluster.listers.persistentVolumeClaim(pod.namespace, name) ?? [])
  const sorted = sort(claims, cluster)
  if ('code' in sorted) return []
  const matches = matchVolumes(node, sorted.state.delayed, sorted.state.volumes)
  return [
    ...(matches?.bindings ?? []).map(({ claim, volume }) => decision('persistentvolumes', bindTo(volume, claim), claim)),
    ...(matches?.provisions ?? []).map(claim => decision('persistentvolumeclaims', withSelectedNode(claim, node.name), claim)),
  ]
}

function decision(resource: VolumeDecision['resource'], object: KubeObject, { metadata }: KubeObject): VolumeDecision {
  const claim = `${metadata.namespace}/${metadata.name}`
  const key = resource === 'persistentvolumes' ? object.metadata.name : claim
  return Object.freeze({ resource, key: `${resource}/${key}`, object, claim })
}

/** A volume that gets a claim; one that was promised to it by a user keeps that in mind. */
function bindTo(volume: KubeObject, claim: KubeObject): KubeObject {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const known = volume.spec?.claimRef
  const claimRef =
    known?.uid === uid && known?.name === name
      ? known
      : { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion }
  const annotations = isPromised(volume, claim)
    ? volume.metadata.annotations
    : { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
  return deepFreeze({
    ...volume,
    metadata: { ...volume.metadata, ...(annotations && { annotations }) },
    spec: { ...volume.spec, claimRef },
  })
}

function withSelectedNode(claim: KubeObject, node: string): KubeObject {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node }
  return deepFreeze({ ...claim, metadata: { ...claim.metadata, annotations } })
}
