import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import type { CacheEvent } from '../watch-cache/cacher'
import { catchUp, hear, type NodeGraph, newGraph, podsOn, runs } from './graph'

const pod = (name: string, nodeName: string | undefined, uid = `uid of ${name}`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid },
  spec: { containers: [], ...(nodeName && { nodeName }) },
})
const event = (type: CacheEvent['type'], object: KubeObject, previous?: KubeObject): CacheEvent => ({
  type,
  object,
  revision: 1,
  ...(previous && { previous }),
})
const at = (ms: number) => (ms * 1000) as Time
const isOn = (graph: NodeGraph, node: string, name: string, ms: number): boolean => {
  catchUp(graph, at(ms))
  return runs(graph, node, 'default', name)
}

test('a binding is in the graph a moment after the watch cache has it, and not before', () => {
  const graph = newGraph()
  hear(graph, event('MODIFIED', pod('web', 'node-1'), pod('web', undefined)), at(10))
  expect(isOn(graph, 'node-1', 'web', 10.2)).toBe(false)
  expect(isOn(graph, 'node-1', 'web', 10.5)).toBe(true)
  expect(isOn(graph, 'node-2', 'web', 10.5)).toBe(false)
  expect([...podsOn(graph, 'node-1')].map(p => p.metadata.name)).toEqual(['web'])
  expect(graph.coming).toEqual([])
})

test('a Pod that is gone is in the graph for a moment more', () => {
  const graph = newGraph()
  hear(graph, event('ADDED', pod('web', 'node-1')), at(0))
  hear(graph, event('DELETED', pod('web', 'node-1'), pod('web', 'node-1')), at(10))
  expect(isOn(graph, 'node-1', 'web', 10.2)).toBe(true)
  expect(isOn(graph, 'node-1', 'web', 10.5)).toBe(false)
})

test('what neither binds a Pod nor takes it away does not touch the graph', () => {
  const graph = newGraph()
  hear(graph, event('ADDED', pod('web', undefined)), at(0))
  hear(graph, event('MODIFIED', pod('web', 'node-1'), pod('web', 'node-1')), at(0))
  expect(graph.coming).toEqual([])
})

test('changes keep their order, whatever each of them would take', () => {
  const graph = newGraph()
  for (let i = 0; i < 50; i++) hear(graph, event('ADDED', pod(`web-${i}`, 'node-1')), at(i / 1000))
  const times = graph.coming.map(({ at }) => at)
  expect(times).toHaveLength(50)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})
