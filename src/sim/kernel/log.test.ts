import fc from 'fast-check'
import { expect, it } from 'vitest'
import { append, itemsAfter, newLog } from './log'

it('a log has all that was appended, in order, and freezes what it will not change', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (length, from) => {
      const log = newLog<number>()
      for (let i = 0; i < length; i++) append(log, i)
      expect(log.full.every(chunk => Object.isFrozen(chunk))).toBe(true)
      expect(itemsAfter(log, item => item < from)).toEqual(Array.from({ length }, (_, i) => i).slice(from))
    }),
  )
})
