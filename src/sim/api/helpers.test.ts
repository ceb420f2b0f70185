import { describe, expect, test } from 'vitest'
import type { Time } from '../kernel/types'
import { getCondition, isTrue, removeCondition, setCondition, updateCondition } from './conditions'
import { controllerRevisionHash, fnv32a, podTemplateHash, safeEncode } from './hash'
import { controllerOf, controllerRef, isControlledBy } from './owners'
import { ageOf, civilFromDays, daysFromCivil, humanDuration, parseTime, rfc3339, rfc3339Micro } from './time'
import type { KubeObject } from './types'

const seconds = (n: number) => (n * 1_000_000) as Time

describe('time', () => {
  test('begins at boot', () => {
    expect(rfc3339(seconds(0))).toBe('2026-01-01T00:00:00Z')
    expect(rfc3339(seconds(59.9))).toBe('2026-01-01T00:00:59Z')
    expect(rfc3339Micro(1_000_123 as Time)).toBe('2026-01-01T00:00:01.000123Z')
    expect(rfc3339(seconds(86_400 * 59))).toBe('2026-03-01T00:00:00Z')
    expect(rfc3339(seconds(-1))).toBe('2025-12-31T23:59:59Z')
  })
  test('is read back, with offsets and fractions', () => {
    expect(parseTime('2026-01-01T00:00:05Z')).toBe(seconds(5))
    expect(parseTime('2026-01-01T02:00:05.25+02:00')).toBe(seconds(5.25))
    expect(parseTime('2026-02-29T00:00:00Z')).toBeUndefined()
    expect(parseTime('yesterday')).toBeUndefined()
  })
  test('knows the calendar', () => {
    for (let days = -200_000; days < 200_000; days += 97) {
      const { year, month, day } = civilFromDays(days)
      expect(daysFromCivil(year, month, day)).toBe(days)
      expect(new Date(days * 86_400_000).toISOString().slice(0, 10)).toBe(
        `${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
      )
    }
  })
})

describe('ages', () => {
  test.each([
    [0, '0s'],
    [5, '5s'],
    [119, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [600, '10m'],
    [179 * 60, '179m'],
    [180 * 60, '3h'],
    [3 * 3600 + 300, '3h5m'],
    [9 * 3600 + 300, '9h'],
    [48 * 3600, '2d'],
    [52 * 3600, '2d4h'],
    [9 * 86_400, '9d'],
    [800 * 86_400, '2y70d'],
    [3000 * 86_400, '8y'],
    [-1, '0s'],
    [-5, '<invalid>'],
  ])('%i s is %s', (n, text) => {
    expect(humanDuration(seconds(n))).toBe(text)
  })
  test('are unknown without a timestamp', () => {
    expect(ageOf(undefined, seconds(5))).toBe('<unknown>')
    expect(ageOf('2026-01-01T00:00:02Z', seconds(5))).toBe('3s')
  })
})

describe('hashes', () => {
  test('are FNV-1a', () => {
    expect(fnv32a('')).toBe(0x811c9dc5)
    expect(fnv32a('a')).toBe(0xe40c292c)
    expect(safeEncode('0123456789')).toBe('456789bcdf')
  })
  test('of equal templates are equal, and collisions part them', () => {
    const hash = podTemplateHash({ metadata: { labels: { a: 'b' } }, spec: { containers: [] } })
    expect(podTemplateHash({ spec: { containers: [], nodeName: undefined }, metadata: { labels: { a: 'b' } } })).toBe(hash)
    expect(podTemplateHash({ spec: {}, metadata: { labels: { a: 'c' } } })).not.toBe(hash)
    const template = { spec: {} }
    expect(podTemplateHash(template, 1)).not.toBe(podTemplateHash(template))
    expect(hash).toMatch(/^[456789bcdf]+$/)
    expect(controllerRevisionHash({ a: 1 })).not.toBe(controllerRevisionHash({ a: 1 }, 0))
  })
})

describe('owners', () => {
  const owner: KubeObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', uid: 'u1' } }
  test('are found by the controller flag and told apart by uid', () => {
    const pod = { metadata: { name: 'p', ownerReferences: [controllerRef(owner)] } }
    expect(controllerOf(pod)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web',
      uid: 'u1',
      controller: true,
      blockOwnerDeletion: true,
    })
    expect(isControlledBy(pod, owner)).toBe(true)
    expect(isControlledBy(pod, { metadata: { name: 'web', uid: 'u2' } })).toBe(false)
    expect(controllerOf({ metadata: { name: 'p' } })).toBeUndefined()
  })
})

describe('conditions', () => {
  const ready = { type: 'Ready', status: 'False', reason: 'A', lastTransitionTime: '1' }
  const list = [ready, { type: 'Other', status: 'True', lastTransitionTime: '1' }]
  test('of a pod keep their place, and their time while the status stays', () => {
    expect(updateCondition(list, { ...ready, reason: 'B', lastTransitionTime: '2' })[0]).toEqual({ ...ready, reason: 'B' })
    expect(updateCondition(list, { ...ready, status: 'True', lastTransitionTime: '2' })[0]?.lastTransitionTime).toBe('2')
    expect(updateCondition(list, { ...ready, lastTransitionTime: '2' })).toBe(list)
  })
  test('of a Deployment move to the end when they change', () => {
    expect(setCondition(list, { ...ready, lastTransitionTime: '2' })).toBe(list)
    expect(setCondition(list, { ...ready, reason: 'B', lastTransitionTime: '2' }).map(c => c.type)).toEqual(['Other', 'Ready'])
  })
  test('are found and removed', () => {
    expect(isTrue(list, 'Other')).toBe(true)
    expect(getCondition(list, 'None')).toBeUndefined()
    expect(removeCondition(list, 'Ready')).toHaveLength(1)
    expect(removeCondition(list, 'None')).toBe(list)
  })
})
