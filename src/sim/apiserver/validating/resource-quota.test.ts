import { expect, test } from 'vitest'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { configMap, pod, TestCluster, withAccount } from '../testing'

const QUOTAS = '/api/v1/namespaces/default/resourcequotas'

/** A cluster with these quotas, counted as nothing used. */
function clusterWith(quotas: Readonly<Record<string, Readonly<Record<string, string>>>>): TestCluster {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const [name, hard] of Object.entries(quotas)) {
    const metadata = { name, namespace: 'default' }
    const made = cluster.create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: { hard },
    } as unknown as KubeObject).body
    const used = Object.fromEntries(Object.keys(hard).map(key => [key, '0']))
    cluster.ask('PUT', `${QUOTAS}/${name}/status`, { ...made, status: { hard, used } })
  }
  return cluster
}
const used = (cluster: TestCluster, name: string) => cluster.ask('GET', `${QUOTAS}/${name}`).body.status?.used
const why = (body: unknown): string => ((body as Status).message ?? '').replace(/^.*is forbidden: /, '')

test('all quotas have to agree before any of them is charged', () => {
  const cluster = clusterWith({ wide: { configmaps: '5' }, tight: { 'count/configmaps': '1' } })
  expect(cluster.create(configMap('a')).code).toBe(201)
  expect(why(cluster.create(configMap('b')).body)).toBe(
    'exceeded quota: tight, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
  )
  expect([used(cluster, 'wide'), used(cluster, 'tight')]).toEqual([{ configmaps: '1' }, { 'count/configmaps': '1' }])
})

test('what a pod does not specify is said before what is too much', () => {
  const cluster = clusterWith({ first: { pods: '0' }, second: { 'requests.cpu': '1' } })
  expect(why(cluster.create(pod('web')).body)).toMatch(/^failed quota: second: must specify requests.cpu for: /)
})

test('a quota that nobody has counted lets nothing in', () => {
  const cluster = clusterWith({ a: { pods: '1' } })
  const quota = cluster.ask('GET', `${QUOTAS}/a`).body
  cluster.ask('PUT', `${QUOTAS}/a/status`, { ...quota, status: { hard: { pods: '1' } } })
  expect(why(cluster.create(pod('web')).body)).toBe('status unknown for quota: a, resources: pods')
})

test('a Service is counted anew when it becomes one of another type; what uses no more is not asked for', () => {
  const cluster = clusterWith({ a: { 'services.nodeports': '1', services: '9' } })
  const service = (name: string): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    }) as unknown as KubeObject
  for (const name of ['x', 'y']) expect(cluster.create(service(name)).code).toBe(201)
  const patch = (name: string, body: object) =>
    cluster.ask('PATCH', `/api/v1/namespaces/default/services/${name}`, body, { contentType: 'application/merge-patch+json' })
  expect(patch('x', { spec: { type: 'NodePort' } }).code).toBe(200)
  expect(used(cluster, 'a')).toEqual({ 'services.nodeports': '1', services: '2' })
  expect(why(patch('y', { spec: { type: 'NodePort' } }).body)).toBe(
    'exceeded quota: a, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
  )
  expect(patch('x', { metadata: { labels: { a: 'b' } } }).code).toBe(200)
  expect(used(cluster, 'a')).toEqual({ 'services.nodeports': '1', services: '2' })
})
