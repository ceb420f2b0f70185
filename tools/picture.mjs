/** `npm run picture`: makes the README's picture from the built app: a Deployment's creation, at the scheduler's chapter. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { findBrowsers, launchArgs } from './browser.mjs'

const root = join(import.meta.dirname, '..')
const port = 4392
const server = spawn(
  process.execPath,
  [join(root, 'node_modules/vite/bin/vite.js'), 'preview', '--port', String(port), '--strictPort'],
  { cwd: root, stdio: 'ignore' },
)
try {
  const [executablePath] = await findBrowsers()
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: [...launchArgs] })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  for (let i = 0; i < 50; i++) {
    if (
      await page.goto(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      break
    await page.waitForTimeout(200)
  }
  const prompt = page.getByRole('textbox', { name: 'kubectl' })
  await prompt.fill('kubectl create deployment web --image=nginx:1.27 --replicas=3')
  await prompt.press('Enter')
  await page.getByTestId('position').getByText('1 / 6').waitFor()
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Step', exact: true }).click()
  await page.getByRole('button', { name: 'Why?' }).click()
  await page.waitForTimeout(1500)
  await page.screenshot({ path: join(root, 'docs/stage.png') })
  await browser.close()
} finally {
  server.kill()
}
