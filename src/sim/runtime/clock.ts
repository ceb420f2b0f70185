/** date and sleep, as busybox has them. */
import { BOOT_SECONDS, civilFromDays } from '../api/time'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** What date prints at a virtual time (µs); undefined where its format is not known. */
export function dateText(at: number, [format, ...more]: readonly string[]): string | undefined {
  const seconds = BOOT_SECONDS + Math.floor(at / 1e6)
  const days = Math.floor(seconds / 86_400)
  const { year, month, day } = civilFromDays(days)
  const two = (part: number): string => String(part).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two)
  const time = `${h}:${m}:${s}`
  if (format === undefined)
    return `${DAYS[(days + 4) % 7]} ${MONTHS[month - 1]} ${String(day).padStart(2, ' ')} ${time} UTC ${year}`
  if (more.length > 0 || !/^\+([^%]|%[YmdHMSTFs%])*$/.test(format)) return undefined
  const F = `${year}-${two(month)}-${two(day)}`
  const parts: Readonly<Record<string, string | undefined>> = {
    Y: String(year),
    m: two(month),
    d: two(day),
    H: h,
    M: m,
    S: s,
    T: time,
    F,
    s: String(seconds),
    '%': '%',
  }
  return format.slice(1).replace(/%(.)/g, (_, letter: string) => parts[letter] ?? '')
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** How long sleep takes, in µs: for ever, where its argument is no time. */
export function sleepMicros(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text)
  return match ? Math.round(Number(match[1]) * (UNITS[match[2] || 's'] ?? 1) * 1e6) : Number.POSITIVE_INFINITY
}
