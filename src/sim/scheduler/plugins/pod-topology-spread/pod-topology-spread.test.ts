import { expect, test } from 'vitest'
import { putPod } from '../../cache'
import { feasibleOf, objectKey, outcomeOf, scoresOf, type TestObjects, testCluster, testNode, testPod } from '../../testing'

const zoned = () => testCluster([1, 2, 3].map(i => testNode(`node-${i}`, { labels: { zone: i < 3 ? 'a' : 'b' } })))
const web = (name: string, constraint: object, more: object = {}) =>
  testPod(
    name,
    {
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', ...constraint }],
      ...more,
    },
    { labels: { app: 'web' } },
  )
const labelSelector = { matchLabels: { app: 'web' } }

test('a domain may not be ahead of the least loaded by more than maxSkew', () => {
  const cluster = zoned()
  putPod(cluster.cache, web('a', {}, { nodeName: 'node-1' }))
  expect(outcomeOf(cluster, web('b', { labelSelector }))).toBe('node-3')
  putPod(cluster.cache, web('b', {}, { nodeName: 'node-2' }))
  expect(feasibleOf(cluster, web('c', { labelSelector, maxSkew: 2 }))).toEqual(['node-3'])
  expect(feasibleOf(cluster, web('c', { labelSelector, maxSkew: 3 }))).toEqual(['node-1', 'node-2', 'node-3'])
  const elsewhere = { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } }
  // nodes that the pod cannot go to do not count as domains
  expect(outcomeOf(cluster, web('c', { labelSelector }, elsewhere))).toBe('node-1')
  expect(outcomeOf(cluster, web('c', { labelSelector, nodeAffinityPolicy: 'Ignore' }, elsewhere))).toMatch(
    "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 2 node(s) didn't match Pod's node affinity/selector.",
  )
})

test('a node without the label is refused', () => {
  const cluster = testCluster([testNode('node-1')])
  expect(outcomeOf(cluster, web('a', { labelSelector }))).toMatch(
    "1 node(s) didn't match pod topology spread constraints (missing required label).",
  )
})

test('with fewer domains than minDomains, the least counts as 0', () => {
  const cluster = zoned()
  for (const i of [1, 2, 3]) putPod(cluster.cache, web(`p-${i}`, {}, { nodeName: `node-${i}` }))
  expect(outcomeOf(cluster, web('b', { labelSelector, minDomains: 2 }))).toBe('node-3')
  expect(outcomeOf(cluster, web('b', { labelSelector, minDomains: 3 }))).toMatch("didn't match pod topology spread constraints")
})

test('pods that are being deleted, and those of other namespaces, do not count', () => {
  const cluster = zoned()
  const gone = web('a', {}, { nodeName: 'node-1' })
  putPod(cluster.cache, { ...gone, metadata: { ...gone.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })
  putPod(cluster.cache, { ...gone, metadata: { ...gone.metadata, namespace: 'other' } })
  expect(feasibleOf(cluster, web('b', { labelSelector }))).toEqual(['node-1', 'node-2', 'node-3'])
})

test('matchLabelKeys narrows the count to pods of the same revision', () => {
  const cluster = zoned()
  const revision = (name: string, hash: string, more = {}) => {
    const pod = web(name, { labelSelector, matchLabelKeys: ['hash'] }, more)
    return { ...pod, metadata: { ...pod.metadata, labels: { app: 'web', hash } } }
  }
  putPod(cluster.cache, revision('old', '1', { nodeName: 'node-1' }))
  expect(feasibleOf(cluster, revision('new', '2'))).toEqual(['node-1', 'node-2', 'node-3'])
  expect(outcomeOf(cluster, revision('new', '1'))).toBe('node-3')
})

test('as a wish, it scores: fewer alike pods are better', () => {
  const cluster = zoned()
  for (const i of [1, 2]) putPod(cluster.cache, web(`p-${i}`, {}, { nodeName: `node-${i}` }))
  expect(scoresOf(cluster, web('b', { labelSelector, whenUnsatisfiable: 'ScheduleAnyway' }), 'PodTopologySpread')).toEqual([
    0, 0, 200,
  ])
})

test('by default pods of a Service or an owner are spread over hosts, and over zones where there are some', () => {
  const objects: TestObjects = new Map()
  const cluster = testCluster(
    ['a', 'a', 'b'].map((zone, i) => testNode(`node-${i + 1}`, { labels: { 'topology.kubernetes.io/zone': zone } })),
    objects,
  )
  const pod = (name: string, nodeName?: string) => testPod(name, nodeName ? { nodeName } : {}, { labels: { app: 'web' } })
  expect(scoresOf(cluster, pod('b'), 'PodTopologySpread')).toBeUndefined()
  const metadata = { namespace: 'default', name: 'web' }
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } }
  objects.set(objectKey(service), service)
  putPod(cluster.cache, pod('a', 'node-1'))
  const [same, zone, other] = scoresOf(cluster, pod('b'), 'PodTopologySpread') ?? []
  expect(other).toBeGreaterThan(zone ?? 0)
  expect(zone).toBeGreaterThan(same ?? 0)
})
