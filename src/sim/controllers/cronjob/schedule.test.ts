import { describe, expect, it } from 'vitest'
import { fromUnixSeconds, parseTime, rfc3339, unixSeconds } from '../../api/time'
import { nextTime, parseSchedule } from './schedule'

const next = (schedule: string, after: string): string | undefined => {
  const parsed = parseSchedule(schedule)
  const time = parseTime(after)
  if (!parsed || time === undefined) return undefined
  const seconds = nextTime(parsed, unixSeconds(time))
  return seconds === undefined ? 'never' : rfc3339(fromUnixSeconds(seconds))
}

describe('a schedule', () => {
  it('names every minute', () => expect(next('* * * * *', '2026-01-01T00:00:00Z')).toBe('2026-01-01T00:01:00Z'))
  it('has steps', () => expect(next('*/15 * * * *', '2026-01-01T00:46:10Z')).toBe('2026-01-01T01:00:00Z'))
  it('has ranges, lists and names', () =>
    expect(next('30 8-10 * * mon,wed', '2026-01-01T00:00:00Z')).toBe('2026-01-05T08:30:00Z'))
  it('goes over the end of a year', () => expect(next('@yearly', '2026-06-01T00:00:00Z')).toBe('2027-01-01T00:00:00Z'))
  it('takes either of two fields for days', () =>
    expect(next('0 0 13 * fri', '2026-01-01T00:00:00Z')).toBe('2026-01-02T00:00:00Z'))
  it('finds leap days', () => expect(next('0 0 29 2 *', '2026-01-01T00:00:00Z')).toBe('2028-02-29T00:00:00Z'))
  it('may never come', () => expect(next('0 0 31 2 *', '2026-01-01T00:00:00Z')).toBe('never'))
  it('is refused when it makes no sense', () => {
    for (const bad of ['', '* * * *', '60 * * * *', '* * * * 9', 'a * * * *', '5-1 * * * *'])
      expect(parseSchedule(bad)).toBeUndefined()
  })
})
