// `npm start`: installs what is missing, builds, serves the app and opens it. Options: --no-open, --port N.
// Plain Node: nothing from npm may be imported before it is installed.
import { spawn } from 'node:child_process'
import process from 'node:process'
import { installPackages, requireNode } from './install.mjs'
import { root } from './repository.mjs'

const DEFAULT_PORT = 4173

/** The port that the user asked for, else the usual one; if it is taken, Vite takes the next free one. */
function wantedPort() {
  const at = process.argv.indexOf('--port')
  const port = Number(at === -1 ? DEFAULT_PORT : process.argv[at + 1])
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  console.error('--port needs a number from 0 to 65535.')
  process.exit(2)
}

/**
 * Opens the address in the user's browser where there is one. Never fails: the address stands on the terminal as well.
 * @param {string} address
 */
function openBrowser(address) {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env
  if (CI || process.argv.includes('--no-open')) return
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', address]]
        : ['xdg-open', [address]]
  const child = spawn(command, args, { detached: true, stdio: 'ignore' })
  child.on('error', () => {})
  child.unref()
}

const port = wantedPort()
requireNode()
installPackages()

const { build, preview } = await import('vite')
console.log('Building…')
await build({ root, logLevel: 'warn' })
const server = await preview({ root, logLevel: 'warn', preview: { port, strictPort: false, open: false } })
const address = server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`
console.log(`\n  Kubestage is on stage at ${address}\n  Ctrl+C ends it.\n`)
openBrowser(address)
