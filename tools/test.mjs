// `npm test`: installs what is missing and checks everything, the cheap first. `--no-browser` leaves out the browser tests.
//
// A failed step does not hide those after it: all run that can, and the exit code tells. The last line sums the tests that ran.
// Plain Node: nothing from npm may be imported before it is installed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { ensureBrowser } from './browser.mjs'
import { installPackages, requireNode, runNode } from './install.mjs'
import { root } from './repository.mjs'

const reports = join(root, 'node_modules/.cache/kubestage/reports')
const unitReport = join(reports, 'unit.json')
const browserReport = join(reports, 'browser.json')

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<boolean>} run whether all is well
 * @property {string} [needs] a step without which it cannot run
 */

/** @param {readonly string[]} args @param {Record<string, string>} [env] */
const passes = async (args, env) => (await runNode(args, env)) === 0

/** @type {readonly Step[]} */
const steps = [
  { name: 'lint', run: () => passes(['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']) },
  { name: 'types', run: () => passes(['node_modules/typescript/bin/tsc', '-b']) },
  { name: 'import boundaries', run: () => passes(['tools/boundaries.mjs']) },
  { name: 'style', run: () => passes(['tools/style.mjs']) },
  {
    name: 'unit tests and golden traces',
    run: () =>
      passes([
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${unitReport}`,
      ]),
  },
  { name: 'production build', run: () => passes(['node_modules/vite/bin/vite.js', 'build', '--logLevel=warn']) },
  { name: 'size budget', needs: 'production build', run: () => passes(['tools/size.mjs']) },
  { name: 'browser tests', needs: 'production build', run: browserTests },
]

async function browserTests() {
  const browser = await ensureBrowser()
  if (browser === undefined) return false
  console.log(`in ${browser}`)
  return passes(['node_modules/playwright/cli.js', 'test'], {
    PW_BROWSER_PATH: browser,
    PLAYWRIGHT_JSON_OUTPUT_FILE: browserReport,
  })
}

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * What vitest counted. A test file that could not be loaded has no tests, and counts as one that failed.
 * @returns {Count}
 */
function countUnitTests() {
  const report = readReport(unitReport)
  if (!report) return { passed: 0, failed: 0, skipped: 0 }
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = report.testResults
  const unloaded = files.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/**
 * What Playwright counted. An error outside of any test counts as one that failed.
 * @returns {Count}
 */
function countBrowserTests() {
  const report = readReport(browserReport)
  if (!report) return { passed: 0, failed: 0, skipped: 0 }
  const { expected, flaky, unexpected, skipped } = report.stats
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped }
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

requireNode()
installPackages()
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })

/** @type {Map<string, 'passed' | 'FAILED' | 'not run'>} */
const verdicts = new Map()
const summary = []
for (const { name, run, needs } of steps) {
  if (name === 'browser tests' && process.argv.includes('--no-browser')) continue
  if (needs !== undefined && verdicts.get(needs) !== 'passed') {
    verdicts.set(name, 'not run')
    summary.push(`${name}: not run, for it needs: ${needs}`)
    continue
  }
  console.log(`\n── ${name}`)
  const start = performance.now()
  const verdict = (await run()) ? 'passed' : 'FAILED'
  verdicts.set(name, verdict)
  summary.push(`${name}: ${verdict} in ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

const counts = [countUnitTests(), countBrowserTests()]
/** @param {keyof Count} key */
const sum = key => counts.reduce((total, count) => total + count[key], 0)
const skipped = sum('skipped')
console.log(`\n── summary\n${summary.join('\n')}\n`)
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = [...verdicts.values()].every(verdict => verdict === 'passed') ? 0 : 1
