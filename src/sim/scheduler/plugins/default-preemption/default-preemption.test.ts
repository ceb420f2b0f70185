import { expect, test } from 'vitest'
import type { KubeObject, Pod } from '../../../api/types'
import { putPod } from '../../cache'
import { schedulePod } from '../../cycle'
import type { Cluster } from '../../framework'
import { podInfoOf } from '../../pod-info'
import { asking, type TestObjects, testCluster, testNode, testPod } from '../../testing'

const on = (node: string, name: string, cpu: string, priority = 0, startTime = '2026-01-01T00:00:00Z', labels = {}): Pod =>
  testPod(name, { ...asking({ cpu }), nodeName: node, priority }, { labels }, { startTime })
const vip = (cpu = '700m', more = {}): Pod => testPod('vip', { ...asking({ cpu }), priority: 1000, ...more })

/** The node that is emptied and who has to go; or the words of the refusal. */
function preempt(cluster: Cluster, pod: Pod): string {
  const result = schedulePod(cluster, podInfoOf(pod), 0, () => 0)
  if (result.kind === 'chosen') return `fits ${result.node}`
  const { nomination, message } = result
  return nomination ? `${nomination.node}: ${nomination.victims.map(v => v.pod.metadata.name).join(' ')}` : message
}

test('evicts no more than it must, and spares the important first', () => {
  const cluster = testCluster([testNode('node-1')])
  putPod(cluster.cache, on('node-1', 'small', '300m', 5))
  putPod(cluster.cache, on('node-1', 'large', '400m', 1))
  putPod(cluster.cache, on('node-1', 'other', '300m', 7))
  expect(preempt(cluster, vip('300m'))).toBe('node-1: large')
  expect(preempt(cluster, vip('700m'))).toBe('node-1: small large')
})

test('prefers the node whose most important victim matters least, then fewer victims, then younger ones', () => {
  const nodes = [1, 2, 3].map(i => testNode(`node-${i}`))
  const cluster = testCluster(nodes)
  putPod(cluster.cache, on('node-1', 'a', '800m', 10))
  putPod(cluster.cache, on('node-2', 'b', '400m', 5))
  putPod(cluster.cache, on('node-2', 'c', '400m', 5))
  putPod(cluster.cache, on('node-3', 'd', '800m', 5))
  expect(preempt(cluster, vip())).toBe('node-3: d')
  const alike = testCluster(nodes.slice(0, 2))
  putPod(alike.cache, on('node-1', 'old', '800m', 5, '2026-01-01T00:00:00Z'))
  putPod(alike.cache, on('node-2', 'young', '800m', 5, '2026-01-01T01:00:00Z'))
  expect(preempt(alike, vip())).toBe('node-2: young')
})

test('spares pods that a PodDisruptionBudget protects, where another node will do', () => {
  const metadata = { namespace: 'default', name: 'guarded' }
  const spec = { selector: { matchLabels: { app: 'guarded' } } }
  const budget: KubeObject = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec,
    status: { disruptionsAllowed: 0 },
  }
  const objects: TestObjects = new Map([['PodDisruptionBudget/default/guarded', budget]])
  const cluster = testCluster([testNode('node-1'), testNode('node-2')], objects)
  putPod(cluster.cache, on('node-1', 'guarded', '800m', 0, undefined, { app: 'guarded' }))
  putPod(cluster.cache, on('node-2', 'open', '800m', 50))
  expect(preempt(cluster, vip())).toBe('node-2: open')
})

test('says so where no pod has a lower priority, or nothing would help', () => {
  const cluster = testCluster([testNode('node-1'), testNode('node-2', { spec: { unschedulable: true } })])
  putPod(cluster.cache, on('node-1', 'peer', '800m', 1000))
  expect(preempt(cluster, vip())).toBe(
    '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  )
})

test('a pod of a class that never preempts waits', () => {
  const cluster = testCluster([testNode('node-1')])
  putPod(cluster.cache, on('node-1', 'low', '800m'))
  expect(preempt(cluster, vip('700m', { preemptionPolicy: 'Never' }))).toMatch(
    'preemption: not eligible due to preemptionPolicy=Never.',
  )
})

test('does not evict more while its victims are still going', () => {
  const cluster = testCluster([testNode('node-1')])
  const going = on('node-1', 'low', '800m')
  const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }]
  putPod(cluster.cache, {
    ...going,
    metadata: { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:30Z' },
    status: { ...going.status, conditions } as Pod['status'],
  })
  const pod = { ...vip(), status: { nominatedNodeName: 'node-1' } } as Pod
  expect(preempt(cluster, pod)).toMatch('preemption: not eligible due to a terminating pod on the nominated node.')
})

test('leaves the cache as it was', () => {
  const cluster = testCluster([testNode('node-1')])
  putPod(cluster.cache, on('node-1', 'low', '800m'))
  preempt(cluster, vip())
  const node = cluster.cache.nodes.get('node-1')
  expect([node?.milliCpu, node?.pods.size, cluster.cache.pods.get('default/low')]).toEqual([800, 1, 'node-1'])
})
