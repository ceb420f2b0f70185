import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelSelector } from '../api/selectors'
import type { Node, Pod } from '../api/types'
import {
  assumePod,
  deletePod,
  forgetPod,
  newCache,
  nodeList,
  putNode,
  putPod,
  removeNode,
  type SchedulerCache,
  supposing,
} from './cache'
import { matchingGroups } from './groups'
import { podInfoOf } from './pod-info'
import { asking, testNode, testPod } from './testing'

const webPod = (name: string, node: string, cpu = '100m'): Pod =>
  testPod(name, { ...asking({ cpu }), nodeName: node }, { labels: { app: 'web' } })

test('an assumed pod counts on its node, and no more when it is forgotten', () => {
  const cache = newCache()
  putNode(cache, testNode('node-1'))
  const pod = podInfoOf(testPod('web', asking({ cpu: '300m', memory: '1Gi' })))
  assumePod(cache, pod, 'node-1')
  const node = cache.nodes.get('node-1')
  expect([node?.milliCpu, node?.memory, node?.pods.size]).toEqual([300, 1024 ** 3, 1])
  forgetPod(cache, pod.key)
  expect([node?.milliCpu, node?.memory, node?.pods.size, cache.pods.size]).toEqual([0, 0, 0, 0])
})

test('once the pod is seen bound, forgetting it does nothing', () => {
  const cache = newCache()
  putNode(cache, testNode('node-1'))
  assumePod(cache, podInfoOf(testPod('web')), 'node-1')
  putPod(cache, webPod('web', 'node-1'))
  forgetPod(cache, 'default/web')
  expect(cache.pods.get('default/web')).toBe('node-1')
})

test('a pod may be seen before its node, and outlive it', () => {
  const cache = newCache()
  putPod(cache, webPod('web', 'node-1'))
  expect(nodeList(cache).nodes).toEqual([])
  putNode(cache, testNode('node-1'))
  expect(nodeList(cache).nodes[0]?.milliCpu).toBe(100)
  removeNode(cache, 'node-1')
  expect(nodeList(cache).nodes).toEqual([])
  deletePod(cache, 'default/web')
  expect(cache.nodes.size).toBe(0)
})

test('nodes are visited zone after zone in turn', () => {
  const cache = newCache()
  const zones = { a: ['a-1', 'a-2', 'a-3'], b: ['b-1'], c: ['c-1', 'c-2'] }
  for (const [zone, names] of Object.entries(zones))
    for (const name of names) putNode(cache, testNode(name, { labels: { 'topology.kubernetes.io/zone': zone } }))
  expect(nodeList(cache).names).toEqual(['a-1', 'b-1', 'c-1', 'a-2', 'c-2', 'a-3'])
})

test('what is supposed leaves no trace', () => {
  const cache = newCache()
  putNode(cache, testNode('node-1'))
  putPod(cache, webPod('a', 'node-1'))
  putPod(cache, webPod('b', 'node-1'))
  const before = summary(cache)
  const node = cache.nodes.get('node-1')
  const victim = node?.pods.get('default/a')
  if (!node || !victim) throw new Error('not there')
  expect(supposing(cache, node, [victim], [podInfoOf(webPod('c', '', '500m'))], () => node.milliCpu)).toBe(600)
  expect(summary(cache)).toEqual(before)
})

/** All that cycles read of a cache, in an order of its own. */
function summary(cache: SchedulerCache): unknown {
  const groups = matchingGroups(cache.groups, 'default', labelSelector({ matchLabels: { app: 'web' } }))
  return {
    nodes: [...cache.nodes.values()]
      .map(n => [
        n.name,
        n.node !== undefined,
        n.milliCpu,
        n.memory,
        n.nonZeroMilliCpu,
        n.nonZeroMemory,
        [...n.pods.keys()].sort(),
      ])
      .sort(),
    groups: groups.map(g => [g.key, [...g.nodes].sort()]).sort(),
    labels: [...cache.groups.byLabel.keys()].sort(),
  }
}

test('whatever happens in whatever order, the cache is as if it had been filled anew', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd')
  const nodeNames = fc.constantFrom('node-1', 'node-2')
  const step = fc.oneof(
    fc.record({
      do: fc.constant('pod' as const),
      name: names,
      node: nodeNames,
      cpu: fc.constantFrom('100m', '1'),
      app: fc.constantFrom('web', 'db'),
    }),
    fc.record({ do: fc.constant('gone' as const), name: names }),
    fc.record({ do: fc.constant('node' as const), node: nodeNames }),
    fc.record({ do: fc.constant('no node' as const), node: nodeNames }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), steps => {
      const cache = newCache()
      const pods = new Map<string, Pod>()
      const nodes = new Map<string, Node>()
      for (const s of steps) {
        if (s.do === 'pod') {
          const pod = testPod(s.name, { ...asking({ cpu: s.cpu }), nodeName: s.node }, { labels: { app: s.app } })
          pods.set(s.name, pod)
          putPod(cache, pod)
        } else if (s.do === 'gone') {
          pods.delete(s.name)
          deletePod(cache, `default/${s.name}`)
        } else if (s.do === 'node') {
          nodes.set(s.node, testNode(s.node))
          putNode(cache, testNode(s.node))
        } else {
          nodes.delete(s.node)
          removeNode(cache, s.node)
        }
      }
      const anew = newCache()
      for (const node of nodes.values()) putNode(anew, node)
      for (const pod of pods.values()) putPod(anew, pod)
      expect(summary(cache)).toEqual(summary(anew))
    }),
    { seed: 1 },
  )
})
