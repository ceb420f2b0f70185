// Models pkg/controller/job/{indexed_job_utils,backoff_utils}.go: a backoff limit for each index (spec.backoffLimitPerIndex).
import type { Job, KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { indexOf, parseIndexes } from './indexes'
import { backoffMs, finishedAt, hasFailed, hasTracking } from './pods'
import { failureVerdict } from './policies'

const FAILURES = 'batch.kubernetes.io/job-index-failure-count'
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count'

export const hasLimitPerIndex = (job: Job): boolean => job.spec.backoffLimitPerIndex !== undefined

const count = (pod: KubeObject | Pod, annotation: string): number => {
  const value = Number(pod.metadata.annotations?.[annotation] ?? 0)
  return Number.isInteger(value) && value > 0 ? value : 0
}
/** getIndexAbsoluteFailureCount: failures of the index before this pod, those that a policy ignored with them. */
const failuresBefore = (pod: Pod): number => count(pod, FAILURES) + count(pod, IGNORED)

/** calculateFailedIndexes: those known, and those whose limit a failed pod exceeds or whose policy says so. */
export function failedIndexes(job: Job, pods: readonly Pod[]): ReadonlySet<number> {
  const completions = job.spec.completions ?? 0
  const failed = new Set(parseIndexes(job.status?.failedIndexes, completions))
  for (const pod of pods) {
    const index = indexOf(pod as KubeObject)
    if (index >= 0 && index < completions && hasFailed(job, pod) && failsIndex(job, pod)) failed.add(index)
  }
  return failed
}

function failsIndex(job: Job, pod: Pod): boolean {
  const { action, counts } = failureVerdict(job, pod)
  return action === 'FailIndex' || (counts && count(pod, FAILURES) >= (job.spec.backoffLimitPerIndex ?? 0))
}

/**
 * getPodsWithDelayedDeletionPerIndex: the failed pod of each index that waits for its successor. It keeps its finalizer until that is there,
 * because the number of failures is handed on in an annotation.
 */
export function delayedPods(
  job: Job,
  pods: readonly Pod[],
  active: readonly Pod[],
  removing: ReadonlySet<string>,
  done: { readonly succeeded: ReadonlySet<number>; readonly failed: ReadonlySet<number> },
): ReadonlyMap<number, Pod> {
  const busy = new Set(active.map(pod => indexOf(pod as KubeObject)))
  const delayed = new Map<number, Pod>()
  for (const pod of pods) {
    if (!hasTracking(pod as KubeObject) || removing.has(pod.metadata.uid ?? '') || !hasFailed(job, pod)) continue
    const index = indexOf(pod as KubeObject)
    if (index < 0 || index >= (job.spec.completions ?? 0)) continue
    if (done.succeeded.has(index) || done.failed.has(index) || busy.has(index)) continue
    const other = delayed.get(index)
    if (!other || failuresBefore(other) <= failuresBefore(pod)) delayed.set(index, pod)
  }
  return delayed
}

/** getPodCreationInfoForIndependentIndexes: the indexes whose back-off is over, or how long until the first one's is. */
export function readyIndexes(
  indexes: readonly number[],
  delayed: ReadonlyMap<number, Pod>,
  now: Time,
): { readonly indexes: readonly number[]; readonly waitMs: number } {
  const waits = indexes.map(index => {
    const pod = delayed.get(index)
    return pod ? backoffMs({ failures: failuresBefore(pod) + 1, last: finishedAt(pod, now) }, now) : 0
  })
  const ready = indexes.filter((_, i) => waits[i] === 0)
  return { indexes: ready, waitMs: ready.length > 0 || waits.length === 0 ? 0 : Math.min(...waits) }
}

/** addIndexFailureCountAnnotation: a pod with an index knows how often its predecessors have failed. */
export function withFailures(job: Job, body: KubeObject, before: Pod | undefined): KubeObject {
  const counts = before ? failureVerdict(job, before).counts : false
  const failures = before ? count(before, FAILURES) + (counts ? 1 : 0) : 0
  const ignored = before ? count(before, IGNORED) + (counts ? 0 : 1) : 0
  const annotations = {
    ...body.metadata.annotations,
    [FAILURES]: String(failures),
    ...(ignored > 0 && { [IGNORED]: String(ignored) }),
  }
  return { ...body, metadata: { ...body.metadata, annotations } }
}
