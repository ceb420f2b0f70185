import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { ttl, ttlFor } from './ttl'

const TTL = 'node.alpha.kubernetes.io/ttl'
const node = (name: string, annotations?: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...(annotations && { annotations }) } as KubeObject['metadata'],
})

it('the larger the cluster, the longer may kubelets keep what they have read', () => {
  expect([1, 100, 101, 500, 501, 1000, 1001, 2000, 2001].map(ttlFor)).toEqual([0, 0, 15, 15, 30, 30, 60, 60, 300])
})

it('a node is told once, and again when somebody has told it otherwise', () => {
  const cluster = new TestCluster([ttl])
  cluster.put(node('a'))
  expect(cluster.writes()).toEqual(['ttl-controller patch nodes a 200'])
  const [told] = cluster.list('nodes') as [KubeObject]
  expect(told.metadata.annotations).toEqual({ [TTL]: '0' })
  cluster.put({ ...told, metadata: { ...told.metadata, labels: { a: 'b' } } })
  expect(cluster.writes()).toEqual([])
  cluster.put(node('a', { [TTL]: '9' }))
  expect(cluster.list('nodes')[0]?.metadata.annotations).toEqual({ [TTL]: '0' })
})
