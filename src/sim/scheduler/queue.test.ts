import { describe, expect, test } from 'vitest'
import { cloneState } from '../kernel/clone'
import type { Seq, Time } from '../kernel/types'
import { podInfoOf } from './pod-info'
import {
  addPod,
  addUnschedulable,
  flushBackoff,
  flushUnschedulable,
  hasTurn,
  moveOnEvent,
  newQueue,
  nextBackoffEnd,
  type Occasion,
  popPod,
  type QueuedPod,
  removePod,
  updatePod,
} from './queue'
import { testCluster, testPod } from './testing'

const cluster = testCluster()
/** The queue's occasion: a time, and a cause. */
const when = (seconds: number, cause: number): Occasion => ({ now: at(seconds), cause: because(cause), cluster })
const any = { opens: () => true, wakes: () => true }
const at = (seconds: number): Time => (seconds * 1_000_000) as Time
const because = (n: number): Seq => n as Seq
const info = (name: string, spec = {}) => podInfoOf(testPod(name, spec))
const popName = (queue: ReturnType<typeof newQueue>): string | undefined => popPod(queue)?.info.pod.metadata.name

/** A queue whose only pod has just been refused by NodeResourcesFit, at 10 s. */
function withRefused(): { queue: ReturnType<typeof newQueue>; pod: QueuedPod } {
  const queue = newQueue()
  addPod(queue, info('web'), when(10, 1))
  const pod = popPod(queue)
  if (!pod) throw new Error('nothing to pop')
  addUnschedulable(queue, pod, ['NodeResourcesFit'], when(10, 2))
  return { queue, pod }
}

describe('the scheduling queue', () => {
  test('gives the highest priority first, then who came first', () => {
    const queue = newQueue()
    addPod(queue, info('second'), when(1, 1))
    addPod(queue, info('first', { priority: 10 }), when(3, 2))
    addPod(queue, info('third'), when(2, 3))
    expect([popName(queue), popName(queue), popName(queue), popName(queue)]).toEqual(['first', 'second', 'third', undefined])
  })

  test('forgets a pod that is deleted while it waits', () => {
    const queue = newQueue()
    addPod(queue, info('web'), when(1, 1))
    expect(removePod(queue, 'default/web')).toBe(true)
    expect(hasTurn(queue)).toBe(false)
    expect(popName(queue)).toBeUndefined()
    expect(queue.sizes).toEqual({ activeQ: 0, backoffQ: 0, unschedulablePods: 0, gated: 0 })
  })

  test('keeps a refused pod until an event that a plugin which refused it cares for', () => {
    const { queue } = withRefused()
    expect(moveOnEvent(queue, 'node-added', when(20, 3), { ...any, wakes: plugin => plugin === 'NodeAffinity' })).toEqual([])
    const [move] = moveOnEvent(queue, 'node-added', when(20, 3), { ...any, wakes: plugin => plugin === 'NodeResourcesFit' })
    expect(move).toMatchObject({ from: 'unschedulablePods', to: 'activeQ', event: 'node-added' })
  })

  test('a pod that is woken stands for its last cycle and for the event', () => {
    const { queue, pod } = withRefused()
    moveOnEvent(queue, 'node-added', when(20, 7), any)
    expect(pod.causes).toEqual([2, 7])
  })

  test('a pod that is woken during its back-off waits in backoffQ, unless there is nothing else to do', () => {
    const { queue } = withRefused()
    addPod(queue, info('other'), when(10, 3))
    const [move] = moveOnEvent(queue, 'node-added', when(10.5, 4), any)
    expect(move?.to).toBe('backoffQ')
    expect(popName(queue)).toBe('other')
    expect(popName(queue)).toBe('web')
  })

  test('a pod in backoffQ moves to activeQ when its back-off is over', () => {
    const { queue } = withRefused()
    moveOnEvent(queue, 'node-added', when(10.5, 3), any)
    expect(flushBackoff(queue, at(10.9))).toEqual([])
    expect(flushBackoff(queue, at(11)).map(m => [m.to, m.event])).toEqual([['activeQ', 'backoff-complete']])
  })

  test('an error is tried again after 1, 2, 4, 8, 10, 10 seconds, and not earlier', () => {
    const queue = newQueue()
    addPod(queue, info('web'), when(0, 1))
    const waits: number[] = []
    let now = 0
    for (let i = 0; i < 6; i++) {
      const pod = popPod(queue)
      if (!pod) throw new Error('nothing to pop')
      addUnschedulable(queue, pod, [], when(now, 2))
      expect(popPod(queue)).toBeUndefined()
      const end = (nextBackoffEnd(queue) ?? 0) / 1_000_000
      waits.push(end - now)
      now = end
      flushBackoff(queue, at(now))
    }
    expect(waits).toEqual([1, 2, 4, 8, 10, 10])
  })

  test('nobody waits longer than five minutes for an event', () => {
    const { queue } = withRefused()
    expect(flushUnschedulable(queue, when(310, 3))).toEqual([])
    expect(flushUnschedulable(queue, when(310.1, 3)).map(m => m.to)).toEqual(['activeQ'])
  })

  test('a gated pod enters when its last gate is gone', () => {
    const queue = newQueue()
    expect(addPod(queue, info('web', { schedulingGates: [{ name: 'a' }, { name: 'b' }] }), when(1, 1))).toBe('gated')
    expect(updatePod(queue, info('web', { schedulingGates: [{ name: 'b' }] }), when(2, 2), () => true)).toBeUndefined()
    expect(updatePod(queue, info('web'), when(3, 3), plugin => plugin === 'SchedulingGates')?.to).toBe('activeQ')
    expect(popName(queue)).toBe('web')
  })

  test('a change of its own status does not wake a pod', () => {
    const { queue } = withRefused()
    expect(updatePod(queue, info('web'), when(11, 3), () => false)).toBeUndefined()
    expect(queue.pods.get('default/web')?.queue).toBe('unschedulablePods')
  })

  test('a copy of it goes on as it would itself', () => {
    const queue = newQueue()
    for (let i = 0; i < 50; i++) addPod(queue, info(`p-${i}`, { priority: (i * 7) % 5 }), when(i % 3, i + 1))
    const copy = cloneState(queue)
    const all = (q: typeof queue): (string | undefined)[] => Array.from({ length: 50 }, () => popName(q))
    expect(all(copy)).toEqual(all(queue))
  })
})
