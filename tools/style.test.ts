import { expect, test } from 'vitest'
import { checkStyle } from './style.mjs'

const check = (file: string, code: string) => checkStyle(new Map([[file, `// first line\n${code}\n`]]))

const banned: [code: string, instead: string][] = [
  ['const now = Date.now()', 'context.now'],
  ['let when: Date', 'context.now'],
  ['globalThis.Date', 'context.now'],
  ['performance.now()', 'context.now'],
  ['const chance = Math.random()', 'context.random()'],
  ['setTimeout(run, 5)', 'context.after'],
  ['queueMicrotask(run)', 'context.after'],
  ['async function run() {}', 'procedure'],
  ['const run = async () => 1', 'procedure'],
  ['const all = Promise.all([])', 'procedure'],
  ['names.sort((a, b) => a.localeCompare(b))', 'compare with <'],
  ['count.toLocaleString()', 'format by hand'],
  ['new Intl.NumberFormat()', 'format by hand'],
  ['Math.pow(2, n)', 'integers'],
  ['Math.exp(n)', 'integers'],
  ['Math.log2(n)', 'integers'],
  ['const big = 2 ** n', 'integers'],
  ['enum Verb { Get }', 'union'],
]

test.each(banned)('under src/sim is banned: %s', (code, instead) => {
  const problems = check('src/sim/kernel/clock.ts', code)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^src\/sim\/kernel\/clock\.ts:2: /)
  expect(problems[0]).toContain(instead)
})

test.each([
  'const key = { Date: 1, performance: 2 }',
  'headers.Date = response.performance',
  'interface Header { Date: string; setTimeout(): void }',
  'const mebi = 2 ** 20',
  'const milli = 10n ** digits',
  'Math.floor(Math.max(a, b) / Math.sqrt(c))',
  "const text = 'Date.now() and Math.random()' // Date",
])('under src/sim is allowed: %s', code => {
  expect(check('src/sim/kernel/clock.ts', code)).toEqual([])
})

test('tests and the user interface may use the clock, but nobody an enum', () => {
  expect(check('src/sim/kernel/clock.test.ts', 'Date.now()')).toEqual([])
  expect(check('src/ui/app.tsx', 'performance.now(); setTimeout(run, 5)')).toEqual([])
  expect(check('src/ui/app.tsx', 'enum Depth { Story }')).toHaveLength(1)
})
