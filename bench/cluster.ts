/** One size in a process of its own, so that one run's heap is not another's: `cluster.ts NODES PODS [rehearsed]`, a line of JSON. */
import { foldEntry, newFold } from '../src/view/fold'
import { calibrate, cpuOf } from './calibrate'
import { playRehearsal, prepare, worstSeek } from './run'

const [nodes, pods] = process.argv.slice(2).map(Number) as [number, number]

const unit = calibrate()
// not between boot and run: it throws away what the engine has compiled
globalThis.gc?.()
const heapBefore = process.memoryUsage().heapUsed
const boot = cpuOf(() => prepare(nodes, pods))
const run = boot.result
const { simulation } = run
const booted = simulation.trace.length
const rehearsal = cpuOf(() => process.argv.includes('rehearsed') && playRehearsal())

const created = cpuOf(() => run.create())
const peak = process.resourceUsage().maxRSS * 1024
const entries = simulation.trace.length - booted
globalThis.gc?.()
const heap = process.memoryUsage().heapUsed - heapBefore

const fold = newFold()
for (const e of simulation.trace.entries()) foldEntry(fold, e)
const ready = [...fold.objects.values()].filter(
  ({ object }) => object.kind === 'Pod' && object.status?.phase === 'Running',
).length

console.log(
  JSON.stringify({
    nodes,
    pods,
    ready,
    unit,
    bootSeconds: boot.seconds,
    rehearsalSeconds: rehearsal.seconds,
    seconds: created.seconds,
    virtualSeconds: simulation.now / 1e6,
    entries,
    traceLength: simulation.trace.length,
    peakBytes: peak,
    bytesPerEntry: heap / simulation.trace.length,
    seekMs: worstSeek(run),
  }),
)
