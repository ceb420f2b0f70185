// Finds a Chromium for the browser tests and the benchmark, and installs one where there is none.
//
// In this order: PW_BROWSER_PATH, Playwright's own, the system's Chromium, Chrome or Edge; else Playwright's own is downloaded, and
// where that cannot be had, Debian's is installed (as root).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { root } from './repository.mjs'

const isRoot = process.getuid?.() === 0
const INSTALL_TIMEOUT_MS = 10 * 60_000

/** Arguments for every launch: no traffic of the browser's own, no GPU, and as root no sandbox, which Chromium refuses there. */
export const launchArgs = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The paths at which a Chromium lies, the best first.
 * @returns {Promise<string[]>}
 */
export async function findBrowsers() {
  const { chromium } = await import('playwright')
  const { PW_BROWSER_PATH } = process.env
  const paths = [...(PW_BROWSER_PATH ? [PW_BROWSER_PATH] : []), chromium.executablePath(), ...systemBrowsers()]
  return paths.filter(path => existsSync(path))
}

/**
 * The path of a Chromium that starts on this machine; installs one if there is none.
 * @returns {Promise<string | undefined>} nothing if none could be had; why not has been printed
 */
export async function ensureBrowser() {
  /** @type {Set<string>} */
  const broken = new Set()
  const attempts = [() => {}, downloadBrowser, installDebianBrowser]
  for (const attempt of attempts) {
    attempt()
    for (const path of await findBrowsers()) {
      if (broken.has(path)) continue
      const problem = await tryBrowser(path)
      if (problem === undefined) return path
      broken.add(path)
      console.error(`${path} does not start: ${problem}`)
    }
  }
  console.error('No Chromium could be found or installed. Install one, or name one in PW_BROWSER_PATH.')
  return undefined
}

/**
 * Starts and ends a browser.
 * @param {string} executablePath
 * @returns {Promise<string | undefined>} why it does not start
 */
async function tryBrowser(executablePath) {
  const { chromium } = await import('playwright')
  try {
    const browser = await chromium.launch({ executablePath, args: launchArgs, timeout: 60_000 })
    await browser.close()
    return undefined
  } catch (error) {
    return String(error).split('\n').slice(0, 3).join(' ')
  }
}

function downloadBrowser() {
  console.log("Installing Playwright's Chromium…")
  const deps = isRoot && process.platform === 'linux' ? ['--with-deps'] : []
  runQuietly(process.execPath, [join(root, 'node_modules/playwright/cli.js'), 'install', ...deps, 'chromium'])
}

function installDebianBrowser() {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return
  console.log("Installing Debian's Chromium…")
  runQuietly('apt-get', ['update'])
  runQuietly('apt-get', ['install', '-y', 'chromium'])
}

/**
 * Runs an installer, and shows the end of what it said only if it failed.
 * @param {string} command
 * @param {readonly string[]} args
 */
function runQuietly(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, timeout: INSTALL_TIMEOUT_MS })
  if (status === 0) return
  const words = error ? error.message : `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n')
  console.error(`That failed:\n${words}`)
}

/** Where Chromium and its relatives lie on this operating system. @returns {string[]} */
function systemBrowsers() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(name => `/Applications/${name}.app/Contents/MacOS/${name}`)
  }
  if (process.platform === 'win32') {
    const programs = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(name => process.env[name] ?? [])
    const places = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ]
    return programs.flatMap(folder => places.map(place => join(folder, place)))
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  return names.flatMap(name => folders.map(folder => join(folder, name)))
}
