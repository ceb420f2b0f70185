import { describe, expect, test } from 'vitest'
import { nominate, putPod } from './cache'
import { schedulePod } from './cycle'
import { feasibleNodesToFind } from './filtering'
import type { Cluster } from './framework'
import { podInfoOf } from './pod-info'
import { selectHost } from './scoring'
import { cell, feasibleNodes } from './table'
import { asking, testCluster, testNode, testPod } from './testing'

const nodes = (n: number) => Array.from({ length: n }, (_, i) => testNode(`node-${i + 1}`))
const schedule = (cluster: Cluster, pod = testPod('web'), start = 0) => schedulePod(cluster, podInfoOf(pod), start, () => 0.5)

describe('a scheduling cycle', () => {
  test('looks at all of up to 100 nodes, and at fewer and fewer of more', () => {
    expect([1, 99, 100, 200, 1000, 5000, 10_000].map(feasibleNodesToFind)).toEqual([1, 99, 100, 100, 420, 500, 500])
  })

  test('begins where the last one has stopped looking', () => {
    const cluster = testCluster(nodes(300))
    const first = schedule(cluster)
    expect([first.table.considered, first.nextStart]).toEqual([144, 144])
    const third = schedule(cluster, testPod('b'), schedule(cluster, testPod('a'), first.nextStart).nextStart)
    expect(third.nextStart).toBe((3 * 144) % 300)
  })

  test('a single feasible node is taken without scores', () => {
    const result = schedule(testCluster(nodes(1)))
    expect(result).toMatchObject({ kind: 'chosen', node: 'node-1' })
    expect(result.table.scores).toBeUndefined()
  })

  test('its table has columns, in which equals are one number', () => {
    const cluster = testCluster(nodes(3))
    putPod(cluster.cache, testPod('busy', { ...asking({ cpu: '500m' }), nodeName: 'node-2' }))
    const { table } = schedule(cluster)
    expect(table.nodes).toEqual(['node-1', 'node-2', 'node-3'])
    expect(table.scores).toMatchObject({ TaintToleration: 300, NodeResourcesFit: [92, 64, 92], DynamicResources: 0 })
    expect(Array.from({ length: 3 }, (_, i) => cell(table.totals ?? 0, i))).toEqual([392, 364, 392])
  })

  test('its table says who was refused by what', () => {
    const tainted = testNode('node-2', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })
    const cluster = testCluster([
      testNode('node-1'),
      tainted,
      testNode('node-3', { spec: { unschedulable: true } }),
      testNode('node-4'),
    ])
    const { table } = schedule(cluster)
    expect(table.rejected.map(r => [r.plugin, r.reasons, r.nodes])).toEqual([
      ['TaintToleration', ['node(s) had untolerated taint(s)'], [1]],
      ['NodeUnschedulable', ['node(s) were unschedulable'], [2]],
    ])
    expect(feasibleNodes(table)).toEqual(['node-1', 'node-4'])
  })

  test('of more than 100 nodes, the table keeps the best 20', () => {
    const cluster = testCluster(nodes(300))
    const result = schedule(cluster)
    expect(result.table).toMatchObject({ all: 300, considered: 144, feasible: 144 })
    expect(result.table.nodes).toHaveLength(20)
  })

  test('a pod does not take the room that was made for one of the same or a higher priority', () => {
    const cluster = testCluster(nodes(1))
    nominate(cluster.cache, podInfoOf(testPod('vip', { ...asking({ cpu: '900m' }), priority: 10 })), 'node-1')
    expect(schedule(cluster, testPod('late', asking({ cpu: '200m' }))).kind).toBe('unschedulable')
    expect(schedule(cluster, testPod('higher', { ...asking({ cpu: '200m' }), priority: 11 })).kind).toBe('chosen')
  })

  test('tries the node first that was emptied for the pod', () => {
    const pod = testPod('vip', {}, {}, { nominatedNodeName: 'node-3' })
    expect(schedule(testCluster(nodes(5)), pod)).toMatchObject({ kind: 'chosen', node: 'node-3', table: { considered: 1 } })
  })

  test('each of several best nodes has the same chance', () => {
    const hits = [0, 0, 0, 0]
    let state = 1
    const random = (): number => {
      state = (state * 48271) % 2147483647
      return state / 2147483647
    }
    for (let i = 0; i < 9000; i++) {
      const chosen = selectHost([5, 9, 9, 9], random)
      hits[chosen] = (hits[chosen] ?? 0) + 1
    }
    expect(hits[0]).toBe(0)
    for (const n of hits.slice(1)) expect(Math.abs(n - 3000)).toBeLessThan(200)
  })

  test('100 nodes cost less than a tenth of a millisecond, with room to spare on slow machines', () => {
    const cluster = testCluster(nodes(100))
    const pods = Array.from({ length: 300 }, (_, i) => podInfoOf(testPod(`p-${i}`)))
    for (const pod of pods) schedulePod(cluster, pod, 0, () => 0)
    const begin = performance.now()
    for (const pod of pods) schedulePod(cluster, pod, 0, () => 0)
    expect((performance.now() - begin) / pods.length).toBeLessThan(0.5)
  })
})
