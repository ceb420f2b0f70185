import { describe, expect, test } from 'vitest'
import type { ControllerView } from '../session/types'
import { nodeOf, podOf } from '../testing/fixture'
import { chooseControllers } from './controllers'
import { moodOf, podMode } from './nodes/worker-node/pod-mode'
import { placeLabel, touch } from './paint'

const controller = (part: string, more: Partial<ControllerView> = {}): ControllerView => ({
  part,
  queue: 0,
  active: 0,
  retries: 0,
  ...more,
})
const none = new Set<string>()

describe('which controllers have a room', () => {
  test('a calm cluster shows what the house is for, in a fixed order, though nothing was heard of them yet', () => {
    expect(chooseControllers([controller('ttl')], none, [], 6)).toEqual([
      'deployment',
      'replicaset',
      'endpointslice',
      'garbage-collector',
      'node-lifecycle',
    ])
  })
  test('one that is in the scene has a room, even where they are few', () => {
    expect(chooseControllers([controller('ttl')], new Set(['ttl']), [], 2)).toEqual(['deployment', 'ttl'])
  })
  test('one that is busy gets a room and keeps it afterwards', () => {
    const busy = chooseControllers([controller('job', { queue: 1 })], none, [], 6)
    expect(busy).toContain('job')
    expect(chooseControllers([controller('job')], none, busy, 6)).toEqual(busy)
  })
})

describe('how pods are drawn', () => {
  const area = { x: 0, y: 0, width: 260, height: 90 }
  const pods = (count: number) =>
    nodeOf(
      'node-1',
      Array.from({ length: count }, (_, i) => podOf(`p${i}`, 'node-1')),
    )
  test('with their insides, as tiles, then counted', () => {
    expect(podMode(pods(2), area).mode).toBe('full')
    expect(podMode(pods(7), area).mode).toBe('tile')
    expect(podMode(pods(20), area).mode).toBe('groups')
  })
  test('a node of which not all pods are told is counted', () => {
    expect(podMode({ ...pods(2), podCount: 200 }, area).mode).toBe('groups')
  })
  test('a pod that waits, runs, goes or fails looks so', () => {
    const mood = (status: string, ready = false) => moodOf({ status, ready })
    expect([mood('Pending'), mood('Running', true), mood('Terminating', true), mood('CrashLoopBackOff')]).toEqual([
      'waiting',
      'good',
      'going',
      'bad',
    ])
  })
})

test('a label in flight stands on no room and on no other label, or nowhere', () => {
  const spine = { x: 400, y: 0, width: 200, height: 500 }
  const taken = [spine]
  for (let i = 0; i < 6; i++) {
    const box = placeLabel(300, 100, 90, taken, spine)
    if (box) {
      for (const other of taken) expect(touch(box, other)).toBe(false)
      taken.push(box)
    }
  }
  expect(taken.length).toBe(6)
  const inside = placeLabel(412, 300, 90, [spine], spine)
  expect(inside && inside.x + inside.width).toBeLessThan(spine.x)
})
