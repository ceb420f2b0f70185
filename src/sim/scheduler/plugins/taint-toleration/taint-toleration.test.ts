import { expect, test } from 'vitest'
import { outcomeOf, scoresOf, testCluster, testNode, testPod } from '../../testing'

const tainted = (effect: string) => testNode('node-1', { spec: { taints: [{ key: 'dedicated', value: 'batch', effect }] } })
const tolerating = (toleration: object) => testPod('p', { tolerations: [toleration] })

test.each(['NoSchedule', 'NoExecute'])('%s keeps pods off that do not tolerate it', effect => {
  const cluster = testCluster([tainted(effect)])
  expect(outcomeOf(cluster, testPod('p'))).toMatch('0/1 nodes are available: 1 node(s) had untolerated taint(s).')
  expect(outcomeOf(cluster, tolerating({ key: 'dedicated', operator: 'Equal', value: 'batch', effect }))).toBe('node-1')
  expect(outcomeOf(cluster, tolerating({ key: 'dedicated', operator: 'Exists' }))).toBe('node-1')
  expect(outcomeOf(cluster, tolerating({ operator: 'Exists' }))).toBe('node-1')
  expect(outcomeOf(cluster, tolerating({ key: 'dedicated', value: 'web' }))).toMatch('untolerated')
})

test('PreferNoSchedule only makes a node less welcome', () => {
  const cluster = testCluster([tainted('PreferNoSchedule'), testNode('node-2')])
  expect(scoresOf(cluster, testPod('p'), 'TaintToleration')).toEqual([0, 300])
  expect(scoresOf(cluster, tolerating({ operator: 'Exists' }), 'TaintToleration')).toEqual([300, 300])
})
