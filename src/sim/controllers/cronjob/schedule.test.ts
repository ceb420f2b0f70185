import { describe, expect, it } from 'vitest'
import { fromUnixSeconds, parseTime, rfc3339, unixSeconds } from '../../api/time'
import { rfc1123 } from './plan'
import { nextTime, parseSchedule } from './schedule'
import { zoneNamed } from './zones'

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
  const hours = (name: string) => (zoneNamed(name)?.offsetSeconds ?? Number.NaN) / 3600
  it('is known by its name, or by its offset', () => {
    expect(['UTC', 'Etc/UTC', 'Etc/GMT', 'Etc/GMT-0', 'Etc/GMT+5', 'Etc/GMT-14', 'EST'].map(hours)).toEqual([
      0, 0, 0, 0, -5, 14, -5,
    ])
    expect(['Asia/Shanghai', 'Asia/Singapore', 'Asia/Kolkata', 'America/Sao_Paulo', 'Japan'].map(hours)).toEqual([
      8, 8, 5.5, -3, 9,
    ])
    expect(['Etc/GMT-15', 'Etc/GMT+13', 'Antarctica/Troll', 'Nowhere'].map(zoneNamed)).toEqual(new Array(4).fill(undefined))
  })

  const times = (zone: string, schedule: string, after: string, count = 1): (string | undefined)[] => {
    const parsed = parseSchedule(schedule, zoneNamed(zone))
    const found: (string | undefined)[] = []
    let from: number | undefined = unixSeconds(parseTime(after) ?? (0 as never))
    while (parsed && from !== undefined && found.length < count) {
      from = nextTime(parsed, from)
      found.push(from === undefined ? undefined : rfc3339(fromUnixSeconds(from)))
    }
    return found
  }
  it('moves a schedule, and its days', () => {
    expect(times('Etc/GMT-9', '0 9 * * *', '2026-01-01T00:00:00Z')).toEqual(['2026-01-02T00:00:00Z'])
    expect(times('Etc/GMT+5', '0 22 31 12 *', '2026-01-01T00:00:00Z')).toEqual(['2026-01-01T03:00:00Z'])
    expect(times('Asia/Shanghai', '0 9 * * *', '2026-01-01T00:00:00Z')).toEqual(['2026-01-01T01:00:00Z'])
  })
  it('has a summer: nine in the morning comes an hour earlier by UTC', () => {
    expect(times('Europe/Berlin', '0 9 * * *', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T08:00:00Z',
      '2026-03-29T07:00:00Z',
    ])
    expect(times('America/New_York', '0 9 * * *', '2026-10-31T00:00:00Z', 2)).toEqual([
      '2026-10-31T13:00:00Z',
      '2026-11-01T14:00:00Z',
    ])
    expect(times('Australia/Sydney', '0 9 * * *', '2026-04-03T23:30:00Z', 2)).toEqual([
      '2026-04-04T23:00:00Z',
      '2026-04-05T23:00:00Z',
    ])
    expect(times('Pacific/Auckland', '0 9 * * *', '2026-09-25T00:00:00Z', 2)).toEqual([
      '2026-09-25T21:00:00Z',
      '2026-09-26T20:00:00Z',
    ])
  })
  it('skips what its clocks skip, and names twice what they show twice', () => {
    expect(times('Europe/Berlin', '30 2 * * *', '2026-03-28T12:00:00Z')).toEqual(['2026-03-30T00:30:00Z'])
    expect(times('Europe/Berlin', '30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
    ])
    expect(times('Europe/London', '0 2 29 3 *', '2026-03-01T00:00:00Z')).toEqual(['2026-03-29T01:00:00Z'])
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
