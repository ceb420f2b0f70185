import { describe, expect, test } from 'vitest'
import { createEtcd } from '../../etcd/etcd'
import { configMap, PODS, pod, type Saying, TestCluster, withAccount } from '../testing'

const kubelet: Saying = { user: 'system:node:node-1' }
const other: Saying = { user: 'system:node:node-2' }
const volumes = [
  { name: 'settings', configMap: { name: 'settings' } },
  { name: 'all', projected: { sources: [{ secret: { name: 'pass' } }] } },
  { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
]

/** Pods `web` on node-1 and `idle` on none. */
function cluster(): TestCluster {
  const cluster = withAccount(new TestCluster(createEtcd()))
  for (const name of ['settings', 'others']) cluster.create(configMap(name))
  cluster.create(pod('web', { volumes }))
  cluster.create(pod('idle'))
  bind(cluster, 'web', 'node-1')
  cluster.pass(10)
  return cluster
}
const bind = (cluster: TestCluster, name: string, node: string) =>
  cluster.ask('POST', `${PODS}/${name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  })
const NONE = (node: string): string => `no relationship found between node '${node}' and this object`
const API = '/api/v1/namespaces/default'

describe('a kubelet', () => {
  const there = cluster()
  const code = (path: string, saying: Saying = kubelet): number => there.ask('GET', path, undefined, saying).code
  const message = (path: string, saying: Saying = kubelet): string | undefined =>
    there.refusal('GET', path, undefined, saying).message

  test('gets the Pods of its node, in the words of the node authorizer no other ones', () => {
    expect(code(`${PODS}/web`)).toBe(200)
    expect(message(`${PODS}/web`, other)).toBe(
      `pods "web" is forbidden: User "system:node:node-2" cannot get resource "pods" in API group "" in the namespace "default": ${NONE('node-2')}`,
    )
    expect(message(`${PODS}/idle`)).toContain(NONE('node-1'))
    expect(message(`${PODS}/nobody`)).toContain(NONE('node-1'))
  })

  test('lists Pods by the name of its node only', () => {
    expect(code(PODS)).toBe(403)
    expect(message(PODS)).toContain(': can only list/watch pods with spec.nodeName field selector')
    const list = (fieldSelector: string): number =>
      there.ask('GET', '/api/v1/pods', undefined, { ...kubelet, query: { fieldSelector } }).code
    expect(list('spec.nodeName=node-1')).toBe(200)
    expect(list('spec.nodeName=node-2')).toBe(403)
    expect(list('status.phase!=Failed,spec.nodeName=node-1')).toBe(200)
  })

  test('reads what its Pods refer to', () => {
    expect(code(`${API}/configmaps/settings`)).toBe(200)
    expect(code(`${API}/configmaps/others`)).toBe(403)
    expect(code(`${API}/configmaps/settings`, other)).toBe(403)
    // it may, but there is none
    expect(code(`${API}/secrets/pass`)).toBe(404)
    expect(code(`${API}/persistentvolumeclaims/data`)).toBe(404)
    expect(message(`${API}/persistentvolumeclaims`)).toContain(': can only get individual resources of this type')
    expect(message(`${API}/configmaps`)).toContain(': No Object name found')
    expect(message('/api/v1/configmaps')).toContain(': can only read namespaced object of this type')
  })

  test('gets a token of the accounts of its Pods', () => {
    const token = (saying: Saying) =>
      there.ask(
        'POST',
        `${API}/serviceaccounts/default/token`,
        { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: {} },
        saying,
      )
    expect(token(other).code).toBe(403)
    expect(token(kubelet).code).not.toBe(403)
  })

  test('sees its own node and its own lease', () => {
    expect(code('/api/v1/nodes/node-1')).toBe(404)
    expect(message('/api/v1/nodes/node-2')).toContain(`: node 'node-1' cannot read 'node-2', only its own Node object`)
    expect(message('/api/v1/nodes')).toContain(`: node 'node-1' cannot read all nodes, only its own Node object`)
    const leases = '/apis/coordination.k8s.io/v1/namespaces'
    expect(code(`${leases}/kube-node-lease/leases/node-1`)).toBe(404)
    expect(message(`${leases}/kube-node-lease/leases/node-2`)).toContain('with the same name as the requesting node')
    expect(message(`${leases}/default/leases/node-1`)).toContain(
      ': can only access leases in the "kube-node-lease" system namespace',
    )
  })

  test('has the rules of the role system:node for what is not divided up, and those that RBAC gives it', () => {
    expect(code('/api/v1/services')).toBe(200)
    expect(message('/apis/apps/v1/deployments')).toBe(
      'deployments.apps is forbidden: User "system:node:node-1" cannot list resource "deployments" in API group "apps" at the cluster scope',
    )
    there.ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'nodes' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:aggregate-to-view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }],
    })
    expect(code('/apis/apps/v1/deployments')).toBe(200)
    expect(code(`${API}/configmaps/others`)).toBe(200)
  })
})

test('who is called like a node and is not of its group is none', () => {
  const there = cluster()
  const { message } = there.refusal('GET', `${PODS}/web`, undefined, { impersonateUser: 'system:node:node-1' })
  expect(message ?? '').not.toContain('no relationship')
})

test('a Pod that is deleted is forbidden, not missed: the graph has forgotten it', () => {
  const there = cluster()
  there.ask('DELETE', `${PODS}/web`, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 })
  there.pass(10)
  expect(there.refusal('GET', `${PODS}/web`, undefined, kubelet).message).toContain(NONE('node-1'))
  expect(there.ask('GET', `${PODS}/web`).code).toBe(404)
})

test('a snapshot takes what is on its way to the graph along', () => {
  const there = cluster()
  bind(there, 'idle', 'node-1')
  const copy = there.copy()
  const graphOf = (simulation: typeof copy) => (simulation.state('apiserver' as never) as { graph: unknown }).graph
  expect(graphOf(copy)).toEqual(graphOf(there.simulation))
})
