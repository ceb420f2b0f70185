// Models pkg/controller/cronjob/cronjob_controllerv2.go.
import { isControlledBy } from '../../api/owners'
import { fromUnixSeconds, rfc3339 } from '../../api/time'
import type { CronJob, Job, KubeObject } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  cached,
  cachedBy,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
} from '../../client/controller'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, type Failed, fail, failed, now, type Step, say } from '../ask'
import { alreadyExists, isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import { type Parents, parentKeys } from '../owners'
import { dueOf, endOf, jobFor, jobName, msUntil, nextOf, oldJobs, rfc1123, scheduleOf, zoneOf } from './plan'
import { parseSchedule } from './schedule'

const SELF = { name: 'cronjob-controller', part: 'cronjob' } as const
const CRONJOBS: Parents = { informer: 'cronjobs.batch', kind: 'CronJob' }
type Active = NonNullable<CronJob['status']['active']>

/** Starts Jobs by the clock. */
export const cronjob: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    'cronjobs.batch': cronJobChanged,
    'jobs.batch': (world, event) => parentKeys(world, CRONJOBS, event),
  },
  reconcile,
}

/** updateCronJob: a new schedule counts from its next time on; any other change is looked at now, that of the status too. */
function cronJobChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const [cron, before] = [object as CronJob, old as CronJob | undefined]
  const isMoved = cron.spec.schedule !== before?.spec.schedule || cron.spec.timeZone !== before?.spec.timeZone
  if (type !== 'MODIFIED' || !before || !isMoved) return [keyOf(object)]
  const schedule = parseSchedule(cron.spec.schedule, zoneOf(cron))
  const next = schedule && nextOf(cron, schedule, world.context.now)
  if (next !== undefined) enqueueAfter(world, SELF.part, keyOf(object), msUntil(next, world.context.now), true)
  return NO_KEYS
}

/** What a sync has come to know: the CronJob with its status as it shall be. */
interface Sync {
  readonly cron: CronJob
  readonly changed: boolean
}
/** How far a sync got: what it wants written, why it went no further, and when it is to be looked at again. */
interface Turn {
  readonly sync: Sync
  readonly error?: Failed
  readonly againMs?: number
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const cron = yield* cached<CronJob>('cronjobs.batch', key)
  if (!cron) return
  const jobs = yield* cachedBy<Job>('jobs.batch', 'controller', cron.metadata.uid ?? '')
  const cleaned = yield* cleanUp({ cron, changed: false }, jobs)
  const followed = yield* follow(cleaned, jobs)
  const { sync, error, againMs } = followed.error ? followed : yield* startDue(followed.sync)
  // what has become known is written whatever became of the rest
  if (sync.changed) {
    const response = yield* ask(SELF, updateRequest('cronjobs.batch', sync.cron as KubeObject, 'status'))
    if (!succeeded(response)) return fail(response)
  }
  if (againMs !== undefined) return { againAfterMs: againMs, housekeeping: true }
  return error
}

const withActive = ({ cron }: Sync, active: Active, more: Partial<CronJob['status']> = {}): Sync => {
  const { active: _, ...others } = cron.status ?? {}
  return { cron: { ...cron, status: { ...(active.length > 0 && { active }), ...others, ...more } }, changed: true }
}

