import { describe, expect, test } from 'vitest'
import { asking, testNode, testPod } from './testing'
import { SchedulerBench } from './testing-apiserver'

const nodes = [1, 2].map(i => testNode(`node-${i}`))
const attempts = (bench: SchedulerBench): number =>
  [...bench.simulation.trace.entries()].filter(e => e.reason === 'scheduler.queue.pop').length

/** How many cycles each of some events gives a pod that waits. */
function cyclesAfter(bench: SchedulerBench, pod: object, events: readonly ((bench: SchedulerBench) => void)[]): number[] {
  bench.put(pod)
  bench.run(20)
  return events.map(event => {
    const before = attempts(bench)
    event(bench)
    bench.run(20)
    return attempts(bench) - before
  })
}
const put = (object: object) => (bench: SchedulerBench) => bench.put(object)
const gone = (object: object) => (bench: SchedulerBench) => bench.delete(object)
const on = (node: string, name: string, spec = {}, metadata = {}): object => testPod(name, { nodeName: node, ...spec }, metadata)

describe('a pod that found too little of something', () => {
  test('hears of more of it, not of more of something else', () => {
    const bench = new SchedulerBench([testNode('node-1')])
    const sized = (allocatable: object): object => testNode('node-1', { status: { allocatable } })
    bench.put(on('node-1', 'other', asking({ cpu: '800m', memory: '1Gi' })))
    const resized = on('node-1', 'other', asking({ cpu: '800m', memory: '512Mi' }))
    const smaller = on('node-1', 'other', asking({ cpu: '700m', memory: '512Mi' }))
    const found = cyclesAfter(bench, testPod('web', asking({ cpu: '500m' })), [
      put(sized({ cpu: '1', memory: '8Gi', pods: '110' })),
      put(resized),
      put(smaller),
      put(sized({ cpu: '1100m', memory: '8Gi', pods: '110' })),
      put(sized({ cpu: '1100m', memory: '8Gi', pods: '120' })),
    ])
    expect(found).toEqual([0, 0, 1, 1, 1])
  })
})

describe('a pod that cannot bear others', () => {
  const apart = (key: string): object => ({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: key }],
      },
    },
  })
  test('hears of those that go, and of every new node, but not of labels that are new', () => {
    const bench = new SchedulerBench(nodes)
    for (const n of [1, 2]) bench.put(on(`node-${n}`, `web-${n}`, {}, { labels: { app: 'web' } }))
    bench.put(on('node-1', 'stranger'))
    const waiting = testPod('shy', apart('kubernetes.io/hostname'))
    const found = cyclesAfter(bench, waiting, [
      gone(on('node-1', 'stranger')),
      put(testNode('node-1', { labels: { disk: 'ssd' } })),
      put(testNode('node-3', { spec: { unschedulable: true } })),
      gone(on('node-1', 'web-1')),
    ])
    expect(found).toEqual([0, 0, 1, 1])
  })

  test('or that others cannot bear hears when one of these goes, not when a node comes: upstream does not look there', () => {
    const bench = new SchedulerBench([testNode('node-1')])
    bench.put(on('node-1', 'shy', apart('kubernetes.io/hostname')))
    const waiting = testPod('web', {}, { labels: { app: 'web' } })
    expect(cyclesAfter(bench, waiting, [put(testNode('node-2')), gone(on('node-1', 'shy'))])).toEqual([0, 1])
  })
})

describe('a pod that must spread', () => {
  const spread = (more: object = {}): object => ({
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
        ...more,
      },
    ],
  })
  const zoned = (name: string, zone: string, spec = {}): object => testNode(name, { labels: { zone }, spec })
  test('hears of nodes that have the label, and of pods that it counts', () => {
    const bench = new SchedulerBench([zoned('node-1', 'a'), zoned('node-2', 'b', { unschedulable: true })])
    const web = { labels: { app: 'web' } }
    bench.put(on('node-1', 'web-1', {}, web))
    bench.put(on('node-1', 'other'))
    const found = cyclesAfter(bench, testPod('web-2', spread(), web), [
      put(testNode('node-3', { spec: { unschedulable: true } })),
      gone(on('node-1', 'other')),
      put(on('node-1', 'other', {}, web)),
      put(zoned('node-2', 'b', { unschedulable: true, taints: [{ key: 'x', effect: 'PreferNoSchedule' }] })),
    ])
    expect(found).toEqual([0, 0, 1, 1])
  })

  test('and counts nobody if its selector selects everybody', () => {
    const bench = new SchedulerBench([zoned('node-1', 'a'), zoned('node-2', 'b', { unschedulable: true })])
    for (const n of [1, 2, 3]) bench.put(on('node-1', `web-${n}`))
    bench.put(testPod('all', spread({ labelSelector: {} })))
    bench.run(1)
    expect(bench.bindings).toEqual(['all node-1'])
  })
})

describe('a pod that waits for a cordoned node', () => {
  test('may be given a toleration for it', () => {
    const bench = new SchedulerBench([testNode('node-1', { spec: { unschedulable: true } })])
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }]
    expect(cyclesAfter(bench, testPod('web'), [put(testPod('web', { tolerations }))])).toEqual([1])
    expect(bench.bindings).toEqual(['web node-1'])
  })
})

describe('a pod with resource claims', () => {
  const request = { name: 'one', exactly: { deviceClassName: 'gpu' } }
  const claim = {
    kind: 'ResourceClaim',
    metadata: { namespace: 'default', name: 'mine', uid: 'u' },
    spec: { devices: { requests: [request] } },
  }
  const pod = testPod('gpu', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] })
  test('is not looked at while one is not there, and says nothing', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(pod)
    bench.run(10)
    expect([attempts(bench), bench.writes]).toEqual([0, []])
  })

  test('then misses the device class, then finds that no node has such devices', () => {
    const bench = new SchedulerBench(nodes)
    const found = cyclesAfter(bench, pod, [
      put(claim),
      put(testNode('node-3')),
      put({ kind: 'DeviceClass', metadata: { name: 'gpu' } }),
    ])
    expect(found).toEqual([1, 1, 1])
    const tail = (n: number): string =>
      `no new claims to deallocate, preemption: 0/${n} nodes are available: ${n} Preemption is not helpful for scheduling.`
    expect(bench.events).toEqual([
      `FailedScheduling: 0/2 nodes are available: request one: device class gpu does not exist. ${tail(2)}`,
      `FailedScheduling: 0/3 nodes are available: request one: device class gpu does not exist. ${tail(3)}`,
      `FailedScheduling: 0/3 nodes are available: 3 cannot allocate all claims. ${tail(3)}`,
    ])
  })
})
