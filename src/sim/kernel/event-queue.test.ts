import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventQueue, type Waiting } from './event-queue'
import { roomId, type Seq, type Time } from './types'

const ROOM = roomId('a')
const waiting = (at: number, n: number): Waiting => ({
  at: at as Time,
  to: ROOM,
  from: ROOM,
  message: { type: String(n) },
  cause: 0 as Seq,
  housekeeping: false,
  timer: undefined,
})

it('what waits comes in the order of its times, and of one time in the order in which it was sent', () => {
  // times near each other and far apart; -1 takes the next one, -2 takes one out
  const steps = fc.array(fc.oneof(fc.constant(-1), fc.constant(-2), fc.nat(20), fc.nat(5000)), { maxLength: 200, size: 'max' })
  fc.assert(
    fc.property(steps, fc.nat(200), (list, restored) => {
      let queue = new EventQueue()
      const model: Waiting[] = []
      list.forEach((step, n) => {
        if (n === restored) queue = new EventQueue(queue.items())
        if (step >= 0) {
          const item = waiting(step, n)
          queue.push(item)
          model.push(item)
          return
        }
        model.sort((a, b) => a.at - b.at)
        if (step === -2) {
          for (const gone of model.splice(n % (model.length + 1), 1)) queue.remove(gone)
          return
        }
        expect(queue.peek()).toBe(model[0])
        expect(queue.pop()).toBe(model.shift())
      })
      model.sort((a, b) => a.at - b.at)
      expect(queue.items().toReversed()).toEqual(model)
    }),
  )
})
