import { describe, expect, test } from 'vitest'
import { MEDIA } from '../../api/messages'
import { nodeUser } from '../../api/rooms'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { PODS, pod, TestCluster, withAccount } from '../testing'

const BY_1 = { user: nodeUser('node-1') }
const MIRROR = { 'kubernetes.io/config.mirror': 'abc', 'kubernetes.io/config.source': 'file' }
const node = (name: string, spec: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec })

/** Nodes 1 and 2, each with a pod. */
function twoNodes(): TestCluster {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const n of [1, 2]) {
    cluster.create(node(`node-${n}`))
    cluster.create(pod(`on-${n}`, { nodeName: `node-${n}` }))
  }
  return cluster
}
const said = ({ code, body }: { code: number; body: unknown }): string | number =>
  code < 300 ? code : ((body as Status).message ?? '').replace(/^.*? is forbidden: /, '')

describe('a kubelet', () => {
  test('reports of its own pods only, and deletes no others', () => {
    const cluster = twoNodes()
    const report = (name: string) =>
      said(
        cluster.ask(
          'PATCH',
          `${PODS}/${name}/status`,
          { status: { message: 'x' } },
          { ...BY_1, contentType: MEDIA.strategicMergePatch },
        ),
      )
    expect(report('on-1')).toBe(200)
    expect(report('on-2')).toBe('node "node-1" can only update pod status for pods with spec.nodeName set to itself')
    const remove = (name: string) => said(cluster.ask('DELETE', `${PODS}/${name}`, { gracePeriodSeconds: 0 }, BY_1))
    expect(remove('on-2')).toBe('node "node-1" can only delete pods with spec.nodeName set to itself')
    expect(remove('on-1')).toBe(200)
  })

  test('makes mirrors of its own static pods, and no other pods', () => {
    const cluster = twoNodes()
    const make = (name: string, nodeName: string, annotations: object = {}) => {
      const made = pod(name, { nodeName, automountServiceAccountToken: false })
      const owner = {
        apiVersion: 'v1',
        kind: 'Node',
        name: 'node-1',
        uid: cluster.ask('GET', '/api/v1/nodes/node-1').body.metadata.uid,
      }
      const metadata = { ...made.metadata, annotations, ownerReferences: [{ ...owner, controller: true }] }
      return said(cluster.ask('POST', PODS, { ...made, metadata }, BY_1))
    }
    expect(make('a', 'node-1')).toBe(
      'pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create mirror pods',
    )
    expect(make('b', 'node-2', MIRROR)).toBe('node "node-1" can only create pods with spec.nodeName set to itself')
    expect(make('c', 'node-1', MIRROR)).toBe(201)
  })

  test('writes its own node only, and no taints of it', () => {
    const cluster = twoNodes()
    const patch = (name: string, body: object) =>
      said(cluster.ask('PATCH', `/api/v1/nodes/${name}`, body, { ...BY_1, contentType: MEDIA.mergePatch }))
    const labels = { metadata: { labels: { 'example.com/a': 'b' } } }
    expect(patch('node-1', labels)).toBe(200)
    expect(patch('node-2', labels)).toBe('node "node-1" is not allowed to modify node "node-2"')
    expect(patch('node-1', { spec: { taints: [] } })).toBe('node "node-1" is not allowed to modify taints')
  })

  test('is known by its user: others may do all this', () => {
    const cluster = twoNodes()
    expect(said(cluster.ask('DELETE', `${PODS}/on-2`, { gracePeriodSeconds: 0 }))).toBe(200)
  })
})
