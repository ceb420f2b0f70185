import { expect, test } from 'vitest'
import { createEtcd } from '../../etcd/etcd'
import { pod, TestCluster, withAccount } from '../testing'

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

test('a node that registers takes no pods at first, whether it says so itself or not', () => {
  const cluster = new TestCluster(createEtcd())
  const taints = (name: string, given?: object[]) =>
    cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { ...(given && { taints: given }) } }).body.spec
      .taints
  expect(taints('a')).toEqual([NOT_READY])
  expect(taints('b', [NOT_READY])).toEqual([NOT_READY])
  const other = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }
  expect(taints('c', [other])).toEqual([other, NOT_READY])
})

test('a pod bears a failed node for five minutes, but for what it says itself', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const both = (given: object[]) =>
    (
      cluster.create(pod(`p${given.length}${JSON.stringify(given).length}`, { tolerations: given })).body.spec
        .tolerations as object[]
    ).slice(given.length)
  const [notReady, unreachable] = ['not-ready', 'unreachable'].map(condition => ({
    key: `node.kubernetes.io/${condition}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }))
  expect(both([])).toEqual([notReady, unreachable])
  expect(both([{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }])).toEqual([
    unreachable,
  ])
  expect(both([{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }])).toEqual([
    notReady,
    unreachable,
  ])
  expect(both([{ operator: 'Exists' }])).toEqual([])
})
