/**
 * The stage in headless Chromium: a beat with many messages in flight, played on the real picture.
 *
 * Frame times are taken with the CPU throttled, and tell little on a machine that has other work. What the page's thread spends is
 * taken from a second play without throttling, in CPU time of that thread: other work does not add to it. Times the throttle, it says
 * what part of a frame's 16.7 ms is spent.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CDPSession, chromium, type Page } from 'playwright'
import { seen } from '../src/ui/diagram/routes'
import type {} from '../src/ui/session/handle'
import type { BeatScene } from '../src/view/types'
import { findBrowsers, launchArgs } from '../tools/browser.mjs'

/** A scene to be measured: the chapter of the Story after this command in which a ReplicaSet creates its Pods. */
export interface StageScene {
  readonly command: string
  /** The messages in flight that it is for: it has at least as many, most of the time. */
  readonly wanted: number
}

/** What was seen of a scene. */
export interface StageFrames {
  readonly wanted: number
  readonly error?: string
  /** Messages of the beat, and the packets that they travel as: alike ones that would lie over each other are one, with their number. */
  readonly messages: number
  readonly packets: number
  /** In flight while it was measured: the median, and what 10 % of the moments are below. */
  readonly inFlight: { readonly median: number; readonly low: number; readonly drawn: number }
  /** Frames: milliseconds from one to the next, and those that were not drawn in time. */
  readonly fps: number
  readonly p50: number
  readonly p95: number
  readonly frames: number
  readonly missed: number
  /** Tasks of 50 ms and longer during the play, and the longest when the beat begins. */
  readonly longTasks: number
  readonly firstTask: number
  /** Milliseconds of the page's thread for each frame at 1×: all of it, scripts, and style, layout and painting. */
  readonly cpu: { readonly all: number; readonly scripting: number; readonly rendering: number }
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PORT = 4391
/** Milliseconds of a beat that are measured: nine seconds have a beginning and an end. */
const FROM = 700
const UNTIL = 7700

/** Measures the built app (`npm run build` first), or what KUBESTAGE_URL serves. Where nothing can be measured it says why. */
export async function stageFrames(scenes: readonly StageScene[], throttle: number): Promise<StageFrames[]> {
  const missing = (error: string) => scenes.map(({ wanted }) => ({ ...NOTHING, wanted, error: `not measured: ${error}` }))
  const served = process.env.KUBESTAGE_URL
  if (!served && !existsSync(join(ROOT, 'dist/index.html'))) return missing('no build, run npm run build first')
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const server = served
    ? undefined
    : spawn(process.execPath, [vite, 'preview', '--port', String(PORT), '--strictPort'], { cwd: ROOT, stdio: 'ignore' })
  const url = served ?? `http://localhost:${PORT}/`
  try {
    await waitFor(url)
    const [executablePath] = await findBrowsers()
    const browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: launchArgs })
    const results: StageFrames[] = []
    for (const scene of scenes) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      results.push(await measure(page, url, scene, throttle))
      await page.close()
    }
    await browser.close()
    return results
  } catch (error) {
    return missing(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  } finally {
    server?.kill()
  }
}

const NOTHING: Omit<StageFrames, 'wanted'> = {
  messages: 0,
  packets: 0,
  inFlight: { median: 0, low: 0, drawn: 0 },
  fps: 0,
  p50: 0,
  p95: 0,
  frames: 0,
  missed: 0,
  longTasks: 0,
  firstTask: 0,
  cpu: { all: 0, scripting: 0, rendering: 0 },
}

async function measure(page: Page, url: string, { command, wanted }: StageScene, throttle: number): Promise<StageFrames> {
  await page.goto(url)
  await page.waitForSelector('[data-testid="stage"]:not([aria-busy])', { timeout: 20_000 })
  const prompt = page.getByRole('textbox', { name: 'kubectl' })
  await prompt.fill(command)
  await prompt.press('Enter')
  await page.waitForSelector('[data-testid="stage"][data-state="paused"]', { timeout: 60_000 })
  await page.waitForFunction(() => window.kubestage?.frame()?.running === false, undefined, { timeout: 120_000 })
  await page.getByTestId('position').click()
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  const throttled = await play(page, cdp)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  const { spent, times } = await play(page, cdp)
  const scene = (await page.evaluate(() => window.kubestage?.frame()?.scene)) as BeatScene
  const gaps = throttled.times
    .slice(1)
    .map((t, i) => t - (throttled.times[i] as number))
    .sort((x, y) => x - y)
  const total = (throttled.times.at(-1) as number) - (throttled.times[0] as number)
  return {
    wanted,
    messages: scene.packets.reduce((sum, { count = 1 }) => sum + count, 0),
    packets: scene.packets.length,
    inFlight: inFlight(scene),
    fps: (gaps.length * 1000) / total,
    p50: quantile(gaps, 0.5),
    p95: quantile(gaps, 0.95),
    frames: gaps.length,
    missed: gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0),
    longTasks: throttled.tasks.length - 1,
    firstTask: throttled.tasks[0] ?? 0,
    cpu: {
      all: spent.TaskDuration / times.length,
      scripting: spent.ScriptDuration / times.length,
      rendering: (spent.TaskDuration - spent.ScriptDuration) / times.length,
    },
  }
}

