import { expect, test } from 'vitest'
import type { Reply } from '../api/fetch'
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
  expect(lines('echo $(hostname)')).toEqual([])
  expect(lines('[ -f /data/ready ] && echo wrong; echo after')).toEqual([])
  expect(lines('echo a; (echo b)')).toEqual(['a'])
  expect(lines("echo 'open")).toEqual([])
})

test('conditions, loops that count, and what commands write in place of words', () => {
  expect(lines('[ 1 = 2 ] && echo wrong; echo $?')).toEqual(['1'])
  expect(lines('if true; then echo yes; else echo no; fi')).toEqual(['yes'])
  expect(lines('if [ a = b ]; then echo 1; elif ! false; then echo 2; fi')).toEqual(['2'])
  expect(lines('i=0; while [ $i -lt 3 ]; do echo $i; i=$((i + 1)); done')).toEqual(['0', '1', '2'])
  expect(lines(`n=3; until [ $n = 0 ]; do n=$((n - 1)); done; echo "$((2 * (n + 4) % 5)) \${m:-none}"`)).toEqual(['3 none'])
  expect(lines('for i in $(seq 2); do printf "%s-%s\n" $i "a  b"; done')).toEqual(['1-a  b', '2-a  b'])
  expect(lines('echo -n a; echo b | tr a-z A-Z; echo c >&2')).toEqual(['aB', 'c'])
  expect(lines('echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | sort -r; wc -l < /tmp/f')).toEqual(['two', 'one', '2'])
  expect(lines('date +%H:%M:%S; date | unheard-of; echo after')).toEqual(['00:00:00', 'after'])
  expect(lines('set -e; false || echo still; false; echo never')).toEqual(['still'])
})

test('a script ends when its last command does, with its code', () => {
  expect(endOf('for i in 1 2 3; do echo $i; sleep 5; done')).toEqual({ at: 15 * SECOND, exitCode: 0 })
  expect(endOf('for i in 1 2 3; do echo $i >> /shared/log; sleep 1; done; exit 2')).toEqual({ at: 3 * SECOND, exitCode: 2 })
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
  // it takes a moment until it listens
  expect([...sceneOf(script, 1000).servers]).toEqual([])
})

test('what a command says of files, and how long it takes', () => {
  const look = (path: string) => (path === '/tmp/there' ? 'hello\n' : path === '/etc/x' ? 'unknown' : undefined)
  const run = (script: string, more: object = {}) => execute(script, 0, { look, ...more })
  expect(run('cat /tmp/there')).toMatchObject({ known: true, exitCode: 0, stdout: 'hello\n', stderr: '' })
  expect(run('cat /tmp/gone')).toMatchObject({
    known: true,
    exitCode: 1,
    stderr: "cat: can't open '/tmp/gone': No such file or directory\n",
  })
  expect(run('test -f /tmp/gone || exit 7').exitCode).toBe(7)
  expect(run('sleep 3; echo hello > /tmp/started')).toMatchObject({ us: 3 * SECOND, files: { '/tmp/started': 'hello\n' } })
  expect(run('rm /tmp/there')).toMatchObject({ files: { '/tmp/there': null } })
  expect(run('cat /etc/x')).toMatchObject({ known: false, exitCode: 0 })
  expect(run('pg_isready -U postgres').known).toBe(false)
  expect(run('echo a | pg_dump').known).toBe(false)
  expect(run('cat', { stdin: 'typed\n' }).stdout).toBe('typed\n')
  const environment = [
    ['A', '1'],
    ['B', '2'],
  ] as const
  expect(run("env | grep ^B; sh -c 'echo $A'", { environment }).stdout).toBe('B=2\n1\n')
})

test('a command that asks for something waits for its answer, and is run again with it', () => {
  const run = (replies: readonly Reply[]) => execute('sleep 1; wget -qO- http://10.0.0.1:8080/x || echo no', 0, { replies })
  expect(run([])).toMatchObject({ asks: { host: '10.0.0.1', port: 8080, path: '/x', at: SECOND } })
  const reply = { us: 500, address: '10.0.0.1' }
  expect(run([{ ...reply, outcome: 'answered', status: 200, body: 'hi\n' }])).toMatchObject({
    known: true,
    stdout: 'hi\n',
    us: SECOND + 500,
  })
  expect(run([{ ...reply, outcome: 'answered', status: 404 }])).toMatchObject({
    stdout: 'no\n',
    stderr: 'wget: server returned error: HTTP/1.1 404 Not Found\n',
  })
  expect(run([{ ...reply, outcome: 'refused' }]).stderr).toBe(
    "wget: can't connect to remote host (10.0.0.1): Connection refused\n",
  )
  expect(run([{ ...reply, outcome: 'answered', status: 200 }]).known).toBe(false)
})

test('a person’s command is not told that it has gone where nobody knows the way, nor changed what may not be there', () => {
  const run = (script: string) =>
    execute(script, 0, { look: () => 'unknown', entries: path => (path === '/data' ? ['a'] : 'unknown') })
  expect(run('cd /data && echo there')).toMatchObject({ known: true, stdout: 'there\n' })
  expect(run('cd / && echo there')).toMatchObject({ known: true, stdout: 'there\n' })
  expect(run('echo a > /tmp/b; touch /tmp/b; cat /tmp/b; mkdir /tmp/b; rm /tmp/b; rm /tmp/b')).toMatchObject({
    exitCode: 1,
    stdout: 'a\n',
    stderr: "mkdir: can't create directory '/tmp/b': File exists\nrm: can't remove '/tmp/b': No such file or directory\n",
  })
  for (const script of [
    'cd /nowhere && echo there',
    'chmod +x /run.sh',
    'umask',
    'mkdir /etc',
    'rm /run.sh',
    'touch /run.sh; cat /run.sh',
  ])
    expect(run(script)).toMatchObject({ known: false, stdout: '' })
})
