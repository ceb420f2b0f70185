import { describe, expect, test } from 'vitest'
import type { ContainerConfig, Mount } from '../api/cri'
import { appNode } from '../api/node-profile'
import { newContainer, newSandbox, started } from './containers'
import { executeIn, startError } from './exec'
import { httpAnswer } from './pages'
import { programOf } from './programs'
import { has, userlandOf } from './userlands'

const { runtime } = appNode('node-1')
const sandbox = newSandbox({ name: 'p', namespace: 'default', uid: 'u', attempt: 0, hostNetwork: false }, 'box', '10.244.0.2')
const config = (more: Partial<ContainerConfig>): ContainerConfig => ({
  hostname: 'web',
  environment: [['COLOUR', 'red']],
  links: [],
  name: 'app',
  image: 'busybox',
  command: ['sleep', '3600'],
  args: [],
  attempt: 0,
  ports: [],
  ...more,
})
const containerOf = (more: Partial<ContainerConfig>) => started(newContainer(runtime, sandbox, config(more), 'ref', 'id', 0), 0)
/** What a person is told who runs words in a container; undefined where that is refused. */
function said(words: readonly string[], more: Partial<ContainerConfig> = {}) {
  const container = containerOf(more)
  const error = startError(container, words)
  if (error !== undefined) return error.slice(error.indexOf('exec: "'))
  const { known, stdout, stderr, exitCode } = executeIn(container, { words, typed: true }, 1000)
  return known ? [stdout, stderr, exitCode] : undefined
}
const sh = (script: string, more: Partial<ContainerConfig> = {}) => said(['sh', '-c', script], more)
const NGINX = { image: 'nginx:1.27', command: [] }

