// Models pkg/controller/cronjob/cronjob_controllerv2.go.
import { deepEqual } from '../../api/deep'
import { fromUnixSeconds, rfc3339, unixSeconds } from '../../api/time'
import type { CronJob, Job, KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, cachedBy, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, fail, failed, now, type Step, say } from '../ask'
import { alreadyExists, isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import { type Parents, parentKeys } from '../owners'
import { dueOf, endOf, jobFor, jobName, msUntil, oldJobs, scheduleOf } from './plan'

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
  const followed = yield* follow(cron, jobs)
  if (failed(followed)) return followed
  const started = yield* startDue(followed)
  if (failed(started)) return started
  const { sync, againMs } = started
  const cleaned = yield* cleanUp(sync, jobs)
  if (sync.changed) {
    const response = yield* ask(SELF, updateRequest('cronjobs.batch', sync.cron as KubeObject, 'status'))
    if (!succeeded(response)) return fail(response)
  }
  if (failed(cleaned)) return cleaned
  if (againMs !== undefined) return { againAfterMs: againMs, housekeeping: true }
}

const withActive = ({ cron }: Sync, active: Active, more: Partial<CronJob['status']> = {}): Sync => {
  const { active: _, ...others } = cron.status ?? {}
  return { cron: { ...cron, status: { ...(active.length > 0 && { active }), ...others, ...more } }, changed: true }
}

/** What has become of the Jobs: ended ones leave the list of active ones, and so do those that are gone. */
function* follow(cron: CronJob, jobs: readonly Job[]): Step<Sync> {
  let sync: Sync = { cron, changed: false }
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
  if (isDeleting(object) || cron.spec.suspend) return { sync }
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
    const message = `Missed scheduled time to start a job: ${rfc3339(fromUnixSeconds(missed))}`
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
  if (namespaceIsTerminating(response) || alreadyExists(response)) return alreadyExists(response) ? current : fail(response)
  if (!succeeded(response)) {
    const message = `Error creating job: ${messageOf(response)}`
    yield* say(SELF, { object: cron as KubeObject, type: 'Warning', reason: 'FailedCreate', message })
    return fail(response)
  }
  const { name, uid, resourceVersion } = response.body.metadata
  yield* say(SELF, { object: cron as KubeObject, type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${name}` })
  const reference = { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion }
  const active = [...(current.cron.status?.active ?? []), reference]
  return withActive(current, active, { lastScheduleTime: rfc3339(fromUnixSeconds(seconds)) })
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

/** cleanupFinishedJobs */
function* cleanUp({ cron }: Sync, jobs: readonly Job[]): Step<void> {
  for (const job of oldJobs(cron, jobs)) {
    if (job.metadata.deletionTimestamp) continue
    const deleted = yield* deleteJob(cron, job.metadata.name)
    if (failed(deleted)) return deleted
  }
}
