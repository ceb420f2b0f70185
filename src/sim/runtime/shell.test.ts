import { expect, test } from 'vitest'
import { endOf, execute, runScript, sceneOf } from './shell'

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
  expect(endOf('nginx')).toBeUndefined()
  expect(endOf('httpd -f -p 80')).toBeUndefined()
  // it goes into the background
  expect(endOf('httpd -p 80')).toEqual({ at: 0, exitCode: 0 })
})

test('a command in a container finds the files that its program has made by then', () => {
  const script = 'mkdir /www; httpd -p 8080 -h /www; sleep 6; echo ok > /www/ready; sleep 14; rm /www/ready; sleep 60'
  const at = (seconds: number) => [...sceneOf(script, seconds * SECOND).files.keys()]
  expect([at(1), at(7), at(21)]).toEqual([['/www'], ['/www', '/www/ready'], ['/www']])
  expect([...sceneOf(script, SECOND).servers]).toEqual([[8080, '/www']])
})

test('what a command says of files, and how long it takes', () => {
  const run = (script: string) =>
    execute(script, path => (path === '/tmp/there' ? 'hello\n' : path === '/etc/x' ? 'unknown' : undefined))
  expect(run('cat /tmp/there')).toMatchObject({ known: true, exitCode: 0, output: 'hello\n' })
  expect(run('cat /tmp/gone')).toMatchObject({
    known: true,
    exitCode: 1,
    output: "cat: can't open '/tmp/gone': No such file or directory\n",
  })
  expect(run('test -f /tmp/gone || exit 7').exitCode).toBe(7)
  expect(run('sleep 3; echo hello > /tmp/started')).toMatchObject({ us: 3 * SECOND, files: { '/tmp/started': 'hello\n' } })
  expect(run('cat /etc/x')).toMatchObject({ known: false, exitCode: 0 })
  expect(run('pg_isready -U postgres').known).toBe(false)
})
