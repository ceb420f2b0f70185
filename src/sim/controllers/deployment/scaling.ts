// Models pkg/controller/deployment/{rolling,sync}.go and util/deployment_util.go: how many pods each ReplicaSet shall have.
import type { Deployment, ReplicaSet } from '../../api/types'
import { scaledValue } from '../scaled-value'
import { byCreation, DESIRED_REPLICAS, MAX_REPLICAS, numberIn } from './annotations'

/** A ReplicaSet and the number of pods that it shall have. */
export interface Scale {
  readonly replicaSet: ReplicaSet
  readonly replicas: number
}

export const replicasOf = (rs: ReplicaSet): number => rs.spec.replicas ?? 0
const availableOf = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0
const wanted = (d: Deployment): number => d.spec.replicas ?? 0
/** Sum over ReplicaSets. */
export const sum = (replicaSets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number =>
  replicaSets.reduce((total, rs) => total + of(rs), 0)
/** ReplicaSets that want pods. */
export const active = (replicaSets: readonly ReplicaSet[]): ReplicaSet[] => replicaSets.filter(rs => replicasOf(rs) > 0)

export const isRollingUpdate = (d: Deployment): boolean => d.spec.strategy?.type === 'RollingUpdate'

/** ResolveFenceposts: both limits in pods; if both come to nothing, one pod may be unavailable, else nothing would ever move. */
function fenceposts(d: Deployment): { surge: number; unavailable: number } {
  const surge = scaledValue(d.spec.strategy?.rollingUpdate?.maxSurge, wanted(d), true)
  const unavailable = scaledValue(d.spec.strategy?.rollingUpdate?.maxUnavailable, wanted(d), false)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/** Pods that may exist beyond the wanted number. */
export const maxSurge = (d: Deployment): number => (isRollingUpdate(d) ? fenceposts(d).surge : 0)

/** Wanted pods that may be unavailable. */
export const maxUnavailable = (d: Deployment): number =>
  isRollingUpdate(d) && wanted(d) > 0 ? Math.min(fenceposts(d).unavailable, wanted(d)) : 0

/** NewRSNewReplicas: how far the new ReplicaSet may grow now. `current` is its size, `total` that of all, it among them. */
export function newReplicaSetSize(d: Deployment, current: number, total: number): number {
  if (!isRollingUpdate(d)) return wanted(d)
  const room = wanted(d) + maxSurge(d) - total
  return room <= 0 ? current : current + Math.min(room, wanted(d) - current)
}

/** reconcileNewReplicaSet: the size of the new ReplicaSet in a rolling update. */
export function growNew(d: Deployment, newReplicaSet: ReplicaSet, old: readonly ReplicaSet[]): number {
  const current = replicasOf(newReplicaSet)
  if (current >= wanted(d)) return wanted(d)
  return newReplicaSetSize(d, current, current + sum(old, replicasOf))
}

/** Which old ReplicaSets shrink; `isLost` where a count can't be right: upstream stops there, and does as if nothing had been done. */
export interface Shrinking {
  readonly scales: readonly Scale[]
  readonly isLost: boolean
}
const NO_SHRINKING: Shrinking = { scales: [], isLost: false }

/**
 * reconcileOldReplicaSets: which old ReplicaSets shrink in a rolling update, first by pods that are not available, then by any. One that
 * says of more pods that they are available than it wants has been shrunk just now, and its status is still to come.
 */
export function shrinkOld(d: Deployment, newReplicaSet: ReplicaSet, old: readonly ReplicaSet[]): Shrinking {
  const sorted = active(old).sort(byCreation)
  if (sorted.length === 0) return NO_SHRINKING
  const minAvailable = wanted(d) - maxUnavailable(d)
  const notYetAvailable = replicasOf(newReplicaSet) - availableOf(newReplicaSet)
  const removable = sum(sorted, replicasOf) + replicasOf(newReplicaSet) - minAvailable - notYetAvailable
  if (removable <= 0) return NO_SHRINKING
  const steps: Scale[] = []
  const sizes = new Map(sorted.map(rs => [rs, replicasOf(rs)]))
  const shrink = (rs: ReplicaSet, by: number): number => {
    const replicas = (sizes.get(rs) ?? 0) - by
    sizes.set(rs, replicas)
    steps.push({ replicaSet: rs, replicas })
    return by
  }
  let cleaned = 0
  for (const rs of sorted) {
    const unhealthy = replicasOf(rs) - availableOf(rs)
    if (cleaned >= removable) break
    if (unhealthy < 0) return { scales: steps, isLost: true }
    if (unhealthy > 0) cleaned += shrink(rs, Math.min(removable - cleaned, unhealthy))
  }
  let spare = sum(sorted, availableOf) + availableOf(newReplicaSet) - minAvailable
  for (const rs of sorted) {
    const size = sizes.get(rs) ?? 0
    if (spare <= 0) break
    if (size > 0) spare -= shrink(rs, Math.min(size, spare))
  }
  return { scales: steps, isLost: false }
}

/** isScalingEvent: some ReplicaSet was sized for another number of replicas than is wanted now. */
export const wasScaled = (d: Deployment, replicaSets: readonly ReplicaSet[]): boolean =>
  active(replicaSets).some(rs => {
    const desired = numberIn(rs, DESIRED_REPLICAS)
    return desired !== undefined && desired !== wanted(d)
  })

/** sync.go's scale: what a change of `spec.replicas` alone does to the ReplicaSets. `exact` steps record an Event. */
export function scaleAll(d: Deployment, newReplicaSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): readonly Scale[] {
  const only = activeOrLatest(newReplicaSet, old)
  if (only) return replicasOf(only) === wanted(d) ? [] : [{ replicaSet: only, replicas: wanted(d) }]
  if (newReplicaSet && isSaturated(d, newReplicaSet))
    return active(old)
      .sort((a, b) => byCreation(b, a))
      .map(replicaSet => ({ replicaSet, replicas: 0 }))
  return isRollingUpdate(d) ? proportional(d, active(newReplicaSet ? [...old, newReplicaSet] : old)) : []
}

/** FindActiveOrLatest: the one ReplicaSet that a change of size concerns, if there is just one. */
function activeOrLatest(newReplicaSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const all = active(newReplicaSet ? [...old, newReplicaSet] : old)
  if (all.length === 1) return all[0]
  return all.length > 1 ? undefined : (newReplicaSet ?? [...old].sort(byCreation).at(-1))
}

/** IsSaturated: the new ReplicaSet has all the pods that are wanted, and they are available. */
const isSaturated = (d: Deployment, rs: ReplicaSet): boolean =>
  replicasOf(rs) === wanted(d) && numberIn(rs, DESIRED_REPLICAS) === wanted(d) && availableOf(rs) === wanted(d)

/** In the middle of a rollout all ReplicaSets grow or shrink in proportion to their size; the largest takes what is left over. */
function proportional(d: Deployment, replicaSets: readonly ReplicaSet[]): Scale[] {
  const allowed = wanted(d) > 0 ? wanted(d) + maxSurge(d) : 0
  const toAdd = allowed - sum(replicaSets, replicasOf)
  const newerFirst = toAdd > 0 ? -1 : 1
  const sorted = [...replicaSets].sort((a, b) => replicasOf(b) - replicasOf(a) || newerFirst * byCreation(a, b))
  let added = 0
  const sizes = sorted.map(rs => {
    const share = toAdd === 0 ? 0 : proportion(rs, d, toAdd, added)
    added += share
    return replicasOf(rs) + share
  })
  if (toAdd !== 0) sizes[0] = Math.max(0, (sizes[0] ?? 0) + toAdd - added)
  return sorted.map((replicaSet, i) => ({ replicaSet, replicas: sizes[i] ?? 0 }))
}

/** GetReplicaSetProportion */
function proportion(rs: ReplicaSet, d: Deployment, toAdd: number, added: number): number {
  if (replicasOf(rs) === 0 || toAdd === added) return 0
  const share = fraction(rs, d)
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added)
}
function fraction(rs: ReplicaSet, d: Deployment): number {
  if (wanted(d) === 0) return -replicasOf(rs)
  const before = numberIn(rs, MAX_REPLICAS) || (d.status?.replicas ?? 0)
  if (before === 0) return 0
  return roundHalfAwayFromZero((replicasOf(rs) * (wanted(d) + maxSurge(d))) / before) - replicasOf(rs)
}
const roundHalfAwayFromZero = (x: number): number => (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5))
