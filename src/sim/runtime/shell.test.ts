import { expect, test } from 'vitest'
import { endOf, runScript } from './shell'

const SECOND = 1_000_000
const lines = (script: string, seconds = 60): string[] => runScript(script, 0, seconds * SECOND).map(({ text }) => text)

test('a new line separates commands as a semicolon does, in loops too', () => {
  expect(lines('echo a\nsleep 5\necho b')).toEqual(['a', 'b'])
  expect(lines('for i in 1 2\ndo\n  echo $i # not this\ndone\necho end')).toEqual(['1', '2', 'end'])
  expect(lines('while true\ndo\n  echo tick\n  sleep 5\ndone', 12)).toEqual(['tick', 'tick', 'tick'])
})

test('a quoted # begins no comment', () => {
  expect(lines('echo "a # b"; echo after')).toEqual(['a # b', 'after'])
})

test('a loop that sleeps is read as far as it has come, a day later too', () => {
  const written = runScript('while true; do echo tick; sleep 10; done', 0, 86_400 * SECOND)
  expect(written.at(-1)?.at).toBe(86_400 * SECOND)
})

test('nothing is said of what comes after something that is not understood', () => {
  expect(lines('echo before; nc -l 80; echo after')).toEqual(['before'])
  expect(lines('[ 1 = 2 ] && echo wrong')).toEqual([])
  expect(lines('if true; then echo yes; else echo no; fi')).toEqual([])
  expect(lines('echo $(hostname)')).toEqual([])
})

test('a script ends when its last command does, with its code', () => {
  expect(endOf('for i in 1 2 3; do echo $i; sleep 5; done')).toEqual({ at: 15 * SECOND, exitCode: 0 })
  expect(endOf('echo no; exit 3')).toEqual({ at: 0, exitCode: 3 })
  expect(endOf('sleep 2; false')).toEqual({ at: 2 * SECOND, exitCode: 1 })
  expect(endOf('while true; do sleep 1; done')).toBeUndefined()
  expect(endOf('httpd -p 80')).toBeUndefined()
})
