// Models trackJobStatusAndRemoveFinalizers and enactJobFinished in pkg/controller/job/job_controller.go.
import { MEDIA } from '../../api/messages'
import { rfc3339 } from '../../api/time'
import type { Job, KubeObject, Pod } from '../../api/types'
import type { ControllerProcedure, ControllerState } from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { patchRequest } from '../../client/requests'
import type { Time } from '../../kernel/types'
import { askAll } from '../ask'
import { noteWrite } from '../staleness'
import { formatIndexes, isIndexed } from './indexes'
import { ownOf, SELF } from './own'
import { condition, type Ended, type JobCondition, type View } from './plan'
import { TRACKING } from './pods'

export type JobStatus = Job['status']

/** What a sync found and did, on its way into the status. */
export interface Progress {
  readonly active: number
  readonly ready: number
  readonly terminating: number
  /** The end that the Job is on its way to. */
  readonly target: JobCondition | undefined
  readonly conditions: readonly JobCondition[]
  readonly startTime: string | undefined
}

/** Numbers that are zero are left out where Go's omitempty would. */
function statusOf(fields: JobStatus): JobStatus {
  const { active, succeeded: done, failed, conditions, ...others } = fields
  return {
    ...others,
    ...(conditions && conditions.length > 0 && { conditions }),
    ...(active && { active }),
    ...(done && { succeeded: done }),
    ...(failed && { failed }),
  }
}

/** The status before pods are let go: ends that are new stand in it by uid, so that none is counted twice. */
export function countEnds(
  { job }: View,
  { active, ready, terminating, target, conditions, startTime }: Progress,
  ends: Ended,
): JobStatus {
  const { startTime: _, ...before } = job.status ?? {}
  const known = before.uncountedTerminatedPods ?? {}
  const done = [...(known.succeeded ?? []), ...ends.succeeded]
  const lost = [...(known.failed ?? []), ...ends.failed]
  const isNew = target && !conditions.some(c => c.type === target.type)
  return statusOf({
    ...before,
    ...(startTime && { startTime }),
    conditions: isNew ? [...conditions, target] : [...conditions],
    active,
    ready,
    terminating,
    ...(isIndexed(job) && {
      succeeded: ends.indexes.size,
      ...(ends.indexes.size > 0 && { completedIndexes: formatIndexes(ends.indexes) }),
      ...(ends.failedIndexes && { failedIndexes: formatIndexes(ends.failedIndexes) }),
    }),
    uncountedTerminatedPods: { ...(done.length > 0 && { succeeded: done }), ...(lost.length > 0 && { failed: lost }) },
  })
}

/** Takes the finalizer off pods, all at once; a Job's next sync (`key`) waits until the cache has it. Returns those on which it stayed. */
export function* releasePods(pods: readonly Pod[], key?: string): ControllerProcedure<{ readonly remaining: readonly Pod[] }> {
  const body = { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING] } }
  const responses = yield* askAll<KubeObject>(
    SELF,
    pods.map(({ metadata }) => patchRequest('pods', metadata.namespace, metadata.name, body, MEDIA.strategicMergePatch)),
  )
  if (key !== undefined && responses.length > 0)
    yield* perform<ControllerState, void>(world => {
      for (const response of responses) if (succeeded(response)) noteWrite(ownOf(world).written, key, 'pods', response.body)
    })
  return { remaining: pods.filter((_, i) => !isGone(responses[i])) }
}
const isGone = (response: { readonly code: number } | undefined): boolean =>
  response !== undefined && (succeeded(response as never) || response.code === 404)

/** The status after pods were let go: their ends are counted; when none is left, the Job is at its end. */
export function finished(
  { job }: View,
  status: JobStatus,
  target: JobCondition | undefined,
  remaining: readonly Pod[],
  isPartial: boolean,
  at: Time,
): { status: JobStatus; end?: JobCondition } {
  const held = new Set(remaining.map(pod => pod.metadata.uid))
  const { succeeded: done = [], failed: lost = [] } = status.uncountedTerminatedPods ?? {}
  const stays = (uid: string) => held.has(uid)
  const counted = statusOf({
    ...status,
    succeeded: (status.succeeded ?? 0) + (isIndexed(job) ? 0 : done.filter(uid => !stays(uid)).length),
    failed: (status.failed ?? 0) + lost.filter(uid => !stays(uid)).length,
    uncountedTerminatedPods: {
      ...(done.some(stays) && { succeeded: done.filter(stays) }),
      ...(lost.some(stays) && { failed: lost.filter(stays) }),
    },
  })
  if (!target || isPartial || remaining.length > 0 || (status.terminating ?? 0) > 0) return { status: counted }
  const end = condition(
    target.type === 'FailureTarget' ? 'Failed' : 'Complete',
    'True',
    target.reason ?? '',
    target.message ?? '',
    at,
  )
  const conditions = [...(counted.conditions ?? []), end]
  return { status: { ...counted, conditions, ...(end.type === 'Complete' && { completionTime: rfc3339(at) }) }, end }
}
