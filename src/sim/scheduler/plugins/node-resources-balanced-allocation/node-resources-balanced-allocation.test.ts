import { expect, test } from 'vitest'
import { putPod } from '../../cache'
import { asking, scoresOf, testCluster, testNode, testPod } from '../../testing'

const PLUGIN = 'NodeResourcesBalancedAllocation'

test('a pod that asks for nothing is not scored', () => {
  expect(scoresOf(testCluster([testNode('node-1')]), testPod('p'), PLUGIN)).toBeUndefined()
})

test('a pod that evens out what is used is more welcome than one that adds to the imbalance', () => {
  const cluster = testCluster([testNode('node-1'), testNode('node-2')])
  putPod(cluster.cache, testPod('cpu', { ...asking({ cpu: '500m' }), nodeName: 'node-1' }))
  expect(scoresOf(cluster, testPod('p', asking({ memory: '1920Mi' })), PLUGIN)).toEqual([87, 62])
  expect(scoresOf(cluster, testPod('p', asking({ cpu: '500m' })), PLUGIN)).toEqual([62, 62])
})

test('a node that says nothing of its memory is as even as can be', () => {
  const bare = { status: { allocatable: { cpu: '1', memory: '0', pods: '110' } } }
  const cluster = testCluster([testNode('node-1', bare), testNode('node-2', bare)])
  expect(scoresOf(cluster, testPod('p', asking({ cpu: '500m' })), PLUGIN)).toEqual([75, 75])
})
