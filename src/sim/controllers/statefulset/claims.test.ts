import { describe, expect, it } from 'vitest'
import type { KubeObject, Pod, StatefulSet } from '../../api/types'
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
    const cluster = new TestCluster([statefulset])
    cluster.put(set(whenScaled, whenDeleted))
    for (const p of cluster.list('pods'))
      cluster.put({ ...p, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
    return cluster
  }
  /** Whom the garbage collector would take a claim with. */
  const heirs = (cluster: TestCluster) => cluster.list('persistentvolumeclaims').map(owners)

  it('whenScaled: Delete gives the claim of a pod that is scaled away to that pod before it is deleted, and only that one', () => {
    const cluster = run('Delete', 'Retain')
    expect(heirs(cluster)).toEqual([[], []])
    cluster.put(set('Delete', 'Retain', 1))
    expect(cluster.list('pods').map(p => p.metadata.name)).toEqual(['db-0'])
    expect(heirs(cluster)).toEqual([[], ['Pod db-1 true']])
  })

  it('whenScaled: Retain leaves it to nobody', () => {
    const cluster = run('Retain', 'Retain')
    cluster.put(set('Retain', 'Retain', 1))
    expect(heirs(cluster)).toEqual([[], []])
  })

  it('whenDeleted: Delete gives the claims to the set, and gives them back when the policy changes', () => {
    const cluster = run('Retain', 'Delete')
    expect(heirs(cluster)).toEqual([['StatefulSet db true'], ['StatefulSet db true']])
    cluster.put(set('Retain', 'Retain'))
    expect(heirs(cluster)).toEqual([[], []])
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

describe('a pod that has lost the label with its name', () => {
  it('is put right, also when the first try meets a newer version of it', () => {
    const cluster = new TestCluster([statefulset])
    cluster.put(set('Retain', 'Retain', 1))
    const [made] = cluster.list('pods')
    cluster.writes()
    const conflict = { code: 409, body: { kind: 'Status', reason: 'Conflict', message: 'too late', code: 409 } }
    let tries = 0
    cluster.refuse = ({ method, path }) =>
      method === 'PUT' && path.endsWith('/pods/db-0') && ++tries === 1 ? conflict : undefined
    const { metadata, ...rest } = made as KubeObject
    const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    cluster.put({ ...rest, metadata: { ...metadata, labels: { app: 'db' } }, status: ready })
    const labels = cluster.list('pods')[0]?.metadata.labels
    expect([tries, labels?.['statefulset.kubernetes.io/pod-name']]).toEqual([2, 'db-0'])
    expect(cluster.list('events').map(e => e.reason)).not.toContain('FailedUpdate')
  })
})