describe('an image’s programs', () => {
  test('are known of few images; what is not known is neither there nor missing', () => {
    const there = (image: string, name: string) => has(userlandOf(image, false), name)
    expect(['ls', 'wget', 'bash', 'curl', '/bin/nope'].map(name => there('busybox', name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(['ls', 'bash', 'curl', 'wget', 'ps'].map(name => there('nginx', name))).toEqual([true, true, true, false, false])
    expect(['ls', 'wget', 'bash'].map(name => there('nginx:1.27-alpine', name))).toEqual([true, true, false])
    expect(['sh', 'ls', '/server'].map(name => there('gcr.io/distroless/static', name))).toEqual([false, false, undefined])
    expect(['sh', 'nope'].map(name => there('example.com/shop:1', name))).toEqual([undefined, undefined])
    // the recordings' stand-ins are made of busybox
    expect(has(userlandOf('nginx:1.27', true), 'wget')).toBe(true)
  })
  test('what is not there can’t be started, in runc’s words', () => {
    expect(said(['bash'])).toBe('exec: "bash": executable file not found in $PATH')
    expect(said(['/bin/bash'])).toBe('exec: "/bin/bash": stat /bin/bash: no such file or directory')
    expect(said(['ps'], NGINX)).toBe('exec: "ps": executable file not found in $PATH')
    expect(said(['sh'], { image: 'registry.k8s.io/coredns/coredns:v1.12.0' })).toMatch(/^exec: "sh": executable file not found/)
    expect(programOf(config({ command: ['nope'] })).missing).toBe('nope')
    expect(programOf(config({ command: ['nope'], image: 'example.com/shop:1' }))).toMatchObject({ guessed: true })
  })
  test('nothing is said for programs of an image that nobody knows', () => {
    const image = 'example.com/shop:1'
    for (const words of [['cat', '/etc/hostname'], ['env'], ['ls', '/'], ['sh', '-c', 'echo hi']])
      expect(said(words, { image })).toBeUndefined()
  })
  test('speak as their makers taught them', () => {
    expect(said(['cat', '/nope'])).toEqual(['', "cat: can't open '/nope': No such file or directory\n", 1])
    expect(said(['cat', '/nope'], NGINX)).toEqual(['', 'cat: /nope: No such file or directory\n', 1])
    expect(said(['ls', '/nope'])).toEqual(['', 'ls: /nope: No such file or directory\n', 1])
    expect(said(['ls', '/nope'], NGINX)).toEqual(['', "ls: cannot access '/nope': No such file or directory\n", 2])
    expect(sh('nope')).toEqual(['', 'sh: nope: not found\n', 127])
    expect(sh('nope', NGINX)).toEqual(['', 'sh: 1: nope: not found\n', 127])
    expect(said(['bash', '-c', 'nope'], NGINX)).toEqual(['', 'bash: line 1: nope: command not found\n', 127])
  })
})

describe('an image’s variables', () => {
  test('that nobody knows are not said to be unset', () => {
    expect(sh('echo $NGINX_VERSION')).toEqual(['\n', '', 0])
    expect(sh('echo $NGINX_VERSION', NGINX)).toBeUndefined()
    expect(sh('echo $COLOUR', NGINX)).toEqual(['red\n', '', 0])
    expect(said(['env'], NGINX)).toBeUndefined()
    expect(said(['env'])).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOSTNAME=web\nCOLOUR=red\nHOME=/root\n',
      '',
      0,
    ])
    expect(sh('echo $PWD $SHLVL', { workingDir: '/home' })).toEqual(['/home 1\n', '', 0])
    expect(sh('echo $HOME', { user: 1000 })).toEqual(['/\n', '', 0])
  })
})

describe('files of a container', () => {
  test('a file is not made where there is no directory', () => {
    expect(sh('echo hi > /nodir/x')).toEqual(['', "sh: can't create /nodir/x: nonexistent directory\n", 1])
    expect(sh('echo hi > /nodir/x', NGINX)).toEqual(['', 'sh: 1: cannot create /nodir/x: Directory nonexistent\n', 2])
    expect(sh('cat < /nope', NGINX)).toEqual(['', 'sh: 1: cannot open /nope: No such file\n', 2])
    expect(said(['mkdir', '/a/b'])).toEqual(['', "mkdir: can't create directory '/a/b': No such file or directory\n", 1])
    expect(sh('mkdir -p /a/b && echo hi > /a/b/c && ls /a && cat /a/b/c')).toEqual(['b\nhi\n', '', 0])
    // who knows what is in /etc?
    expect(sh('echo hi > /etc/shop/x')).toBeUndefined()
    expect(sh('echo hi > x; cat ../x; pwd')).toEqual(['hi\n/\n', '', 0])
    expect(sh('cat /tmp')).toEqual(['', 'cat: read error: Is a directory\n', 1])
    expect(sh('touch /x && ls /')?.[0]).toMatch(/^bin\ndev\n.*\nvar\nx\n$/s)
  })
  test('nothing is written where a container may not write', () => {
    const settings: Mount = { path: '/etc/settings', files: { colour: 'red' }, version: '..v', readOnly: true }
    const more = { mounts: [settings, { path: '/data', files: {} }] }
    expect(sh('echo blue > /etc/settings/colour', more)).toEqual([
      '',
      "sh: can't create /etc/settings/colour: Read-only file system\n",
      1,
    ])
    const readOnlyRoot = { ...more, readOnlyRoot: true }
    expect(said(['touch', '/x'], readOnlyRoot)).toEqual(['', 'touch: /x: Read-only file system\n', 1])
    expect(sh('touch /data/x && ls /data', readOnlyRoot)).toEqual(['x\n', '', 0])
    expect(said(['touch', '/x'], { user: 1000 })).toEqual(['', 'touch: /x: Permission denied\n', 1])
    expect(sh('touch /tmp/x && ls /tmp', { user: 1000 })).toEqual(['x\n', '', 0])
    // its own program is told the same
    expect(programOf(config({ command: ['sh', '-c', 'echo a > /x || exit 5'], readOnlyRoot: true }))).toMatchObject({
      exitCode: 5,
    })
  })
  test('a path that its script is going to make is not there yet; one that it is only told of may be', () => {
    expect(said(['cat', '/srv/up'], { command: ['sh', '-c', 'sleep 9; touch /srv/up; sleep 99'], image: 'debian' })?.[2]).toBe(1)
    expect(said(['cat', '/etc/nginx/x.conf'], { image: 'nginx', command: ['nginx', '-c', '/etc/nginx/x.conf'] })).toBeUndefined()
  })
})

describe('programs of containers', () => {
  const shell = (script: string, image = 'busybox') => programOf(config({ command: ['sh', '-c', script], image }))
  test('a script whose last command is a server’s goes on', () => {
    expect(shell("echo hi > /usr/share/nginx/html/index.html && nginx -g 'daemon off;'", 'nginx')).toMatchObject({
      listens: [80],
    })
    expect(shell('python manage.py migrate && gunicorn shop', 'example.com/shop')).toMatchObject({ guessed: true })
    expect(shell('python manage.py migrate && gunicorn shop', 'example.com/shop').endsAfterMs).toBeUndefined()
  })
  test('a script ends with 127 where its image has no such program', () => {
    expect(shell('nope')).toMatchObject({ exitCode: 127 })
    expect(shell('nope').guessed).toBeUndefined()
  })
  test('a command that is understood ends as it would; of another it is said that it was guessed', () => {
    expect(programOf(config({ command: ['cat', '/nope'] }))).toMatchObject({ exitCode: 1 })
    expect(programOf(config({ command: ['python', '-m', 'http.server'], image: 'python:3' }))).toMatchObject({ guessed: true })
    expect(programOf(config({ command: ['python', '-m', 'http.server'], image: 'python:3' })).endsAfterMs).toBeUndefined()
    expect(programOf(config(NGINX)).guessed).toBeUndefined()
  })
})

test('nginx has its own page where it is known what its release says', () => {
  const page = (image: string) => httpAnswer(containerOf({ image, command: [] }), 80, '/', 1)
  expect(page('nginx:1.27').body).toHaveLength(615)
  expect(page('nginx:1.29')).toEqual({ status: 200, isSure: true })
  expect(httpAnswer(containerOf(NGINX), 80, '/nope', 1)).toEqual({ status: 404, isSure: true })
})
