// Models pkg/controller/cronjob/{cronjob_controllerv2,utils}.go: when a CronJob is due, and which of its Jobs are kept.
import { controllerRef } from '../../api/owners'
import { fromUnixSeconds, parseTime, rfc3339, unixSeconds } from '../../api/time'
import type { CronJob, Job, KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import { nextTime, parseSchedule, type Schedule } from './schedule'
import { type Zone, zoneNamed } from './zones'

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** More starts than this were missed: something is wrong with the clock or the schedule. */
const TOO_MANY = 100

/** Kind of end of a Job; undefined while it runs. */
export const endOf = (job: Job): 'Complete' | 'Failed' | undefined => {
  const condition = job.status?.conditions?.find(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
  return condition?.type as 'Complete' | 'Failed' | undefined
}

const secondsOf = (timestamp: string | undefined): number | undefined => {
  const time = timestamp === undefined ? undefined : parseTime(timestamp)
  return time === undefined ? undefined : unixSeconds(time)
}

/** When a CronJob is due: the latest start that was missed (seconds since 1970), and whether too many were to be counted. */
export interface Due {
  readonly missed: number | undefined
  readonly tooMany: boolean
}

/** The last start that is known of, or when the CronJob was made. */
const lastOf = ({ status, metadata }: CronJob): number | undefined =>
  secondsOf(status?.lastScheduleTime) ?? secondsOf(metadata.creationTimestamp)

/** mostRecentScheduleTime: starts that are older than the deadline do not count. */
export function dueOf(cron: CronJob, schedule: Schedule, now: Time): Due {
  const at = unixSeconds(now)
  const deadline = cron.spec.startingDeadlineSeconds ?? Number.POSITIVE_INFINITY
  const { missed, tooMany } = startsSince(schedule, Math.max(lastOf(cron) ?? at, at - deadline), at)
  return { missed, tooMany }
}

/** nextScheduleTimeDuration: the next start, for which a deadline does not count. */
export function nextOf(cron: CronJob, schedule: Schedule, now: Time): number | undefined {
  const at = unixSeconds(now)
  return startsSince(schedule, lastOf(cron) ?? at, at).next
}

/** The starts after one time and until another, and the first one after that. */
function startsSince(schedule: Schedule, since: number, at: number): Due & { readonly next: number | undefined } {
  let missed: number | undefined
  let count = 0
  let next = nextTime(schedule, since)
  while (next !== undefined && next <= at && count <= TOO_MANY) {
    missed = next
    count++
    next = nextTime(schedule, next)
  }
  if (count > TOO_MANY) {
    for (let t = nextTime(schedule, at - 86_400); t !== undefined && t <= at; t = nextTime(schedule, t)) missed = t
    next = nextTime(schedule, at)
  }
  return { missed, tooMany: count > TOO_MANY, next }
}

/** Milliseconds until a time, and a little more, so that the clock is surely past it (nextScheduleDelta). */
export const msUntil = (seconds: number, now: Time): number => (fromUnixSeconds(seconds) - now) / 1000 + 100

/** The zone of a CronJob's clocks; undefined for one that is not known. */
export const zoneOf = ({ spec }: CronJob): Zone | undefined => zoneNamed(spec.timeZone ?? '')

/** The schedule, if it can be read. */
export const scheduleOf = (cron: CronJob): Schedule | undefined => parseSchedule(cron.spec.schedule, zoneOf(cron))

const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A time of seconds since 1970 as Go's RFC1123Z writes it: `Thu, 01 Jan 2026 00:05:00 +0000`. */
export function rfc1123(seconds: number): string {
  const text = rfc3339(fromUnixSeconds(seconds))
  const [year, month, day] = text.slice(0, 10).split('-')
  const weekday = WEEKDAYS[Math.floor(seconds / 86_400) % 7]
  return `${weekday}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${text.slice(11, 19)} +0000`
}

/** A Job's name: the CronJob's and the minute for which it is. */
export const jobName = (cron: CronJob, seconds: number): string => `${cron.metadata.name}-${Math.floor(seconds / 60)}`

/** getJobFromTemplate2 */
export function jobFor(cron: CronJob, seconds: number): KubeObject {
  const { metadata, spec } = cron.spec.jobTemplate
  const scheduled = rfc3339(fromUnixSeconds(seconds))
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cron, seconds),
      ...(metadata?.labels && { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [SCHEDULED_AT]: scheduled },
      creationTimestamp: scheduled,
      ownerReferences: [controllerRef(cron as KubeObject)],
    },
    spec,
    status: {},
  }
}

/** Finished Jobs beyond the limits of the history, the oldest first. */
export function oldJobs(cron: CronJob, jobs: readonly Job[]): readonly Job[] {
  const start = (job: Job): string => job.status?.startTime ?? job.metadata.creationTimestamp ?? ''
  const beyond = (end: 'Complete' | 'Failed', limit: number | undefined): Job[] => {
    if (limit === undefined) return []
    const ended = jobs.filter(job => endOf(job) === end)
    return ended
      .sort((a, b) => (start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : a.metadata.name < b.metadata.name ? -1 : 1))
      .slice(0, Math.max(0, ended.length - limit))
  }
  return [...beyond('Complete', cron.spec.successfulJobsHistoryLimit), ...beyond('Failed', cron.spec.failedJobsHistoryLimit)]
}
