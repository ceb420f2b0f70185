// Models pkg/scheduler/framework/plugins/volumebinding/volume_binding.go and binder.go, up to the choice of a node.

import { matchesAnyTerm, type NodeSelectorTerm } from '../../../api/node-selector'
import { unitsOf } from '../../../api/quantity'
import type { KubeObject } from '../../../api/types'
import { claimNames, isBound } from '../../claims'
import { type Cluster, type Plugin, type Rejection, SKIP, unresolvable } from '../../framework'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'

const UNBOUND = unresolvable('pod has unbound immediate PersistentVolumeClaims')
const WRONG_NODE = unresolvable("node(s) didn't match PersistentVolume's node affinity")
const NO_VOLUME = unresolvable("node(s) didn't find available persistent volumes to bind")
const LOST_VOLUME = unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')

const SELECTED_NODE = 'volume.kubernetes.io/selected-node'

interface Claims {
  /** Volumes of bound claims; undefined where the volume is gone. */
  readonly bound: readonly (KubeObject | undefined)[]
  /** Claims whose class waits for the first consumer. */
  readonly delayed: readonly { readonly claim: KubeObject; readonly class: KubeObject }[]
  readonly volumes: readonly KubeObject[]
}

/** Keeps a pod to nodes that can reach its volumes. */
export const volumeBinding: Plugin<Claims> = {
  name: 'VolumeBinding',
  preFilter(pod, cluster) {
    const names = claimNames(pod)
    if (names.length === 0) return SKIP
    const claims: KubeObject[] = []
    for (const { name, ephemeral } of names) {
      const claim = cluster.listers.persistentVolumeClaim(pod.namespace, name)
      const refusal = refuseClaim(claim, name, ephemeral)
      if (refusal) return refusal
      if (claim) claims.push(claim)
    }
    return sort(claims, cluster)
  },
  filter: (_pod, node, claims) => findVolumes(node, claims),
  wakes(event, pod) {
    if (event.kind === 'claim')
      return event.now?.metadata.namespace === pod.namespace && claimNames(pod).some(c => c.name === event.now?.metadata.name)
    return (event.kind === 'volume' || event.kind === 'storage-class' || event.kind === 'node') && event.now !== undefined
  },
}

function refuseClaim(claim: KubeObject | undefined, name: string, ephemeral: boolean): Rejection | undefined {
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
  return undefined
}

/** Bound claims and those that wait for the pod; any other has to be bound first. */
function sort(claims: readonly KubeObject[], { listers }: Cluster): Rejection | { state: Claims } {
  const bound: (KubeObject | undefined)[] = []
  const delayed: { claim: KubeObject; class: KubeObject }[] = []
  for (const claim of claims) {
    if (isBound(claim)) {
      bound.push(listers.persistentVolume(String(claim.spec.volumeName)))
      continue
    }
    const storageClass = listers.storageClass(String(claim.spec?.storageClassName ?? ''))
    if (claim.spec?.volumeName || storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return UNBOUND
    delayed.push({ claim, class: storageClass })
  }
  return { state: { bound, delayed, volumes: delayed.length > 0 ? [...listers.persistentVolumes()] : [] } }
}

function findVolumes(node: NodeInfo, { bound, delayed, volumes }: Claims): Rejection | undefined {
  for (const volume of bound) {
    if (!volume) return LOST_VOLUME
    if (!reaches(volume, node)) return WRONG_NODE
  }
  const taken = new Set<string>()
  for (const { claim, class: storageClass } of delayed) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE]
    if (selected !== undefined && selected !== node.name) return WRONG_NODE
    const volume = selected === undefined ? smallestFit(claim, node, volumes, taken) : undefined
    if (volume) taken.add(volume.metadata.name)
    else if (storageClass.provisioner === 'kubernetes.io/no-provisioner') return NO_VOLUME
  }
  return undefined
}

/** Whether a volume can be used on a node. */
function reaches(volume: KubeObject, node: NodeInfo): boolean {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms as readonly NodeSelectorTerm[] | undefined
  return !terms || matchesAnyTerm(terms, node.labels, node.name)
}

/** The smallest free volume that a claim can have and that the node reaches. */
function smallestFit(
  claim: KubeObject,
  node: NodeInfo,
  volumes: readonly KubeObject[],
  taken: ReadonlySet<string>,
): KubeObject | undefined {
  const wanted = unitsOf(String(claim.spec?.resources?.requests?.storage ?? '0'))
  let best: KubeObject | undefined
  let bestSize = Number.POSITIVE_INFINITY
  for (const volume of volumes) {
    const { spec, status, metadata } = volume
    const size = unitsOf(String(spec?.capacity?.storage ?? '0'))
    const free = !spec?.claimRef && (status?.phase ?? 'Available') === 'Available' && !taken.has(metadata.name)
    const alike = (spec?.storageClassName ?? '') === (claim.spec?.storageClassName ?? '')
    const modes = ((claim.spec?.accessModes ?? []) as string[]).every(m => (spec?.accessModes ?? []).includes(m))
    if (!free || !alike || !modes || size < wanted || size >= bestSize || !reaches(volume, node)) continue
    best = volume
    bestSize = size
  }
  return best
}

/** A request that VolumeBinding makes before the pod is bound (PreBind). */
export interface VolumeDecision {
  readonly claim: KubeObject
  /** The volume that the claim shall have; undefined: the provisioner shall make one for the node. */
  readonly volume: KubeObject | undefined
}

/** What has to be written for the claims that waited for this pod (the binder's AssumePodVolumes). */
export function volumeDecisions(pod: PodInfo, node: NodeInfo, cluster: Cluster): readonly VolumeDecision[] {
  const names = claimNames(pod)
  if (names.length === 0) return []
  const claims = names.flatMap(({ name }) => cluster.listers.persistentVolumeClaim(pod.namespace, name) ?? [])
  const sorted = sort(claims, cluster)
  if ('code' in sorted) return []
  const taken = new Set<string>()
  return sorted.state.delayed.flatMap(({ claim }) => {
    if (claim.metadata.annotations?.[SELECTED_NODE] === node.name) return []
    const volume = smallestFit(claim, node, sorted.state.volumes, taken)
    if (volume) taken.add(volume.metadata.name)
    return [{ claim, volume }]
  })
}
