import { expect, test } from 'vitest'
import { realNode } from '../api/node-profile'
import { KEY, pod, remove, TestNode } from '../node-testing'

const sleeper = { image: 'busybox:1.36', command: ['sh', '-c', "trap 'exit 0' TERM; while true; do sleep 0.2; done"] }
const hook = (seconds: number) => ({ lifecycle: { preStop: { sleep: { seconds } } } })

/** What ended when, in seconds after the deletion, and when its Killing was said. */
function killed(spec: object, graceSeconds = 30) {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', {}, spec))
  node.pass(20)
  const began = node.simulation.now
  remove(node, graceSeconds)
  node.pass(60)
  const since = (at: number): number => Math.round((at - began) / 1e6)
  const said = node.log.filter(
    ({ at, text, body }) =>
      at * 1000 > began && text.includes('create events') && (body as { reason: string }).reason === 'Killing',
  )
  const ended: [name: string, at: number][] = []
  for (const { at, reason, args } of node.simulation.trace.entries())
    if (at > began && reason === 'runtime.container') ended.push([(args as { name: string }).name, since(at)])
  return { said: said.map(({ at }) => since(at * 1000)), ended }
}

test('all containers of a pod are told to end at once, and their hooks run side by side', () => {
  const containers = [
    { name: 'a', ...sleeper, ...hook(4) },
    { name: 'b', ...sleeper, ...hook(4) },
    { name: 'c', ...sleeper },
  ]
  expect(killed({ containers })).toEqual({
    said: [0, 0, 0],
    ended: [
      ['c', 0],
      ['a', 4],
      ['b', 4],
    ],
  })
})

test('sidecars hear of it with the others, and end after them, the last first, in the time that is left', () => {
  const initContainers = [
    { name: 'first', restartPolicy: 'Always', image: 'busybox:1.36', command: ['sleep', '3600'] },
    { name: 'second', restartPolicy: 'Always', ...sleeper },
  ]
  const containers = [{ name: 'main', ...sleeper, ...hook(3) }]
  expect(killed({ initContainers, containers }, 8)).toEqual({
    said: [0, 0, 0],
    ended: [
      ['main', 3],
      ['second', 3],
      ['first', 8],
    ],
  })
})

test('a deletion with less time than the one that is under way ends a pod sooner', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', { image: 'busybox:1.36', command: ['sleep', '3600'] }))
  node.pass(10)
  remove(node, 30)
  node.pass(3)
  expect(node.entries('runtime.container').at(-1)).toMatchObject({ state: 'running' })
  remove(node, 1)
  node.pass(4)
  expect(node.entries('runtime.container').at(-1)).toMatchObject({ state: 'exited', exitCode: 137 })
  expect(node.object(KEY)).toBeUndefined()
})

test('the same while a hook runs: the hook begins again with the time that is left, and its first run ends nothing', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', { ...sleeper, ...hook(10) }))
  node.pass(10)
  remove(node, 30)
  node.pass(2)
  remove(node, 3)
  node.pass(2)
  expect(node.entries('runtime.container').at(-1)).toMatchObject({ state: 'running' })
  node.pass(20)
  const ended = (node.entries('runtime.container') as { state: string }[]).filter(({ state }) => state === 'exited')
  expect(ended).toHaveLength(1)
  expect(node.object(KEY)).toBeUndefined()
})
