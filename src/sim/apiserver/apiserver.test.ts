import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { createEtcd } from '../etcd/etcd'
import { deployment, pod, TestCluster, withAccount } from './testing'

const PODS = '/api/v1/namespaces/default/pods'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

describe('the apiserver', () => {
  test('furnishes an empty etcd by itself', () => {
    const cluster = new TestCluster(createEtcd())
    const names = cluster
      .ask<{ items: { metadata: { name: string } }[] }>('GET', '/api/v1/namespaces')
      .body.items.map(n => n.metadata.name)
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    expect(cluster.ask('GET', '/api/v1/namespaces/default/services/kubernetes').body.spec.clusterIP).toBe('10.96.0.1')
    console.log(cluster.simulation.trace.length, cluster.simulation.now)
  })

  test('creates a deployment with its defaults', () => {
    const cluster = new TestCluster(createEtcd())
    const { code, body } = cluster.create(deployment() as never)
    expect(code).toBe(201)
    expect(body).toMatchObject({
      metadata: { name: 'web', namespace: 'default', generation: 1 },
      spec: { revisionHistoryLimit: 10 },
      status: {},
    })
  })
  test('creates pods', () => {
    const cluster = withAccount(new TestCluster(createEtcd()))
    const { code, body } = cluster.ask('POST', PODS, pod())
    expect(body).toMatchObject({ metadata: { name: 'web' } })
    expect(code).toBe(201)
    const patch = cluster.ask(
      'PATCH',
      `${PODS}/web`,
      { metadata: { labels: { a: 'b' } } },
      { contentType: MEDIA.strategicMergePatch },
    )
    expect(patch.code).toBe(200)
    void DEPLOYMENTS
  })
})
