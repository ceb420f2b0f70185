/** `kubectl get componentstatuses`: whoever is asked whether they are well, answers, or is not there. */
import { beforeEach, expect, test } from 'vitest'
import { ROOMS } from './api/rooms'
import type { Message, RoomId, Seq } from './kernel/types'
import { Prompt } from './prompt-testing'

let prompt: Prompt
beforeEach(() => {
  prompt = Prompt.boot()
})
/** What is printed, its lines without what fills their columns up. */
const kubectl = (line: string) => prompt.shown(line).replace(/ +\n/g, '\n').replace(/ {2,}/g, '  ')
const stop = (room: RoomId) => prompt.give(room, { type: 'stop' } as Message)
const WARNING = 'Warning: v1 ComponentStatus is deprecated in v1.19+\n'
const HEADER = 'NAME  STATUS  MESSAGE  ERROR\n'

test('a cluster at rest is healthy, and each component was asked', () => {
  const from = prompt.simulation.trace.length
  expect(kubectl('get cs')).toBe(
    `${WARNING}${HEADER}scheduler  Healthy  ok\ncontroller-manager  Healthy  ok\netcd-0  Healthy  ok\n`,
  )
  const asked = [...prompt.simulation.trace.entries((from + 1) as Seq)].filter(({ reason }) => reason === 'health.request')
  expect(asked.map(({ hop }) => hop?.to)).toEqual(['scheduler', 'controller-manager'])
})

test('one of them is shown alone, and one that is not known is an error without a reason', () => {
  expect(kubectl('get cs controller-manager')).toBe(`${WARNING}${HEADER}controller-manager  Healthy  ok\n`)
  expect(kubectl('get cs kubelet')).toBe(`${WARNING}Error from server: Component not found: kubelet\n`)
})

test('a scheduler that has stopped is unhealthy, as nobody listens at its port', () => {
  stop(ROOMS.scheduler)
  const refused = 'Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused'
  expect(kubectl('get cs scheduler')).toBe(`${WARNING}${HEADER}scheduler  Unhealthy  ${refused}\n`)
})

test('etcd is given twenty seconds to answer', () => {
  stop(ROOMS.etcd)
  const before = prompt.simulation.now
  expect(kubectl('get cs etcd-0')).toBe(`${WARNING}${HEADER}etcd-0  Unhealthy  context deadline exceeded\n`)
  expect(prompt.simulation.now - before).toBeGreaterThan(20e6)
})
