import { expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { createEtcd } from '../etcd/etcd'
import { TestCluster, withAccount } from './testing'

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims'
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses'

/** A claim of a class that lets claims grow, or not; bound, unless it is to wait. */
function cluster(allowVolumeExpansion: boolean, phase = 'Bound') {
  const made = withAccount(new TestCluster(createEtcd()))
  const [group, claim] = [
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  ]
  const resources = { requests: { storage: '1Gi' } }
  made.ask('POST', CLASSES, { ...group, metadata: { name: 'slow' }, provisioner: 'x.io/y', allowVolumeExpansion })
  made.ask('POST', CLAIMS, {
    ...claim,
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'slow', resources },
  })
  made.ask('PATCH', `${CLAIMS}/c/status`, { status: { phase, capacity: { storage: '1Gi' } } }, { contentType: MEDIA.mergePatch })
  const patch = (spec: object) => made.ask('PATCH', `${CLAIMS}/c`, { spec }, { contentType: MEDIA.mergePatch })
  return { patch, resize: (storage: string) => patch({ resources: { requests: { storage } } }) }
}

test('a bound claim grows where its class lets it', () => {
  const { resize } = cluster(true)
  expect(resize('2Gi')).toMatchObject({ code: 200, body: { spec: { resources: { requests: { storage: '2Gi' } } } } })
  expect(resize('1536Mi').code).toBe(200)
  expect(resize('1Gi').body.message).toBe(
    'PersistentVolumeClaim "c" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
  )
})

test('it does not where its class does not let it', () => {
  expect(cluster(false).resize('2Gi')).toMatchObject({
    code: 403,
    body: {
      message:
        'persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    },
  })
  expect(cluster(false).resize('1024Mi').code).toBe(200)
})

test('a claim that waits stays as it is, but for its volume and its default class', () => {
  const { patch, resize } = cluster(true, 'Pending')
  expect(resize('2Gi')).toMatchObject({
    code: 422,
    body: {
      message: `PersistentVolumeClaim "c" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
@@ -6,7 +6,7 @@
  "Resources": {
   "Limits": null,
   "Requests": {
-   "storage": "1Gi"
+   "storage": "2Gi"
   }
  },
  "VolumeName": "",
`,
    },
  })
  expect(patch({ storageClassName: 'other' }).code).toBe(422)
  expect(patch({ volumeName: 'v' }).code).toBe(200)
  expect(patch({ volumeName: 'w' }).code).toBe(422)
})

test('a volume stays where it is, and what it comes from: the answer says what would change', () => {
  const made = withAccount(new TestCluster(createEtcd()))
  const terms = (node: string) => ({
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
  })
  const spec = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    local: { path: '/mnt/a' },
    nodeAffinity: terms('node-1'),
  }
  made.ask('POST', '/api/v1/persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec })
  const patch = (changes: object): string =>
    made.refusal('PATCH', '/api/v1/persistentvolumes/v', { spec: changes }, { contentType: MEDIA.mergePatch }).message ?? ''
  const moved = patch({ local: { path: '/mnt/b' } })
  expect(moved).toContain('spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n')
  expect(moved.split('\n').filter(line => /^[-+]/.test(line))).toEqual(['-  "Path": "/mnt/a",', '+  "Path": "/mnt/b",'])
  expect(patch({ nodeAffinity: terms('node-2') })).toBe(
    'PersistentVolume "v" is invalid: nodeAffinity: Invalid value: {"Required":{"NodeSelectorTerms":[{"MatchExpressions":[{"Key":"kubernetes.io/hostname","Operator":"In","Values":["node-2"]}],"MatchFields":null}]}}: field is immutable',
  )
})
