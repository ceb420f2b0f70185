import { describe, expect, it } from 'vitest'
import { fromUnixSeconds, parseTime, rfc3339, unixSeconds } from '../../api/time'
import { rfc1123 } from './plan'
import { nextTime, offsetOfZone, parseSchedule } from './schedule'

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

describe('a time zone', () => {
  it('is known when it is an offset by name', () => {
    expect(['UTC', 'Etc/UTC', 'Etc/GMT', 'Etc/GMT-0'].map(offsetOfZone)).toEqual([0, 0, 0, 0])
    expect(offsetOfZone('Etc/GMT+5')).toBe(-5 * 3600)
    expect(offsetOfZone('Etc/GMT-14')).toBe(14 * 3600)
    expect(offsetOfZone('EST')).toBe(-5 * 3600)
    expect(['Etc/GMT-15', 'Etc/GMT+13', 'Europe/Berlin', 'Nowhere'].map(offsetOfZone)).toEqual(new Array(4).fill(undefined))
  })

  it('moves a schedule, and its days', () => {
    const at = (zone: string, schedule: string) => {
      const parsed = parseSchedule(schedule, offsetOfZone(zone))
      const seconds = parsed && nextTime(parsed, unixSeconds(parseTime('2026-01-01T00:00:00Z') ?? (0 as never)))
      return seconds === undefined ? undefined : rfc3339(fromUnixSeconds(seconds))
    }
    expect(at('Etc/GMT-9', '0 9 * * *')).toBe('2026-01-02T00:00:00Z')
    expect(at('Etc/GMT+5', '0 22 31 12 *')).toBe('2026-01-01T03:00:00Z')
  })
})

describe('@every', () => {
  it('counts from the last time, in whole seconds', () => {
    expect(next('@every 1h30m', '2026-01-01T00:00:10Z')).toBe('2026-01-01T01:30:10Z')
    expect(next('@every 500ms', '2026-01-01T00:00:10Z')).toBe('2026-01-01T00:00:11Z')
    expect(next('@every often', '2026-01-01T00:00:10Z')).toBeUndefined()
  })
})

describe('a missed time', () => {
  it('is written as Go writes RFC 1123', () =>
    expect(rfc1123(unixSeconds(parseTime('2026-02-03T04:05:06Z') ?? (0 as never)))).toBe('Tue, 03 Feb 2026 04:05:06 +0000'))
})
