import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { bestVolume, isBoundTo, mismatch } from './matching'
import { persistentVolumeBinder } from './persistent-volume-binder'

const volume = (name: string, storage: string, spec: object = {}, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, ...more },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain', ...spec },
  status: { phase: 'Available' },
})
const claim = (storage: string, spec: object = {}, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'uid-data', ...more },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
  status: { phase: 'Pending' },
})
const named = (found: KubeObject | undefined) => found?.metadata.name

describe('a claim', () => {
  it('has the smallest volume that is large enough, and of those the one with the fewest access modes', () => {
    const volumes = [
      volume('l', '5Gi'),
      volume('s', '100Mi'),
      volume('m', '1Gi'),
      volume('shared', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }),
    ]
    expect(named(bestVolume(claim('500Mi'), volumes, false))).toBe('m')
    expect(named(bestVolume(claim('500Mi', { accessModes: ['ReadWriteMany'] }), volumes, false))).toBe('shared')
    expect(bestVolume(claim('500Gi'), volumes, false)).toBeUndefined()
  })

  it('has the volume that is promised to it, whatever else there is, also while it waits for a consumer', () => {
    const promised = volume('p', '9Gi', { claimRef: { namespace: 'default', name: 'data' } })
    const all = [volume('m', '1Gi'), promised]
    expect(named(bestVolume(claim('1Gi'), all, false))).toBe('p')
    expect(named(bestVolume(claim('1Gi'), all, true))).toBe('p')
    expect(bestVolume(claim('1Gi'), [volume('m', '1Gi')], true)).toBeUndefined()
  })

  it('has no volume of another class, mode or label, nor one that is released', () => {
    expect(mismatch(volume('v', '1Gi', { storageClassName: 'fast' }), claim('1Gi'))).toBe('storageClassName does not match')
    expect(mismatch(volume('v', '1Gi', { volumeMode: 'Block' }), claim('1Gi'))).toBe('incompatible volumeMode')
    const selector = { matchLabels: { disk: 'ssd' } }
    expect(bestVolume(claim('1Gi', { selector }), [volume('v', '1Gi')], false)).toBeUndefined()
    expect(named(bestVolume(claim('1Gi', { selector }), [volume('v', '1Gi', {}, { labels: { disk: 'ssd' } })], false))).toBe('v')
    expect(bestVolume(claim('1Gi'), [{ ...volume('v', '1Gi'), status: { phase: 'Released' } }], false)).toBeUndefined()
  })

  it('is another one when it is made anew under its old name', () => {
    const bound = volume('v', '1Gi', { claimRef: { namespace: 'default', name: 'data', uid: 'uid-old' } })
    expect(isBoundTo(bound, claim('1Gi'))).toBe(false)
  })
})

