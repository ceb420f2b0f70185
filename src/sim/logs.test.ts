import { beforeAll, describe, expect, test } from 'vitest'
import { nodeRoom } from './api/rooms'
import type { Simulation } from './kernel/simulation'
import type { Message } from './kernel/types'
import { Prompt } from './prompt-testing'

let prompt: Prompt
let simulation: Simulation

/** What a command printed. */
function kubectl(line: string, stdin?: string): { out: string; err: string } {
  const { out, err } = prompt.run(line, stdin === undefined ? {} : { stdin })
  return { out, err }
}
const pass = (ms: number) => prompt.pass(ms)

const COUNTER = `i=0; while true; do echo "$i: $(date)"; i=$((i+1)); sleep 1; done`

beforeAll(() => {
  prompt = Prompt.boot()
  simulation = prompt.simulation
  kubectl(`run box --image=busybox -- sh -c 'echo line 1; echo line 2; sleep 1; echo line 3; sleep 3600'`)
  kubectl(`run counter --image=busybox -- sh -c '${COUNTER}'`)
  kubectl('run web --image=nginx')
  pass(5000)
})

describe('kubectl logs', () => {
  test('asks the apiserver, which asks the kubelet of the pod’s node, which reads what the container wrote', () => {
    const from = simulation.trace.length
    expect(kubectl('logs box')).toEqual({ out: 'line 1\nline 2\nline 3\n', err: '' })
    const way = [...simulation.trace.entries()]
      .filter(e => e.seq > from && (e.reason.startsWith('kubelet.re') || e.reason.startsWith('cri.')))
      .map(e => e.reason)
    expect(way).toEqual(['kubelet.request', 'cri.request', 'cri.response', 'kubelet.response'])
  })

  test('prints nothing of a program that is not simulated', () => {
    expect(kubectl('logs web')).toEqual({ out: '', err: '' })
  })

  test('prints the last lines, late lines, so many bytes, and times', () => {
    expect(kubectl('logs box --tail=1').out).toBe('line 3\n')
    expect(kubectl('logs box --tail=0').out).toBe('')
    expect(kubectl('logs box --limit-bytes=8').out).toBe('line 1\nl')
    expect(kubectl('logs box --timestamps --tail=1').out).toMatch(/^2026-01-01T00:00:\d\d\.\d{9}Z line 3\n$/)
    expect(kubectl('logs counter --since=2s').out.split('\n').length - 1).toBe(2)
  })

  test('prints what a script has written by now, with its variables and the time', () => {
    const lines = kubectl('logs counter').out.split('\n')
    expect(lines[0]).toMatch(/^0: Thu Jan {2}1 00:00:\d\d UTC 2026$/)
    expect(lines[3]).toMatch(/^3: /)
    const before = lines.length
    pass(3000)
    expect(kubectl('logs counter').out.split('\n').length).toBe(before + 3)
  })

  test('says why there is none', () => {
    expect(kubectl('logs box --previous').err).toBe(
      'Error from server (BadRequest): previous terminated container "box" in pod "box" not found\n',
    )
    expect(kubectl('logs box -c nope').err).toBe('error: container nope is not valid for pod box out of: box\n')
    kubectl('run bad --image=nginx:9.99')
    const waiting = 'Error from server (BadRequest): container "bad" in pod "bad" is waiting to start'
    pass(1000)
    expect(kubectl('logs bad').err).toBe(`${waiting}: image can't be pulled\n`)
    pass(14_000)
    expect(kubectl('logs bad').err).toBe(`${waiting}: trying and failing to pull image\n`)
  })

  test('prints what the container wrote that ran before', () => {
    kubectl(`run crash --image=busybox -- sh -c 'echo starting; exit 1'`)
    pass(30_000)
    expect(kubectl('logs crash --previous').out).toBe('starting\n')
    expect(kubectl('logs crash').out).toBe('starting\n')
  })

  test('prints nothing of a pod that no node has', () => {
    kubectl(
      'apply -f -',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: "99"}}}]}',
    )
    expect(kubectl('logs big')).toEqual({ out: '', err: '' })
  })

  test('says that a kubelet does not answer', () => {
    kubectl(
      'apply -f -',
      `apiVersion: v1\nkind: Pod\nmetadata: {name: pinned}\nspec: {nodeName: node-2, containers: [{name: a, image: busybox, args: [sleep, '3600']}]}`,
    )
    simulation.command({ to: nodeRoom('kubelet', 'node-2'), message: { type: 'stop' } as Message, text: 'stop' })
    expect(kubectl('logs pinned --tail=3').err).toBe(
      'Error from server: Get "https://node-2:10250/containerLogs/default/pinned/a?tailLines=3": dial tcp 10.0.0.12:10250: connect: connection refused\n',
    )
    expect(simulation.settled).toBe(true)
  })
})
