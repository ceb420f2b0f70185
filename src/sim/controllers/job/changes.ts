// Models manageJob, deleteJobPods and deleteActivePods in pkg/controller/job/job_controller.go: a Job's pods made and deleted.
import type { Job, KubeObject, Pod } from '../../api/types'
import type { ControllerProcedure, ControllerState } from '../../client/controller'
import { perform } from '../../client/effects'
import { creationObserved, deletionObserved, expectCreations, expectDeletions } from '../../client/expectations'
import { keyOf } from '../../client/store'
import { createPods, deletePods, podFromTemplate } from '../pod-control'
import { isPodReady } from '../pods'
import { noteWrite } from '../staleness'
import { withIndex } from './indexes'
import { ownOf, SELF } from './own'
import { hasLimitPerIndex, withFailures } from './per-index'
import { delayedOf, type View, type Work } from './plan'
import { TRACKING } from './pods'
import { releasePods } from './tracking'

/** What was done about a Job's pods. */
export interface Done {
  readonly created: number
  readonly removed: number
  /** Of the removed ones, those that were ready. */
  readonly removedReady: number
  readonly error: string | undefined
}
export const NOTHING_DONE: Done = { created: 0, removed: 0, removedReady: 0, error: undefined }

/** Deletes all pods of a Job that comes to its end. Their finalizers stay until they are counted. */
export function* deleteActive({ job, census }: View): ControllerProcedure<Done> {
  const { active } = census
  if (active.length === 0) return NOTHING_DONE
  const { refused, error } = yield* deletePods(SELF, job as KubeObject, active)
  return { created: 0, removed: active.length - refused, removedReady: active.filter(isPodReady).length, error }
}

/** Does the work of a sync: deletions, else creations. */
export function* carryOut(key: string, view: View, { create, indexes, remove }: Work): ControllerProcedure<Done> {
  if (remove.length > 0) return yield* removePods(key, view.job, remove)
  if (create === 0) return NOTHING_DONE
  const bodies = newPods(view, create, indexes)
  yield* perform<ControllerState, void>(world => expectCreations(ownOf(world).expectations, key, create, world.context.now))
  const { made, missing, error } = yield* createPods(SELF, view.job as KubeObject, bodies)
  yield* perform<ControllerState, void>(world => {
    const { expectations, written } = ownOf(world)
    if (missing > 0) creationObserved(expectations, key, missing)
    for (const pod of made) noteWrite(written, key, 'pods', pod as KubeObject)
  })
  return { ...NOTHING_DONE, created: made.length, error }
}

/** deleteJobPods: pods that there are too many of. Their finalizers go first, so that nobody counts them as failed. */
function* removePods(key: string, job: Job, pods: readonly Pod[]): ControllerProcedure<Done> {
  yield* perform<ControllerState, void>(world =>
    expectDeletions(
      ownOf(world).expectations,
      key,
      pods.map(pod => keyOf(pod as KubeObject)),
      world.context.now,
    ),
  )
  const { remaining: held } = yield* releasePods(pods, key)
  const free = pods.filter(pod => !held.includes(pod))
  const { remaining, refused, error } = yield* deletePods(SELF, job as KubeObject, free)
  yield* perform<ControllerState, void>(world => {
    for (const pod of [...held, ...remaining]) deletionObserved(ownOf(world).expectations, key, keyOf(pod as KubeObject))
  })
  return {
    created: 0,
    removed: free.length - refused,
    removedReady: free.filter(isPodReady).length,
    error: held.length > 0 ? 'removing completion finalizer: the finalizer stayed' : error,
  }
}

function newPods(view: View, count: number, indexes: readonly number[]): KubeObject[] {
  const { job } = view
  const plain = podFromTemplate(job as KubeObject, job.spec.template)
  const { finalizers = [] } = plain.metadata
  const body: KubeObject = {
    ...plain,
    metadata: { ...plain.metadata, finalizers: finalizers.includes(TRACKING) ? finalizers : [...finalizers, TRACKING] },
  }
  if (indexes.length === 0) return new Array<KubeObject>(count).fill(body)
  const before = hasLimitPerIndex(job) ? delayedOf(view) : undefined
  return indexes.map(index => {
    const pod = withIndex(job, body, index)
    return before ? withFailures(job, pod, before.get(index)) : pod
  })
}