describe('the binder', () => {
  it('writes volume, its phase, claim and its status, in this order', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    cluster.put(volume('disk', '1Gi'))
    cluster.put(claim('500Mi'))
    expect(cluster.writes().map(line => line.replace('persistent-volume-binder ', ''))).toEqual([
      'update persistentvolumes disk 200',
      'update persistentvolumes/status disk 200',
      'update persistentvolumeclaims data 200',
      'update persistentvolumeclaims/status data 200',
    ])
    expect(cluster.list('persistentvolumeclaims')[0]?.status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
    })
  })

  it('finds a late volume when it looks at everything again', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    cluster.put(claim('500Mi'))
    cluster.put(volume('disk', '1Gi'))
    expect(cluster.list('persistentvolumeclaims')[0]?.status?.phase).toBe('Pending')
    cluster.pass(15)
    cluster.settle()
    expect(cluster.list('persistentvolumeclaims')[0]?.status?.phase).toBe('Bound')
  })

  it('says once that a class is missing, and again only when it looks at everything', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    const missing = () => cluster.list('events').map(e => `${e.reason} ${e.count} ${e.message}`)
    cluster.put(claim('500Mi', { storageClassName: 'gone' }))
    cluster.pass(10)
    expect(missing()).toEqual(['ProvisioningFailed 1 storageclass.storage.k8s.io "gone" not found'])
    cluster.pass(10)
    expect(missing()).toEqual(['ProvisioningFailed 2 storageclass.storage.k8s.io "gone" not found'])
  })

  it('says for which pod a claim waits that is bound where its consumer runs', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    cluster.put({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'lazy' },
      provisioner: 'example.com/disks',
      volumeBindingMode: 'WaitForFirstConsumer',
    } as KubeObject)
    cluster.put(claim('500Mi', { storageClassName: 'lazy' }))
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    cluster.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'db', namespace: 'default' },
      spec: { volumes },
    } as KubeObject)
    cluster.pass(15)
    expect(cluster.list('events').map(e => `${e.reason}: ${e.message}`)).toEqual([
      'WaitForFirstConsumer: waiting for first consumer to be created before binding',
      'WaitForPodScheduled: waiting for pod db to be scheduled',
    ])
  })

  it('keeps the volume of a claim that is gone', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    cluster.put(volume('disk', '1Gi'))
    cluster.put(claim('500Mi'))
    cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
    expect(cluster.list('persistentvolumes')[0]?.status?.phase).toBe('Released')
  })

  it('makes a volume for a claim of a class of its own, and deletes it with the claim', () => {
    const cluster = new TestCluster([persistentVolumeBinder(true)])
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard' },
      provisioner: 'kubernetes.io/host-path',
    }
    cluster.put(storageClass)
    cluster.put(claim('500Mi', { storageClassName: 'standard' }))
    const [bound] = cluster.list('persistentvolumeclaims')
    expect(bound?.spec?.volumeName).toBe('pvc-uid-data')
    expect(bound?.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/storage-provisioner': 'kubernetes.io/host-path' })
    cluster.remove(bound as KubeObject)
    expect(cluster.list('persistentvolumes')).toEqual([])
  })

  it('gives a claim without a class the default one when there is one', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    cluster.put(claim('500Mi'))
    cluster.put(claim('500Mi', { storageClassName: '' }, { name: 'none', uid: 'uid-none' }))
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    for (const [name, creationTimestamp] of [
      ['new', '2026-01-02T00:00:00Z'],
      ['old', '2026-01-01T00:00:00Z'],
    ] as const)
      cluster.put({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name, annotations, creationTimestamp },
        provisioner: 'example.com/disks',
      } as KubeObject)
    cluster.pass(15)
    cluster.settle()
    expect(cluster.list('persistentvolumeclaims').map(c => c.spec.storageClassName)).toEqual(['new', ''])
  })

  it('deletes a directory below /tmp with its volume, and says that it may not delete another', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    const policy = { persistentVolumeReclaimPolicy: 'Delete' }
    cluster.put(volume('kept', '1Gi', { ...policy, hostPath: { path: '/data/disk' } }))
    cluster.put(claim('500Mi'))
    cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
    expect(cluster.list('persistentvolumes')[0]?.status).toMatchObject({
      phase: 'Failed',
      message: 'host_path deleter only supports /tmp/.+ but received provided /data/disk',
    })
    cluster.remove(cluster.list('persistentvolumes')[0] as KubeObject)
    cluster.put(volume('gone', '1Gi', { ...policy, hostPath: { path: '/tmp/disk' } }))
    cluster.put(claim('500Mi', {}, { uid: 'uid-2' }))
    cluster.remove(cluster.list('persistentvolumeclaims')[0] as KubeObject)
    expect(cluster.list('persistentvolumes')).toEqual([])
  })

  it('writes an Event again that was deleted, with the count and the first time that it had', () => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    cluster.put(claim('500Mi'))
    cluster.pass(5)
    const [event] = cluster.list('events')
    cluster.remove(event as KubeObject)
    cluster.pass(15)
    expect(cluster.list('events')).toMatchObject([
      { metadata: { name: event?.metadata.name }, reason: 'FailedBinding', count: 2, firstTimestamp: event?.firstTimestamp },
    ])
  })
})

describe('a volume whose claim has another', () => {
  const twice = (policy: string, annotations: object): KubeObject | undefined => {
    const cluster = new TestCluster([persistentVolumeBinder(false)])
    const claimRef = { namespace: 'default', name: 'data', uid: 'uid-data' }
    const spec = { claimRef, persistentVolumeReclaimPolicy: policy }
    cluster.put({ ...volume('spare', '1Gi', spec, { annotations }), status: { phase: 'Bound' } })
    cluster.put(claim('1Gi', { volumeName: 'other' }))
    cluster.pass(20)
    return cluster.list('persistentvolumes').find(each => each.metadata.name === 'spare')
  }
  it('is free again when a person has made it', () => {
    const found = twice('Retain', { 'pv.kubernetes.io/bound-by-controller': 'yes' })
    expect(found?.spec.claimRef).toBeUndefined()
    expect(found?.status?.phase).toBe('Available')
  })
  it('is released, for its provisioner to delete, when it was made for the claim', () => {
    const found = twice('Delete', { 'pv.kubernetes.io/provisioned-by': 'example.com/disks' })
    expect(found?.spec.claimRef).toMatchObject({ name: 'data' })
    expect(found?.status?.phase).toBe('Released')
  })
})
