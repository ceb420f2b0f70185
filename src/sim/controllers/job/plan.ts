// Models pkg/controller/job/job_controller.go's syncJob and manageJob: what a Job needs next.
import { microsecondsSince, rfc3339 } from '../../api/time'
import type { Job, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isPodTerminating } from '../pods'
import { plainPodsToDelete } from '../ranking'
import { indexOf, isIndexed, parseIndexes, pendingIndexes } from './indexes'
import { delayedPods, failedIndexes, hasLimitPerIndex, readyIndexes } from './per-index'
import { type Backoff, backoffMs, type Census, hasFailed, hasPlace, hasTracking, isSuspended, onlyFailedReplaced } from './pods'
import { failJobMessage, failureVerdict, successMessage } from './policies'

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
  (job.status?.failed ?? 0) +
  (job.status?.uncountedTerminatedPods?.failed?.length ?? 0) +
  census.newFailed.filter(pod => failureVerdict(job, pod).counts).length

/** Indexes whose backoff limit is exceeded; undefined where an index has no limit of its own. */
export const failedIndexesOf = ({ job, pods }: View): ReadonlySet<number> | undefined =>
  isIndexed(job) && hasLimitPerIndex(job) ? failedIndexes(job, pods) : undefined

/** The failed pods that wait for their successors, by index. */
export function delayedOf(view: View): ReadonlyMap<number, Pod> {
  const { job, pods, census } = view
  const failed = failedIndexesOf(view)
  return failed
    ? delayedPods(job, pods, census.active, census.removing, { succeeded: succeededIndexes(view), failed })
    : new Map<number, Pod>()
}

/** Why a Job comes to its end now; undefined while it does not. A Job that is on its way to an end keeps that. */
export function targetCondition(view: View): JobCondition | undefined {
  const { job, now } = view
  const set = (type: string) => job.status?.conditions?.find(c => c.type === type && c.status === 'True')
  const fixed = set('SuccessCriteriaMet') ?? set('FailureTarget')
  if (fixed) return fixed
  const failure = failureOf(view)
  if (failure) return condition('FailureTarget', 'True', failure.reason, failure.message, now)
  const message = isIndexed(job) ? successMessage(job, succeededIndexes(view)) : undefined
  return message === undefined ? undefined : condition('SuccessCriteriaMet', 'True', 'SuccessPolicy', message, now)
}

function failureOf(view: View): { readonly reason: string; readonly message: string } | undefined {
  const { job, pods } = view
  const told = failJobMessage(
    job,
    pods.filter(pod => hasFailed(job, pod)),
  )
  if (told !== undefined) return { reason: 'PodFailurePolicy', message: told }
  const limit = job.spec.backoffLimit ?? 6
  if (failedCount(view) > limit || restartsExceed(job, pods, limit))
    return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
  const left = deadlineMs(view)
  if (left !== undefined && left <= 0)
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
  const failed = failedIndexesOf(view)?.size ?? 0
  if (job.spec.maxFailedIndexes !== undefined && failed > job.spec.maxFailedIndexes)
    return { reason: 'MaxFailedIndexesExceeded', message: 'Job has exceeded the specified maximal number of failed indexes' }
  if (failed > 0 && failed + succeededIndexes(view).size >= completionsOf(job))
    return { reason: 'FailedIndexes', message: 'Job has failed indexes' }
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
  const terminating = onlyFailedReplaced(job) ? census.terminating : 0
  const missing = Math.min(BURST, wanted - terminating - active.length)
  if (missing <= 0) return NOTHING
  const waitMs = hasLimitPerIndex(job) ? 0 : backoffMs(backoff, now)
  if (waitMs > 0) return { ...NOTHING, waitMs }
  if (!isIndexed(job)) return { ...NOTHING, create: missing }
  const pending = pendingIndexes(missing, completionsOf(job), succeededIndexes(view), takenIndexes(view))
  const { indexes, waitMs: wait } = readyIndexes(pending, delayedOf(view), now)
  return { ...NOTHING, create: indexes.length, indexes, waitMs: wait }
}

/** Indexes that get no pod now: one works on them, one that still goes is waited for, or they have failed. */
function takenIndexes(view: View): ReadonlySet<number> {
  const { job, pods, census } = view
  const going = onlyFailedReplaced(job) ? pods.filter(isPodTerminating) : []
  return new Set([...[...census.active, ...going].map(indexOf), ...(failedIndexesOf(view) ?? [])])
}

/** activePodsForRemoval: those without a place, and of those that work on one index all but the furthest; then those that are the least far. */
function removable({ job, census, now }: View, count: number): readonly Pod[] {
  const { active } = census
  const remove = new Set<Pod>()
  if (isIndexed(job)) {
    const byIndex = new Map<number, Pod[]>()
    for (const pod of active) {
      const index = hasPlace(job, pod as never) ? indexOf(pod) : -1
      byIndex.set(index, [...(byIndex.get(index) ?? []), pod])
    }
    for (const [index, pods] of byIndex)
      for (const pod of index < 0 ? pods : plainPodsToDelete(pods, pods.length - 1, now)) remove.add(pod)
  }
  const others = active.filter(pod => !remove.has(pod))
  return [...remove, ...plainPodsToDelete(others, Math.max(0, count - remove.size), now)]
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
  readonly failedIndexes: ReadonlySet<number> | undefined
  /** There are more ends than a status may hold: the rest is counted in another sync. */
  readonly isPartial: boolean
}

/** Uids in a status at most (MaxUncountedPods). */
const MAX_UNCOUNTED = 500

/** The ends to count. Where the Job itself fails, every pod that has not succeeded counts as failed. */
export function endsToCount(view: View, removing: ReadonlySet<string>, target: JobCondition | undefined): Ended {
  const { job, pods } = view
  const before = job.status?.uncountedTerminatedPods ?? {}
  const known = new Set([...(before.succeeded ?? []), ...(before.failed ?? [])])
  const counted = parseIndexes(job.status?.completedIndexes, completionsOf(job))
  const delayed = new Set(delayedOf(view).values())
  const succeeded: string[] = []
  const failed: string[] = []
  const release: Pod[] = []
  const fresh = new Set<number>()
  let count = known.size
  for (const pod of isIndexed(job) ? [...pods].sort((a, b) => indexOf(a) - indexOf(b)) : pods) {
    const uid = pod.metadata.uid ?? ''
    if (!hasTracking(pod as never) || removing.has(uid)) continue
    const isDone = pod.status.phase === 'Succeeded'
    const isLost = hasFailed(job, pod)
    const ends = job.metadata.deletionTimestamp !== undefined || target !== undefined || isDone
    if (!ends && (!isLost || delayed.has(pod))) continue
    release.push(pod)
    if (known.has(uid) || !hasPlace(job, pod as never)) continue
    if (isDone && !isIndexed(job)) succeeded.push(uid)
    else if (isDone) {
      if (!counted.has(indexOf(pod))) fresh.add(indexOf(pod))
    } else if ((isLost || target?.type === 'FailureTarget') && failureVerdict(job, pod).counts) failed.push(uid)
    else continue
    if (++count >= MAX_UNCOUNTED) break
  }
  const isPartial = count >= MAX_UNCOUNTED
  const indexes = isPartial ? new Set([...counted, ...fresh]) : succeededIndexes(view)
  return { succeeded, failed, release, indexes, failedIndexes: failedIndexesOf(view), isPartial }
}
