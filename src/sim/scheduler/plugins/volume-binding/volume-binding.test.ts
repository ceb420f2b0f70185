import { expect, test } from 'vitest'
import type { KubeObject } from '../../../api/types'
import { objectKey, outcomeOf, type TestObjects, testCluster, testNode, testPod } from '../../testing'

const pod = testPod('db', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })
const claim = (spec: object, more: Partial<KubeObject['metadata']> = {}, status = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace: 'default', name: 'data', ...more },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  status,
})
const bound = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
const volume = (node?: string): KubeObject => {
  const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }]
  const nodeAffinity = node && { nodeAffinity: { required: { nodeSelectorTerms: terms } } }
  const spec = { storageClassName: 'local', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' }, ...nodeAffinity }
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' }, spec, status: { phase: 'Available' } }
}
const lazyClass = (provisioner: string): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local' },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
})

/** What becomes of the pod on two nodes, with these objects about. */
function outcome(...objects: KubeObject[]): string {
  const all: TestObjects = new Map(objects.map(o => [objectKey(o), o]))
  return outcomeOf(testCluster([testNode('node-1'), testNode('node-2')], all), pod)
}
const refusal = (reason: string): string => `0/2 nodes are available: ${reason}. not found`

test('a pod waits for a claim that is not there, is lost, is going, or has yet to be bound', () => {
  expect(outcome()).toBe(refusal('persistentvolumeclaim "data" not found'))
  expect(outcome(claim({ volumeName: 'x' }, bound, { phase: 'Lost' }))).toBe(
    refusal('persistentvolumeclaim "data" bound to non-existent persistentvolume "x"'),
  )
  expect(outcome(claim({}, { deletionTimestamp: 'now' }))).toBe(refusal('persistentvolumeclaim "data" is being deleted'))
  expect(outcome(claim({}))).toBe(refusal('pod has unbound immediate PersistentVolumeClaims'))
})

test('a pod goes where its volume can be reached', () => {
  expect(outcome(claim({ volumeName: 'disk' }, bound), volume('node-2'))).toBe('node-2')
  expect(outcome(claim({ volumeName: 'disk' }, bound), volume('node-9'))).toMatch(
    "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.",
  )
  // VolumeZone has the first word on a volume that is gone
  expect(outcome(claim({ volumeName: 'disk' }, bound))).toBe(refusal('persistentvolume "disk" not found'))
})

test('a claim that waits for its first consumer takes a volume near the node, or one that can be made', () => {
  const waiting = claim({ storageClassName: 'local' })
  expect(outcome(waiting, lazyClass('kubernetes.io/no-provisioner'), volume('node-2'))).toBe('node-2')
  expect(outcome(waiting, lazyClass('kubernetes.io/no-provisioner'))).toMatch(
    "2 node(s) didn't find available persistent volumes to bind.",
  )
  expect(outcome(waiting, lazyClass('example.com/disks'))).toBe('node-1')
})
