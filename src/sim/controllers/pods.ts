// Models pkg/controller/controller_utils.go and pkg/api/v1/pod/util.go: what controllers ask about pods.
import { microsecondsSince } from '../api/time'
import type { Pod, PodCondition } from '../api/types'
import type { Time } from '../kernel/types'

const NONE: readonly PodCondition[] = []

/** A condition of a pod. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  const conditions = pod.status?.conditions ?? NONE
  // frozen lists have no fast iterator
  for (let i = 0; i < conditions.length; i++) if (conditions[i]?.type === type) return conditions[i]
  return undefined
}

/** The pod's Ready condition is True. */
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

/** Succeeded or Failed: it will run no more. */
export const isPodTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Counts as a replica: neither at its end nor being deleted. */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined

/** Being deleted, and not yet at its end. */
export const isPodTerminating = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined

/** Ready for at least `minReadySeconds`. `now` in virtual µs. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Time): boolean {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  const since = microsecondsSince(ready.lastTransitionTime, now)
  return since !== undefined && since >= minReadySeconds * 1e6
}

/** Milliseconds until the first of the ready pods that are not available yet becomes so; undefined when none will. */
export function nextAvailabilityMs(pods: readonly Pod[], minReadySeconds: number, now: Time): number | undefined {
  if (minReadySeconds === 0) return undefined
  let next: number | undefined
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')
    const since = ready?.status === 'True' ? microsecondsSince(ready.lastTransitionTime, now) : undefined
    if (since === undefined) continue
    const ms = minReadySeconds * 1000 - since / 1000
    if (ms > 0 && (next === undefined || ms < next)) next = ms
  }
  return next
}
