import { describe, expect, test } from 'vitest'
import type { ContainerConfig } from '../api/cri'
import { realNode } from '../api/node-profile'
import { newContainer, newSandbox, randomId, started, stopOutcome } from './containers'
import { imageOf, parseReference, pullError } from './images'
import { programOf } from './programs'
import { missingError } from './surroundings'

const config = (more: Partial<ContainerConfig>): ContainerConfig => ({
  hostname: 'web',
  environment: [],
  links: [],
  name: 'app',
  image: 'busybox:1.36',
  command: [],
  args: [],
  attempt: 0,
  ports: [],
  ...more,
})
const shell = (script: string) => programOf(config({ command: ['sh', '-c', script] }))

describe('names of images', () => {
  test('what people leave out is put in', () => {
    const names = ['nginx', 'nginx:1.27', 'bitnami/redis:7', 'registry.k8s.io/pause:3.10.1', 'localhost:5000/app']
    expect(names.map(n => parseReference(n)?.name)).toEqual([
      'docker.io/library/nginx:latest',
      'docker.io/library/nginx:1.27',
      'docker.io/bitnami/redis:7',
      'registry.k8s.io/pause:3.10.1',
      'localhost:5000/app:latest',
    ])
  })
  test('what is not a name is none', () => {
    expect(parseReference('Nginx')).toBeUndefined()
    expect(parseReference('nginx:')).toBeUndefined()
  })
  test('the same name has the same digest everywhere', () => {
    const reference = parseReference('nginx:1.27')
    if (!reference) throw new Error('no reference')
    expect(imageOf(reference, undefined)).toEqual(imageOf(reference, undefined))
    expect(imageOf(reference, { 'library/nginx': 3443509 }).sizeBytes).toBe(3443509)
  })
  test('a tag that nobody has fails in the words of containerd', () => {
    expect(pullError('nginx:9.99')).toBe(
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.99": failed to resolve image: docker.io/library/nginx:9.99: not found',
    )
    expect(pullError('registry.invalid/app:1')).toContain('no such host')
    expect(pullError('nginx:1.27')).toBeUndefined()
  })
})

describe('programs', () => {
  test('a server runs until it is asked to stop', () => {
    expect(programOf(config({ image: 'nginx:1.27' }))).toMatchObject({ listens: [80], onTerm: { exitCode: 0 } })
    expect(programOf(config({ image: 'nginx:1.27' })).endsAfterMs).toBeUndefined()
  })
  test('a shell without a terminal ends at once', () => {
    expect(programOf(config({})).endsAfterMs).toBeLessThan(100)
  })
  test('a script of perl ends: Jobs of examples count with it', () => {
    const pi = { image: 'perl:5.34.0', command: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)'] }
    expect(programOf(config(pi))).toMatchObject({ exitCode: 0, endsAfterMs: 5000 })
  })
  test('sleep ends when it is over and hears no SIGTERM', () => {
    expect(programOf(config({ command: ['sleep', '2m'] }))).toMatchObject({ endsAfterMs: 120_000, exitCode: 0 })
    expect(programOf(config({ args: ['sleep', 'infinity'] })).onTerm).toBeUndefined()
  })
  test('scripts are read: sleeps add up, the first exit ends them, loops go on', () => {
    expect(shell('echo starting; exit 1')).toMatchObject({ exitCode: 1 })
    expect(shell('sleep 2; sleep 3 && exit 4')).toMatchObject({ exitCode: 4, endsAfterMs: 5005 })
    expect(shell('while true; do sleep 1; done').endsAfterMs).toBeUndefined()
  })
  test('a command that no image has cannot be started', () => {
    expect(programOf(config({ command: ['nope'] })).missing).toBe('nope')
  })
  test('a command that busybox has not cannot be started, unless a mount brings it', () => {
    const missing = (...command: string[]) => programOf(config({ command })).missing
    expect([missing('run-app'), missing('/app/run.sh'), missing('/bin/bash')]).toEqual(['run-app', '/app/run.sh', '/bin/bash'])
    expect([missing('sleep', '5'), missing('/bin/sh', '-c', 'exit 1'), missing('nslookup', 'web')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(programOf(config({ command: ['/app/run.sh'], mounts: [{ path: '/app', files: {} }] })).missing).toBeUndefined()
    expect(programOf(config({ image: 'example.com/shop:1', command: ['/app/run.sh'] })).missing).toBeUndefined()
  })
  test('what a script calls and nobody has is 127', () => {
    expect(shell('run-app --port 80')).toMatchObject({ exitCode: 127 })
  })
  test('a path that is not there is told otherwise than a name', () => {
    expect(missingError('/nope')).toBe('unable to start container process: exec: "/nope": stat /nope: no such file or directory')
    expect(missingError('nope')).toBe('unable to start container process: exec: "nope": executable file not found in $PATH')
  })
  test('a trap decides what SIGTERM does', () => {
    expect(shell("trap 'echo bye; exit 0' TERM; while true; do sleep 0.2; done").onTerm).toMatchObject({ exitCode: 0 })
    expect(shell("trap '' TERM; while true; do sleep 0.2; done").onTerm).toBeUndefined()
  })
})

test('a program that does not end in time is killed: 137', () => {
  const { runtime } = realNode('node-1')
  const sandbox = newSandbox({ name: 'p', namespace: 'default', uid: 'u', attempt: 0, hostNetwork: false }, 'box', '10.244.0.2')
  const make = (more: Partial<ContainerConfig>) => started(newContainer(runtime, sandbox, config(more), 'ref', 'id', 0), 1)
  expect(stopOutcome(runtime, make({ command: ['sleep', '3600'] }), 30)).toEqual({ exitCode: 137, afterMs: 30_000 })
  expect(stopOutcome(runtime, make({ image: 'nginx' }), 30).exitCode).toBe(0)
})

test('ids are 64 hex digits', () => {
  expect(randomId(() => 0.999_999)).toMatch(/^[0-9a-f]{64}$/)
  expect(randomId(() => 0)).toBe('0'.repeat(64))
})

test('stress says how much memory it takes, and is killed where that is too much', () => {
  const stress = { image: 'polinux/stress', command: ['stress'], args: ['--vm', '1', '--vm-bytes', '60M', '--vm-hang', '1'] }
  expect(programOf(config({ ...stress, memoryLimit: 20 * 1024 * 1024 })).outOfMemory).toBe(true)
  expect(programOf(config({ ...stress, memoryLimit: 100 * 1024 * 1024 })).outOfMemory).toBeUndefined()
  expect(programOf(config(stress)).outOfMemory).toBeUndefined()
})
