/** Outages of processes are data like everything else: a run is restored in the midst of them, and comes to rest without them. */
import { describe, expect, it } from 'vitest'
import openapi from './api/data/openapi.json'
import { nodeRoom, ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Message, RoomId, Time } from './kernel/types'

const config = defaultCluster({ openapi })
const LINE = 'create deployment web --image=nginx --replicas=3'
/** More entries than a cluster makes until it is at rest. */
const MANY = 20_000

const turn = (simulation: Simulation, type: 'boot' | 'stop', ...rooms: RoomId[]) => {
  for (const to of rooms) simulation.command({ to, message: { type }, text: type })
}
const wait = (simulation: Simulation, ms: number) => simulation.run({ time: (simulation.now + ms * 1000) as Time })
const copyOf = (run: Simulation) => Simulation.restore(config, run.trace.fork(run.trace.length), run.snapshot())

/** A cluster that has worked on a Deployment for so long. */
function begun(ms: number): Simulation {
  const run = Simulation.boot(config)
  run.run({ settled: true })
  run.command({ to: ROOMS.kubectl, message: { type: 'kubectl', id: 1, line: LINE } as Message, text: LINE })
  wait(run, ms)
  return run
}

describe.each([200, 400, 550, 700, 850, 1000, 2000])('an outage %d ms after a command', ms => {
  it('can be restored from in its midst, and from the moment when all begins again', () => {
    const rooms = [ROOMS.apiserver, ROOMS.etcd, nodeRoom('runtime', 'node-1')]
    const run = begun(ms)
    turn(run, 'stop', ...rooms)
    wait(run, 0.2)
    let copy = copyOf(run)
    for (const each of [run, copy]) wait(each, 20_000)
    copy = copyOf(copy)
    for (const each of [run, copy]) {
      turn(each, 'boot', ...rooms)
      wait(each, 0.5)
    }
    copy = copyOf(copy)
    for (const each of [run, copy]) wait(each, 60_000)
    expect(copy.trace.hash()).toBe(run.trace.hash())
  })

  it.each([ROOMS.apiserver, ROOMS.etcd, nodeRoom('runtime', 'node-1')])('leaves a cluster at rest: %s', room => {
    const run = begun(ms)
    turn(run, 'stop', room)
    const limit = run.trace.length + MANY
    run.run({ settled: true, entries: limit })
    expect(run.settled).toBe(true)
    turn(run, 'boot', room)
    run.run({ settled: true, entries: limit })
    expect(run.settled).toBe(true)
  })
})

it('a copy of a cluster at rest is at rest, and one of a cluster at work is not', () => {
  const run = begun(200)
  expect(copyOf(run).settled).toBe(false)
  run.run({ settled: true })
  expect(copyOf(run).settled).toBe(true)
})
