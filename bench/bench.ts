/**
 * `npm run bench` (`-- --json` for machines): what the simulation and the stage cost, as ratios against a calibration loop run beside
 * each measurement. Not a test: nothing fails here, numbers are printed to be compared.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stageFrames } from './stage'
import { tabRuns } from './tab'

interface Row {
  readonly nodes: number
  readonly pods: number
  readonly ready: number
  readonly unit: number
  readonly bootSeconds: number
  readonly rehearsalSeconds: number
  readonly seconds: number
  readonly virtualSeconds: number
  readonly entries: number
  readonly traceLength: number
  readonly peakBytes: number
  readonly bytesPerEntry: number
  readonly seekMs: number
}

const SIZES: readonly (readonly [number, number])[] = [
  [3, 100],
  [10, 1000],
  [100, 5000],
]

/** A run in a process of its own; with `rehearsed` after what the app does before the first command. */
function measure([nodes, pods]: readonly [number, number], ...options: 'rehearsed'[]): Row {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const out = execFileSync(
    process.execPath,
    [
      '--expose-gc',
      '--max-old-space-size=8192',
      join(root, 'tools/run-ts.mjs'),
      join(root, 'bench/cluster.ts'),
      String(nodes),
      String(pods),
      ...options,
    ],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 24,
    },
  )
  return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Row
}

const n = (value: number, digits = 2): string => value.toFixed(digits)

const json = process.argv.includes('--json')
const rows = SIZES.map(size => {
  const row = { ...measure(size, 'rehearsed'), newSeconds: measure(size).seconds }
  if (!json) {
    const { unit } = row
    console.log(`${row.nodes} nodes, ${row.pods} pods (${row.ready} running after ${n(row.virtualSeconds, 1)} virtual s)`)
    console.log(
      `  CPU to all Ready   ${n(row.seconds / unit)} × calibration (${n(row.seconds)} s; ${n((row.seconds * 1000) / row.pods, 3)} ms a pod), rehearsed as in the app`,
    )
    console.log(
      `    not rehearsed    ${n(row.newSeconds / unit)} × calibration (${n(row.newSeconds)} s); a rehearsal is ${n(row.rehearsalSeconds)} s`,
    )
    console.log(
      `  peak memory        ${n(row.peakBytes / 2 ** 20, 0)} MiB; ${n(row.bytesPerEntry, 0)} bytes an entry, all that the run keeps counted`,
    )
    console.log(
      `  trace              ${row.entries} entries, ${n((row.entries / row.seconds) * unit, 0)} a calibration (${n(row.entries / row.seconds, 0)} a second)`,
    )
    console.log(
      `  seek               ${n(row.seekMs / 1000 / unit)} × calibration (${n(row.seekMs, 0)} ms, worst of 8, in ${row.traceLength} entries)`,
    )
  }
  return row
})
const unit = rows[0]?.unit ?? 1
const tabs = await tabRuns(SIZES)
if (!json)
  for (const { nodes, pods, seconds, newSeconds, warmSeconds, rehearsalSeconds, seekMs } of tabs)
    console.log(
      [
        `in Chromium's worker, ${nodes} nodes, ${pods} pods`,
        `  CPU to all Ready   ${n(seconds / unit)} × calibration (${n(seconds)} s), rehearsed as in the app`,
        `    not rehearsed    ${n(newSeconds / unit)} × calibration (${n(newSeconds)} s), the third time ${n(warmSeconds / unit)} (${n(warmSeconds)} s); a rehearsal is ${n(rehearsalSeconds)} s`,
        `  seek               ${n(seekMs, 0)} ms, worst of 8`,
      ].join('\n'),
    )
const THROTTLE = 4
const IMAGES = ['nginx:1.27', 'redis:7', 'httpd:2'].map(image => `--image=${image}`).join(' ')
const stage = await stageFrames(
  [
    { command: 'create deployment web --image=nginx:1.27 --replicas=130', wanted: 200 },
    // several containers a Pod: more messages for each of the 330 that three nodes have room for
    { command: `create deployment web ${IMAGES} --replicas=1000`, wanted: 1000 },
  ],
  THROTTLE,
)
if (json)
  console.log(
    JSON.stringify({
      rows: rows.map(r => ({ ...r, cpuRatio: r.seconds / r.unit, seekRatio: r.seekMs / 1000 / r.unit })),
      tabs,
      stage,
    }),
  )
else
  for (const s of stage) {
    const { inFlight, cpu } = s
    if (s.error !== undefined) console.log(`stage, ${s.wanted} messages in flight: ${s.error}`)
    else
      console.log(
        [
          `stage, ${inFlight.median} messages in flight (at least ${inFlight.low} for 90 % of the time), drawn as ${inFlight.drawn} packets; ${s.messages} in the beat`,
          `  frames             ${n(s.fps, 1)} a second at ${THROTTLE}× throttle, p50 ${n(s.p50, 1)} ms, p95 ${n(s.p95, 1)} ms, ${s.missed} of ${s.frames + s.missed} missed`,
          `  page's thread      ${n(cpu.all)} ms CPU a frame at 1× (scripting ${n(cpu.scripting)}, rendering ${n(cpu.rendering)}): ${n(cpu.all * THROTTLE, 1)} of 16.7 ms at ${THROTTLE}×`,
          `  long tasks         ${s.longTasks} during the play; ${n(s.firstTask, 0)} ms when the beat begins`,
        ].join('\n'),
      )
  }
