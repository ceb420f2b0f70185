// Models pkg/controller/job/{job_controller,backoff_utils,tracking_utils}.go: what a Job's pods mean for it.
import { parseTime } from '../../api/time'
import type { Job, KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isPodActive } from '../pods'

/** Keeps a pod until its end has been counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking'
export const hasTracking = (pod: KubeObject): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false

/** A Job that has come to its end: `Complete` or `Failed` is True. */
export const isFinished = (job: KubeObject): boolean =>
  ((job as Job).status?.conditions ?? []).some(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')

export const isSuspended = (job: Job): boolean => job.spec.suspend === true
const onlyFailedReplaced = (job: Job): boolean => job.spec.podReplacementPolicy === 'Failed'

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
  /** Ended and not yet counted anywhere. */
  readonly newSucceeded: readonly Pod[]
  readonly newFailed: readonly Pod[]
}

/** Tells pods apart. `removing` are uids of pods whose finalizer is being taken off: their end has been counted. */
export function census(job: Job, pods: readonly Pod[], removing: ReadonlySet<string>): Census {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {}
  const counted = new Set([...succeeded, ...failed, ...removing])
  const fresh = pods.filter(pod => hasTracking(pod as KubeObject) && !counted.has(pod.metadata.uid ?? ''))
  const active = pods.filter(isPodActive)
  return {
    active,
    ready: active.filter(pod => pod.status.conditions?.some(c => c.type === 'Ready' && c.status === 'True')).length,
    terminating: pods.filter(pod => pod.metadata.deletionTimestamp && pod.status.phase !== 'Failed' && !hasSucceeded(pod)).length,
    newSucceeded: fresh.filter(hasSucceeded),
    newFailed: fresh.filter(pod => hasFailed(job, pod)),
  }
}

/** How often a Job's pods have failed since one succeeded, and when the last one did (µs). */
export interface Backoff {
  readonly failures: number
  readonly last: number
}

/** getFinishedTime: when the last container ended, as well as the status says. */
function finishedAt(pod: Pod, now: Time): number {
  let last: number | undefined
  for (const { state } of pod.status.containerStatuses ?? []) {
    const at = state?.terminated?.finishedAt ? parseTime(state.terminated.finishedAt) : undefined
    if (at !== undefined && (last === undefined || at > last)) last = at
  }
  if (last !== undefined) return last
  const ready = pod.status.conditions?.find(c => c.type === 'Ready')?.lastTransitionTime
  return (ready && parseTime(ready)) || now
}

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
