import { beforeEach, describe, expect, test } from 'vitest'
import { ROOMS } from './api/rooms'
import type { Simulation } from './kernel/simulation'
import type { Seq } from './kernel/types'
import { Prompt } from './prompt-testing'

let prompt: Prompt
let simulation: Simulation

const start = (line: string, stdin?: string) => prompt.start(line, stdin === undefined ? {} : { stdin })
const interrupt = (id: number) => prompt.interrupt(id)
const pass = (ms: number) => prompt.pass(ms)
const printed = (id: number) => prompt.printed(id)
const since = (from: number, ...reasons: string[]) =>
  [...simulation.trace.entries((from + 1) as Seq)].filter(
    e =>
      reasons.includes(e.reason) &&
      !/^(\/|List|Image)/.test(
        String((e.args as { resource?: string; method?: string }).resource ?? (e.args as { method?: string }).method),
      ),
  )

const COUNTER = 'i=0; while true; do echo "n $i"; i=$((i+1)); sleep 60; done'

beforeEach(() => {
  prompt = Prompt.boot()
  simulation = prompt.simulation
})

describe('kubectl logs -f', () => {
  test('prints each line when the container writes it, and ends within a second of the container', () => {
    start(`run job --image=busybox --restart=Never -- sh -c 'echo a; sleep 20; echo b; sleep 20; echo c'`)
    const id = start('logs -f job')
    expect(printed(id)).toEqual({ out: 'a\n', err: '' })
    pass(25_000)
    expect(printed(id)).toEqual({ out: 'a\nb\n', err: '' })
    pass(25_000)
    expect(printed(id)).toEqual({ out: 'a\nb\nc\n', err: '', code: 0 })
    const at = (reason: string, match: object) =>
      [...simulation.trace.entries()].findLast(
        e => e.reason === reason && Object.entries(match).every(([k, v]) => (e.args as never)[k] === v),
      )?.at ?? 0
    const late = (at('kubectl.exit', { id }) - at('runtime.container', { name: 'job', state: 'exited' })) / 1000
    expect(late).toBeGreaterThan(0)
    expect(late).toBeLessThan(1020)
  })

  test('is one request that asks to follow, and hops from kubelet to apiserver to kubectl for each line', () => {
    start(`run counter --image=busybox -- sh -c '${COUNTER}'`)
    const from = simulation.trace.length
    const id = start('logs -f counter --timestamps --tail=1')
    const [, request] = since(from, 'http.request')
    expect(request?.args).toMatchObject({ verb: 'get', resource: 'pods/log', name: 'counter' })
    expect((request?.message as { query?: unknown } | undefined)?.query).toEqual({
      container: 'counter',
      follow: 'true',
      tailLines: '1',
      timestamps: 'true',
    })
    const waiting = simulation.trace.length
    expect(simulation.settled).toBe(true)
    pass(60_000)
    expect(since(waiting, 'cri.response', 'kubelet.chunk', 'http.chunk', 'kubectl.output').map(e => e.reason)).toEqual([
      'cri.response',
      'kubelet.chunk',
      'http.chunk',
      'kubectl.output',
    ])
    expect(printed(id).out).toMatch(/^2026\S+Z n 0\n2026\S+Z n 1\n$/)
  })

  test('ends with Ctrl-C: the apiserver tells the kubelet, and nobody waits any more', () => {
    start(`run counter --image=busybox -- sh -c '${COUNTER}'`)
    const id = start('logs -f counter')
    pass(60_000)
    const from = simulation.trace.length
    interrupt(id)
    expect(printed(id).code).toBe(130)
    expect(since(from, 'http.cancel', 'kubelet.cancel', 'cri.request').map(e => e.reason)).toEqual([
      'http.cancel',
      'kubelet.cancel',
      'cri.request',
    ])
    pass(180_000)
    expect(printed(id).out).toBe('n 0\nn 1\n')
    expect(since(from, 'kubelet.chunk')).toEqual([])
  })

  test('follows several containers at once, each line with its source, up to as many as are allowed', () => {
    start(
      'apply -f -',
      `apiVersion: v1
kind: Pod
metadata: {name: two, labels: {app: x}}
spec:
  restartPolicy: Never
  containers:
  - {name: a, image: busybox, command: [sh, -c, 'echo 1; sleep 20; echo 3']}
  - {name: b, image: busybox, command: [sh, -c, 'echo 2; sleep 30; echo 4']}
`,
    )
    expect(printed(start('logs -f two --all-containers --max-log-requests=1')).err).toBe(
      'error: you are attempting to follow 2 log streams, but maximum allowed concurrency is 1, use --max-log-requests to increase the limit\n',
    )
    const id = start('logs -f -l app=x --all-containers --prefix')
    pass(60_000)
    expect(printed(id)).toEqual({ out: '[pod/two/a] 1\n[pod/two/b] 2\n[pod/two/a] 3\n[pod/two/b] 4\n', err: '', code: 0 })
  })

  test('ends with the pod, after what it wrote, and at so many bytes', () => {
    start(`run counter --image=busybox -- sh -c '${COUNTER}'`)
    const short = start('logs -f counter --limit-bytes=5')
    const id = start('logs -f counter')
    pass(60_000)
    expect(printed(short)).toEqual({ out: 'n 0\nn', err: '', code: 0 })
    start('delete pod counter --grace-period=1')
    pass(3000)
    expect(printed(id)).toEqual({ out: 'n 0\nn 1\n', err: '', code: 0 })
  })

  test('waits for a pod of a Deployment that has none yet, but not for ever', () => {
    start('create deployment none --image=nginx --replicas=0')
    const from = simulation.trace.length
    const id = start('logs -f deploy/none --pod-running-timeout=3s')
    pass(4000)
    expect(printed(id)).toEqual({ out: '', err: 'error: timed out waiting for the condition\n', code: 1 })
    const asked = since(from, 'http.request')
      .filter(e => e.room === ROOMS.kubectl)
      .map(e => (e.args as { verb?: string }).verb)
    expect(asked).toEqual(['get', 'list', 'watch'])
  })
})
