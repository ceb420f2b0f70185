import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { controllerUser, nodeUser } from '../api/rooms'
import type { KubeList, KubeObject, Table } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { roomId } from '../kernel/types'
import { CONFIGMAPS, configMap, DEPLOYMENTS, deployment, names, PODS, pod, TestCluster, withAccount } from './testing'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))

describe('the apiserver at boot', () => {
  test('furnishes an empty etcd: namespaces, priority classes, RBAC, the Service kubernetes', () => {
    const cluster = new TestCluster(createEtcd())
    expect(names(cluster.ask<KubeList>('GET', '/api/v1/namespaces').body)).toEqual([
      'default',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ])
    expect(cluster.ask('GET', '/api/v1/namespaces/default/services/kubernetes').body.spec).toMatchObject({
      clusterIP: '10.96.0.1',
      ports: [{ port: 443 }],
    })
    expect(names(cluster.ask<KubeList>('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles').body)).toContain(
      'system:kube-scheduler',
    )
    expect(cluster.simulation.trace.length).toBeLessThan(300)
  })

  test('finds everything again when it is started anew', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    for (const type of ['stop', 'boot'] as const)
      cluster.simulation.command({ to: roomId('apiserver'), message: { type }, text: type })
    cluster.settle()
    expect(cluster.ask('GET', `${DEPLOYMENTS}/web`).body.spec.replicas).toBe(3)
    expect(cluster.refusal('POST', DEPLOYMENTS, deployment()).reason).toBe('AlreadyExists')
  })
})

describe('a list', () => {
  test('comes in chunks of one revision', () => {
    const cluster = newCluster()
    for (const name of ['a', 'b', 'c']) cluster.ask('POST', CONFIGMAPS, configMap(name))
    const first = cluster.ask<KubeList>('GET', CONFIGMAPS, undefined, { query: { limit: '2' } }).body
    expect(first.metadata.remainingItemCount).toBe(1)
    cluster.ask('POST', CONFIGMAPS, configMap('d'))
    const rest = cluster.ask<KubeList>('GET', CONFIGMAPS, undefined, {
      query: { limit: '2', continue: first.metadata.continue ?? '' },
    }).body
    expect([...names(first), ...names(rest)]).toEqual(['a', 'b', 'c'])
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
  })

  test('holds what selectors want; a field that is not known is refused', () => {
    const cluster = newCluster()
    cluster.ask('POST', PODS, pod('a', { nodeName: 'node-1' }))
    cluster.ask('POST', PODS, pod('b'))
    expect(
      names(cluster.ask<KubeList>('GET', PODS, undefined, { query: { fieldSelector: 'spec.nodeName=node-1' } }).body),
    ).toEqual(['a'])
    expect(names(cluster.ask<KubeList>('GET', PODS, undefined, { query: { labelSelector: 'app in (b,c)' } }).body)).toEqual(['b'])
    expect(cluster.refusal('GET', PODS, undefined, { query: { fieldSelector: 'spec.color=red' } })).toMatchObject({
      code: 400,
      message: 'field label not supported: spec.color',
    })
  })

  test('is a Table when the client accepts one', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const table = cluster.ask<Table>('GET', DEPLOYMENTS, undefined, { accept: MEDIA.table }).body
    expect(table.kind).toBe('Table')
    expect(table.rows[0]?.cells.slice(0, 2)).toEqual(['web', '0/3'])
  })

  test('sees at once what was just written', () => {
    const cluster = newCluster()
    cluster.send('POST', CONFIGMAPS, configMap('a'))
    const id = cluster.send('GET', CONFIGMAPS)
    cluster.settle()
    const { body } = cluster.state().answers.get(id) ?? {}
    cluster.settle()
    expect(['', 'a']).toContain(names(body as KubeList).join())
    expect(names(cluster.ask<KubeList>('GET', CONFIGMAPS).body)).toEqual(['a'])
  })
})

