/** One size in a process of its own, so that one run's heap is not another's: `cluster.ts NODES PODS`, a line of JSON. */
import openapi from '../src/sim/api/data/openapi.json'
import { appNode } from '../src/sim/api/node-profile'
import { ROOMS } from '../src/sim/api/rooms'
import { createCluster } from '../src/sim/cluster'
import { type BranchId, History } from '../src/sim/kernel/history'
import type { Message, Seq } from '../src/sim/kernel/types'
import { foldEntry, newFold } from '../src/view/fold'
import { calibrate, cpuOf } from './calibrate'

const MAIN = 0 as BranchId
const [nodes, pods] = process.argv.slice(2).map(Number) as [number, number]

const unit = calibrate()
const history = new History(createCluster({ openapi, nodes: Array.from({ length: nodes }, (_, i) => appNode(`node-${i + 1}`)) }))
const boot = cpuOf(() => history.run(MAIN, { settled: true }))
const { simulation } = history.branch(MAIN)
const booted = simulation.trace.length
globalThis.gc?.()
const heapBefore = process.memoryUsage().heapUsed

const line = `create deployment web --image=nginx:1.27 --replicas=${pods}`
const run = cpuOf(() => {
  history.command(MAIN, { to: ROOMS.kubectl, message: { type: 'kubectl', id: 1, line } as Message, text: line })
  history.run(MAIN, { settled: true })
})
const peak = process.resourceUsage().maxRSS * 1024
const entries = simulation.trace.length - booted
globalThis.gc?.()
const heap = process.memoryUsage().heapUsed - heapBefore

const fold = newFold()
for (const e of simulation.trace.entries()) foldEntry(fold, e)
const ready = [...fold.objects.values()].filter(
  ({ object }) => object.kind === 'Pod' && object.status?.phase === 'Running',
).length

/** Milliseconds to stand at an entry, the worst of places spread over the trace. */
function worstSeek(): number {
  let worst = 0
  for (let i = 1; i <= 8; i++) {
    const seq = Math.max(1, Math.floor((simulation.trace.length * i) / 8) - 7) as Seq
    const begun = performance.now()
    history.at(MAIN, seq)
    worst = Math.max(worst, performance.now() - begun)
  }
  return worst
}

console.log(
  JSON.stringify({
    nodes,
    pods,
    ready,
    unit,
    bootSeconds: boot.seconds,
    seconds: run.seconds,
    virtualSeconds: simulation.now / 1e6,
    entries,
    traceLength: simulation.trace.length,
    peakBytes: peak,
    bytesPerEntry: heap / entries,
    seekMs: worstSeek(),
  }),
)
