import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { TestCluster, withAccount } from '../testing'

const IS_DEFAULT = { 'storageclass.kubernetes.io/is-default-class': 'true' }
const WAS_DEFAULT = { 'storageclass.beta.kubernetes.io/is-default-class': 'true' }
const storageClass = (name: string, annotations: object): KubeObject =>
  ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    provisioner: 'example.com/disks',
  }) as unknown as KubeObject
const claim = (more: object = {}, annotations: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', annotations },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
  }) as unknown as KubeObject
/** The class of a claim that is created where there are these classes. */
function given(made: KubeObject, ...classes: KubeObject[]): unknown {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const each of classes) cluster.create(each)
  return cluster.create(made).body.spec.storageClassName
}

test('a claim gets the default class: of equally new ones the first by name, an old mark counts too', () => {
  expect(given(claim(), storageClass('b', IS_DEFAULT), storageClass('a', WAS_DEFAULT), storageClass('0', {}))).toBe('a')
})

test('a claim that names a class, or none, in the field or as it was done before, keeps to that', () => {
  const fast = storageClass('fast', IS_DEFAULT)
  expect(given(claim({ storageClassName: '' }), fast)).toBe('')
  expect(given(claim({}, { 'volume.beta.kubernetes.io/storage-class': 'slow' }), fast)).toBeUndefined()
})

test('a claim and a volume are held from the start, once', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const finalizers = (object: KubeObject): unknown => cluster.create(object).body.metadata.finalizers
  expect(finalizers(claim())).toEqual(['kubernetes.io/pvc-protection'])
  const held = { ...claim(), metadata: { name: 'held', finalizers: ['kubernetes.io/pvc-protection', 'a/b'] } } as KubeObject
  expect(finalizers(held)).toEqual(['kubernetes.io/pvc-protection', 'a/b'])
  const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } }
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' }, spec } as KubeObject
  expect(finalizers(volume)).toEqual(['kubernetes.io/pv-protection'])
})
