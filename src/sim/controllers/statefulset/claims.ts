// Models pkg/controller/statefulset/stateful_set_utils.go: who owns the claims of a StatefulSet's pods (persistentVolumeClaimRetentionPolicy).
import { controllerRef } from '../../api/owners'
import type { KubeObject, OwnerReference, Pod, StatefulSet } from '../../api/types'
import { inRange, ordinalOf } from './identity'

interface Policy {
  readonly whenScaled: string
  readonly whenDeleted: string
}
const policyOf = ({ spec }: StatefulSet): Policy => {
  const { whenScaled = 'Retain', whenDeleted = 'Retain' } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  return { whenScaled, whenDeleted }
}

/** An owner by kind and name, as matchesRef compares; the set and the pod of a claim. */
const isRefTo = ({ apiVersion, kind, name }: OwnerReference, owner: KubeObject): boolean =>
  apiVersion === owner.apiVersion && kind === owner.kind && name === owner.metadata.name
const ownersOf = (set: StatefulSet, pod: Pod): readonly [KubeObject, KubeObject] => [
  { ...(set as KubeObject), apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { ...(pod as KubeObject), apiVersion: 'v1', kind: 'Pod' },
]
const refsOf = (claim: KubeObject): readonly OwnerReference[] => claim.metadata.ownerReferences ?? []
const isOwned = (claim: KubeObject, owner: KubeObject): boolean => refsOf(claim).some(ref => ref.uid === owner.metadata.uid)
const isStale = (claim: KubeObject, owner: KubeObject): boolean => {
  const ref = refsOf(claim).find(r => isRefTo(r, owner))
  return ref !== undefined && ref.uid !== (owner.metadata.uid ?? '')
}

/** hasUnexpectedController: somebody else controls the claim, which only matters where the set is to own it. */
export function hasOtherController(claim: KubeObject, set: StatefulSet, pod: Pod): boolean {
  const { whenScaled, whenDeleted } = policyOf(set)
  if (whenScaled === 'Retain' && whenDeleted === 'Retain') return false
  const owners = ownersOf(set, pod)
  return refsOf(claim).some(ref => {
    const own = owners.find(owner => isRefTo(ref, owner))
    return own ? ref.uid !== own.metadata.uid : ref.controller === true
  })
}

/** Who is to own the claim: the set, so that it goes with it; a pod that is scaled away, so that it goes with that; or nobody. */
function wanted(set: StatefulSet, pod: Pod): { readonly set: boolean; readonly pod: boolean } {
  const { whenScaled, whenDeleted } = policyOf(set)
  const isScaledAway = !inRange(set, ordinalOf(set, pod as KubeObject))
  const byPod = whenScaled === 'Delete' && isScaledAway
  return { set: whenDeleted === 'Delete' && !byPod, pod: byPod }
}

/** isClaimOwnerUpToDate: the claim's owners are those that the policy asks for, or such that it must not be touched. */
export function claimIsRight(claim: KubeObject, set: StatefulSet, pod: Pod): boolean {
  const [ofSet, ofPod] = ownersOf(set, pod)
  if (isStale(claim, ofSet) || isStale(claim, ofPod)) return true
  const owned = { set: isOwned(claim, ofSet), pod: isOwned(claim, ofPod) }
  if (hasOtherController(claim, set, pod)) return !owned.set && !owned.pod
  const uids = [ofSet.metadata.uid, ofPod.metadata.uid]
  if (refsOf(claim).some(ref => uids.includes(ref.uid) && ref.controller !== true)) return false
  const { set: bySet, pod: byPod } = wanted(set, pod)
  return owned.set === bySet && owned.pod === byPod
}

/** updateClaimOwnerRefForSetAndPod */
export function withOwners(claim: KubeObject, set: StatefulSet, pod: Pod): KubeObject {
  const [ofSet, ofPod] = ownersOf(set, pod)
  const others = refsOf(claim).filter(ref => !isRefTo(ref, ofSet) && !isRefTo(ref, ofPod))
  const want = hasOtherController(claim, set, pod) ? { set: false, pod: false } : wanted(set, pod)
  const refs = [...others, ...(want.pod ? [controllerRef(ofPod)] : []), ...(want.set ? [controllerRef(ofSet)] : [])]
  const { ownerReferences: _, ...metadata } = claim.metadata
  return { ...claim, metadata: { ...metadata, ...(refs.length > 0 && { ownerReferences: refs }) } }
}

/** PodClaimIsStale: the claim goes with a former pod of that name; a new pod has to wait until it is gone. */
export const isStaleClaim = (claim: KubeObject, set: StatefulSet, pod: Pod): boolean =>
  policyOf(set).whenScaled !== 'Retain' && isStale(claim, ownersOf(set, pod)[1])
