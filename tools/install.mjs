// Installs what a fresh clone lacks, for `npm start` and `npm test`. Plain Node: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './repository.mjs'

/** Ends the program, with a plain sentence, on a Node that the build tools do not run on. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return
  console.error(`Kubestage needs Node 20.19 or newer, or 22.12 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Runs `npm ci` if node_modules does not hold what package-lock.json asks for. Ends the program if that fails. */
export function installPackages() {
  if (packagesAreInstalled()) return
  console.log('Installing packages…')
  // NODE_ENV=production must not leave out the build tools.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const npm = process.env.npm_execpath
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync(`npm ${args.join(' ')}`, { cwd: root, stdio: 'inherit', shell: true })
  if (status === 0) return
  console.error('npm ci failed; its own words are above.')
  process.exit(1)
}

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} Packages */

/**
 * Whether node_modules holds the versions of package-lock.json. npm notes what it installed in node_modules/.package-lock.json; times
 * of files would not do, as a checkout changes them.
 */
function packagesAreInstalled() {
  const installed = readPackages('node_modules/.package-lock.json')
  const wanted = readPackages('package-lock.json')
  if (!installed || !wanted) return false
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true
    const found = installed[path]
    // Optional packages are for other operating systems and processors.
    return found ? found.version === version && existsSync(join(root, path)) : optional === true || devOptional === true
  })
}

/**
 * @param {string} file
 * @returns {Packages | undefined}
 */
function readPackages(file) {
  const path = join(root, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}

/**
 * Runs a program of this repository in Node, with its output on this terminal.
 * @param {readonly string[]} args a script, from the root, and its arguments
 * @param {Record<string, string>} [env] added to the environment
 * @returns {Promise<number>} its exit code
 */
export function runNode(args, env = {}) {
  return new Promise(done => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    })
    child.on('error', error => {
      console.error(error.message)
      done(1)
    })
    child.on('exit', code => done(code ?? 1))
  })
}