/** What has become of the Jobs: ended ones leave the list of active ones, and so do those that are gone. */
function* follow(start: Sync, jobs: readonly Job[]): ControllerProcedure<Turn> {
  const { cron } = start
  let sync = start
  const activeOf = () => sync.cron.status?.active ?? []
  for (const job of jobs) {
    const listed = activeOf().some(({ uid }) => uid === job.metadata.uid)
    const end = endOf(job)
    if (!listed && end === undefined) {
      const fresh = yield* ask<CronJob>(SELF, getRequest('cronjobs.batch', cron.metadata.namespace, cron.metadata.name))
      if (!succeeded(fresh)) return { sync, error: fail(fresh) }
      if (fresh.body.status?.active?.some(({ uid }) => uid === job.metadata.uid)) {
        sync = { cron: fresh.body, changed: sync.changed }
        continue
      }
      const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`
      yield* say(SELF, { object: cron as KubeObject, type: 'Warning', reason: 'UnexpectedJob', message })
    } else if (listed && end !== undefined) {
      const rest = activeOf().filter(({ uid }) => uid !== job.metadata.uid)
      sync = withActive(sync, rest, end === 'Complete' ? { lastSuccessfulTime: job.status.completionTime } : {})
      const message = `Saw completed job: ${job.metadata.name}, condition: ${end}`
      yield* say(SELF, { object: cron as KubeObject, type: 'Normal', reason: 'SawCompletedJob', message })
    } else if (end === 'Complete') {
      const last = sync.cron.status?.lastSuccessfulTime
      if (!last || last < (job.status.completionTime ?? ''))
        sync = withActive(sync, activeOf(), { lastSuccessfulTime: job.status.completionTime })
    }
  }
  const there = new Set(jobs.map(({ metadata }) => metadata.uid))
  for (const reference of activeOf()) {
    if (there.has(reference.uid)) continue
    const found = yield* ask(SELF, getRequest('jobs.batch', cron.metadata.namespace, reference.name ?? ''))
    if (succeeded(found)) continue
    if (found.code !== 404) return { sync, error: fail(found) }
    const message = `Active job went missing: ${reference.name}`
    yield* say(SELF, { object: cron as KubeObject, type: 'Normal', reason: 'MissingJob', message })
    sync = withActive(
      sync,
      activeOf().filter(({ uid }) => uid !== reference.uid),
    )
  }
  return { sync }
}

/** The Job that is due is started, as the concurrency policy allows. */
function* startDue(sync: Sync): ControllerProcedure<Turn> {
  const { cron } = sync
  const object = cron as KubeObject
  if (isDeleting(object)) return { sync }
  if (zoneOf(cron) === undefined) {
    const { timeZone } = cron.spec
    const message = `invalid timeZone: "${timeZone}": unknown time zone ${timeZone}`
    yield* say(SELF, { object, type: 'Warning', reason: 'UnknownTimeZone', message })
    return { sync }
  }
  if (cron.spec.suspend) return { sync }
  const schedule = scheduleOf(cron)
  if (!schedule) {
    yield* say(SELF, {
      object,
      type: 'Warning',
      reason: 'UnparseableSchedule',
      message: `unparseable schedule: "${cron.spec.schedule}"`,
    })
    return { sync }
  }
  const at = yield* now()
  const { missed, tooMany } = dueOf(cron, schedule, at)
  const next = nextOf(cron, schedule, at)
  const again = next === undefined ? {} : { againMs: msUntil(next, at) }
  if (tooMany) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    yield* say(SELF, { object, type: 'Warning', reason: 'TooManyMissedTimes', message })
  }
  if (missed === undefined) return { sync, ...again }
  const deadline = cron.spec.startingDeadlineSeconds
  if (deadline !== undefined && fromUnixSeconds(missed + deadline) < at) {
    const message = `Missed scheduled time to start a job: ${rfc1123(missed)}`
    yield* say(SELF, { object, type: 'Warning', reason: 'MissSchedule', message })
    return { sync, ...again }
  }
  const active = cron.status?.active ?? []
  const exists =
    active.some(({ name }) => name === jobName(cron, missed)) ||
    cron.status?.lastScheduleTime === rfc3339(fromUnixSeconds(missed))
  if (exists) return { sync, ...again }
  if (cron.spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    yield* say(SELF, { object, type: 'Normal', reason: 'JobAlreadyActive', message })
    return { sync, ...again }
  }
  const replaced = yield* replace(sync)
  return replaced.error ? replaced : yield* start(replaced.sync, missed, again)
}

/** The policy Replace: Jobs that still run are deleted first. */
function* replace(sync: Sync): ControllerProcedure<Turn> {
  const { cron } = sync
  if (cron.spec.concurrencyPolicy !== 'Replace') return { sync }
  let current = sync
  for (const { name = '', uid } of cron.status?.active ?? []) {
    const found = yield* ask<Job>(SELF, getRequest('jobs.batch', cron.metadata.namespace, name))
    if (!succeeded(found)) {
      const message = `Get job: ${messageOf(found)}`
      yield* say(SELF, { object: cron as KubeObject, type: 'Warning', reason: 'FailedGet', message })
      return { sync: current, error: fail(found) }
    }
    if (failed(yield* deleteJob(cron, name)))
      return { sync: current, error: { retry: `could not replace job ${cron.metadata.namespace}/${name}` } }
    current = withActive(
      current,
      (current.cron.status?.active ?? []).filter(reference => reference.uid !== uid),
    )
  }
  return { sync: current }
}

function* start(sync: Sync, seconds: number, again: { readonly againMs?: number }): ControllerProcedure<Turn> {
  const { cron } = sync
  const { namespace } = cron.metadata
  const object = cron as KubeObject
  const response = yield* ask<Job>(SELF, createRequest('jobs.batch', namespace, jobFor(cron, seconds)))
  if (namespaceIsTerminating(response)) return { sync, error: fail(response) }
  if (alreadyExists(response)) {
    // made before, and the status was not written: it is entered now, if it is this CronJob's
    const found = yield* ask<Job>(SELF, getRequest('jobs.batch', namespace, jobName(cron, seconds)))
    if (!succeeded(found)) return { sync, error: fail(found) }
    const isListed = cron.status?.active?.some(({ uid }) => uid === found.body.metadata.uid)
    if (isListed || !isControlledBy(found.body, cron)) return { sync }
    return { sync: withStarted(sync, found.body, seconds), ...again }
  }
  if (!succeeded(response)) {
    const message = `Error creating job: ${messageOf(response)}`
    yield* say(SELF, { object, type: 'Warning', reason: 'FailedCreate', message })
    return { sync, error: fail(response) }
  }
  const message = `Created job ${response.body.metadata.name}`
  yield* say(SELF, { object, type: 'Normal', reason: 'SuccessfulCreate', message })
  return { sync: withStarted(sync, response.body, seconds), ...again }
}

function withStarted(sync: Sync, { metadata }: Job, seconds: number): Sync {
  const { namespace, name, uid, resourceVersion } = metadata
  const reference = { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion }
  const active = [...(sync.cron.status?.active ?? []), reference]
  return withActive(sync, active, { lastScheduleTime: rfc3339(fromUnixSeconds(seconds)) })
}

function* deleteJob(cron: CronJob, name: string): Step<void> {
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }
  const response = yield* ask(SELF, deleteRequest('jobs.batch', cron.metadata.namespace, name, options))
  const object = cron as KubeObject
  if (!succeeded(response)) {
    yield* say(SELF, { object, type: 'Warning', reason: 'FailedDelete', message: `Deleted job: ${messageOf(response)}` })
    return fail(response)
  }
  yield* say(SELF, { object, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${name}` })
}

/** cleanupFinishedJobs: those beyond the limits of the history go, and leave the list of active ones. The status is written then, changed or not. */
function* cleanUp(start: Sync, jobs: readonly Job[]): ControllerProcedure<Sync> {
  let sync = start
  for (const { metadata } of oldJobs(start.cron, jobs)) {
    const deleted = yield* deleteJob(start.cron, metadata.name)
    if (failed(deleted)) continue
    const active = sync.cron.status?.active ?? []
    sync = withActive(
      sync,
      active.filter(({ uid }) => uid !== metadata.uid),
    )
  }
  return sync
}
