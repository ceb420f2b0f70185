import { expect, test } from 'vitest'
import { putPod } from '../../cache'
import { outcomeOf, scoresOf, testCluster, testNode, testPod } from '../../testing'

const zoned = () => testCluster([1, 2, 3].map(i => testNode(`node-${i}`, { labels: { zone: i < 3 ? 'a' : 'b' } })))
const term = (app: string, topologyKey: string, more = {}) => ({ labelSelector: { matchLabels: { app } }, topologyKey, ...more })
const pod = (app: string, affinity: object = {}, nodeName?: string, name = app) =>
  testPod(name, { affinity, ...(nodeName && { nodeName }) }, { labels: { app } })
const near = (...terms: object[]) => ({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } })
const apart = (...terms: object[]) => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } })

test('a pod is put where the company is that it asks for', () => {
  const cluster = zoned()
  putPod(cluster.cache, pod('db', {}, 'node-3'))
  expect(outcomeOf(cluster, pod('web', near(term('db', 'zone'))))).toBe('node-3')
  expect(outcomeOf(cluster, pod('web', near(term('cache', 'zone'))))).toMatch(
    "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.",
  )
})

test('the first of a series that wants its like about it may begin anywhere', () => {
  const cluster = zoned()
  expect(outcomeOf(cluster, pod('web', near(term('web', 'zone'))))).toBe('node-1')
  putPod(cluster.cache, pod('web', {}, 'node-3', 'first'))
  expect(outcomeOf(cluster, pod('web', near(term('web', 'zone'))))).toBe('node-3')
})

test('all terms of a pod must be met by the same company', () => {
  const cluster = zoned()
  putPod(cluster.cache, pod('db', {}, 'node-3'))
  putPod(cluster.cache, pod('cache', {}, 'node-3'))
  expect(outcomeOf(cluster, pod('web', near(term('db', 'zone'), term('cache', 'zone'))))).toMatch(
    "didn't match pod affinity rules",
  )
})

test('pods that cannot bear each other are kept apart, whichever of them says so', () => {
  const cluster = zoned()
  putPod(cluster.cache, pod('db', {}, 'node-1'))
  expect(outcomeOf(cluster, pod('web', apart(term('db', 'zone'))))).toBe('node-3')
  putPod(cluster.cache, pod('shy', apart(term('web', 'kubernetes.io/hostname')), 'node-3'))
  expect(outcomeOf(cluster, pod('web', apart(term('db', 'zone'))))).toMatch(
    "0/3 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules, 2 node(s) didn't match pod anti-affinity rules.",
  )
})

test('a term speaks of its own namespace unless it says others', () => {
  const objects = new Map([
    ['Namespace//prod', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod', labels: { tier: 'x' } } }],
  ])
  const cluster = testCluster([testNode('node-1'), testNode('node-2')], objects)
  const db = pod('db', {}, 'node-2')
  putPod(cluster.cache, { ...db, metadata: { ...db.metadata, namespace: 'prod' } })
  const at = (more: object) => outcomeOf(cluster, pod('web', near(term('db', 'kubernetes.io/hostname', more))))
  expect(at({})).toMatch("didn't match pod affinity rules")
  expect(at({ namespaces: ['prod'] })).toBe('node-2')
  expect(at({ namespaceSelector: {} })).toBe('node-2')
  expect(at({ namespaceSelector: { matchLabels: { tier: 'x' } } })).toBe('node-2')
  expect(at({ namespaceSelector: { matchLabels: { tier: 'y' } } })).toMatch("didn't match pod affinity rules")
})

test('wishes score, of the pod and of those that are there', () => {
  const cluster = zoned()
  putPod(cluster.cache, pod('db', {}, 'node-3'))
  const wish = (weight: number) => [{ weight, podAffinityTerm: term('db', 'zone') }]
  const score = (affinity: object) => scoresOf(cluster, pod('web', affinity), 'InterPodAffinity')
  expect(score({})).toBeUndefined()
  expect(score({ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wish(10) } })).toEqual([0, 0, 200])
  expect(score({ podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wish(10) } })).toEqual([200, 200, 0])
  putPod(cluster.cache, pod('fan', near(term('web', 'kubernetes.io/hostname')), 'node-2'))
  expect(score({})).toEqual([0, 200, 0])
})
