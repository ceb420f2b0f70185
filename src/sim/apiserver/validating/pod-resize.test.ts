import { describe, expect, test } from 'vitest'
import { MEDIA } from '../../api/messages'
import { createEtcd } from '../../etcd/etcd'
import { PODS, pod, TestCluster, withAccount } from '../testing'

function resized(to: object, os = 'linux', nodeName = 'node-1') {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels: { 'kubernetes.io/os': os } } }
  cluster.create(node)
  const status = { allocatable: { cpu: '2', memory: '1Gi' } }
  cluster.ask('PATCH', '/api/v1/nodes/node-1/status', { status }, { contentType: MEDIA.mergePatch })
  const resources = { requests: { cpu: '100m', memory: '64Mi' } }
  cluster.ask('POST', PODS, pod('web', { nodeName, containers: [{ name: 'c', image: 'x', resources }] }))
  const patch = { spec: { containers: [{ name: 'c', resources: { requests: to } }] } }
  return cluster.ask('PATCH', `${PODS}/web/resize`, patch, { contentType: MEDIA.strategicMergePatch })
}

describe('a pod that is resized', () => {
  test('may ask for all that its node has, and not for more', () => {
    expect(resized({ cpu: '2', memory: '1Gi' }).code).toBe(200)
    const { body } = resized({ cpu: '2001m', memory: '2Gi' })
    expect(body).toMatchObject({
      code: 403,
      message:
        'pods "web" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 2001, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824',
      details: { name: 'web', kind: 'pods', causes: [{ reason: 'NodeCapacity' }] },
    })
  })

  test('is on a Linux node that is there, or on none', () => {
    expect(resized({ cpu: '200m' }, 'windows').body).toMatchObject({
      message: 'pods "web" is forbidden: pod resize is only supported on linux nodes, node "node-1" is "windows"',
      details: { causes: [{ reason: 'UnsupportedPlatform' }] },
    })
    expect(resized({ cpu: '200m' }, 'linux', 'gone').body).toMatchObject({
      code: 403,
      message: 'pods "web" is forbidden: node "gone" not found',
    })
    expect(resized({ cpu: '100' }, 'linux', '').code).toBe(200)
  })

  test('is not looked at when nothing changes', () => expect(resized({ cpu: '100m' }, 'windows').code).toBe(200))
})
