import { describe, expect, test } from 'vitest'
import { ROOMS } from '../api/rooms'
import { cloneState } from '../kernel/clone'
import { asking, testNode, testPod } from './testing'
import { SchedulerBench } from './testing-apiserver'

const nodes = [1, 2, 3].map(i => testNode(`node-${i}`))
const reasons = (bench: SchedulerBench): string[] => [...bench.simulation.trace.entries()].map(e => e.reason)

describe('kube-scheduler', () => {
  test('binds a pod, and says so when the binding stands', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(testPod('web', {}, { resourceVersion: '1' }))
    bench.run(1)
    const [binding, event] = bench.writes
    expect(binding?.path).toBe('/api/v1/namespaces/default/pods/web/binding')
    expect(binding?.body).toEqual({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'web', namespace: 'default', uid: 'uid-web' },
      target: { kind: 'Node', name: expect.stringMatching(/^node-[123]$/) },
    })
    expect(event?.path).toBe('/apis/events.k8s.io/v1/namespaces/default/events')
    expect(event?.body).toMatchObject({
      reason: 'Scheduled',
      action: 'Binding',
      type: 'Normal',
      reportingController: 'default-scheduler',
      reportingInstance: 'default-scheduler-host',
      note: `Successfully assigned default/web to ${binding?.body.target.name}`,
      regarding: { kind: 'Pod', namespace: 'default', name: 'web', uid: 'uid-web', apiVersion: 'v1' },
    })
    expect(bench.writes).toHaveLength(2)
  })

  test('counts a pod on its node from the moment of the choice, so that a burst is spread', () => {
    const bench = new SchedulerBench(nodes)
    for (let i = 1; i <= 3; i++) bench.put(testPod(`web-${i}`, asking({ cpu: '600m' })))
    bench.run(1)
    expect(bench.bindings.map(b => b.split(' ')[1]).sort()).toEqual(['node-1', 'node-2', 'node-3'])
  })

  test('leaves pods alone that another scheduler is for, that have a node, or that are gated', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(testPod('other', { schedulerName: 'mine' }))
    bench.put(testPod('bound', { nodeName: 'node-1' }))
    bench.put(testPod('gated', { schedulingGates: [{ name: 'example.com/wait' }] }))
    bench.run(1)
    expect(bench.writes).toEqual([])
    bench.put(testPod('gated'))
    bench.run(1)
    expect(bench.bindings).toHaveLength(1)
  })

  test('tells a pod that nothing fits, by an Event and a condition, and does not try again by itself', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(testPod('greedy', asking({ cpu: '64' }), { generation: 1 }))
    bench.run(60)
    const message =
      '0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'
    expect(bench.events).toEqual([`FailedScheduling: ${message}`])
    expect(bench.writes.find(w => w.method === 'PATCH')?.body).toEqual({
      status: {
        conditions: [
          {
            lastProbeTime: null,
            lastTransitionTime: expect.stringMatching(/^2026-01-01T00:00:0\dZ$/),
            message,
            observedGeneration: 1,
            reason: 'Unschedulable',
            status: 'False',
            type: 'PodScheduled',
          },
        ],
      },
    })
    expect(bench.writes).toHaveLength(2)
  })

  test('wakes a waiting pod for what its plugins wait for, and for nothing else', () => {
    const tainted = nodes.map(n => ({ ...n, spec: { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] } }))
    const bench = new SchedulerBench(tainted)
    bench.put(testPod('plain'))
    bench.put(testPod('other', { nodeName: 'node-1', tolerations: [{ operator: 'Exists' }] }))
    bench.run(5)
    bench.delete(testPod('other'))
    bench.put({ ...tainted[1], metadata: { name: 'node-2', labels: { 'kubernetes.io/hostname': 'node-2', disk: 'ssd' } } })
    bench.run(5)
    expect(bench.events).toHaveLength(1)
    bench.put(testNode('node-2'))
    bench.run(1)
    expect(bench.bindings).toEqual(['plain node-2'])
  })

  test('forgets a pod whose binding is refused, and tries again after a back-off', () => {
    const bench = new SchedulerBench([testNode('node-1')])
    bench.failBinding('node is on fire')
    bench.put(testPod('web', asking({ cpu: '900m' })))
    bench.run(0.2)
    expect(bench.events).toEqual(['FailedScheduling: running Bind plugin "DefaultBinder": node is on fire'])
    expect(bench.pod('web')?.status.conditions[0]).toMatchObject({ reason: 'SchedulerError', status: 'False' })
    bench.run(2)
    expect(bench.bindings).toEqual(['web node-1', 'web node-1'])
    expect(bench.pod('web')?.spec.nodeName).toBe('node-1')
  })

  test('schedules a pod that took the name of one whose binding failed', () => {
    const bench = new SchedulerBench([testNode('node-1')])
    bench.put(testPod('db-0'))
    bench.simulation.run({ entries: bench.simulation.trace.length + 8 })
    bench.delete(testPod('db-0'))
    bench.put(testPod('db-0', {}, { uid: 'uid-second' }))
    bench.run(3)
    expect(bench.pod('db-0')?.spec.nodeName).toBe('node-1')
  })

  test('makes room for a pod of higher priority: nominates, evicts, and binds when the victim is gone', () => {
    const bench = new SchedulerBench([testNode('node-1')])
    bench.put(testPod('low', { ...asking({ cpu: '700m' }), nodeName: 'node-1' }))
    bench.run(1)
    bench.put(testPod('vip', { ...asking({ cpu: '700m' }), priority: 1000 }))
    bench.run(2)
    expect(bench.events).toEqual([
      'FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.',
      'Preempted: Preempted by pod uid-vip on node node-1',
      'Scheduled: Successfully assigned default/vip to node-1',
    ])
    const patches = bench.writes
      .filter(w => w.method === 'PATCH')
      .map(w => [w.path.split('/')[6], w.body.status.nominatedNodeName])
    expect(patches).toContainEqual(['vip', 'node-1'])
    expect(bench.writes.find(w => w.path.includes('/low/'))?.body.status.conditions[0]).toMatchObject({
      type: 'DisruptionTarget',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    })
    expect(bench.writes.some(w => w.method === 'DELETE' && w.path === '/api/v1/namespaces/default/pods/low')).toBe(true)
  })

  test('without nodes a pod waits, and is bound soon after one has joined', () => {
    const bench = new SchedulerBench()
    bench.put(testPod('early'))
    bench.run(1)
    expect(bench.events).toEqual(['FailedScheduling: no nodes available to schedule pods'])
    bench.put(testNode('node-1'))
    bench.run(11)
    expect(bench.bindings).toEqual(['early node-1'])
  })

  test('a pod that is being deleted is not scheduled, and told so', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(testPod('held', {}, { finalizers: ['example.com/hold'], deletionTimestamp: '2026-01-01T00:00:00Z' }))
    bench.run(2)
    expect(bench.events).toEqual(['FailedScheduling: skip schedule deleting pod: default/held'])
    expect(bench.writes).toHaveLength(1)
  })

  test('the next pod has its turn when the refused one has been told', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(testPod('greedy', asking({ cpu: '64' }), { generation: 1 }))
    bench.put(testPod('modest'))
    bench.run(1)
    const order = bench.writes.flatMap(w => (w.path.endsWith('/events') ? [] : [w.path.split('/').slice(6).join('/')]))
    expect(order).toEqual(['greedy/status', 'modest/binding'])
    const entries = [...bench.simulation.trace.entries()]
    const answered = entries.findIndex(e => e.reason === 'test.answer' && e.seq > bench.seqOf('http.request', 'greedy'))
    expect(entries.findLastIndex(e => e.reason === 'scheduler.queue.pop')).toBeGreaterThan(answered)
  })

  test('a waiting pod is tried again after five minutes, which do not keep the clock running', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(testPod('greedy', asking({ cpu: '64' })))
    bench.run(5)
    expect(bench.simulation.settled).toBe(true)
    bench.run(335)
    expect(reasons(bench).filter(r => r === 'scheduler.cycle.unschedulable')).toHaveLength(2)
  })

  test('its state is plain data that a snapshot can copy', () => {
    const bench = new SchedulerBench(nodes)
    for (let i = 0; i < 40; i++) bench.put(testPod(`web-${i}`, asking({ cpu: '100m' })))
    bench.run(0.02)
    const state = bench.simulation.state(ROOMS.scheduler)
    expect(cloneState(cloneState(state))).toEqual(cloneState(state))
  })

  test('every entry has a cause that came before it', () => {
    const bench = new SchedulerBench(nodes)
    for (let i = 0; i < 40; i++) bench.put(testPod(`web-${i}`, asking({ cpu: '100m' })))
    bench.run(20)
    for (const { seq, cause, reason } of bench.simulation.trace.entries())
      if (reason.startsWith('scheduler.'))
        for (const c of typeof cause === 'number' ? [cause] : cause) {
          expect(c).toBeGreaterThan(0)
          expect(c).toBeLessThan(seq)
        }
    expect(bench.bindings).toHaveLength(30)
  })
})
