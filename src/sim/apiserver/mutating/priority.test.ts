import { expect, test } from 'vitest'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { pod, TestCluster, withAccount } from '../testing'

const priorityClass = (name: string, value: number, more: object = {}): KubeObject =>
  ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, ...more }) as unknown as KubeObject
function admitted(spec: Record<string, unknown>, ...classes: KubeObject[]): unknown {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const each of classes) expect(cluster.create(each).code).toBe(201)
  const { code, body } = cluster.create(pod('web', spec))
  if (code !== 201) return (body as unknown as Status).message
  const { priority, priorityClassName, preemptionPolicy } = body.spec
  return [priority, priorityClassName, preemptionPolicy]
}
const HIGH = priorityClass('high', 1000, { preemptionPolicy: 'Never' })

test('a pod has the number and the policy of its class, or of the default one, or zero', () => {
  expect(admitted({ priorityClassName: 'high' }, HIGH)).toEqual([1000, 'high', 'Never'])
  expect(admitted({}, HIGH)).toEqual([0, undefined, 'PreemptLowerPriority'])
  expect(admitted({}, priorityClass('usual', 7, { globalDefault: true }))).toEqual([7, 'usual', 'PreemptLowerPriority'])
})

test('a class that is not there, and a number that is not its class’s, are refused', () => {
  expect(admitted({ priorityClassName: 'gone' })).toBe('pods "web" is forbidden: no PriorityClass with name gone was found')
  expect(admitted({ priorityClassName: 'high', priority: 1000 }, HIGH)).toEqual([1000, 'high', 'Never'])
  expect(admitted({ priorityClassName: 'high', priority: 5 }, HIGH)).toBe(
    'pods "web" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name',
  )
})
