import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../api/types'
import { goSort } from './go-sort'
import { sortObjects } from './sort'

const numbers = (items: readonly number[]) => goSort([...items], (a, b) => a < b)

describe('goSort', () => {
  it('puts anything in order (seed 5)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400, size: 'max' }), items => {
        expect(numbers(items)).toEqual([...items].sort((a, b) => a - b))
      }),
      { seed: 5, numRuns: 300 },
    )
  })
  it('leaves what is in order as it is, and turns round what is in the opposite order', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ second: Math.floor(i / 10), i }))
    const less = (a: { second: number }, b: { second: number }) => a.second < b.second
    expect(goSort([...many], less)).toEqual(many)
    expect(numbers(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  })
  it('keeps up to twelve that are equal in their order, but not always more', () => {
    const pairs = (length: number) => Array.from({ length }, (_, i) => ({ key: (i * 7) % 3, i }))
    const less = (a: { key: number }, b: { key: number }) => a.key < b.key
    const stable = (length: number) => pairs(length).sort((a, b) => a.key - b.key)
    expect(goSort(pairs(12), less)).toEqual(stable(12))
    expect(goSort(pairs(40), less)).not.toEqual(stable(40))
  })
})

describe('--sort-by', () => {
  const event = (name: string, lastTimestamp?: string | null) =>
    ({ metadata: { name }, ...(lastTimestamp !== undefined && { lastTimestamp }) }) as unknown as KubeObject
  const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name).join(' ')
  it('begins with what has no such field, each before the one that stood before it, then what is null', () => {
    const events = [
      event('b', '2026-01-01T00:00:02Z'),
      event('n', null),
      event('x'),
      event('a', '2026-01-01T00:00:01Z'),
      event('y'),
    ]
    expect(names(sortObjects(events, '.lastTimestamp'))).toBe('y x n a b')
  })
  it('says where no object has the field', () => {
    expect(() => sortObjects([event('a')], 'nope')).toThrow()
  })
})
