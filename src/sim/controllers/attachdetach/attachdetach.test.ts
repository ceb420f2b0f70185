import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { attachdetach } from './attachdetach'

const volume = (more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'vol' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    claimRef: { uid: 'uid-claim' },
    csi: { driver: 'disk.example.com', volumeHandle: 'vol-1' },
    ...more,
  },
})
const claim: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'uid-claim' },
  spec: { volumeName: 'vol' },
  status: { phase: 'Bound' },
}
const pod = (name: string, node?: string, phase = 'Running'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { ...(node && { nodeName: node }), volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
  status: { phase },
})
const node = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} })
const cluster = (...more: KubeObject[]): TestCluster => {
  const made = new TestCluster([attachdetach])
  for (const object of [volume(), claim, node('node-1'), node('node-2'), ...more]) made.put(object)
  return made
}
const attachments = (of: TestCluster) => of.list('volumeattachments.storage.k8s.io')
const events = (of: TestCluster) => of.list('events').map(e => e.message)
/** What the attacher of the driver answers. */
const answer = (of: TestCluster, status: object): void => of.put({ ...(attachments(of)[0] as KubeObject), status })
const attached = (of: TestCluster) => of.list('nodes')[0]?.status?.volumesAttached

describe('a CSI volume', () => {
  it('is to be attached to the node of a pod that wants it, when the pod has one', () => {
    const made = cluster(pod('web'))
    expect(attachments(made)).toEqual([])
    made.put(pod('web', 'node-1'))
    expect(attachments(made)).toMatchObject([
      { spec: { attacher: 'disk.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'vol' } } },
    ])
    expect(attachments(made)[0]?.metadata.name).toMatch(/^csi-[0-9a-f]{64}$/)
  })

  it('stands in the node’s status when its driver says that it is attached', () => {
    const made = cluster(pod('web', 'node-1'))
    answer(made, { attached: true })
    expect(attached(made)).toEqual([{ name: 'kubernetes.io/csi/disk.example.com^vol-1', devicePath: '' }])
    expect(events(made)).toEqual(['AttachVolume.Attach succeeded for volume "vol" '])
  })

  it('is said not to be attached after two minutes without an answer, or with the error that is answered', () => {
    const made = cluster(pod('web', 'node-1'))
    made.pass(125)
    const late = 'timed out waiting for external-attacher of disk.example.com CSI driver to attach volume vol-1'
    expect(events(made)).toEqual([`AttachVolume.Attach failed for volume "vol" : ${late}`])
    const refused = cluster(pod('web', 'node-1'))
    answer(refused, { attached: false, attachError: { message: 'no such disk' } })
    expect(events(refused)).toEqual(['AttachVolume.Attach failed for volume "vol" : no such disk'])
  })

  it('is detached when no pod of the node wants it any more, and then may go to another node', () => {
    const made = cluster(pod('web', 'node-1'))
    answer(made, { attached: true })
    made.put(pod('next', 'node-2'))
    expect(attachments(made)).toHaveLength(1)
    expect(events(made).at(-1)).toMatch(/^Multi-Attach error for volume "vol" Volume is already exclusively attached/)
    made.put(pod('web', 'node-1', 'Succeeded'))
    expect(attachments(made).map(a => a.spec.nodeName)).toEqual(['node-2'])
    expect(attached(made)).toBeUndefined()
  })

  it('may be attached to many nodes when its access mode says so', () => {
    const made = cluster(volume({ accessModes: ['ReadWriteMany'] }), pod('web', 'node-1'), pod('next', 'node-2'))
    expect(attachments(made)).toHaveLength(2)
  })

  it('need not be attached when its driver says so; neither need a volume of another kind', () => {
    const driver = { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: 'disk.example.com' } }
    expect(attachments(cluster({ ...driver, spec: { attachRequired: false } }, pod('web', 'node-1')))).toEqual([])
    const host = { accessModes: ['ReadWriteOnce'], claimRef: { uid: 'uid-claim' }, csi: undefined, hostPath: { path: '/d' } }
    expect(attachments(cluster(volume(host), pod('web', 'node-1')))).toEqual([])
  })
})
