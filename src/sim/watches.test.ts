import { expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import type { KubectlMessage } from './api/kubectl'
import { ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Time } from './kernel/types'

function boot() {
  const simulation = Simulation.boot(defaultCluster({ openapi }))
  simulation.run({ settled: true })
  let next = 1
  const start = (line: string): number => {
    const message: KubectlMessage = { type: 'kubectl', id: next++, line }
    simulation.command({ to: ROOMS.kubectl, message, text: line })
    // a command that waits with a timeout keeps the cluster from settling
    simulation.run({ time: (simulation.now + 5e6) as Time })
    return message.id
  }
  const pass = (minutes: number): void => simulation.run({ time: (simulation.now + minutes * 60e6) as Time })
  const entries = (reason: string) => [...simulation.trace.entries()].filter(entry => entry.reason === reason)
  const printed = (id: number): string =>
    entries('kubectl.output')
      .map(({ args }) => args as { id: number; text: string })
      .filter(args => args.id === id)
      .map(({ text }) => text)
      .join('')
  const exit = (id: number): number | undefined =>
    entries('kubectl.exit')
      .map(({ args }) => args as { id: number; code: number })
      .find(args => args.id === id)?.code
  return { simulation, start, pass, entries, printed, exit }
}

test('informers outlive their watches: no list is asked for again, and what happens later is still heard', () => {
  const { simulation, start, pass, entries, printed } = boot()
  const lists = () => entries('http.request').filter(({ args }) => (args as { verb: string }).verb === 'list').length
  const before = lists()
  pass(25)
  expect(entries('watch.end').length).toBeGreaterThan(50)
  expect(entries('informer.relist')).toEqual([])
  expect(lists()).toBe(before)
  // nothing of this is worth waiting for
  expect(simulation.settled).toBe(true)
  expect(entries('watch.end').every(({ housekeeping }) => housekeeping)).toBe(true)
  start('create deployment web --image=nginx --replicas=2')
  pass(1)
  expect(printed(start('get deployment web -o jsonpath={.status.readyReplicas}'))).toBe('2')
})

test('a command that waits goes on with another watch, and one that only watches ends without a word', () => {
  const { start, pass, printed, exit } = boot()
  start('run web --image=nginx')
  const waiting = start('wait pod/web --for=delete --timeout=2h')
  const watching = start('get pods -w')
  const before = printed(watching)
  pass(65)
  expect([exit(waiting), exit(watching)]).toEqual([undefined, 0])
  expect(printed(watching)).toBe(before)
  start('delete pod web')
  pass(1)
  expect([printed(waiting), exit(waiting)]).toEqual(['pod/web condition met\n', 0])
})
