// Models pkg/controller/cronjob/cronjob_controllerv2.go.
import { deepEqual } from '../../api/deep'
import { isControlledBy } from '../../api/owners'
import { fromUnixSeconds, rfc3339, unixSeconds } from '../../api/time'
import type { CronJob, Job, KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, cachedBy, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, fail, failed, now, type Step, say } from '../ask'
import { alreadyExists, isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import { type Parents, parentKeys } from '../owners'
import { dueOf, endOf, jobFor, jobName, msUntil, oldJobs, rfc1123, scheduleOf, zoneOf } from './plan'

const SELF = { name: 'cronjob-controller', part: 'cronjob' } as const
const CRONJOBS: Parents = { informer: 'cronjobs.batch', kind: 'CronJob' }
type Active = NonNullable<CronJob['status']['active']>

/** Starts Jobs by the clock. */
export const cronjob: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    'cronjobs.batch': (_, { type, object, old }) => {
      // its own status is no reason to look again
      const isStatus =
        type === 'MODIFIED' &&
        old &&
        deepEqual(old.spec, object.spec) &&
        old.metadata.deletionTimestamp === object.metadata.deletionTimestamp
      return isStatus ? [] : [keyOf(object)]
    },
    'jobs.batch': (world, event) => parentKeys(world, CRONJOBS, event),
  },
  reconcile,
}

/** What a sync has come to know: the CronJob with its status as it shall be. */
interface Sync {
  readonly cron: CronJob
  readonly changed: boolean
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const cron = yield* cached<CronJob>('cronjobs.batch', key)
  if (!cron) return
  const jobs = yield* cachedBy<Job>('jobs.batch', 'controller', cron.metadata.uid ?? '')
  const cleaned = yield* cleanUp({ cron, changed: false }, jobs)
  const followed = yield* follow(cleaned, jobs)
  const started = failed(followed) ? followed : yield* startDue(followed)
  // what cleaning up has changed is written whatever became of the rest
  if (failed(started) && !cleaned.changed) return started
  const { sync, againMs = undefined } = failed(started) ? { sync: cleaned } : started
  if (sync.changed) {
    const response = yield* ask(SELF, updateRequest('cronjobs.batch', sync.cron as KubeObject, 'status'))
    if (!succeeded(response)) return fail(response)
  }
  if (failed(started)) return started
  if (againMs !== undefined) return { againAfterMs: againMs, housekeeping: true }
}

const withActive = ({ cron }: Sync, active: Active, more: Partial<CronJob['status']> = {}): Sync => {
  const { active: _, ...others } = cron.status ?? {}
  return { cron: { ...cron, status: { ...(active.length > 0 && { active }), ...others, ...more } }, changed: true }
}

/** What has become of the Jobs: ended ones leave the list of active ones, and so do those that are gone. */
function* follow(start: Sync, jobs: readonly Job[]): Step<Sync> {
  const { cron } = start
  let sync = start
  const activeOf = () => sync.cron.status?.active ?? []
  for (const job of jobs) {
    const listed = activeOf().some(({ uid }) => uid === job.metadata.uid)
    const end = endOf(job)
    if (!listed && end === undefined) {
      const fresh = yield* ask<CronJob>(SELF, getRequest('cronjobs.batch', cron.metadata.namespace, cron.metadata.name))
      if (!succeeded(fresh)) return fail(fresh)
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
    if (found.code !== 404) continue
    const message = `Active job went missing: ${reference.name}`
    yield* say(SELF, { object: cron as KubeObject, type: 'Normal', reason: 'MissingJob', message })
    sync = withActive(
      sync,
      activeOf().filter(({ uid }) => uid !== reference.uid),
    )
  }
  return sync
}

/** The Job that is due is started, as the concurrency policy allows. */
function* startDue(sync: Sync): Step<{ readonly sync: Sync; readonly againMs?: number }> {
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
  const { missed, tooMany, next } = dueOf(cron, schedule, at)
  const again = next === undefined ? {} : { againMs: msUntil(next, at) }
  if (tooMany) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    yield* say(SELF, { object, type: 'Warning', reason: 'TooManyMissedTimes', message })
  }
  if (missed === undefined) return { sync, ...again }
  const deadline = cron.spec.startingDeadlineSeconds
  if (deadline !== undefined && missed + deadline < unixSeconds(at)) {
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
  const started = yield* replaceAndStart(sync, missed)
  return failed(started) ? started : { sync: started, ...again }
}

function* replaceAndStart(sync: Sync, seconds: number): Step<Sync> {
  const { cron } = sync
  const { namespace } = cron.metadata
  let current = sync
  if (cron.spec.concurrencyPolicy === 'Replace')
    for (const reference of cron.status?.active ?? []) {
      const deleted = yield* deleteJob(cron, reference.name ?? '')
      if (failed(deleted)) return deleted
      current = withActive(
        current,
        (current.cron.status?.active ?? []).filter(({ uid }) => uid !== reference.uid),
      )
    }
  const response = yield* ask<Job>(SELF, createRequest('jobs.batch', namespace, jobFor(cron, seconds)))
  if (namespaceIsTerminating(response)) return fail(response)
  if (alreadyExists(response)) return yield* takeExisting(current, seconds)
  if (!succeeded(response)) {
    const message = `Error creating job: ${messageOf(response)}`
    yield* say(SELF, { object: cron as KubeObject, type: 'Warning', reason: 'FailedCreate', message })
    return fail(response)
  }
  const { name } = response.body.metadata
  yield* say(SELF, { object: cron as KubeObject, type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${name}` })
  return withStarted(current, response.body, seconds)
}

/** The Job has been made before, and the status was not written: it is entered now, if it is this CronJob's. */
function* takeExisting(sync: Sync, seconds: number): Step<Sync> {
  const { cron } = sync
  const found = yield* ask<Job>(SELF, getRequest('jobs.batch', cron.metadata.namespace, jobName(cron, seconds)))
  if (!succeeded(found)) return fail(found)
  const isListed = cron.status?.active?.some(({ uid }) => uid === found.body.metadata.uid)
  return isListed || !isControlledBy(found.body, cron) ? sync : withStarted(sync, found.body, seconds)
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

/** cleanupFinishedJobs: those beyond the limits of the history go, and leave the list of active ones, should they still be in it. */
function* cleanUp(start: Sync, jobs: readonly Job[]): ControllerProcedure<Sync> {
  let sync = start
  for (const { metadata } of oldJobs(start.cron, jobs)) {
    const deleted = yield* deleteJob(start.cron, metadata.name)
    const active = sync.cron.status?.active ?? []
    if (!failed(deleted) && active.some(({ uid }) => uid === metadata.uid))
      sync = withActive(
        sync,
        active.filter(({ uid }) => uid !== metadata.uid),
      )
  }
  return sync
}
