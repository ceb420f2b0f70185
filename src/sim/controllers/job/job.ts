// Models pkg/controller/job/job_controller.go.
import { deepEqual } from '../../api/deep'
import { controllerOf } from '../../api/owners'
import { rfc3339 } from '../../api/time'
import type { Job, KubeObject, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { creationObserved, deletionObserved, forgetExpectations, newExpectations, satisfied } from '../../client/expectations'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { updateRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import { ask, fail, failed, now, type Step, say } from '../ask'
import { claim } from '../claim'
import { isDeleting } from '../objects'
import { concerned, ownerKey, type Parents, selectsByLabels } from '../owners'
import { noteWrite, staleInformer } from '../staleness'
import { carryOut, type Done, deleteActive, NOTHING_DONE } from './changes'
import { type Own, ownOf, SELF } from './own'
import {
  completionsOf,
  condition,
  deadlineMs,
  endsToCount,
  isComplete,
  type JobCondition,
  targetCondition,
  type View,
  work,
} from './plan'
import { type Backoff, census, hasTracking, isFinished, isManagedElsewhere, isSuspended, nextBackoff, TRACKING } from './pods'
import { countEnds, finished, type JobStatus, type Progress, releasePods } from './tracking'

const JOBS: Parents = { informer: 'jobs.batch', kind: 'Job', selects: selectsByLabels }
/** Changes of pods are gathered for so long before a Job is looked at (syncJobBatchPeriod). */
const BATCH_MS = 1000
/** A wait that is longer does not keep the clock running. */
const PATIENCE_MS = 5000

/** Runs pods to their end, and counts how they ended. */
export const job: Controller<Own> = {
  ...SELF,
  workers: 5,
  own: () => ({ expectations: newExpectations(), backoffs: new Map(), removing: new Set(), written: new Map() }),
  watches: { 'jobs.batch': jobChanged, pods: podChanged },
  reconcile,
}

function jobChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const key = keyOf(object)
  if (type === 'DELETED' || isFinished(object)) {
    const tracked = objectsBy(store(world, 'pods'), 'controller', object.metadata.uid ?? '').filter(hasTracking)
    const orphans = tracked.map(pod => `orphan ${keyOf(pod)}`)
    if (type === 'DELETED') return [key, ...orphans]
    if (!old || !isFinished(old)) for (const orphan of orphans) enqueueAfter(world, SELF.part, orphan, BATCH_MS)
    return [key]
  }
  if (old && old.metadata.generation === object.metadata.generation) {
    enqueueAfter(world, SELF.part, key, BATCH_MS)
    return []
  }
  return [key]
}

function podChanged(world: ControllerWorld, event: InformerEvent): readonly string[] {
  const { type, object } = event
  const own = ownOf(world)
  const owner = ownerKey(world, JOBS, object)
  if (type === 'DELETED' || !hasTracking(object)) own.removing.delete(object.metadata.uid ?? '')
  if (owner) {
    const found = store(world, JOBS.informer).objects.get(owner)
    if (type !== 'DELETED' && isDeleting(object) && hasTracking(object) && found && isFinished(found))
      return [`orphan ${keyOf(object)}`]
    if (type === 'DELETED' || isDeleting(object)) deletionObserved(own.expectations, owner, keyOf(object))
    else if (type === 'ADDED') creationObserved(own.expectations, owner)
  } else if (type !== 'DELETED' && hasTracking(object) && controllerOf(object)?.kind === 'Job') return [`orphan ${keyOf(object)}`]
  for (const key of concerned(world, JOBS, event, owner)) enqueueAfter(world, SELF.part, key, BATCH_MS)
  return NO_KEYS
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  if (key.startsWith('orphan ')) return yield* releaseOrphan(key.slice('orphan '.length))
  const found = yield* cached<Job>('jobs.batch', key)
  if (!found) {
    yield* perform<ControllerState, void>(world => {
      forgetExpectations(ownOf(world).expectations, key)
      ownOf(world).backoffs.delete(key)
      ownOf(world).written.delete(key)
    })
    return
  }
  if (isManagedElsewhere(found as KubeObject) || isFinished(found as KubeObject)) return
  const stale = yield* perform<ControllerState, string | undefined>(world => staleInformer(world, ownOf(world).written, key))
  if (stale) return { retry: `the cache of ${stale} is older than the last write` }
  const view = yield* look(key, found)
  if (failed(view)) return view
  return yield* sync(key, view)
}

/** syncOrphanPod: a pod whose Job is gone or done need not be kept any more. */
function* releaseOrphan(key: string): ControllerProcedure<Outcome> {
  const pod = yield* cached<Pod>('pods', key)
  if (!pod || !hasTracking(pod as KubeObject)) return
  const owned = yield* perform<ControllerState, boolean>(world => {
    const owner = ownerKey(world, JOBS, pod as KubeObject)
    const found = owner && store(world, 'jobs.batch').objects.get(owner)
    return Boolean(found && (isManagedElsewhere(found) || !isFinished(found)))
  })
  if (owned) return
  const { remaining } = yield* releasePods([pod])
  if (remaining.length > 0) return { retry: 'the finalizer stayed' }
}

/** What the caches say. A Job that is looked at for the first time starts now. */
function* look(key: string, found: Job): Step<View> {
  const pods = yield* claim<Pod>({
    self: SELF,
    owner: found as KubeObject,
    ownerResource: 'jobs.batch',
    childResource: 'pods',
    selects: pod => selectsByLabels(found as KubeObject, pod),
    finalizer: TRACKING,
  })
  if ('retry' in pods) return pods
  const at = yield* now()
  const known = yield* perform<
    ControllerState,
    { removing: ReadonlySet<string>; backoff: Backoff | undefined; settled: boolean }
  >(world => {
    const { removing, backoffs, expectations } = ownOf(world)
    const mine = new Set(pods.claimed.map(pod => pod.metadata.uid ?? '').filter(uid => removing.has(uid)))
    return Object.freeze({ removing: mine, backoff: backoffs.get(key), settled: satisfied(expectations, key, at) })
  })
  const starts = !found.status?.startTime && !isSuspended(found)
  const subject: Job = starts ? { ...found, status: { ...found.status, startTime: rfc3339(at) } } : found
  const counts = census(subject, pods.claimed, known.removing)
  return {
    job: subject,
    pods: pods.claimed,
    census: counts,
    backoff: nextBackoff(known.backoff, counts, at),
    settled: known.settled,
    now: at,
  }
}

/** What a sync has come to, on its way into the status. */
interface Turn extends Omit<Progress, 'target'> {
  readonly target: JobCondition | undefined
  readonly error: string | undefined
  readonly waitMs: number
}

/** syncJob: pods are made or deleted, then their ends are counted. */
function* sync(key: string, view: View): ControllerProcedure<Outcome> {
  const target = targetCondition(view)
  const turn = target ? yield* wind(view, target) : yield* manage(key, view)
  const tracked = yield* track(key, view, turn)
  if (failed(tracked)) return tracked
  if (turn.error !== undefined) return { retry: turn.error }
  const waits = [turn.waitMs, target ? 0 : (deadlineMs(view) ?? 0)].filter(ms => ms > 0)
  if (waits.length > 0) {
    const ms = Math.min(...waits)
    return { againAfterMs: ms, housekeeping: ms > PATIENCE_MS }
  }
}

const turnOf = ({ job: found, census }: View, done: Done): Turn => ({
  active: census.active.length + done.created - done.removed,
  ready: census.ready - done.removedReady,
  terminating: census.terminating + done.removed,
  target: undefined,
  conditions: found.status?.conditions ?? [],
  startTime: found.status?.startTime,
  error: done.error,
  waitMs: 0,
})

/** The Job comes to its end: its pods go. As long as some don't, or are not yet seen, it can't be declared. */
function* wind(view: View, target: JobCondition): ControllerProcedure<Turn> {
  const done = yield* deleteActive(view)
  const isWhole = done.removed === view.census.active.length && view.settled
  return { ...turnOf(view, done), target: isWhole ? target : undefined }
}

/** manageJob, and what is said when the Job is complete, suspended or resumed. */
function* manage(key: string, view: View): ControllerProcedure<Turn> {
  const isManaged = view.settled && !isDeleting(view.job as KubeObject)
  const plan = isManaged ? work(view) : undefined
  let turn = turnOf(view, plan ? yield* carryOut(key, view, plan) : NOTHING_DONE)
  // while a back-off lasts, a real one reports no active pods
  if (plan && plan.waitMs > 0) turn = { ...turn, active: 0, waitMs: Math.max(BATCH_MS, plan.waitMs) }
  if (isComplete(view, turn.active)) {
    const message = 'Reached expected number of succeeded pods'
    return { ...turn, target: condition('SuccessCriteriaMet', 'True', 'CompletionsReached', message, view.now) }
  }
  if (!isManaged) return turn
  const { conditions, changed } = yield* noteSuspension(view, turn.conditions)
  if (!changed) return turn
  return { ...turn, conditions, startTime: isSuspended(view.job) ? undefined : rfc3339(view.now) }
}

/** Says that a Job was suspended or resumed. A suspended Job has not started: its template may be changed, and its deadline does not run. */
function* noteSuspension(
  { job: found, now: at }: View,
  conditions: readonly JobCondition[],
): ControllerProcedure<{ conditions: readonly JobCondition[]; changed: boolean }> {
  const said = conditions.find(c => c.type === 'Suspended')
  const suspended = isSuspended(found)
  if (suspended === (said?.status === 'True')) return { conditions, changed: false }
  const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
  yield* say(SELF, { object: found as KubeObject, type: 'Normal', reason: suspended ? 'Suspended' : 'Resumed', message })
  const next = condition('Suspended', suspended ? 'True' : 'False', reason, message, at)
  return { conditions: said ? conditions.map(c => (c === said ? next : c)) : [...conditions, next], changed: true }
}

/** trackJobStatusAndRemoveFinalizers: first the ends are written down, then the pods let go, then they are counted. */
function* track(key: string, view: View, turn: Turn): Step<void> {
  const { active, ready, terminating, target, conditions, startTime } = turn
  const progress: Progress = { active, ready, terminating, target, conditions, startTime }
  const removing = yield* perform<ControllerState, ReadonlySet<string>>(world => Object.freeze(new Set(ownOf(world).removing)))
  const ends = endsToCount(view, removing, target)
  let status = countEnds(view, progress, ends)
  let current: Job = view.job
  const write = function* (next: JobStatus): Step<void> {
    const response = yield* ask<Job>(SELF, updateRequest('jobs.batch', { ...current, status: next } as KubeObject, 'status'))
    if (!succeeded(response)) return fail(response)
    current = response.body
    yield* perform<ControllerState, void>(world =>
      noteWrite(ownOf(world).written, key, 'jobs.batch', response.body as KubeObject),
    )
  }
  const before = yield* cached<Job>('jobs.batch', key)
  if (!deepEqual(before?.status ?? {}, status)) {
    const written = yield* write(status)
    if (failed(written)) return written
  }
  yield* perform<ControllerState, void>(world => {
    ownOf(world).backoffs.set(key, Object.freeze({ ...view.backoff }))
    for (const pod of ends.release) ownOf(world).removing.add(pod.metadata.uid ?? '')
  })
  const { remaining } = yield* releasePods(ends.release, key)
  yield* perform<ControllerState, void>(world => {
    for (const pod of remaining) ownOf(world).removing.delete(pod.metadata.uid ?? '')
  })
  const settled = finished(view, status, target, remaining, ends.isPartial, yield* now())
  status = settled.status
  if (!deepEqual(current.status, status)) {
    const written = yield* write(status)
    if (failed(written)) return written
  }
  if (remaining.length > 0) return { retry: 'finalizers stayed on pods' }
  if (settled.end) yield* announce({ ...view.job, status }, settled.end)
}

/** recordJobFinished */
function* announce(found: Job, end: JobCondition): ControllerProcedure {
  const object = found as KubeObject
  if (end.type === 'Complete') {
    const succeededPods = found.status?.succeeded ?? 0
    if (found.spec.completions !== undefined && succeededPods > completionsOf(found))
      yield* say(SELF, {
        object,
        type: 'Warning',
        reason: 'TooManySucceededPods',
        message: 'Too many succeeded pods running after completion count reached',
      })
    return yield* say(SELF, { object, type: 'Normal', reason: 'Completed', message: 'Job completed' })
  }
  yield* say(SELF, { object, type: 'Warning', reason: end.reason ?? '', message: end.message ?? '' })
}
