import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { pvProtection } from './pv-protection'

const FINALIZER = 'kubernetes.io/pv-protection'
const volume = (phase: string, finalizers?: string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'disk', ...(finalizers && { finalizers }) },
  spec: {},
  status: { phase },
})
const stored = (cluster: TestCluster): KubeObject | undefined => cluster.list('persistentvolumes')[0]

it('a volume that nobody holds is held', () => {
  const cluster = new TestCluster([pvProtection])
  cluster.put(volume('Available'))
  expect(stored(cluster)?.metadata.finalizers).toEqual([FINALIZER])
})

it('a volume that is to be deleted stays while it is bound, and goes when it is not', () => {
  const cluster = new TestCluster([pvProtection])
  cluster.put(volume('Bound', [FINALIZER]))
  cluster.remove(stored(cluster) as KubeObject)
  expect(cluster.writes()).toEqual([])
  cluster.put({ ...(stored(cluster) as KubeObject), status: { phase: 'Released' } })
  expect(stored(cluster)).toBeUndefined()
})
