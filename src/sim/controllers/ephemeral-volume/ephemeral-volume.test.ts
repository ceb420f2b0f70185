import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { ephemeralVolume } from './ephemeral-volume'

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'uid-web' },
  spec: {
    volumes: [
      {
        name: 'scratch',
        ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec: { accessModes: ['ReadWriteOnce'] } } },
      },
    ],
  },
}
const claims = (of: TestCluster) => of.list('persistentvolumeclaims')
const run = (...objects: KubeObject[]): TestCluster => {
  const cluster = new TestCluster([ephemeralVolume])
  for (const object of objects) cluster.put(object)
  return cluster
}

describe('a generic ephemeral volume', () => {
  it('has a claim that goes with its pod', () => {
    expect(claims(run(pod))).toMatchObject([
      {
        metadata: {
          name: 'web-scratch',
          labels: { a: 'b' },
          ownerReferences: [{ kind: 'Pod', name: 'web', uid: 'uid-web', controller: true }],
        },
        spec: { accessModes: ['ReadWriteOnce'] },
      },
    ])
  })

  it('gets another one when somebody deletes it', () => {
    const cluster = run(pod)
    cluster.remove(claims(cluster)[0] as KubeObject)
    expect(claims(cluster)).toHaveLength(1)
  })

  it('does not take a claim of that name that is somebody else’s, and says so', () => {
    const other = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'web-scratch', namespace: 'default' } }
    const cluster = run(other, pod)
    expect(claims(cluster)).toHaveLength(1)
    expect(claims(cluster)[0]?.metadata.ownerReferences).toBeUndefined()
    expect(cluster.list('events')[0]?.message).toBe(
      'ephemeral volume scratch: PVC default/web-scratch was not created for pod default/web (pod is not owner)',
    )
  })
})
