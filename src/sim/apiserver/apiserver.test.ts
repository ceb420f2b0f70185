import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { controllerUser, nodeUser } from '../api/rooms'
import type { KubeList, KubeObject, Table } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { roomId } from '../kernel/types'
import { deployment, pod, TestCluster, withAccount } from './testing'

const PODS = '/api/v1/namespaces/default/pods'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))
const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const names = (list: KubeList): string[] => list.items.map(item => item.metadata.name)

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

describe('a create', () => {
  test('is stored with defaults, a uid, a version and a generation', () => {
    const { code, body } = newCluster().create(deployment())
    expect(code).toBe(201)
    expect(body.metadata).toMatchObject({
      name: 'web',
      namespace: 'default',
      generation: 1,
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(body.spec).toMatchObject({
      revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
    })
  })

  test('of a pod is admitted: token volume, tolerations, priority', () => {
    const { spec, status } = newCluster().ask('POST', PODS, pod()).body
    expect(spec.volumes[0].name).toMatch(/^kube-api-access-.{5}$/)
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      enableServiceLinks: true,
    })
    expect(spec.tolerations).toHaveLength(2)
    expect(status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  })

  test('of a pod behind scheduling gates says so, and its gates may be taken away but not added', () => {
    const cluster = newCluster()
    const gates = (...names: string[]) => ({ spec: { schedulingGates: names.map(name => ({ name })) } })
    const body = pod()
    const made = cluster.ask('POST', PODS, { ...body, spec: { ...body.spec, ...gates('a/one', 'a/two').spec } }).body
    expect(made.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }])
    const path = `${PODS}/${made.metadata.name}`
    const patch = { contentType: 'application/merge-patch+json' }
    expect(cluster.refusal('PATCH', path, gates('a/one', 'a/three'), patch).message).toContain(
      "spec.schedulingGates: Forbidden: only deletion is allowed, but found new scheduling gate 'a/three'",
    )
    const selected = { spec: { schedulingGates: null, nodeSelector: { disk: 'ssd' } } }
    expect(cluster.ask('PATCH', path, selected, patch).code).toBe(200)
  })

  test('of a pod writes its own labels into the selectors that ask for them', () => {
    const body = pod()
    const labels = { app: 'web', version: '2' }
    const labelSelector = { matchLabels: { app: 'web' } }
    const term = { topologyKey: 'zone', labelSelector, mismatchLabelKeys: ['version'] }
    const spread = {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector,
      matchLabelKeys: ['version', 'none'],
    }
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    const spec = { ...body.spec, affinity, topologySpreadConstraints: [spread] }
    const made = newCluster().ask('POST', PODS, { ...body, metadata: { ...body.metadata, labels }, spec }).body.spec
    expect(made.topologySpreadConstraints[0].labelSelector.matchExpressions).toEqual([
      { key: 'version', operator: 'In', values: ['2'] },
    ])
    const [hard] = made.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
    expect(hard.labelSelector.matchExpressions).toEqual([{ key: 'version', operator: 'NotIn', values: ['2'] }])
  })

  test('with generateName gets a suffix', () => {
    const cluster = newCluster()
    const { body } = cluster.ask('POST', PODS, { ...pod(), metadata: { generateName: 'web-' } })
    expect(body.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  test('in a namespace that is not there asks etcd before it is refused', () => {
    const cluster = newCluster()
    const status = cluster.refusal('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('a'))
    expect(status).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' })
    expect(
      cluster.entries('http.request').some(e => e.room === 'apiserver' && (e.args as { name?: string }).name === 'nowhere'),
    ).toBe(true)
  })

  test('with dryRun leaves nothing behind', () => {
    const cluster = newCluster()
    expect(cluster.ask('POST', CONFIGMAPS, configMap('a'), { query: { dryRun: 'All' } }).code).toBe(201)
    expect(cluster.ask('GET', `${CONFIGMAPS}/a`).code).toBe(404)
  })

  test('that is refused shows in the trace where it ended, and changes nothing', () => {
    const cluster = newCluster()
    const before = cluster.entries('etcd.txn').length
    cluster.ask('POST', PODS, pod('Bad_Name'))
    const [last] = cluster.entries('apiserver.pipeline').slice(-1)
    expect(last?.args).toMatchObject({
      stages: ['authentication', 'authorization', 'decoding', 'mutating'],
      refused: { stage: 'validation', code: 422, reason: 'Invalid' },
    })
    expect(cluster.entries('etcd.txn')).toHaveLength(before)
  })
})

describe('an update', () => {
  test('with a version that is no longer there conflicts', () => {
    const cluster = newCluster()
    const { body } = cluster.create(configMap('a', { k: '1' }))
    expect(cluster.ask('PUT', `${CONFIGMAPS}/a`, { ...body, data: { k: '2' } }).code).toBe(200)
    expect(cluster.refusal('PUT', `${CONFIGMAPS}/a`, { ...body, data: { k: '3' } })).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    })
  })

  test('that changes nothing writes nothing', () => {
    const cluster = newCluster()
    const { body } = cluster.create(configMap('a', { k: '1' }))
    const again = cluster.ask('PUT', `${CONFIGMAPS}/a`, { ...body, data: { k: '1' } })
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
  })

  test('of the spec leaves the status alone and raises the generation; of the status the other way round', () => {
    const cluster = newCluster()
    const { body } = cluster.create(deployment())
    const spec = cluster.ask('PUT', `${DEPLOYMENTS}/web`, {
      ...body,
      spec: { ...body.spec, replicas: 5 },
      status: { replicas: 9 },
    }).body
    expect(spec).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 }, status: {} })
    const status = cluster.ask('PUT', `${DEPLOYMENTS}/web/status`, {
      ...spec,
      spec: { ...spec.spec, replicas: 1 },
      status: { replicas: 2 },
    }).body
    expect(status).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 }, status: { replicas: 2 } })
  })

  test('by any of the patches changes what it says', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const image = cluster.ask(
      'PATCH',
      `${DEPLOYMENTS}/web`,
      { spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:1.28' }] } } } },
      { contentType: MEDIA.strategicMergePatch },
    ).body
    expect(image.spec.template.spec.containers[0]).toMatchObject({
      image: 'nginx:1.28',
      terminationMessagePath: '/dev/termination-log',
    })
    const label = cluster.ask(
      'PATCH',
      `${DEPLOYMENTS}/web`,
      { metadata: { labels: { a: 'b', app: null } } },
      { contentType: MEDIA.mergePatch },
    ).body
    expect(label.metadata.labels).toEqual({ a: 'b' })
    const json = cluster.ask('PATCH', `${DEPLOYMENTS}/web`, [{ op: 'replace', path: '/spec/replicas', value: 7 }], {
      contentType: MEDIA.jsonPatch,
    }).body
    expect(json.spec.replicas).toBe(7)
    expect(json.metadata.generation).toBe(3)
  })

  test('by two patches at once keeps both: who loses the race tries again', () => {
    const cluster = newCluster()
    cluster.create(configMap('a', { k: '1' }))
    for (const key of ['x', 'y', 'z'])
      cluster.send('PATCH', `${CONFIGMAPS}/a`, { data: { [key]: '1' } }, { contentType: MEDIA.mergePatch })
    cluster.settle()
    expect(cluster.ask('GET', `${CONFIGMAPS}/a`).body.data).toEqual({ k: '1', x: '1', y: '1', z: '1' })
    expect(cluster.entries('etcd.txn.answer').some(e => !(e.args as { succeeded: boolean }).succeeded)).toBe(true)
  })

  test('of scale changes the replicas', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const scale = cluster.ask(
      'PATCH',
      `${DEPLOYMENTS}/web/scale`,
      { spec: { replicas: 4 } },
      { contentType: MEDIA.mergePatch },
    ).body
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 4 },
      status: { selector: 'app=web' },
    })
    expect(cluster.ask('GET', `${DEPLOYMENTS}/web`).body).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } })
  })

  test('that makes no object of the kind is invalid itself', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const patch = (contentType: string, body: object) =>
      cluster.ask('PATCH', `${DEPLOYMENTS}/web`, body, { contentType, query: { fieldValidation: 'Strict' } })
    expect(patch(MEDIA.strategicMergePatch, { spec: { bar: true, foo: ['a', null] } })).toMatchObject({
      code: 422,
      body: {
        reason: 'Invalid',
        message:
          ' "" is invalid: patch: Invalid value: "map[spec:map[bar:true foo:[a <nil>]]]": strict decoding error: unknown field "spec.bar", unknown field "spec.foo"',
      },
    })
    expect(patch(MEDIA.mergePatch, { spec: { foo: 1 } }).body.message).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{\\"apiVersion\\":.*": strict decoding error: unknown field "spec\.foo"$/,
    )
    expect(patch(MEDIA.mergePatch, { spec: { replicas: 'x' } }).code).toBe(422)
  })

  test('of scale of what is not there names the subresource, a read of it the object', () => {
    const cluster = newCluster()
    expect(cluster.ask('GET', `${DEPLOYMENTS}/nope/scale`).body.message).toBe('deployments.apps "nope" not found')
    const patch = [{ spec: { replicas: 4 } }, { contentType: MEDIA.mergePatch }] as const
    expect(cluster.ask('PATCH', `${DEPLOYMENTS}/nope/scale`, ...patch).body).toMatchObject({
      code: 404,
      message: 'deployments/scale.apps "nope" not found',
      details: { kind: 'deployments/scale', group: 'apps' },
    })
    expect(cluster.ask('PATCH', `${DEPLOYMENTS}/nope/status`, ...patch).body.message).toBe('deployments.apps "nope" not found')
  })
})

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
