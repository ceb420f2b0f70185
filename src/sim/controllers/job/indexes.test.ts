import { describe, expect, it } from 'vitest'
import { formatIndexes, parseIndexes, pendingIndexes } from './indexes'

describe('completion indexes', () => {
  it('are written as ranges of three and more', () => {
    expect(formatIndexes(new Set([5, 0, 1, 2, 7, 8]))).toBe('0-2,5,7,8')
    expect(formatIndexes(new Set())).toBe('')
  })
  it('are read back, without those that are no completions any more', () => {
    expect([...parseIndexes('0-2,5,7,8', 6)]).toEqual([0, 1, 2, 5])
  })
  it('are worked on from the lowest', () => {
    expect(pendingIndexes(2, 5, new Set([0]), new Set([2]))).toEqual([1, 3])
  })
})
