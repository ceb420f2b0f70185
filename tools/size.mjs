// Checks the size of the production build, gzipped, against a budget: node tools/size.mjs (after `npm run build`)
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { isMain, root } from './repository.mjs'
import { parse } from './source.mjs'

/** Budgets in kB (1000 bytes), gzipped. A larger number needs a reason beside it. */
const BUDGET = {
  'first JavaScript': 190,
  'first CSS': 12,
  // The whole engine: the control plane, the nodes and kubectl; what is in it stands in docs/decisions/0006.
  worker: 480,
  painter: 10,
  editor: 160,
  terminal: 85,
  'each other lazy part': 100,
}

/** Lazy parts with a budget of their own, by the source file that is imported lazily. */
const LAZY = { editor: /editor|codemirror/i, terminal: /terminal|xterm/i }

/** @typedef {{ name: string, kB: number, budget: number, files: string[] }} Part */

/**
 * The parts of a build with their sizes. The first load is what index.html asks for and what that imports, except lazily. What is
 * loaded lazily counts with all that it brings along beyond the first load. The worker's own lazy parts count apart.
 * @param {ReadonlyMap<string, Uint8Array>} dist the build's files by path
 * @returns {Part[]}
 */
export function measure(dist) {
  /** @param {string} file */
  const text = file => Buffer.from(dist.get(file) ?? []).toString('utf8')
  const html = text('index.html')
  const scripts = [...html.matchAll(/<script[^>]*\ssrc="([^"]+)"|<link[^>]*rel="modulepreload"[^>]*href="([^"]+)"/g)]
  const styles = [...html.matchAll(/<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"/g)]

  /** Everything that some files import at once, with the files themselves. @param {Iterable<string>} entries */
  const closure = entries => {
    const seen = new Set(entries)
    for (const file of seen) for (const target of staticImports(file, text(file))) if (dist.has(target)) seen.add(target)
    return seen
  }
  /** @param {string} name @param {Iterable<string>} files @param {number} budget @returns {Part} */
  const part = (name, files, budget) => {
    const list = [...files]
    return { name, budget, files: list, kB: list.reduce((sum, file) => sum + gzipSync(dist.get(file) ?? '').length / 1000, 0) }
  }

  const first = closure(scripts.map(match => posix.normalize(match[1] ?? match[2] ?? '')))
  const parts = [
    part('first JavaScript', first, BUDGET['first JavaScript']),
    part(
      'first CSS',
      styles.map(match => posix.normalize(match[1] ?? '')),
      BUDGET['first CSS'],
    ),
  ]
  /** @type {Record<string, { file: string, src?: string, isDynamicEntry?: boolean }>} */
  const manifest = dist.has('.vite/manifest.json') ? JSON.parse(text('.vite/manifest.json')) : {}
  for (const { file, src = file, isDynamicEntry } of Object.values(manifest)) {
    if (!isDynamicEntry || !file.endsWith('.js') || first.has(file)) continue
    const budget = LAZY.editor.test(src)
      ? BUDGET.editor
      : LAZY.terminal.test(src)
        ? BUDGET.terminal
        : BUDGET['each other lazy part']
    parts.push(
      part(
        `lazy: ${src}`,
        [...closure([file])].filter(name => !first.has(name)),
        budget,
      ),
    )
  }
  for (const name of /** @type {const} */ (['worker', 'painter'])) {
    const files = [...dist.keys()].filter(file => file.startsWith(`assets/${name}-`) && file.endsWith('.js'))
    for (const file of files) parts.push(part(name, closure([file]), BUDGET[name]))
  }
  const counted = new Set(parts.flatMap(({ files }) => files))
  for (const file of dist.keys()) {
    if (file.endsWith('.js') && !counted.has(file)) parts.push(part(`lazy: ${file}`, [file], BUDGET['each other lazy part']))
  }
  return parts
}

/**
 * @param {string} file
 * @param {string} code
 */
function staticImports(file, code) {
  const { staticImports: imports, staticExports } = parse(file, code).module
  const requests = [...imports, ...staticExports.flatMap(({ entries }) => entries)].flatMap(
    ({ moduleRequest }) => moduleRequest ?? [],
  )
  return requests.map(({ value }) => posix.join(posix.dirname(file), value))
}

/** @param {string} folder */
function readDist(folder) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map()
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, entry)
    if (/\.(js|css|html|json)$/.test(entry)) files.set(entry.replaceAll('\\', '/'), readFileSync(path))
  }
  return files
}

if (isMain(import.meta.url)) {
  const folder = join(root, 'dist')
  if (!existsSync(join(folder, 'index.html'))) {
    console.error('There is no build: run `npm run build` first.')
    process.exit(1)
  }
  const parts = measure(readDist(folder))
  for (const { name, kB, budget } of parts) {
    const over = kB > budget ? '  OVER BUDGET' : ''
    console.log(`${kB.toFixed(1).padStart(7)} of ${String(budget).padStart(3)} kB  ${name}${over}`)
  }
  process.exitCode = parts.some(({ kB, budget }) => kB > budget) ? 1 : 0
}
