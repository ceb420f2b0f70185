import { expect, test } from 'vitest'
import { outcomeOf, scoresOf, testCluster, testNode, testPod } from '../../testing'

const cluster = testCluster([
  testNode('node-1', { labels: { disk: 'hdd', cores: '4' } }),
  testNode('node-2', { labels: { disk: 'ssd', cores: '8' } }),
  testNode('node-3'),
])
const requiring = (...nodeSelectorTerms: object[]) =>
  testPod('p', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } })
const expression = (key: string, operator: string, ...values: string[]) => ({ matchExpressions: [{ key, operator, values }] })

test('a nodeSelector is kept to', () => {
  expect(outcomeOf(cluster, testPod('p', { nodeSelector: { disk: 'ssd' } }))).toBe('node-2')
  expect(outcomeOf(cluster, testPod('p', { nodeSelector: { disk: 'tape' } }))).toMatch(
    "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
  )
})

test.each([
  ['In', ['disk', 'In', 'ssd', 'nvme'], 'node-2'],
  ['NotIn', ['disk', 'NotIn', 'hdd', 'ssd'], 'node-3'],
  ['DoesNotExist', ['disk', 'DoesNotExist'], 'node-3'],
  ['Gt', ['cores', 'Gt', '4'], 'node-2'],
  ['Lt', ['cores', 'Lt', '8'], 'node-1'],
] as const)('%s', (_name, [key, operator, ...values], node) => {
  expect(outcomeOf(cluster, requiring(expression(key, operator, ...values)))).toBe(node)
})

test('terms are alternatives, and an empty one matches nothing', () => {
  expect(outcomeOf(cluster, requiring({}, expression('disk', 'In', 'ssd')))).toBe('node-2')
  expect(outcomeOf(cluster, requiring({}))).toMatch("3 node(s) didn't match")
})

test('where a term names nodes, as those of DaemonSets do, the others are not looked at', () => {
  const named = (name: string) => requiring({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] })
  expect(outcomeOf(cluster, named('node-3'))).toBe('node-3')
  const full = testCluster([
    testNode('node-1', { status: { allocatable: { cpu: '1', memory: '1Gi', pods: '0' } } }),
    testNode('node-2'),
  ])
  expect(outcomeOf(full, named('node-1'))).toMatch(
    "0/2 nodes are available: 1 Too many pods, 1 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  )
})

test('preferences add up, and the best gets all of the weight', () => {
  const preferred = [
    { weight: 30, preference: expression('disk', 'Exists') },
    { weight: 10, preference: expression('disk', 'In', 'ssd') },
  ]
  const pod = testPod('p', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } })
  expect(scoresOf(cluster, pod, 'NodeAffinity')).toEqual([150, 200, 0])
  expect(scoresOf(cluster, testPod('p'), 'NodeAffinity')).toBeUndefined()
})

test('a term that names two nodes at once names none: that is said of the pod, not of the nodes', () => {
  const name = (...values: string[]) => ({ key: 'metadata.name', operator: 'In', values })
  expect(outcomeOf(cluster, requiring({ matchFields: [name('node-1', 'node-2'), name('node-2')] }))).toBe('node-2')
  expect(outcomeOf(cluster, requiring({ matchFields: [name('node-1'), name('node-2')] }))).toMatch(
    /^0\/3 nodes are available: pod affinity terms conflict\./,
  )
})
