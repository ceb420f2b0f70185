// Style that is executed: what the simulation must not use, and what to use instead. node tools/style.mjs
//
// The same seed and commands give the same trace in Node and in every browser only if nothing under src/sim asks the machine for the
// time, for chance, for a language or for a function whose last bit differs between engines. Tests are exempt.
import process from 'node:process'
import { Visitor } from 'vite'
import { isMain } from './repository.mjs'
import { isCode, isTest, lineAt, parse, readSource } from './source.mjs'

const TIMER = 'what waits is data: context.after(delayMs, message)'
const CLOCK = 'time is an argument: context.now, in virtual microseconds'
const PROMISE = 'what waits is data: a procedure is run again over the answers that it has had so far'
const LOCALE = 'order and words must not depend on a language: compare with < and >, format by hand'
const MATH = 'its last bit differs between engines: use integers, a table, or repeated multiplication'

/** Global names that are banned under src/sim, each with its replacement. @type {ReadonlyMap<string, string>} */
const GLOBALS = new Map([
  ['Date', CLOCK],
  ['performance', CLOCK],
  ['setTimeout', TIMER],
  ['setInterval', TIMER],
  ['setImmediate', TIMER],
  ['queueMicrotask', TIMER],
  ['requestAnimationFrame', TIMER],
  ['Promise', PROMISE],
  ['Intl', LOCALE],
])

/** Members that are banned under src/sim, as `object.member` or `.member` of anything. @type {ReadonlyMap<string, string>} */
const MEMBERS = new Map([
  ['Math.random', 'chance is an argument: context.random()'],
  ...['pow', 'exp', 'expm1', 'log', 'log10', 'log1p', 'log2', 'cbrt', 'hypot'].map(
    name => /** @type {const} */ ([`Math.${name}`, MATH]),
  ),
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'].map(
    name => /** @type {const} */ ([`Math.${name}`, MATH]),
  ),
  ...['localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase'].map(
    name => /** @type {const} */ ([`.${name}`, LOCALE]),
  ),
])

/**
 * All that breaks the style, one line each: `file:line: what: what to use instead`.
 * @param {ReadonlyMap<string, string>} files by path from the root
 * @returns {string[]}
 */
export function checkStyle(files) {
  return [...files].flatMap(([file, text]) =>
    isCode(file) && file.startsWith('src/') && !isTest(file) ? checkFile(file, text) : [],
  )
}

/**
 * @param {string} file
 * @param {string} text
 */
function checkFile(file, text) {
  const { program } = parse(file, text)
  const isSimulation = file.startsWith('src/sim/')
  /** @type {{ start: number, what: string, instead: string }[]} */
  const found = []
  // Names that are keys or members are not uses of the global of that name.
  /** @type {Set<number>} */
  const keys = new Set()
  /** @param {{ computed?: boolean, shorthand?: boolean, key: { start: number } }} node */
  const key = node => {
    if (!node.computed && !node.shorthand) keys.add(node.key.start)
  }
  /** @param {{ start: number }} node @param {string} what @param {string | undefined} instead */
  const ban = (node, what, instead) => {
    if (instead !== undefined) found.push({ start: node.start, what, instead })
  }

  new Visitor({
    TSEnumDeclaration: node => ban(node, 'enum', 'a union of literals: type Verb = "get" | "list"'),
    ...(isSimulation && {
      Property: key,
      PropertyDefinition: key,
      MethodDefinition: key,
      TSPropertySignature: key,
      TSMethodSignature: key,
      TSQualifiedName: node => keys.add(node.right.start),
      MemberExpression(node) {
        if (node.computed) return
        keys.add(node.property.start)
        const object = node.object.type === 'Identifier' ? node.object.name : ''
        const member = node.property.name
        if (object === 'globalThis') ban(node, member, GLOBALS.get(member))
        ban(node, `${object}.${member}`, MEMBERS.get(`${object}.${member}`) ?? MEMBERS.get(`.${member}`))
      },
      Identifier(node) {
        if (!keys.has(node.start)) ban(node, node.name, GLOBALS.get(node.name))
      },
      ImportExpression: node => ban(node, 'import()', PROMISE),
      AwaitExpression: node => ban(node, 'await', PROMISE),
      BinaryExpression(node) {
        const isExact =
          [node.left, node.right].every(side => side.type === 'Literal') ||
          /^\d+n$/.test(text.slice(node.left.start, node.left.end))
        if (node.operator === '**' && !isExact) ban(node, '**', MATH)
      },
      FunctionDeclaration: node => node.async && ban(node, 'async', PROMISE),
      FunctionExpression: node => node.async && ban(node, 'async', PROMISE),
      ArrowFunctionExpression: node => node.async && ban(node, 'async', PROMISE),
    }),
  }).visit(program)
  return found
    .sort((a, b) => a.start - b.start)
    .map(({ start, what, instead }) => `${file}:${lineAt(text, start)}: ${what} is banned here: ${instead}`)
}

if (isMain(import.meta.url)) {
  const files = readSource(['src'])
  const problems = checkStyle(files)
  for (const problem of problems) console.error(problem)
  console.log(`style: ${[...files.keys()].filter(isCode).length} files, ${problems.length} problems`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
