// Runs a TypeScript program of this repository in Node: node tools/run-ts.mjs tools/bench.ts --json
//
// Node 20 cannot run TypeScript, and the code imports without extensions. So Vite bundles the program and what it imports from the
// repository into one file, which is then imported here: same process, same arguments, nothing printed. npm packages stay outside the
// bundle. A bundle also runs at the speed of the browser's, which is what the benchmark wants to know.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { isMain, root } from './repository.mjs'

const cache = join(root, 'node_modules/.cache/kubestage/run')
const DAY_MS = 86_400_000

/**
 * Bundles the TypeScript file `entry` and returns the path of a module that Node can import. The name holds the hash of the code,
 * so that programs that run side by side do not overwrite each other.
 * @param {string} entry
 * @returns {Promise<string>}
 */
export async function bundle(entry) {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [{ name: 'own-address', transform: keepAddress }],
    build: {
      ssr: resolve(entry),
      target: 'node20',
      write: false,
      minify: false,
      sourcemap: 'inline',
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (result)
  const code = output[0].code
  const name = basename(entry).replace(/\.[cm]?tsx?$/, '')
  const file = join(cache, `${name}-${createHash('sha256').update(code).digest('hex').slice(0, 12)}.mjs`)
  mkdirSync(cache, { recursive: true })
  sweep()
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, code)
  renameSync(draft, file)
  return file
}

/**
 * A module in the bundle keeps its own address, so that `new URL('data', import.meta.url)` finds what lies beside its source.
 * @param {string} code
 * @param {string} file
 */
function keepAddress(code, file) {
  if (!code.includes('import.meta.url')) return undefined
  return { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)), map: null }
}

/** Removes bundles that nobody has used for a day. */
function sweep() {
  for (const name of readdirSync(cache)) {
    const file = join(cache, name)
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > DAY_MS) rmSync(file, { force: true })
  }
}

if (isMain(import.meta.url)) {
  const [entry, ...args] = process.argv.slice(2)
  if (entry === undefined) {
    process.stderr.write('usage: node tools/run-ts.mjs PROGRAM.ts [ARGUMENT...]\n')
    process.exit(2)
  }
  const file = await bundle(entry)
  process.argv = [process.argv[0] ?? 'node', resolve(entry), ...args]
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(file).href)
}
