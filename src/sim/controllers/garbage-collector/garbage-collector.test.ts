import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { garbageCollector } from './garbage-collector'

const object = (kind: string, name: string, owners: readonly string[] = [], more: object = {}): KubeObject => ({
  apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
  kind,
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    ...(owners.length > 0 && {
      ownerReferences: owners.map((owner, i) => ({
        apiVersion: 'apps/v1',
        kind: owner.startsWith('d') ? 'Deployment' : 'ReplicaSet',
        name: owner,
        uid: `uid-${owner}`,
        controller: i === 0,
        blockOwnerDeletion: true,
      })),
    }),
    ...more,
  },
  spec: {},
})
const make = () => new TestCluster([garbageCollector])
/** A Deployment with a ReplicaSet with two pods. */
function family(): TestCluster {
  const cluster = make()
  for (const o of [
    object('Deployment', 'd'),
    object('ReplicaSet', 'rs', ['d']),
    object('Pod', 'p1', ['rs']),
    object('Pod', 'p2', ['rs']),
  ])
    cluster.put(o)
  cluster.writes()
  return cluster
}
const deletion = (cluster: TestCluster, finalizer: string) => {
  const [d] = cluster.list('deployments.apps')
  const metadata = { ...(d as KubeObject).metadata, finalizers: [finalizer], deletionTimestamp: '2026-01-01T00:00:01Z' }
  cluster.put({ ...(d as KubeObject), metadata })
}

describe('the garbage collector', () => {
  it('deletes what an owner leaves behind, level by level, each after a look at it', () => {
    const cluster = family()
    cluster.remove(cluster.list('deployments.apps')[0] as KubeObject)
    expect(cluster.writes()).toEqual([
      'generic-garbage-collector delete replicasets rs 200',
      'generic-garbage-collector delete pods p2 200',
      'generic-garbage-collector delete pods p1 200',
    ])
    expect(cluster.list('pods')).toEqual([])
  })

  it('says which version it means, and leaves the rest to the background', () => {
    const cluster = family()
    const version = cluster.list('replicasets.apps')[0]?.metadata.resourceVersion
    cluster.remove(cluster.list('deployments.apps')[0] as KubeObject)
    expect(cluster.log.find(l => l.verb === 'delete')?.body).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions: { uid: 'uid-rs', resourceVersion: version },
      propagationPolicy: 'Background',
    })
  })

  it('lets an owner that is deleted in the foreground go last', () => {
    const cluster = family()
    deletion(cluster, 'foregroundDeletion')
    expect(cluster.writes()).toEqual([
      'generic-garbage-collector delete replicasets rs 200',
      'generic-garbage-collector delete pods p2 200',
      'generic-garbage-collector delete pods p1 200',
      'generic-garbage-collector patch replicasets rs 200',
      'generic-garbage-collector patch deployments d 200',
    ])
    expect(cluster.list('deployments.apps')).toEqual([])
  })

  it('makes orphans of the dependents of an owner that is deleted so', () => {
    const cluster = family()
    deletion(cluster, 'orphan')
    expect(cluster.writes()).toEqual([
      'generic-garbage-collector patch replicasets rs 200',
      'generic-garbage-collector patch deployments d 200',
    ])
    expect(cluster.list('replicasets.apps')[0]?.metadata.ownerReferences).toBeUndefined()
    expect(cluster.list('pods')).toHaveLength(2)
  })

  it('keeps an object that still has an owner, without the one that is gone', () => {
    const cluster = make()
    for (const o of [object('ReplicaSet', 'a'), object('ReplicaSet', 'b'), object('Pod', 'p', ['a', 'b'])]) cluster.put(o)
    cluster.remove(cluster.list('replicasets.apps')[0] as KubeObject)
    expect(cluster.list('pods')[0]?.metadata.ownerReferences?.map(r => r.name)).toEqual(['b'])
  })

  it('asks for an owner that no cache has, and deletes what names one that is not there', () => {
    const cluster = make()
    cluster.put(object('Pod', 'p', ['rs']))
    expect(cluster.writes()).toEqual(['generic-garbage-collector delete pods p 200'])
  })
})

describe('who is looked after', () => {
  it('is not one that is being deleted already', () => {
    const cluster = make()
    const going = { finalizers: ['a/b'], deletionTimestamp: '2026-01-01T00:00:00Z' }
    cluster.put(object('Pod', 'p', ['rs'], going))
    cluster.pass(30)
    expect(cluster.writes()).toEqual([])
  })

  it('is one whose owner’s name another has now', () => {
    const cluster = make()
    const other = object('ReplicaSet', 'rs')
    cluster.put({ ...other, metadata: { ...other.metadata, uid: 'uid-another' } })
    cluster.put(object('Pod', 'p', ['rs']))
    cluster.pass(30)
    expect(cluster.list('pods')).toEqual([])
    expect(cluster.list('replicasets.apps')).toHaveLength(1)
  })
})
