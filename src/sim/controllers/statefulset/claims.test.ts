import { describe, expect, it } from 'vitest'
import type { KubeObject, Pod, StatefulSet } from '../../api/types'
import { garbageCollector } from '../garbage-collector/garbage-collector'
import { TestCluster } from '../testing'
import { claimIsRight, withOwners } from './claims'
import { statefulset } from './statefulset'

const set = (whenScaled: string, whenDeleted: string, replicas = 2, more: object = {}): StatefulSet & KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default', uid: 'uid-set' },
    spec: {
      replicas,
      serviceName: 'db',
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      ...more,
    },
  }) as unknown as StatefulSet & KubeObject
const pod = (ordinal: number) => ({ metadata: { name: `db-${ordinal}`, uid: `uid-${ordinal}` } }) as Pod
const claim = (ownerReferences: object[] = []): KubeObject =>
  ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data-db-0', ownerReferences } }) as KubeObject
const owners = (c: KubeObject) => c.metadata.ownerReferences?.map(r => `${r.kind} ${r.name} ${r.controller}`) ?? []

describe('a claim of a StatefulSet', () => {
  it('is owned as the retention policy asks', () => {
    expect(owners(withOwners(claim(), set('Retain', 'Retain'), pod(0)))).toEqual([])
    expect(owners(withOwners(claim(), set('Retain', 'Delete'), pod(0)))).toEqual(['StatefulSet db true'])
    expect(owners(withOwners(claim(), set('Delete', 'Retain'), pod(0)))).toEqual([])
    expect(owners(withOwners(claim(), set('Delete', 'Retain'), pod(2)))).toEqual(['Pod db-2 true'])
    expect(owners(withOwners(claim(), set('Delete', 'Delete'), pod(0)))).toEqual(['StatefulSet db true'])
    expect(owners(withOwners(claim(), set('Delete', 'Delete'), pod(2)))).toEqual(['Pod db-2 true'])
  })

  it('is left alone when it belongs to a former pod or set of that name', () => {
    const former = { apiVersion: 'v1', kind: 'Pod', name: 'db-0', uid: 'uid-former', controller: true }
    expect(claimIsRight(claim([former]), set('Delete', 'Delete'), pod(0))).toBe(true)
    expect(claimIsRight(claim(), set('Delete', 'Delete'), pod(0))).toBe(false)
  })

  it('that another controller has is not taken from it', () => {
    const other = { apiVersion: 'v1', kind: 'Backup', name: 'x', uid: 'uid-x', controller: true }
    expect(claimIsRight(claim([other]), set('Delete', 'Delete'), pod(0))).toBe(true)
    expect(owners(withOwners(claim([other]), set('Delete', 'Delete'), pod(0)))).toEqual(['Backup x true'])
  })
})

describe('persistentVolumeClaimRetentionPolicy', () => {
  const run = (whenScaled: string, whenDeleted: string): TestCluster => {
    const cluster = new TestCluster([statefulset, garbageCollector])
    cluster.put(set(whenScaled, whenDeleted))
    ready(cluster)
    return cluster
  }
  const ready = (cluster: TestCluster): void => {
    for (const p of cluster.list('pods'))
      cluster.put({ ...p, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
  }
  const claims = (cluster: TestCluster) => cluster.list('persistentvolumeclaims').map(c => c.metadata.name)

  it('whenScaled: Delete lets the claim of a pod that is scaled away go with it, and only that one', () => {
    const cluster = run('Delete', 'Retain')
    expect(claims(cluster)).toEqual(['data-db-0', 'data-db-1'])
    cluster.put(set('Delete', 'Retain', 1))
    expect(claims(cluster)).toEqual(['data-db-0'])
  })

  it('whenScaled: Retain keeps it', () => {
    const cluster = run('Retain', 'Retain')
    cluster.put(set('Retain', 'Retain', 1))
    expect(claims(cluster)).toEqual(['data-db-0', 'data-db-1'])
  })

  it('whenDeleted: Delete lets the claims go with the set', () => {
    const cluster = run('Retain', 'Delete')
    cluster.remove(cluster.list('statefulsets.apps')[0] as KubeObject)
    expect(claims(cluster)).toEqual([])
    const kept = run('Delete', 'Retain')
    kept.remove(kept.list('statefulsets.apps')[0] as KubeObject)
    expect(claims(kept)).toEqual(['data-db-0', 'data-db-1'])
  })
})

describe('a pod that waits', () => {
  it('gets a claim again that somebody has deleted', () => {
    const cluster = new TestCluster([statefulset])
    cluster.put(set('Retain', 'Retain', 1))
    for (const p of cluster.list('pods')) cluster.put({ ...p, status: { phase: 'Pending' } })
    cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
    expect(cluster.list('persistentvolumeclaims')).toHaveLength(1)
  })
})

describe('spec.ordinals.start', () => {
  it('gives the pods and their claims numbers from there, and a partition counts from there, too', () => {
    const cluster = new TestCluster([statefulset])
    cluster.put(set('Retain', 'Retain', 2, { ordinals: { start: 5 } }))
    expect(cluster.list('pods').map(p => p.metadata.name)).toEqual(['db-5', 'db-6'])
    expect(cluster.list('persistentvolumeclaims').map(p => p.metadata.name)).toEqual(['data-db-5', 'data-db-6'])
  })
})