describe('authorization', () => {
  test('refuses a user without rights, and knows roles as soon as they are bound', () => {
    const cluster = newCluster()
    const jane = { user: 'jane' }
    expect(cluster.refusal('GET', PODS, undefined, jane)).toMatchObject({
      code: 403,
      message: 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    })
    expect(cluster.refusal('GET', '/api/v1/nodes', undefined, jane).message).toBe(
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    )
    const group = 'rbac.authorization.k8s.io'
    const path = `/apis/${group}/v1/namespaces/default`
    cluster.ask('POST', `${path}/roles`, {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
    })
    cluster.ask('POST', `${path}/rolebindings`, {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'jane' },
      subjects: [{ kind: 'User', name: 'jane' }],
      roleRef: { kind: 'Role', name: 'reader' },
    })
    expect(cluster.ask('GET', PODS, undefined, jane).code).toBe(200)
    expect(cluster.ask('GET', PODS, undefined, { impersonateUser: 'jane' }).code).toBe(200)
    expect(cluster.refusal('DELETE', `${PODS}/x`, undefined, jane).message).toBe(
      'pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"',
    )
  })

  test('lets controllers do what their default roles say', () => {
    const cluster = newCluster()
    const user = controllerUser('replicaset-controller')
    expect(cluster.ask('POST', PODS, pod(), { user }).code).toBe(201)
    expect(cluster.ask('POST', CONFIGMAPS, configMap('a'), { user }).code).toBe(403)
  })

  test('lets a kubelet read the secrets of its own pods only', () => {
    const cluster = newCluster()
    cluster.ask('POST', '/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } })
    cluster.ask('POST', PODS, pod('web', { nodeName: 'node-1', volumes: [{ name: 'v', secret: { secretName: 's' } }] }))
    // the authorizer hears of the binding a little later
    cluster.pass(1)
    const path = '/api/v1/namespaces/default/secrets/s'
    expect(cluster.ask('GET', path, undefined, { user: nodeUser('node-1') }).code).toBe(200)
    expect(cluster.ask('GET', path, undefined, { user: nodeUser('node-2') }).code).toBe(403)
  })
})

describe('services and pods', () => {
  test('a Service is given an address and ports that nobody else has', () => {
    const cluster = newCluster()
    const service = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'NodePort', ports: [{ port: 80 }], selector: { app: 'web' } },
    })
    const made = Array.from({ length: 20 }, (_, i) => cluster.create(service(`s${i}`)).body.spec)
    expect(new Set(made.map(spec => spec.clusterIP)).size).toBe(20)
    expect(new Set(made.map(spec => spec.ports[0].nodePort)).size).toBe(20)
    expect(made[0]).toMatchObject({ clusterIPs: [made[0].clusterIP], ipFamilies: ['IPv4'], externalTrafficPolicy: 'Cluster' })
  })

  test('a Service gives back what its new type does not need', () => {
    const cluster = newCluster()
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }], selector: { app: 'web' } }
    const { body } = cluster.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec } as KubeObject)
    expect(body.spec).toMatchObject({ healthCheckNodePort: expect.any(Number), allocateLoadBalancerNodePorts: true })
    const patch = (change: object) =>
      cluster.ask(
        'PATCH',
        '/api/v1/namespaces/default/services/web',
        { spec: change },
        { contentType: 'application/merge-patch+json' },
      )
    const inside = patch({ type: 'ClusterIP' }).body.spec
    for (const field of ['healthCheckNodePort', 'allocateLoadBalancerNodePorts', 'externalTrafficPolicy'])
      expect(inside[field]).toBeUndefined()
    expect(inside.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }])
    expect(patch({ clusterIP: '10.96.7.7' })).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('spec.clusterIPs[0]: Invalid value: ["10.96.7.7"]: may not change once set') },
    })
    const outside = patch({ type: 'ExternalName', externalName: 'example.com' }).body.spec
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) expect(outside[field]).toBeUndefined()
  })

  test('a Service takes its Endpoints along, and the apiserver makes its own again', () => {
    const cluster = newCluster()
    const path = '/api/v1/namespaces/default'
    expect(cluster.ask('GET', `${path}/endpoints/kubernetes`).code).toBe(200)
    cluster.send('DELETE', `${path}/services/kubernetes`)
    cluster.pass(100)
    cluster.send('GET', `${path}/endpoints/kubernetes`)
    cluster.pass(100)
    expect([...cluster.state().answers.values()].at(-1)?.code).toBe(404)
    cluster.settle()
    expect(cluster.ask('GET', `${path}/services/kubernetes`).body.spec.clusterIP).toBe('10.96.0.1')
    expect(cluster.ask('GET', `${path}/endpoints/kubernetes`).code).toBe(200)
  })

  test('a binding gives a pod its node, once', () => {
    const cluster = newCluster()
    cluster.ask('POST', PODS, pod())
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web' }, target: { kind: 'Node', name: 'node-1' } }
    const user = 'system:kube-scheduler'
    expect(cluster.ask('POST', `${PODS}/web/binding`, binding, { user })).toMatchObject({
      code: 201,
      body: { status: 'Success' },
    })
    expect(cluster.ask('GET', `${PODS}/web`).body).toMatchObject({
      spec: { nodeName: 'node-1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    })
    expect(cluster.refusal('POST', `${PODS}/web/binding`, binding, { user }).code).toBe(409)
  })

  test('what a lease causes is housekeeping, as the request was; what another write causes is worth waiting for', () => {
    const cluster = newCluster()
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} }
    const quietly = (path: string, body: unknown): boolean | undefined => {
      cluster.send('POST', path, body, { quiet: true })
      cluster.pass(100)
      return cluster.entries('etcd.txn').at(-1)?.housekeeping
    }
    expect(quietly('/apis/coordination.k8s.io/v1/namespaces/default/leases', lease)).toBe(true)
    expect(quietly(CONFIGMAPS, configMap('a'))).toBeFalsy()
  })
})
