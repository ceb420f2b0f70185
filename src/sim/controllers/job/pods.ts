// Models pkg/controller/job/{job_controller,backoff_utils,tracking_utils}.go: what a Job's pods mean for it.
import { parseTime } from '../../api/time'
import type { Job, KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isPodActive, isPodTerminating } from '../pods'
import { indexOf, isIndexed } from './indexes'

/** Keeps a pod until its end has been counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking'
export const hasTracking = (pod: KubeObject): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false

/** A Job that has come to its end: `Complete` or `Failed` is True. */
export const isFinished = (job: KubeObject): boolean =>
  ((job as Job).status?.conditions ?? []).some(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')

export const isSuspended = (job: Job): boolean => job.spec.suspend === true
/** onlyReplaceFailedPods: a pod that goes is replaced when it has come to its end, not before. */
export const onlyFailedReplaced = (job: Job): boolean =>
  job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined
/** managedByExternalController: another controller looks after this Job. */
export const isManagedElsewhere = ({ spec }: KubeObject): boolean =>
  spec?.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller'

/** isPodFailed: a pod that is deleted counts as failed too, unless the Job waits for it to end. */
export const hasFailed = (job: Job, pod: Pod): boolean =>
  pod.status.phase === 'Failed' ||
  (!onlyFailedReplaced(job) && pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded')
export const hasSucceeded = (pod: Pod): boolean => pod.status.phase === 'Succeeded'

/** A Job's pods, told apart. */
export interface Census {
  readonly active: readonly Pod[]
  readonly ready: number
  readonly terminating: number
  /** Uids of pods whose finalizer is being taken off: their end has been counted. */
  readonly removing: ReadonlySet<string>
  /** Ended and not yet counted anywhere. */
  readonly newSucceeded: readonly Pod[]
  readonly newFailed: readonly Pod[]
}

/** Whether a pod's end can count: where completions have indexes, it needs one of them. */
export const hasPlace = (job: Job, pod: KubeObject): boolean => {
  if (!isIndexed(job)) return true
  const index = indexOf(pod)
  return index >= 0 && index < (job.spec.completions ?? 0)
}

/** Tells pods apart. `removing` are uids of pods whose finalizer is being taken off. */
export function census(job: Job, pods: readonly Pod[], removing: ReadonlySet<string>): Census {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {}
  const counted = new Set([...succeeded, ...failed, ...removing])
  const fresh = pods.filter(
    pod => hasTracking(pod as KubeObject) && !counted.has(pod.metadata.uid ?? '') && hasPlace(job, pod as KubeObject),
  )
  const active = pods.filter(isPodActive)
  return {
    active,
    removing,
    ready: active.filter(pod => pod.status.conditions?.some(c => c.type === 'Ready' && c.status === 'True')).length,
    terminating: pods.filter(isPodTerminating).length,
    newSucceeded: fresh.filter(hasSucceeded),
    newFailed: fresh.filter(pod => hasFailed(job, pod)),
  }
}

/** How often a Job's pods have failed since one succeeded, and when the last one did (µs). */
export interface Backoff {
  readonly failures: number
  readonly last: number
}

/** getFinishedTime: when the last container ended; else since when it is not ready; else when it was deleted; else its beginning. */
export function finishedAt(pod: Pod, now: Time): number {
  const ends = (pod.status.containerStatuses ?? []).map(({ state }) => timeOf(state?.terminated?.finishedAt))
  if (ends.length > 0 && ends.every(end => end !== undefined)) return Math.max(...ends)
  const ready = pod.status.conditions?.find(c => c.type === 'Ready')
  const notReady = ready?.status === 'False' ? timeOf(ready.lastTransitionTime) : undefined
  if (notReady !== undefined) return notReady
  const { deletionTimestamp, deletionGracePeriodSeconds, creationTimestamp } = pod.metadata
  const deleted = timeOf(deletionTimestamp)
  if (deleted !== undefined) return deleted - (deletionGracePeriodSeconds ?? 0) * 1e6
  return timeOf(creationTimestamp) ?? now
}
const timeOf = (timestamp: string | undefined): Time | undefined => (timestamp ? parseTime(timestamp) : undefined)

/** newBackoffRecord: a success starts the count over. */
export function nextBackoff(before: Backoff | undefined, { newSucceeded, newFailed }: Census, now: Time): Backoff {
  const old = before ?? { failures: 0, last: 0 }
  if (newSucceeded.length + newFailed.length === 0) return old
  const times = newFailed.map(pod => finishedAt(pod, now))
  const last = Math.max(0, ...times)
  if (newSucceeded.length === 0) return { failures: old.failures + newFailed.length, last: Math.max(old.last, last) }
  const success = Math.max(...newSucceeded.map(pod => finishedAt(pod, now)))
  const after = times.filter(time => time > success).length
  return after === 0 ? { failures: 0, last: 0 } : { failures: after, last }
}

const BACKOFF_US = 10_000_000
const MAX_BACKOFF_US = 600_000_000

/** Milliseconds until a pod may take a failed one's place: 10 s after the first failure, doubling to 10 minutes. */
export function backoffMs({ failures, last }: Backoff, now: Time): number {
  if (failures === 0) return 0
  const wait = failures > 7 ? MAX_BACKOFF_US : Math.min(MAX_BACKOFF_US, BACKOFF_US * (1 << (failures - 1)))
  return Math.max(0, (last + wait - now) / 1000)
}
