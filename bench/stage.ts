/** Frames of the stage in headless Chromium, CPU throttled: many packets in flight on the real picture. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import type {} from '../src/ui/session/handle'
import { findBrowsers, launchArgs } from '../tools/browser.mjs'

/** What was seen with so many packets in flight. */
export interface StageFrames {
  readonly packets: number
  readonly fps: number
  /** Milliseconds between frames, 95th percentile. */
  readonly p95: number
  readonly error?: string
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PORT = 4391

/** Measures the built app (`npm run build` first). Where there is no build or no browser it says so instead of a number. */
export async function stageFrames(counts: readonly number[], throttle: number): Promise<StageFrames[]> {
  const missing = (error: string) => counts.map(packets => ({ packets, fps: 0, p95: 0, error }))
  if (!existsSync(join(ROOT, 'dist/index.html'))) return missing('not measured: no build, run npm run build first')
  const executablePath = (await findBrowsers())[0]
  const server = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'preview', '--port', String(PORT), '--strictPort'],
    { cwd: ROOT, stdio: 'ignore' },
  )
  try {
    await waitFor(`http://localhost:${PORT}/`)
    const browser = await chromium.launch({ ...(typeof executablePath === 'string' && { executablePath }), args: launchArgs })
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const results: StageFrames[] = []
    for (const wanted of counts) {
      await page.goto(`http://localhost:${PORT}/`)
      await page.waitForSelector('[data-testid="stage"]:not([aria-busy])', { timeout: 20_000 })
      // a scene holds some forty packets a Pod, and at most 400 one by one
      const prompt = page.getByRole('textbox', { name: 'kubectl' })
      await prompt.fill(`create deployment web --image=nginx:1.27 --replicas=${Math.ceil(wanted / 45)}`)
      await prompt.press('Enter')
      await page.waitForSelector('[data-testid="stage"][data-state="paused"]', { timeout: 20_000 })
      await page.getByTestId('position').click()
      await page.keyboard.press('End')
      await page.waitForTimeout(500)
      await page.keyboard.press('ArrowLeft')
      await page.waitForTimeout(500)
      const cdp = await page.context().newCDPSession(page)
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle })
      await page.keyboard.press('ArrowRight')
      const times = await page.evaluate(sampleFrames)
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
      const packets = await page.evaluate(() => window.kubestage?.frame()?.scene?.packets.length ?? 0)
      const gaps = times
        .slice(1)
        .map((t, i) => t - (times[i] as number))
        .sort((x, y) => x - y)
      const total = (times.at(-1) as number) - (times[0] as number)
      results.push({
        packets,
        fps: (gaps.length * 1000) / total,
        p95: gaps[Math.floor(gaps.length * 0.95)] as number,
      })
    }
    await browser.close()
    return results
  } catch (error) {
    return missing(`not measured: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  } finally {
    server.kill()
  }
}

/** In the page: the times of all frames of three seconds. */
function sampleFrames(): Promise<number[]> {
  return new Promise(resolve => {
    const times: number[] = []
    const frame = (t: number): void => {
      times.push(t)
      if (t - (times[0] as number) > 3000) resolve(times)
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
