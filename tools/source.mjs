// Reads the repository's source as syntax trees, for the checks of imports (boundaries.mjs) and of style (style.mjs).
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync, Visitor } from 'vite'
import { root } from './repository.mjs'

/**
 * One import, re-export, dynamic import, type import or `import.meta.glob` of a file.
 * @typedef {object} Import
 * @property {string} file the importing file, from the repository's root
 * @property {number} line
 * @property {string} specifier as it is written
 * @property {string} target the imported file or folder from the root; for an npm package its name; `node:…` as it is
 * @property {'file' | 'package' | 'missing'} kind
 * @property {boolean} typeOnly leaves nothing in the JavaScript
 * @property {boolean} lazy not evaluated with the importing module
 */

/** Whether a path is a test, which is free of the bans on time and of most boundaries. @param {string} path */
export const isTest = path => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path)

/** Whether a path holds JavaScript or TypeScript. @param {string} path */
export const isCode = path => /\.[cm]?[jt]sx?$/.test(path) && !path.endsWith('.d.ts')

/**
 * Every file under the given folders, code as text and all others as an empty text (an import may name them).
 * @param {readonly string[]} folders
 * @returns {Map<string, string>} by path from the root, with forward slashes
 */
export function readSource(folders) {
  /** @type {Map<string, string>} */
  const files = new Map()
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = posix.relative(slashes(root), slashes(join(entry.parentPath, entry.name)))
      files.set(path, isCode(path) ? readFileSync(join(root, path), 'utf8') : '')
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** @param {string} path */
const slashes = path => path.replaceAll('\\', '/')

/**
 * Parses a file; throws on a syntax error, with its place.
 * @param {string} path
 * @param {string} text
 */
export function parse(path, text) {
  const result = parseSync(path, text)
  const error = result.errors[0]
  if (error) throw new Error(`${path}:${lineAt(text, error.labels[0]?.start ?? 0)}: ${error.message}`)
  return result
}

/**
 * The line, counted from 1, of a place in a text.
 * @param {string} text
 * @param {number} offset
 */
export function lineAt(text, offset) {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++
  return line
}

/**
 * All that a file imports, in the order of its text.
 * @param {string} file
 * @param {ReadonlyMap<string, string>} files every file that an import may name
 * @returns {Import[]}
 */
export function importsOf(file, files) {
  const text = files.get(file) ?? ''
  const { module, program } = parse(file, text)
  /** @type {Import[]} */
  const found = []
  /** @param {string} specifier @param {number} start @param {{ typeOnly?: boolean, lazy?: boolean }} [how] */
  const add = (specifier, start, { typeOnly = false, lazy = false } = {}) => {
    found.push({ file, line: lineAt(text, start), specifier, typeOnly, lazy, ...resolve(file, specifier, files) })
  }

  for (const { moduleRequest, entries, start } of module.staticImports) {
    add(moduleRequest.value, start, { typeOnly: entries.length > 0 && entries.every(entry => entry.isType) })
  }
  for (const { entries, start } of module.staticExports) {
    const [entry] = entries
    if (entry?.moduleRequest) add(entry.moduleRequest.value, start, { typeOnly: entries.every(({ isType }) => isType) })
  }
  new Visitor({
    ImportExpression(node) {
      if (node.source.type === 'Literal') add(String(node.source.value), node.start, { lazy: true })
    },
    TSImportType(node) {
      add(node.source.value, node.start, { typeOnly: true })
    },
    CallExpression(node) {
      if (text.slice(node.callee.start, node.callee.end) !== 'import.meta.glob') return
      const [argument] = node.arguments
      const patterns = argument?.type === 'ArrayExpression' ? argument.elements : [argument]
      for (const pattern of patterns) {
        if (pattern?.type !== 'Literal' || typeof pattern.value !== 'string' || pattern.value.startsWith('!')) continue
        // A pattern stands for every folder that it can reach: the part before its first star.
        add(pattern.value.replace(/[^/]*\*.*$/, ''), node.start, { lazy: true })
      }
    },
  }).visit(program)
  return found.sort((a, b) => a.line - b.line)
}

const EXTENSIONS = ['', '.ts', '.tsx', '.mjs', '.js', '.d.ts', '/index.ts', '/index.tsx']

/**
 * @param {string} file
 * @param {string} specifier
 * @param {ReadonlyMap<string, string>} files
 * @returns {Pick<Import, 'target' | 'kind'>}
 */
function resolve(file, specifier, files) {
  const path = specifier.replace(/\?.*$/, '')
  if (!path.startsWith('.') && !path.startsWith('/')) {
    const parts = path.split('/')
    return { kind: 'package', target: path.startsWith('node:') ? path : parts.slice(0, path.startsWith('@') ? 2 : 1).join('/') }
  }
  const target = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(file), path)
  if (target.endsWith('/')) return { kind: 'file', target }
  for (const extension of EXTENSIONS) {
    if (files.has(target + extension)) return { kind: 'file', target: target + extension }
  }
  return { kind: 'missing', target }
}
