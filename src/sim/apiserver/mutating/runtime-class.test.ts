import { expect, test } from 'vitest'
import { createEtcd } from '../../etcd/etcd'
import { PODS, pod, TestCluster, withAccount } from '../testing'

const CLASSES = '/apis/node.k8s.io/v1/runtimeclasses'

function cluster(): TestCluster {
  const made = withAccount(new TestCluster(createEtcd()))
  made.ask('POST', CLASSES, {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'vm' },
    handler: 'kata',
    overhead: { podFixed: { cpu: '250m' } },
    scheduling: { nodeSelector: { kind: 'vm' }, tolerations: [{ key: 'vm', operator: 'Exists' }] },
  })
  return made
}

test('a pod takes over what its RuntimeClass costs and where it runs', () => {
  const own = { key: 'vm', operator: 'Equal', value: 'x', effect: 'NoSchedule' }
  const { spec } = cluster().ask(
    'POST',
    PODS,
    pod('a', { runtimeClassName: 'vm', nodeSelector: { disk: 'ssd' }, tolerations: [own] }),
  ).body
  expect(spec.overhead).toEqual({ cpu: '250m' })
  expect(spec.nodeSelector).toEqual({ disk: 'ssd', kind: 'vm' })
  const keys = spec.tolerations.map((t: { key: string }) => t.key)
  expect(keys).toEqual(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable', 'vm'])
})

test.each([
  [{ runtimeClassName: 'none' }, 'pods "a" is forbidden: pod rejected: RuntimeClass "none" not found'],
  [
    { runtimeClassName: 'vm', overhead: { cpu: '1' } },
    "pods \"a\" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
  ],
  [
    { overhead: { cpu: '1' } },
    'pods "a" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
  ],
  [
    { runtimeClassName: 'vm', nodeSelector: { kind: 'metal' } },
    'pods "a" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[kind] = vm; pod.spec.nodeSelector[kind] = metal',
  ],
])('a pod with %j is refused', (spec, message) => {
  expect(cluster().refusal('POST', PODS, pod('a', spec)).message).toBe(message)
})
