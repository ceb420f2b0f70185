// What a run does, by source file and function, in figures that do not depend on how busy the machine is: characters of code executed
// (each block's length times its count) and bytes allocated. `node bench/work.mjs [NODES] [PODS] [--functions N] [--hash]`
//
// Characters stand for bytecodes, more or less; bytes are sampled. Neither is time, but what takes less of both takes less time.
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { SourceMap } from 'node:module'
import { basename, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { root } from '../tools/repository.mjs'
import { bundle } from '../tools/run-ts.mjs'

/** @typedef {{ chars: number, calls: number, bytes: number }} Work */

const SAMPLING_BYTES = 8192
const numbers = process.argv.slice(2).filter(a => /^\d+$/.test(a))
const option = process.argv.indexOf('--functions')
const shown = option < 0 ? 40 : Number(process.argv[option + 1])
const size = (option < 0 ? numbers : numbers.slice(0, -1)).slice(0, 2)
const [nodes = '10', pods = '300'] = size

const file = await bundle(resolve(root, 'bench/run.ts'))
const code = readFileSync(file, 'utf8')
const starts = [0, ...[...code.matchAll(/\n/g)].map(m => m.index + 1)]
const map = new SourceMap(JSON.parse(Buffer.from(code.slice(code.lastIndexOf('base64,') + 7), 'base64').toString()))

/**
 * The place in the sources of a place in the bundle: `src/sim/kernel/trace.ts:96`.
 * @param {number} line from 0
 * @param {number} column
 */
function placeOf(line, column) {
  const entry = map.findEntry(line, column)
  if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined
  return { file: entry.originalSource.replace(/^(\.\.\/)+/, ''), line: entry.originalLine + 1 }
}

/** @param {number} offset */
function placeAt(offset) {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (/** @type {number} */ (starts[middle]) <= offset) low = middle
    else high = middle - 1
  }
  return placeOf(low, offset - /** @type {number} */ (starts[low]))
}

/** @type {Map<string, Work>} */ const byFile = new Map()
/** @type {Map<string, Work>} */ const byFunction = new Map()
const total = { chars: 0, calls: 0, bytes: 0 }

/**
 * @param {{ file: string, line: number } | undefined} place
 * @param {string} name
 * @param {Partial<Work>} work
 */
function count(place, name, work) {
  if (!place) return
  const at = `${place.file}:${place.line} ${name}`
  for (const [all, key] of /** @type {const} */ ([
    [byFile, place.file],
    [byFunction, at],
  ])) {
    const sum = all.get(key) ?? { chars: 0, calls: 0, bytes: 0 }
    for (const k of /** @type {(keyof Work)[]} */ (Object.keys(work))) sum[k] += work[k] ?? 0
    all.set(key, sum)
  }
  for (const k of /** @type {(keyof Work)[]} */ (Object.keys(work))) total[k] += work[k] ?? 0
}

/**
 * Characters executed by each function: of each block its own, without the blocks in it.
 * @param {import('node:inspector').Profiler.FunctionCoverage[]} functions
 */
function countCode(functions) {
  const ink = new Uint32Array(code.length + 1)
  for (let i = 0; i < code.length; i++) ink[i + 1] = /** @type {number} */ (ink[i]) + (code.charCodeAt(i) > 32 ? 1 : 0)
  const ranges = functions.flatMap((owner, f) => owner.ranges.map((range, r) => ({ ...range, f, r })))
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset || a.f - b.f || a.r - b.r)
  const chars = new Float64Array(functions.length)
  /** @type {typeof ranges} */ const stack = []
  let at = 0
  const until = (/** @type {number} */ to) => {
    const top = stack.at(-1)
    if (top && to > at) chars[top.f] = (chars[top.f] ?? 0) + top.count * ((ink[to] ?? 0) - (ink[at] ?? 0))
    at = Math.max(at, to)
  }
  const close = (/** @type {number} */ to) => {
    for (let top = stack.at(-1); top && top.endOffset <= to; top = stack.at(-1)) {
      until(top.endOffset)
      stack.pop()
    }
  }
  for (const range of ranges) {
    close(range.startOffset)
    until(range.startOffset)
    stack.push(range)
  }
  close(Number.POSITIVE_INFINITY)
  functions.forEach(({ functionName, ranges: [whole] }, f) => {
    if (whole && whole.count > 0)
      count(placeAt(whole.startOffset), functionName || '(anonymous)', { chars: chars[f] ?? 0, calls: whole.count })
  })
}

/**
 * Bytes by the function of ours that was at work, whichever built-in it called.
 * @param {import('node:inspector').HeapProfiler.SamplingHeapProfileNode} node
 * @param {{ place: ReturnType<typeof placeOf>, name: string }} [caller]
 */
function countBytes(node, caller) {
  const { url, lineNumber, columnNumber, functionName } = node.callFrame
  const own = url.endsWith('.mjs') ? { place: placeOf(lineNumber, columnNumber), name: functionName || '(anonymous)' } : caller
  if (own) count(own.place, own.name, { bytes: node.selfSize })
  for (const child of node.children) countBytes(child, own)
}

// optimized code does not say how often it is called: what was optimized before the counts began would be missing
setFlagsFromString('--no-opt')
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
const { prepare, hash } = await import(pathToFileURL(file).href)
const first = prepare(Number(nodes), Number(pods))
// counts begin anew when they are taken
await session.post('Profiler.takePreciseCoverage')
first.create()
const { result } = await session.post('Profiler.takePreciseCoverage')
await session.post('Profiler.stopPreciseCoverage')
countCode(result.find(r => r.url.endsWith(basename(file)))?.functions ?? [])

setFlagsFromString('--opt')
// what optimized code makes is counted, as of a run that has gone on for a while
prepare(Number(nodes), Number(pods)).create()
const again = prepare(Number(nodes), Number(pods))
await session.post('HeapProfiler.startSampling', {
  samplingInterval: SAMPLING_BYTES,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
})
again.create()
countBytes((await session.post('HeapProfiler.stopSampling')).profile.head)

/** @param {Map<string, Work>} all @param {number} n */
function print(all, n) {
  const share = (/** @type {Work} */ w) => w.chars / total.chars + w.bytes / total.bytes
  for (const [key, w] of [...all].sort((a, b) => share(b[1]) - share(a[1])).slice(0, n))
    console.log(
      `${((100 * w.chars) / total.chars).toFixed(2).padStart(6)}% code ${((100 * w.bytes) / total.bytes).toFixed(2).padStart(6)}% bytes ${(w.calls / Number(pods)).toFixed(1).padStart(8)} calls/pod  ${key}`,
    )
}

console.log(
  `${nodes} nodes, ${pods} Pods: ${Math.round(total.chars / Number(pods))} characters, ${Math.round(total.calls / Number(pods))} calls, ${Math.round(total.bytes / Number(pods))} bytes a Pod; trace ${hash(again)}`,
)
console.log('\nfiles')
print(byFile, shown)
console.log('\nfunctions')
print(byFunction, 2 * shown)
