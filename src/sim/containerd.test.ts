/** What becomes of a node whose container runtime is not running, as kubectl shows it. */
import { beforeAll, expect, test } from 'vitest'
import { nodeRoom } from './api/rooms'
import type { Simulation } from './kernel/simulation'
import type { Message, Seq } from './kernel/types'
import { Prompt } from './prompt-testing'

let prompt: Prompt
let simulation: Simulation

function kubectl(line: string): string {
  const id = prompt.type(line)
  wait(1)
  const { out, err } = prompt.printed(id)
  return err + out
}
const wait = (seconds: number) => prompt.pass(seconds * 1000)
const turn = (type: 'boot' | 'stop') =>
  simulation.command({ to: nodeRoom('runtime', 'node-1'), message: { type }, text: `${type} containerd` })
const ready = () =>
  kubectl(
    `get node node-1 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}/{.status.conditions[?(@.type=="Ready")].message}'`,
  )
const ON_NODE_1 = `--overrides='{"spec":{"nodeName":"node-1"}}'`

beforeAll(() => {
  prompt = Prompt.boot()
  simulation = prompt.simulation
  kubectl(`run web --image=nginx ${ON_NODE_1}`)
  kubectl(`run short --image=busybox --restart=Never ${ON_NODE_1} -- sleep 30`)
  simulation.run({ settled: true })
  wait(10)
  turn('stop')
})

test('its containers go on, and the node says after half a minute what is wrong', () => {
  wait(15)
  expect(ready()).toBe('True/kubelet is posting ready status')
  wait(30)
  expect(ready()).toBe('False/container runtime is down')
  expect(kubectl('get pod web -o jsonpath={.status.phase}')).toBe('Running')
  expect(kubectl('get events --field-selector reason=NodeNotReady -o jsonpath={.items[*].message}')).toContain(
    'Node node-1 status is now: NodeNotReady',
  )
})

test('its programs answer', () => {
  const ip = kubectl('get pod web -o jsonpath={.status.podIP}')
  const from = simulation.trace.length
  const message = { type: 'user.traffic', to: `${ip}:80` } as Message
  simulation.command({ to: nodeRoom('network', 'node-2'), message, text: 'curl' })
  wait(1)
  const answers = [...simulation.trace.entries((from + 1) as Seq)].filter(({ reason }) => reason === 'network.response')
  expect(answers.map(({ args }) => args)).toMatchObject([{ outcome: 'answered', container: 'default/web/web' }])
})

test('what is to be done waits, and logs are not to be had', () => {
  expect(kubectl(`run later --image=nginx ${ON_NODE_1}`)).toBe('pod/later created\n')
  expect(kubectl('logs web')).toContain('unable to retrieve container logs for containerd://')
  wait(10)
  expect(kubectl('get pod later -o jsonpath={.status.phase}')).toBe('Pending')
  // it ended, but nobody has seen it
  expect(kubectl('get pod short -o jsonpath={.status.phase}')).toBe('Running')
})

test('after three minutes the generator of pod lifecycle events is not healthy either', () => {
  wait(150)
  expect(ready()).toMatch(
    /^False\/\[container runtime is down, PLEG is not healthy: pleg was last seen active 3m[\d.]+s ago; threshold is 3m0s\]$/,
  )
})

test('when it is back nothing was restarted, what waited is done and what ended is seen', () => {
  turn('boot')
  wait(30)
  expect(ready()).toBe('True/kubelet is posting ready status')
  expect(
    kubectl(
      'get pods --no-headers -o custom-columns=A:.metadata.name,B:.status.phase,C:.status.containerStatuses[0].restartCount',
    ).split(/\s+/),
  ).toEqual(['later', 'Running', '0', 'short', 'Succeeded', '0', 'web', 'Running', '0', ''])
})
