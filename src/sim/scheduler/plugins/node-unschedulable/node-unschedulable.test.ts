import { expect, test } from 'vitest'
import { outcomeOf, testCluster, testNode, testPod } from '../../testing'
import { nodeUnschedulable } from './node-unschedulable'

const CORDONED = { spec: { unschedulable: true } }
const TOLERATION = { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }] }

test('a cordoned node takes no pods but those that tolerate it', () => {
  const cluster = testCluster([testNode('node-1', CORDONED)])
  expect(outcomeOf(cluster, testPod('p'))).toMatch('0/1 nodes are available: 1 node(s) were unschedulable.')
  expect(outcomeOf(cluster, testPod('p', TOLERATION))).toBe('node-1')
})

test('a pod that was refused is woken by a new node, and by one that is uncordoned, not by other changes', () => {
  const [free, cordoned] = [testNode('node-1'), testNode('node-1', CORDONED)] as unknown as [never, never]
  const wakes = (old: object | undefined, now: object | undefined) =>
    nodeUnschedulable.wakes?.({ kind: 'node', old, now } as never, { pod: testPod('p') } as never, {} as never)
  expect([wakes(undefined, free), wakes(cordoned, free)]).toEqual([true, true])
  expect([wakes(undefined, cordoned), wakes(cordoned, cordoned), wakes(free, free), wakes(free, undefined)]).toEqual([
    false,
    false,
    false,
    false,
  ])
})
