/**
 * The run in a worker of headless Chromium: what a user's tab spends. Its engine compiles otherwise than Node's, and the CPU time is that
 * of the tab's whole process, so that what the engine does on other threads counts.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CDPSession, chromium } from 'playwright'
import { build } from 'vite'
import { findBrowsers, launchArgs } from '../tools/browser.mjs'
import type { TabQuestion } from './tab-worker'

/** What was seen of a size. */
export interface TabRun {
  readonly nodes: number
  readonly pods: number
  /** CPU seconds from the command to all Ready, after a rehearsal as in the app. */
  readonly seconds: number
  /** The same in a tab that has not rehearsed, and in that tab when it has done so twice before. */
  readonly newSeconds: number
  readonly warmSeconds: number
  readonly rehearsalSeconds: number
  /** Milliseconds of the worst of eight seeks after the first run. */
  readonly seekMs: number
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const RUNS = 3

/** Measures each size in a tab of its own. */
export async function tabRuns(sizes: readonly (readonly [number, number])[]): Promise<TabRun[]> {
  const code = await bundle()
  const server = createServer((request, response) => {
    const script = request.url?.endsWith('.js')
    response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' })
    response.end(script ? code : '<!doctype html><title>bench</title>')
  })
  await new Promise<void>(resolve => server.listen(0, resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`
  const results: TabRun[] = []
  try {
    for (const [nodes, pods] of sizes) {
      const tab = await newTab(url)
      const boot: TabQuestion = { ask: 'boot', nodes, pods }
      await tab.ask(boot)
      const rehearsalSeconds = await tab.cpuOf({ ask: 'rehearse' })
      const seconds = await tab.cpuOf({ ask: 'create' })
      const seekMs = (await tab.ask({ ask: 'seek' })) ?? 0
      await tab.close()

      const unrehearsed = await newTab(url)
      const runs: number[] = []
      for (let i = 0; i < RUNS; i++) {
        await unrehearsed.ask(boot)
        runs.push(await unrehearsed.cpuOf({ ask: 'create' }))
      }
      await unrehearsed.close()
      const [newSeconds = 0, , warmSeconds = 0] = runs
      results.push({ nodes, pods, seconds, newSeconds, warmSeconds, rehearsalSeconds, seekMs })
    }
  } finally {
    server.close()
  }
  return results
}

interface Tab {
  ask(question: TabQuestion): Promise<number | undefined>
  /** CPU seconds that a question takes. */
  cpuOf(question: TabQuestion): Promise<number>
  close(): Promise<void>
}

async function newTab(url: string): Promise<Tab> {
  const [executablePath] = await findBrowsers()
  const browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: launchArgs })
  const page = await browser.newPage()
  await page.goto(url)
  const cdp = await browser.newBrowserCDPSession()
  const ask = (question: TabQuestion): Promise<number | undefined> => page.evaluate(askWorker, question)
  const cpuOf = async (question: TabQuestion): Promise<number> => {
    const before = await cpuSeconds(cdp)
    await ask(question)
    return (await cpuSeconds(cdp)) - before
  }
  return { ask, cpuOf, close: () => browser.close() }
}

/** The worker as one file, minified as the app's is. */
async function bundle(): Promise<string> {
  const outDir = join(tmpdir(), `kubestage-bench-${process.pid}`)
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      lib: { entry: join(ROOT, 'bench/tab-worker.ts'), formats: ['es'], fileName: () => 'worker.js' },
    },
  })
  return readFileSync(join(outDir, 'worker.js'), 'utf8')
}

/** Runs in the page: hands a question to the page's worker. */
function askWorker(question: TabQuestion): Promise<number | undefined> {
  const page = globalThis as unknown as { worker?: Worker }
  page.worker ??= new Worker('/worker.js', { type: 'module' })
  const { worker } = page
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(question)
  })
}

/** CPU seconds of all tabs' processes so far. */
async function cpuSeconds(cdp: CDPSession): Promise<number> {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === 'renderer' ? cpuTime : 0), 0)
}
