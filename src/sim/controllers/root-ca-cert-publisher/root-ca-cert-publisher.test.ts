import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { rootCaCertPublisher } from './root-ca-cert-publisher'

const namespace: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'team' },
  spec: {},
  status: { phase: 'Active' },
}
const stored = (cluster: TestCluster): KubeObject => cluster.list('configmaps')[0] as KubeObject

it('every namespace has the certificate, again when somebody has deleted or changed it', () => {
  const cluster = new TestCluster([rootCaCertPublisher])
  cluster.put(namespace)
  expect(cluster.writes()).toEqual(['root-ca-cert-publisher create configmaps kube-root-ca.crt 201'])
  const first = stored(cluster)
  cluster.remove(first)
  expect(cluster.writes()).toEqual(['root-ca-cert-publisher create configmaps kube-root-ca.crt 201'])
  cluster.put({ ...stored(cluster), data: { 'ca.crt': 'mine' } })
  expect(cluster.writes()).toEqual(['root-ca-cert-publisher update configmaps kube-root-ca.crt 200'])
  expect(stored(cluster).data).toEqual(first.data)
})

it('a namespace that is going has none made', () => {
  const cluster = new TestCluster([rootCaCertPublisher])
  cluster.put({ ...namespace, status: { phase: 'Terminating' } })
  expect(cluster.writes()).toEqual([])
})
