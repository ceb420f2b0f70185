import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { serviceaccountToken } from './serviceaccount-token'

const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'default', uid: 'uid-robot' } }
const secret = (of: string, name = 'robot-token'): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, annotations: { 'kubernetes.io/service-account.name': of } },
  }) as unknown as KubeObject
function clusterWith(...objects: object[]): TestCluster {
  const cluster = new TestCluster([serviceaccountToken])
  for (const object of objects) cluster.put(object as KubeObject)
  return cluster
}
const plain = (base64: string): string => Buffer.from(base64, 'base64').toString()

describe('a Secret for a token', () => {
  it('is filled with one of the account that it names, once', () => {
    const cluster = clusterWith(account, secret('robot'))
    const [{ metadata, data } = secret('')] = cluster.list('secrets')
    expect(metadata.annotations?.['kubernetes.io/service-account.uid']).toBe('uid-robot')
    expect(plain(data.namespace)).toBe('default')
    const claims = JSON.parse(Buffer.from(plain(data.token).split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ sub: 'system:serviceaccount:default:robot' })
    cluster.writes()
    cluster.put({ ...(cluster.list('secrets')[0] as KubeObject), immutable: true })
    expect(cluster.writes()).toEqual([])
  })
  it('is deleted where there is no such account, and with its account', () => {
    expect(clusterWith(secret('nobody')).list('secrets')).toEqual([])
    const cluster = clusterWith(account, secret('robot'), { ...secret('robot', 'other'), type: 'Opaque' })
    cluster.remove(account as KubeObject)
    expect(cluster.list('secrets').map(({ metadata }) => metadata.name)).toEqual(['other'])
  })
  it('is named by its account no more when it is gone', () => {
    const cluster = clusterWith({ ...account, secrets: [{ name: 'robot-token' }, { name: 'other' }] }, secret('robot'))
    cluster.remove(cluster.list('secrets')[0] as KubeObject)
    expect(cluster.list('serviceaccounts')[0]?.secrets).toEqual([{ name: 'other' }])
  })
})
