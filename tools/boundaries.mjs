// Checks who may import whom, by the rules in boundaries-rules.mjs, and that no imports form a cycle: node tools/boundaries.mjs
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { AREAS, DEBT } from './boundaries-rules.mjs'
import { isMain, root } from './repository.mjs'
import { importsOf, isCode, isTest, readSource } from './source.mjs'

/** @typedef {import('./source.mjs').Import} Import */

/** @typedef {import('./boundaries-rules.mjs').Area} Area */

/**
 * All that breaks a rule, one line each: `file:line: what: why`.
 * @param {ReadonlyMap<string, string>} files by path from the root
 * @param {{ packages: ReadonlySet<string>, debt?: typeof DEBT }} options the npm packages that the shipped code may use
 * @returns {string[]}
 */
export function checkBoundaries(files, { packages, debt = DEBT }) {
  const imports = [...files.keys()].filter(isCode).flatMap(file => importsOf(file, files))
  const owed = new Set(debt.map(({ file, target }) => `${file} ${target}`))
  const paid = new Set(owed)
  const problems = []
  for (const entry of imports) {
    if (!entry.file.startsWith('src/')) continue
    const why = whyForbidden(entry, packages)
    if (why === undefined) continue
    const line = `${entry.file} ${entry.target}`
    paid.delete(line)
    if (owed.has(line)) continue
    problems.push(`${entry.file}:${entry.line}: imports ${entry.typeOnly ? 'types of ' : ''}${entry.target}: ${why}`)
  }
  for (const line of paid) problems.push(`tools/boundaries.mjs: technical debt that nobody owes any more, remove it: ${line}`)
  return [...problems, ...cycles(imports)]
}

/**
 * @param {Import} entry
 * @param {ReadonlySet<string>} packages
 * @returns {string | undefined} the reason, if it is forbidden
 */
function whyForbidden({ file, target, kind, typeOnly }, packages) {
  if (kind === 'missing') return 'there is no such file'
  const match = areaOf(file)
  if (!match) return `no rule in tools/boundaries.mjs holds ${file}: files live in the folders that docs/architecture.md lists`
  const { area, own } = match
  if (isTest(file)) return whyForbiddenInTest(area, own, file, target, kind)
  if (isTest(target)) return 'a test is imported by nobody'
  const types = typeOnly ? (area.types ?? []) : []
  if (kind === 'file') return allows([...area.imports, ...types], own, target) ? undefined : area.reason
  if (types.includes(target)) return undefined
  const allowed = area.packages ?? []
  if (allowed.includes(target) || (allowed.includes('*') && packages.has(target))) return undefined
  if (allowed.includes('*')) return 'package.json does not list it under dependencies'
  return `${area.reason} (npm packages allowed here: ${[...allowed, ...(area.types ?? []).map(name => `types of ${name}`)].join(', ') || 'none'})`
}

/**
 * A test may use any package, and within the simulation all of it; but it too leaves siblings alone, so that a folder can be deleted.
 * @param {Area} area
 * @param {string} own
 * @param {string} file
 * @param {string} target
 * @param {Import['kind']} kind
 */
function whyForbiddenInTest(area, own, file, target, kind) {
  if (kind === 'package' || allows([...area.imports, ...(area.types ?? [])], own, target)) return undefined
  const family = area.files.replace(/\(\*\).*$/, '')
  const isSibling = family !== 'src/sim/' && area.files.includes('(') && target.startsWith(family)
  const free = file.startsWith('src/sim/') ? ['src/sim/**', 'tools/**'] : ['src/**', '!src/ui/**', 'tools/**']
  return !isSibling && allows(free, own, target) ? undefined : area.reason
}

/**
 * @param {string} file
 * @returns {{ area: Area, own: string } | undefined}
 */
function areaOf(file) {
  for (const area of AREAS) {
    const match = pattern(area.files).exec(file)
    if (match) return { area, own: match[1] ?? '' }
  }
  return undefined
}

/**
 * Whether the last pattern that matches the target allows it; one that begins with `!` takes back what those before it gave.
 * @param {readonly string[]} patterns
 * @param {string} own
 * @param {string} target
 */
function allows(patterns, own, target) {
  let allowed = false
  for (const text of patterns) {
    const takesBack = text.startsWith('!')
    if (pattern(text.replace('!', '').replace('{own}', own)).test(target)) allowed = !takesBack
  }
  return allowed
}

/** @type {Map<string, RegExp>} */
const patternCache = new Map()

/** @param {string} text */
function pattern(text) {
  let regexp = patternCache.get(text)
  if (!regexp) {
    const source = text
      .replace(/[.+?^${}|[\]\\]/g, '\\$&')
      .replaceAll('**', '\0')
      .replaceAll('*', '[^/]+')
      .replaceAll('\0', '.*')
    regexp = new RegExp(`^${source}$`)
    patternCache.set(text, regexp)
  }
  return regexp
}

/**
 * One line for each cycle of imports that are evaluated, with the place of each of its imports.
 * @param {readonly Import[]} imports
 */
function cycles(imports) {
  /** @type {Map<string, Import[]>} */
  const edges = new Map()
  for (const entry of imports) {
    if (entry.typeOnly || entry.lazy || entry.kind !== 'file') continue
    edges.set(entry.file, [...(edges.get(entry.file) ?? []), entry])
  }
  /** @type {string[]} */
  const problems = []
  /** @type {Map<string, 'open' | 'done'>} */
  const states = new Map()
  /** @type {Import[]} */
  const path = []
  /** @param {string} file */
  const visit = file => {
    states.set(file, 'open')
    for (const entry of edges.get(file) ?? []) {
      path.push(entry)
      const state = states.get(entry.target)
      if (state === undefined) visit(entry.target)
      if (state === 'open') {
        const cycle = path.slice(path.findIndex(step => step.file === entry.target))
        const places = cycle.map(step => `${step.file}:${step.line}`).join(' → ')
        problems.push(
          `${entry.file}:${entry.line}: imports ${entry.target}: no cycles, so that each part can be read and loaded alone: ${places}`,
        )
      }
      path.pop()
    }
    states.set(file, 'done')
  }
  for (const file of edges.keys()) if (!states.has(file)) visit(file)
  return problems
}

if (isMain(import.meta.url)) {
  /** @type {{ dependencies: Record<string, string> }} */
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const files = readSource(['src', 'tools', 'e2e'])
  const problems = checkBoundaries(files, { packages: new Set(Object.keys(dependencies)) })
  for (const problem of problems) console.error(problem)
  console.log(`boundaries: ${[...files.keys()].filter(isCode).length} files, ${problems.length} problems`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
