// Models pkg/controller/job/job_controller.go's syncJob and manageJob: what a Job needs next.
import { microsecondsSince, rfc3339 } from '../../api/time'
import type { Job, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { indexOf, isIndexed, parseIndexes, pendingIndexes } from './indexes'
import { type Backoff, backoffMs, type Census, hasTracking, isSuspended } from './pods'

export type JobCondition = NonNullable<Job['status']['conditions']>[number]

export const condition = (type: string, status: string, reason: string, message: string, at: Time): JobCondition => ({
  type,
  status,
  lastProbeTime: rfc3339(at),
  lastTransitionTime: rfc3339(at),
  reason,
  message,
})
export const completionsOf = (job: Job): number => job.spec.completions ?? 0

/** What a sync knows of a Job. */
export interface View {
  readonly job: Job
  readonly pods: readonly Pod[]
  readonly census: Census
  readonly backoff: Backoff
  /** Created pods have all been seen: a plan may rely on the census. */
  readonly settled: boolean
  readonly now: Time
}

/** Ended pods, counted and not: those that succeeded by index where there are indexes. */
export function succeededIndexes({ job, census }: View): ReadonlySet<number> {
  const known = parseIndexes(job.status?.completedIndexes, completionsOf(job))
  const fresh = census.newSucceeded.map(indexOf).filter(i => i >= 0 && i < completionsOf(job))
  return new Set([...known, ...fresh])
}
export const succeededCount = (view: View): number =>
  isIndexed(view.job)
    ? succeededIndexes(view).size
    : (view.job.status?.succeeded ?? 0) +
      (view.job.status?.uncountedTerminatedPods?.succeeded?.length ?? 0) +
      view.census.newSucceeded.length
const failedCount = ({ job, census }: View): number =>
  (job.status?.failed ?? 0) + (job.status?.uncountedTerminatedPods?.failed?.length ?? 0) + census.newFailed.length

/** Why a Job fails now; undefined while it does not. A Job that is on its way to an end keeps that. */
export function targetCondition(view: View): JobCondition | undefined {
  const { job, pods, now } = view
  const set = job.status?.conditions?.find(
    c => (c.type === 'FailureTarget' || c.type === 'SuccessCriteriaMet') && c.status === 'True',
  )
  if (set) return set
  const limit = job.spec.backoffLimit ?? 6
  if (failedCount(view) > limit || restartsExceed(job, pods, limit))
    return condition('FailureTarget', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', now)
  const left = deadlineMs(view)
  if (left !== undefined && left <= 0)
    return condition('FailureTarget', 'True', 'DeadlineExceeded', 'Job was active longer than specified deadline', now)
  return undefined
}

/** pastBackoffLimitOnFailure: where containers are restarted in their pod, their restarts count. */
function restartsExceed(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods)
    if (status.phase === 'Running' || status.phase === 'Pending')
      for (const c of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) restarts += c.restartCount
  return limit === 0 ? restarts > 0 : restarts >= limit
}

/** Milliseconds until the Job's deadline; undefined without one. */
export function deadlineMs({ job, now }: View): number | undefined {
  const { activeDeadlineSeconds } = job.spec
  const since = microsecondsSince(job.status?.startTime, now)
  if (activeDeadlineSeconds === undefined || since === undefined || isSuspended(job)) return undefined
  return activeDeadlineSeconds * 1000 - since / 1000
}

/** Pods to make (with their indexes, where there are any) or to delete; or how long to wait because pods have failed. */
export interface Work {
  readonly create: number
  readonly indexes: readonly number[]
  readonly remove: readonly Pod[]
  readonly waitMs: number
}
const NOTHING: Work = { create: 0, indexes: [], remove: [], waitMs: 0 }
/** Pods created or deleted in one sync at most. */
const BURST = 500

/** manageJob: as many active pods as the completions that are left, at most the parallelism. */
export function work(view: View): Work {
  const { job, census, backoff, now } = view
  const { active } = census
  if (isSuspended(job)) return { ...NOTHING, remove: removable(view, active.length) }
  const parallelism = job.spec.parallelism ?? 1
  const succeeded = succeededCount(view)
  const wanted =
    job.spec.completions === undefined
      ? succeeded > 0
        ? active.length
        : parallelism
      : Math.max(0, Math.min(parallelism, job.spec.completions - succeeded))
  const remove = removable(view, Math.max(0, active.length - wanted))
  if (remove.length > 0) return { ...NOTHING, remove: remove.slice(0, BURST) }
  const terminating = job.spec.podReplacementPolicy === 'Failed' ? census.terminating : 0
  const missing = Math.min(BURST, wanted - terminating - active.length)
  if (missing <= 0) return NOTHING
  const waitMs = backoffMs(backoff, now)
  if (waitMs > 0) return { ...NOTHING, waitMs }
  if (!isIndexed(job)) return { ...NOTHING, create: missing }
  const indexes = pendingIndexes(missing, completionsOf(job), succeededIndexes(view), new Set(active.map(indexOf)))
  return { ...NOTHING, create: indexes.length, indexes }
}

/** activePodsForRemoval: those that work on the index of another first, then those that are the least far. */
function removable({ job, census }: View, count: number): readonly Pod[] {
  const seen = new Set<number>()
  const doubled = isIndexed(job)
    ? census.active.filter(pod => {
        const index = indexOf(pod)
        const again = index < 0 || index >= completionsOf(job) || seen.has(index)
        seen.add(index)
        return again
      })
    : []
  if (doubled.length >= count) return doubled
  const readiness = (pod: Pod) => (pod.spec.nodeName ? 1 : 0) + (pod.status.phase === 'Running' ? 2 : 0)
  const others = census.active.filter(pod => !doubled.includes(pod)).sort((a, b) => readiness(a) - readiness(b))
  return [...doubled, ...others.slice(0, count - doubled.length)]
}

/** The Job has all its successes, and no pod of it works any more. */
export const isComplete = (view: View, active: number): boolean =>
  active === 0 &&
  (view.job.spec.completions === undefined ? succeededCount(view) > 0 : succeededCount(view) >= view.job.spec.completions)

/** What trackJobStatusAndRemoveFinalizers is to count: pods whose end is new, and all whose finalizer can go. */
export interface Ended {
  readonly succeeded: readonly string[]
  readonly failed: readonly string[]
  readonly release: readonly Pod[]
  readonly indexes: ReadonlySet<number>
}

/** The ends to count. Where the Job itself ends, every pod that has not succeeded counts as failed. */
export function endsToCount(view: View, removing: ReadonlySet<string>, finishing: boolean): Ended {
  const { job, pods, census } = view
  const before = job.status?.uncountedTerminatedPods ?? {}
  const known = new Set([...(before.succeeded ?? []), ...(before.failed ?? [])])
  const uids = (list: readonly Pod[]) => list.map(pod => pod.metadata.uid ?? '')
  const tracked = pods.filter(pod => hasTracking(pod as never) && !removing.has(pod.metadata.uid ?? ''))
  const fresh = new Set([...uids(census.newSucceeded), ...uids(census.newFailed)])
  const release = tracked.filter(pod => {
    const uid = pod.metadata.uid ?? ''
    return finishing || fresh.has(uid) || known.has(uid) || job.metadata.deletionTimestamp !== undefined
  })
  const lost = finishing ? release.filter(pod => !known.has(pod.metadata.uid ?? '') && !fresh.has(pod.metadata.uid ?? '')) : []
  return {
    succeeded: isIndexed(job) ? [] : uids(census.newSucceeded),
    failed: uids([...census.newFailed, ...lost]),
    release,
    indexes: succeededIndexes(view),
  }
}
