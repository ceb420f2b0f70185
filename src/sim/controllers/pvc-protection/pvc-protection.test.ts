import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { pvcProtection } from './pvc-protection'

const FINALIZER = 'kubernetes.io/pvc-protection'
const claim = (finalizers?: string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', ...(finalizers && { finalizers }) },
  spec: {},
})
const pod = (phase: string, nodeName = 'node-1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'db', namespace: 'default' },
  spec: { nodeName, containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
  status: { phase },
})
const UPDATED = 'pvc-protection-controller update persistentvolumeclaims data 200'

it('a claim that nobody holds is held', () => {
  const cluster = new TestCluster([pvcProtection])
  cluster.put(claim(['a/b']))
  expect(cluster.writes()).toEqual([UPDATED])
  expect(cluster.list('persistentvolumeclaims')[0]?.metadata.finalizers).toEqual(['a/b', FINALIZER])
})

it('a claim that is to be deleted goes when the last pod that uses it has ended', () => {
  const cluster = new TestCluster([pvcProtection])
  cluster.put(claim([FINALIZER]))
  cluster.put(pod('Running'))
  cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
  expect(cluster.writes()).toEqual([])
  cluster.put(pod('Succeeded'))
  // an ended pod that is still there has its claim
  expect(cluster.writes()).toEqual([])
  cluster.remove(pod('Succeeded'))
  expect(cluster.writes()).toEqual([UPDATED])
  expect(cluster.list('persistentvolumeclaims')).toEqual([])
})

it('a pod without a node does not hold it', () => {
  const cluster = new TestCluster([pvcProtection])
  cluster.put(claim([FINALIZER]))
  cluster.put(pod('Pending', ''))
  cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
  expect(cluster.list('persistentvolumeclaims')).toEqual([])
})

it('before it lets go it asks for pods that its cache may not know yet', () => {
  const cluster = new TestCluster([pvcProtection])
  cluster.put(claim([FINALIZER]))
  cluster.refuse = ({ path, query }) =>
    path.endsWith('/namespaces/default/pods') && !query.watch ? { code: 200, body: { items: [pod('Running')] } } : undefined
  cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
  expect(cluster.writes()).toEqual([])
  expect(cluster.list('persistentvolumeclaims')).toHaveLength(1)
})