const quantile = (ascending: readonly number[], part: number): number => ascending[Math.floor(ascending.length * part)] ?? 0

/** Messages in flight over the time that is measured, as the stage's own arithmetic has them. */
function inFlight({ packets, duration }: BeatScene): StageFrames['inFlight'] {
  const messages: number[] = []
  const drawn: number[] = []
  for (let time = FROM; time < Math.min(UNTIL, duration); time += 50) {
    const flying = packets.filter(packet => {
      const { start, end } = seen(packet, duration)
      return start <= time && time < end
    })
    messages.push(flying.reduce((sum, { count = 1 }) => sum + count, 0))
    drawn.push(flying.length)
  }
  const sorted = (list: number[]) => list.sort((a, b) => a - b)
  return {
    median: quantile(sorted(messages), 0.5),
    low: quantile(messages, 0.1),
    drawn: quantile(sorted(drawn), 0.5),
  }
}

const METRICS = ['TaskDuration', 'ScriptDuration'] as const
type Spent = Record<(typeof METRICS)[number], number>

/** Milliseconds that the page's thread has spent so far. */
async function spentBy(cdp: CDPSession): Promise<Spent> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  const value = (name: string) => (metrics.find(metric => metric.name === name)?.value ?? 0) * 1000
  return Object.fromEntries(METRICS.map(name => [name, value(name)])) as Spent
}

/** Plays the chapter: the times of its frames, its long tasks (the first is what begins it), and what was spent. */
async function play(page: Page, cdp: CDPSession): Promise<{ times: number[]; tasks: number[]; spent: Spent }> {
  const chapter = await page.evaluate(
    () => (window.kubestage?.frame()?.chapters ?? []).findIndex(({ chapter }) => chapter === 'replicaset') + 1,
  )
  const standsAt = (position: number) =>
    page.waitForFunction(n => window.kubestage?.frame()?.positions.story.n === n, position, { timeout: 60_000 })
  await page.keyboard.press('Home')
  await standsAt(0)
  for (let n = 1; n < chapter; n++) {
    await page.keyboard.press('ArrowRight')
    await standsAt(n)
  }
  await page.waitForTimeout(1500)
  await page.evaluate(() => {
    const tasks: [number, number][] = []
    new PerformanceObserver(list => {
      for (const { startTime, duration } of list.getEntries()) tasks.push([startTime, duration])
    }).observe({ entryTypes: ['longtask'] })
    Object.assign(window, { longTasks: tasks, stepped: performance.now() })
  })
  await page.keyboard.press('ArrowRight')
  await standsAt(chapter)
  await page.waitForTimeout(FROM)
  const before = await spentBy(cdp)
  const times = await page.evaluate(sampleFrames, UNTIL - FROM)
  const after = await spentBy(cdp)
  const tasks = await page.evaluate(() => {
    const { longTasks, stepped } = window as unknown as { longTasks: [number, number][]; stepped: number }
    const first = longTasks.filter(([at]) => at < stepped + 500).map(([, ms]) => ms)
    return [Math.max(0, ...first), ...longTasks.filter(([at]) => at >= stepped + 500).map(([, ms]) => ms)]
  })
  const spent = Object.fromEntries(METRICS.map(name => [name, after[name] - before[name]])) as Spent
  return { times, tasks, spent }
}

/** In the page: the times of all frames of so many milliseconds. */
function sampleFrames(length: number): Promise<number[]> {
  return new Promise(resolve => {
    const times: number[] = []
    const frame = (t: number): void => {
      times.push(t)
      if (t - (times[0] as number) > length) resolve(times)
      else requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
}

async function waitFor(url: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // not up yet
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}
