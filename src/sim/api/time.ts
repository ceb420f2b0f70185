/**
 * Virtual time as Kubernetes writes it, and ages as kubectl does. No `Date`: the calendar is computed here.
 * Models meta/v1's Time and MicroTime, and k8s.io/apimachinery/pkg/util/duration.
 */
import type { Time } from '../kernel/types'

/** When every cluster boots, in seconds since 1970: 2026-01-01T00:00:00Z. */
export const BOOT_SECONDS = 1_767_225_600

const MICRO = 1_000_000
const DAY = 86_400

/** Days since 1970-01-01 as year, month, day of the proleptic Gregorian calendar (Howard Hinnant's civil_from_days). */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** The inverse: days since 1970-01-01. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** Seconds since 1970 of a virtual time, whole. */
export const unixSeconds = (time: Time): number => BOOT_SECONDS + Math.floor(time / MICRO)
/** Milliseconds since 1970 of a virtual time, whole. */
export const unixMilliseconds = (time: Time): number => BOOT_SECONDS * 1000 + Math.floor(time / 1000)
/** The virtual time of seconds since 1970. */
export const fromUnixSeconds = (seconds: number): Time => ((seconds - BOOT_SECONDS) * MICRO) as Time

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** Many objects are stamped within the same second. */
let lastSecond = Number.NaN
let lastText = ''
let lastStamp = ''
function textOfSecond(seconds: number): string {
  if (seconds === lastSecond) return lastText
  const days = Math.floor(seconds / DAY)
  const rest = seconds - days * DAY
  const { year, month, day } = civilFromDays(days)
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
  lastText = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}`
  lastStamp = `${lastText}Z`
  lastSecond = seconds
  return lastText
}

/** As metav1.Time: whole seconds, `2026-01-01T00:00:05Z`. */
export function rfc3339(time: Time): string {
  textOfSecond(unixSeconds(time))
  return lastStamp
}

/** As metav1.MicroTime: `2026-01-01T00:00:05.000123Z`. */
export function rfc3339Micro(time: Time): string {
  const micro = time - Math.floor(time / MICRO) * MICRO
  return `${textOfSecond(unixSeconds(time))}.${String(micro).padStart(6, '0')}Z`
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

/** The virtual time of an RFC 3339 text (any offset, any fraction, cut to microseconds); undefined if it is none. */
export function parseTime(text: string): Time | undefined {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const time = parse(text)
  if (time === undefined) return undefined
  if (parsed.size >= PARSED_LIMIT) parsed.clear()
  parsed.set(text, time)
  return time
}

/** Objects of one second have the same text. */
const parsed = new Map<string, Time>()
const PARSED_LIMIT = 256

function parse(text: string): Time | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const [mo, d, h, mi, s] = [Number(month), Number(day), Number(hour), Number(minute), Number(second)]
  if (mo < 1 || mo > 12 || d < 1 || d > daysInMonth(Number(year), mo) || h > 23 || mi > 59 || s > 59) return undefined
  const offset = zone === 'Z' ? 0 : (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * 60
  const seconds = daysFromCivil(Number(year), mo, d) * DAY + h * 3600 + mi * 60 + s - offset
  return (fromUnixSeconds(seconds) + Number(fraction.slice(0, 6).padEnd(6, '0'))) as Time
}
const daysInMonth = (year: number, month: number) =>
  daysFromCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - daysFromCivil(year, month, 1)

/** Microseconds from a stored timestamp to now; undefined without one. */
export function microsecondsSince(timestamp: string | undefined, now: Time): number | undefined {
  const then = timestamp === undefined ? undefined : parseTime(timestamp)
  return then === undefined ? undefined : now - then
}

/** A duration (microseconds) for people: `5s`, `2m5s`, `3h`, `2d4h`, `1y10d`. Models duration.HumanDuration. */
export function humanDuration(microseconds: number): string {
  const seconds = Math.trunc(microseconds / MICRO)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 192) return pair(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return days < 2920 ? pair(years, 'y', days % 365, 'd') : `${years}y`
}
const pair = (a: number, unitA: string, b: number, unitB: string): string =>
  b === 0 ? `${a}${unitA}` : `${a}${unitA}${b}${unitB}`

/** The AGE column: how long ago a timestamp was. Models translateTimestampSince. */
export function ageOf(timestamp: string | undefined | null, now: Time): string {
  const elapsed = microsecondsSince(timestamp ?? undefined, now)
  return elapsed === undefined ? '<unknown>' : humanDuration(elapsed)
}
