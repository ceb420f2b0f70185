import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './repository.mjs'

const folder = join(root, 'node_modules/.cache/kubestage/run-ts-test')

/** Writes a small program and runs it as `npm run record` and `npm run bench` do. */
function run(files: Record<string, string>, args: string[] = []) {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return spawnSync(process.execPath, [join(root, 'tools/run-ts.mjs'), join(folder, 'main.ts'), ...args], { encoding: 'utf8' })
}

test('a program is run with its arguments, its imports and its own address, and nothing else is printed', () => {
  const { status, stdout, stderr } = run(
    {
      'main.ts': `
        import { parse } from 'yaml'
        import { double } from './double'
        const numbers: number[] = parse('[1, 2]')
        const isOwnAddress: boolean = import.meta.url.endsWith('run-ts-test/main.ts')
        console.log(JSON.stringify([process.argv.slice(2), numbers.map(double), isOwnAddress]))`,
      'double.ts': 'export const double = (n: number): number => 2 * n',
    },
    ['a', '--json'],
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual([['a', '--json'], [2, 4], true])
})

test('an error ends the program, and names the line of the source', () => {
  const { status, stderr } = run({ 'main.ts': "\n\nthrow new Error('broken')" })
  expect(status).toBe(1)
  expect(stderr).toMatch(/main\.ts:3/)
})
