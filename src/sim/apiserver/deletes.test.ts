import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { controllerUser, nodeUser } from '../api/rooms'
import type { KubeList } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { CONFIGMAPS, configMap, DEPLOYMENTS, deployment, names, PODS, pod, TestCluster, withAccount } from './testing'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))

describe('a delete', () => {
  test('of a bound pod is graceful: it is marked, and gone when its kubelet says so', () => {
    const cluster = newCluster()
    const { uid } = cluster.ask('POST', PODS, pod('web', { nodeName: 'node-1' })).body.metadata
    const marked = cluster.ask('DELETE', `${PODS}/web`).body
    expect(marked.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 })
    const last = cluster.ask(
      'DELETE',
      `${PODS}/web`,
      { gracePeriodSeconds: 0, preconditions: { uid } },
      { user: nodeUser('node-1') },
    )
    expect(last.body.metadata.deletionGracePeriodSeconds).toBe(0)
    expect(cluster.ask('GET', `${PODS}/web`).code).toBe(404)
  })

  test('of a pod that has no node is immediate', () => {
    const cluster = newCluster()
    cluster.ask('POST', PODS, pod())
    cluster.ask('DELETE', `${PODS}/web`)
    expect(cluster.ask('GET', `${PODS}/web`).code).toBe(404)
  })

  test('of a deployment answers with a Status', () => {
    const cluster = newCluster()
    const { uid } = cluster.create(deployment()).body.metadata
    expect(cluster.ask('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy: 'Background' }).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'web', group: 'apps', kind: 'deployments', uid },
    })
  })

  test('in the foreground waits for who takes the finalizer off', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const { metadata } = cluster.ask('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy: 'Foreground' }).body
    expect(metadata).toMatchObject({ finalizers: ['foregroundDeletion'], deletionGracePeriodSeconds: 0 })
    cluster.ask('PATCH', `${DEPLOYMENTS}/web`, { metadata: { finalizers: null } }, { contentType: MEDIA.mergePatch })
    expect(cluster.ask('GET', `${DEPLOYMENTS}/web`).code).toBe(404)
  })

  test('with a precondition that does not hold is refused', () => {
    const cluster = newCluster()
    cluster.create(configMap('a'))
    expect(cluster.refusal('DELETE', `${CONFIGMAPS}/a`, { preconditions: { uid: 'other' } }).code).toBe(409)
  })

  test('of a namespace marks it; nothing more is created there; it goes with its finalizer', () => {
    const cluster = newCluster()
    const { body } = cluster.ask('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'demo' },
    })
    expect(body.spec.finalizers).toEqual(['kubernetes'])
    expect(cluster.ask('DELETE', '/api/v1/namespaces/demo').body.status.phase).toBe('Terminating')
    expect(cluster.refusal('POST', '/api/v1/namespaces/demo/configmaps', configMap('a'))).toMatchObject({
      code: 403,
      message: 'configmaps "a" is forbidden: unable to create new content in namespace demo because it is being terminated',
    })
    cluster.ask(
      'PUT',
      '/api/v1/namespaces/demo/finalize',
      { ...body, metadata: { name: 'demo' }, spec: {} },
      { user: controllerUser('namespace-controller') },
    )
    expect(cluster.ask('GET', '/api/v1/namespaces/demo').code).toBe(404)
    expect(cluster.refusal('DELETE', '/api/v1/namespaces/default').message).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    )
  })

  test('is refused for the priority classes of the system', () => {
    const cluster = newCluster()
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'
    cluster.ask('POST', classes, { metadata: { name: 'high' }, value: 1000 })
    expect(cluster.ask('DELETE', `${classes}/high`).code).toBe(200)
    expect(cluster.refusal('DELETE', `${classes}/system-cluster-critical`)).toMatchObject({
      code: 403,
      message:
        'priorityclasses.scheduling.k8s.io "system-cluster-critical" is forbidden: this is a system priority class and cannot be deleted',
    })
  })

  test('of a collection takes what its selector says', () => {
    const cluster = newCluster()
    for (const [name, app] of [
      ['a', 'x'],
      ['b', 'x'],
      ['c', 'y'],
    ] as const)
      cluster.ask('POST', CONFIGMAPS, { ...configMap(name), metadata: { name, labels: { app } } })
    expect(names(cluster.ask<KubeList>('DELETE', CONFIGMAPS, undefined, { query: { labelSelector: 'app=x' } }).body)).toEqual([
      'a',
      'b',
    ])
    expect(names(cluster.ask<KubeList>('GET', CONFIGMAPS).body)).toEqual(['c'])
  })
})

test('a delete of a collection answers with what it has deleted, whose kind the list says', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const name of ['a', 'b']) cluster.create({ ...configMap(name), metadata: { name, labels: { app: 'x' } } })
  const { body } = cluster.ask<KubeList>('DELETE', CONFIGMAPS, undefined, { query: { labelSelector: 'app=x' } })
  expect(body).toMatchObject({
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
  })
  for (const item of body.items) expect(Object.keys(item)).toEqual(['metadata'])
  expect(names(cluster.ask<KubeList>('GET', CONFIGMAPS).body)).toEqual([])
})
