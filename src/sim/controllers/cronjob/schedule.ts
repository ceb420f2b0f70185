// Models github.com/robfig/cron/v3, as pkg/controller/cronjob uses it: five fields, and the minutes that they name.
import { civilFromDays, daysFromCivil } from '../../api/time'
import { nextChange, offsetAt, UTC, type Zone } from './zones'

/** When a CronJob is due. */
export type Schedule = Fields | Every
/** `@every 1h30m`: so many seconds after the last time. */
export interface Every {
  readonly everySeconds: number
}
/** The values that each field allows, on the clocks of a zone. */
export interface Fields {
  readonly zone: Zone
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** A field for days that begins with `*` leaves the choice to the other one; else a day that either names will do. */
  readonly anyDay: boolean
  readonly anyWeekday: boolean
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 }

/** cron.Every: whole seconds, at least one. */
function parseEvery(duration: string): Every | undefined {
  if (!/^(\d+(\.\d*)?(h|ms|m|us|µs|ns|s))+$/.test(duration)) return undefined
  let seconds = 0
  for (const [, number, unit] of duration.matchAll(/(\d+(?:\.\d*)?)(h|ms|m|us|µs|ns|s)/g))
    seconds += Number(number) * (UNITS[unit ?? ''] ?? 0)
  return { everySeconds: Math.max(1, Math.floor(seconds)) }
}

/** Reads a schedule; undefined for one that can't be read. */
export function parseSchedule(text: string, zone: Zone = UTC): Schedule | undefined {
  const every = /^@every (.+)$/.exec(text)?.[1]
  if (every !== undefined) return parseEvery(every)
  const fields = ((Object.hasOwn(MACROS, text) && MACROS[text]) || text).trim().split(/\s+/)
  if (fields.length !== 5) return undefined
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields
  const minutes = parseField(minute, 0, 59)
  const hours = parseField(hour, 0, 23)
  const days = parseField(day, 1, 31)
  const months = parseField(month, 1, 12, MONTHS, 1)
  const weekdays = parseField(weekday, 0, 6, WEEKDAYS, 0)
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  const isStar = (field: string) => field.startsWith('*') || field.startsWith('?')
  return { zone, minutes, hours, days, months, weekdays, anyDay: isStar(day), anyWeekday: isStar(weekday) }
}

function parseField(text: string, min: number, max: number, names: readonly string[] = [], first = 0): Set<number> | undefined {
  const values = new Set<number>()
  const number = (word: string): number => {
    const named = names.indexOf(word.toLowerCase())
    return named >= 0 ? named + first : /^\d+$/.test(word) ? Number(word) : Number.NaN
  }
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/')
    const [from = '', to] = range.split('-')
    const isAll = from === '*' || from === '?'
    const start = isAll ? min : number(from)
    const end = isAll || (to === undefined && step !== undefined) ? max : number(to ?? from)
    const by = step === undefined ? 1 : number(step)
    if (!(start >= min && end <= max && start <= end && by > 0)) return undefined
    for (let value = start; value <= end; value += by) values.add(value)
  }
  return values
}

const MINUTE = 60
const DAY = 86_400

/** How far ahead a time is looked for. */
const FAR = 5 * 366 * DAY

/**
 * The first time after `after` that the schedule names (both in seconds since 1970, UTC); undefined if none comes within five years. Where
 * clocks change, a time that they skip does not come, and one that they show twice comes twice.
 */
export function nextTime(schedule: Schedule, after: number): number | undefined {
  if ('everySeconds' in schedule) return Math.floor(after) + schedule.everySeconds
  const limit = after + FAR
  let [from, at] = [after, after]
  while (from < limit) {
    const offset = offsetAt(schedule.zone, at)
    const change = nextChange(schedule.zone, at)
    const end = change === undefined ? limit : Math.min(limit, change - 1)
    const local = nextLocal(schedule, from + offset, end + offset)
    if (local !== undefined) return local - offset
    if (change === undefined) return undefined
    // from here on the clocks show something else, and the minute of the change itself counts
    from = change - 1
    at = change
  }
  return undefined
}

/** The same, by the clocks of the schedule's zone, up to a time. */
function nextLocal(schedule: Fields, after: number, limit: number): number | undefined {
  let time = (Math.floor(after / MINUTE) + 1) * MINUTE
  while (time <= limit) {
    const day = Math.floor(time / DAY)
    const civil = civilFromDays(day)
    if (!schedule.months.has(civil.month)) {
      time = (civil.month === 12 ? daysFromCivil(civil.year + 1, 1, 1) : daysFromCivil(civil.year, civil.month + 1, 1)) * DAY
      continue
    }
    if (!matchesDay(schedule, day, civil.day)) {
      time = (day + 1) * DAY
      continue
    }
    const seconds = time - day * DAY
    const hour = Math.floor(seconds / 3600)
    if (!schedule.hours.has(hour)) {
      time = day * DAY + (hour + 1) * 3600
      continue
    }
    if (schedule.minutes.has(Math.floor((seconds - hour * 3600) / MINUTE))) return time
    time += MINUTE
  }
  return undefined
}

function matchesDay({ days, weekdays, anyDay, anyWeekday }: Fields, day: number, ofMonth: number): boolean {
  // 1970-01-01 was a Thursday
  const byMonth = days.has(ofMonth)
  const byWeek = weekdays.has((day + 4) % 7)
  return anyDay || anyWeekday ? byMonth && byWeek : byMonth || byWeek
}
