import process from 'node:process'
import { defineConfig } from 'playwright/test'
import { findBrowsers, launchArgs } from './tools/browser.mjs'

const isCI = Boolean(process.env.CI)
const port = Number(process.env.KUBESTAGE_PORT ?? 4173)
const [executablePath] = await findBrowsers()

// The tests drive the production build: `npm run build` comes first, or `npm test`, which does all.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  forbidOnly: isCI,
  retries: isCI ? 1 : 0,
  globalTimeout: isCI ? 15 * 60_000 : 0,
  // tools/test.mjs names the file of the second report.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['line'], ['json']] : [['line']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { args: launchArgs, ...(executablePath !== undefined && { executablePath }) },
  },
  projects: [{ name: 'chromium' }],
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: !isCI,
    timeout: 30_000,
  },
})
