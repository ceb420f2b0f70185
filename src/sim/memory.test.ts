import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import { appNode } from './api/node-profile'
import { ROOMS } from './api/rooms'
import { createCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Message, RoomId } from './kernel/types'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use: objects, and the columns of the trace. */
function used(): number {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Three nodes and two hundred and fifty pods that run. */
function busy(): Simulation {
  const run = Simulation.boot(createCluster({ openapi, nodes: [1, 2, 3].map(n => appNode(`node-${n}`)) }))
  run.run({ settled: true })
  const line = 'create deployment web --image=nginx:1.27 --replicas=250'
  run.command({ to: ROOMS.kubectl, message: { type: 'kubectl', id: 1, line } as Message, text: line })
  run.run({ settled: true })
  return run
}

/**
 * What is not the trace's: what the rooms hold (etcd's history, caches, work under way), and the API objects that messages carry.
 * A function of its own, so that nothing else of the run stays behind.
 */
function others(runs: ReadonlySet<Simulation>): { readonly objects: readonly unknown[]; readonly entries: number } {
  const objects: unknown[] = []
  let entries = 0
  for (const run of runs) {
    const rooms = new Set<RoomId>()
    entries += run.trace.length
    for (const { room, message } of run.trace.entries()) {
      rooms.add(room)
      const carried = (message ?? {}) as {
        readonly body?: unknown
        readonly object?: unknown
        readonly kv?: unknown
        readonly then?: unknown
      }
      objects.push(carried.body, carried.object, carried.kv, carried.then)
    }
    for (const room of rooms) objects.push(run.state(room))
  }
  return { objects: objects.filter(object => typeof object === 'object'), entries }
}

test('the trace takes less than 200 bytes an entry: columns, arguments and messages without the API objects that they carry', () => {
  const runs = new Set([busy()])
  const { objects, entries } = others(runs)
  const before = used()
  runs.clear()
  const bytes = (before - used()) / entries
  expect(objects.length).toBeGreaterThan(entries / 4)
  expect(entries).toBeGreaterThan(20_000)
  expect(bytes).toBeGreaterThan(60)
  expect(bytes).toBeLessThan(200)
}, 60_000)
