import { expect, test } from 'vitest'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { pod, TestCluster, withAccount } from '../testing'

const range = (name: string, ...limits: object[]): KubeObject =>
  ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name, namespace: 'default' }, spec: { limits } }) as unknown as KubeObject
function clusterWith(...ranges: KubeObject[]): TestCluster {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const each of ranges) cluster.create(each)
  return cluster
}
const container = (name: string, requests: object, limits: object) => ({ name, image: 'x', resources: { requests, limits } })
const why = (cluster: TestCluster, ...containers: object[]): string =>
  ((cluster.create(pod('web', { containers })).body as unknown as Status).message ?? '').replace(/^.*is forbidden: /, '')

test('a request may be too low and a limit too high', () => {
  const cluster = clusterWith(range('a', { type: 'Container', min: { memory: '64Mi' }, max: { memory: '1Gi' } }))
  expect(why(cluster, container('a', { memory: '64Mi' }, { memory: '2Gi' }))).toBe(
    'maximum memory usage per Container is 1Gi, but limit is 2Gi',
  )
  expect(why(cluster, container('a', { memory: '32Mi' }, { memory: '32Mi' }))).toBe(
    'minimum memory usage per Container is 64Mi, but request is 32Mi',
  )
})

test('what is wrong twice is said once, and the first LimitRange that refuses speaks alone', () => {
  const cluster = clusterWith(
    range('a', { type: 'Container', max: { cpu: '1' } }),
    range('b', { type: 'Container', max: { cpu: '500m' } }),
  )
  const two = container('a', { cpu: '1' }, { cpu: '2' })
  expect(why(cluster, two, { ...two, name: 'b' })).toBe('maximum cpu usage per Container is 1, but limit is 2')
})

test('a pod counts its containers together, or its greediest init container', () => {
  const cluster = clusterWith(range('a', { type: 'Pod', max: { memory: '1Gi' } }))
  expect(why(cluster, container('a', {}, { memory: '768Mi' }), container('b', {}, { memory: '768Mi' }))).toBe(
    'maximum memory usage per Pod is 1Gi, but limit is 1536Mi',
  )
  const spec = {
    containers: [container('a', {}, { memory: '512Mi' })],
    initContainers: [container('i', {}, { memory: '2Gi' })],
  }
  expect((cluster.create(pod('web', spec)).body as unknown as Status).message).toContain('but limit is 2Gi')
})

test('a ratio needs both numbers', () => {
  const cluster = clusterWith(range('a', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }))
  const words = 'cpu max limit to request ratio per Container is 2, but'
  expect(why(cluster, container('a', { cpu: '0' }, { cpu: '1' }))).toBe(`${words} no request is specified or request is 0`)
  expect(why(cluster, container('a', { cpu: '1' }, {}))).toBe(`${words} no limit is specified or limit is 0`)
  expect(why(cluster, container('a', { cpu: '100m' }, { cpu: '1' }))).toBe(`${words} provided ratio is 10.000000`)
})
