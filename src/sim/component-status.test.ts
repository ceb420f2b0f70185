/** `kubectl get componentstatuses`: whoever is asked whether they are well, answers, or is not there. */
import { beforeEach, expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import type { KubectlMessage } from './api/kubectl'
import { ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Message, RoomId, Seq } from './kernel/types'

let simulation: Simulation
let next = 1
beforeEach(() => {
  simulation = Simulation.boot(defaultCluster({ openapi }))
  simulation.run({ settled: true })
})
/** What is printed, its lines without what fills their columns up. */
function kubectl(line: string): string {
  const from = simulation.trace.length
  const message: KubectlMessage = { type: 'kubectl', id: next++, line }
  simulation.command({ to: ROOMS.kubectl, message, text: line })
  simulation.run({ settled: true })
  let printed = ''
  for (let seq = from + 1; seq <= simulation.trace.length; seq++) {
    const { reason, args } = simulation.trace.entry(seq as Seq)
    if (reason === 'kubectl.output') printed += (args as { text: string }).text
  }
  return printed.replace(/ +\n/g, '\n').replace(/ {2,}/g, '  ')
}
const stop = (room: RoomId): void => {
  simulation.command({ to: room, message: { type: 'stop' } as Message, text: '' })
  simulation.run({ settled: true })
}
const WARNING = 'Warning: v1 ComponentStatus is deprecated in v1.19+\n'
const HEADER = 'NAME  STATUS  MESSAGE  ERROR\n'

test('a cluster at rest is healthy, and each component was asked', () => {
  const from = simulation.trace.length
  expect(kubectl('get cs')).toBe(
    `${WARNING}${HEADER}scheduler  Healthy  ok\ncontroller-manager  Healthy  ok\netcd-0  Healthy  ok\n`,
  )
  const asked = [...simulation.trace.entries((from + 1) as Seq)].filter(({ reason }) => reason === 'health.request')
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
  const before = simulation.now
  expect(kubectl('get cs etcd-0')).toBe(`${WARNING}${HEADER}etcd-0  Unhealthy  context deadline exceeded\n`)
  expect(simulation.now - before).toBeGreaterThan(20e6)
})
