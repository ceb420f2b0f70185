import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { controllerUser, nodeUser } from '../api/rooms'
import type { KubeList } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { CONFIGMAPS, configMap, DEPLOYMENTS, deployment, names, PODS, pod, TestCluster, withAccount } from './testing'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))

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

  test('of a CSI driver that says nothing attaches, and keeps what it has', () => {
    const driver = { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: 'csi.example.com' }, spec: {} }
    expect(newCluster().create(driver).body.spec).toMatchObject({
      attachRequired: true,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
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
      "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a/three'",
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

  test('with dryRun is refused for what is there already', () => {
    const cluster = newCluster()
    cluster.create(configMap('a'))
    expect(cluster.refusal('POST', CONFIGMAPS, configMap('a'), { query: { dryRun: 'All' } })).toMatchObject({
      code: 409,
      message: 'configmaps "a" already exists',
    })
  })

  test('of an object that says which version it has is an error without a reason', () => {
    const cluster = newCluster()
    const object = { ...configMap('a'), metadata: { name: 'a', resourceVersion: '5' } }
    const refusal = cluster.refusal('POST', CONFIGMAPS, object)
    expect(refusal).toMatchObject({ code: 500, message: 'resourceVersion should not be set on objects to be created' })
    expect(cluster.ask('POST', CONFIGMAPS, object, { query: { dryRun: 'All' } }).code).toBe(201)
  })

  test('where no object is created is not routed, nor is a change of a collection', () => {
    const cluster = newCluster()
    const message = 'the server does not allow this method on the requested resource'
    expect(cluster.refusal('POST', `${PODS}/web`, pod())).toMatchObject({ code: 405, message })
    expect(cluster.refusal('POST', '/api/v1/pods', pod())).toMatchObject({ code: 405, message })
    expect(cluster.refusal('PUT', PODS, pod())).toMatchObject({ code: 405, message })
    expect(cluster.refusal('DELETE', '/api/v1/namespaces')).toMatchObject({ code: 405, message })
    expect(cluster.refusal('GET', '/api/v1/pods/web').message).toBe('the server could not find the requested resource')
  })

  test('of another kind or version than its path has is not decoded', () => {
    const cluster = newCluster()
    const refused = (change: object) => cluster.refusal('POST', CONFIGMAPS, { ...configMap('a'), ...change }).message
    expect(refused({ kind: 'Secret' })).toBe(
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    )
    expect(refused({ apiVersion: 'v2' })).toBe(
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    )
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
  test('calls its object what its path calls it', () => {
    const cluster = newCluster()
    cluster.create(configMap('a'))
    const refused = (metadata: object) => cluster.refusal('PUT', `${CONFIGMAPS}/a`, { ...configMap('a'), metadata })
    expect(refused({ name: 'b' }).message).toBe('the name of the object (b) does not match the name on the URL (a)')
    expect(refused({}).message).toBe('the name of the object (a based on URL) was undeterminable: name must be provided')
    expect(refused({ name: 'a', namespace: 'other' }).message).toBe(
      'the namespace of the object (other) does not match the namespace on the request (default)',
    )
  })

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

  test('of what containers ask for may not take a request away, ask for another device, or change the class of the pod', () => {
    const cluster = newCluster()
    const resources = { requests: { cpu: '100m', memory: '10Mi' } }
    cluster.ask('POST', PODS, pod('web', { containers: [{ name: 'c', image: 'x', resources }] }))
    const resize = (to: object) =>
      cluster.ask(
        'PATCH',
        `${PODS}/web/resize`,
        { spec: { containers: [{ name: 'c', image: 'y', resources: to }] } },
        {
          contentType: MEDIA.mergePatch,
        },
      )
    expect(resize({ requests: { cpu: '200m' } }).body).toMatchObject({
      message: 'Pod "web" is invalid: spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    })
    expect(resize({ requests: { cpu: '1', memory: '10Mi' }, limits: { cpu: '1', memory: '10Mi' } }).body).toMatchObject({
      message: 'Pod "web" is invalid: spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
    })
    expect(resize({ requests: { ...resources.requests, 'ephemeral-storage': '1Gi' } }).body).toMatchObject({
      message: 'Pod "web" is invalid: spec: Forbidden: only cpu and memory resources are mutable',
    })
    expect(resize({ requests: { cpu: '200m', memory: '10Mi' } }).body).toMatchObject({
      metadata: { generation: 2 },
      spec: { containers: [{ image: 'x' }] },
    })
    expect(resize({ requests: { cpu: '200m', memory: '10Mi' } }).body.metadata.generation).toBe(2)
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

  test.each<[object, string]>([
    [{ spec: { replicas: 'x' } }, 'unrecognized type: int32'],
    [{ spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
    [{ metadata: { labels: { a: 1 } } }, 'cannot convert int64 to string'],
    [{ spec: { paused: 'yes' } }, 'unrecognized type: bool'],
    [{ spec: { template: 'x' } }, 'cannot restore struct from: string'],
    [{ spec: { template: { spec: { containers: [{ name: 'nginx', args: 'x' }] } } } }, 'cannot restore slice from string'],
    [{ spec: { selector: { matchLabels: ['a'] } } }, 'cannot restore map from slice'],
  ])('by a strategic merge of a wrong type, %j, is refused in the words of its converter', (body, why) => {
    const cluster = newCluster()
    cluster.create(deployment())
    const answer = cluster.refusal('PATCH', `${DEPLOYMENTS}/web`, body, { contentType: MEDIA.strategicMergePatch })
    expect(answer).toMatchObject({ code: 422, message: expect.stringMatching(`: ${why}$`) })
  })

  test('by a patch that no list can take is an error without a reason', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const body = { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }
    const answer = cluster.refusal('PATCH', `${DEPLOYMENTS}/web`, body, { contentType: MEDIA.strategicMergePatch })
    expect(answer).toMatchObject({ code: 500, message: 'map: map[image:x] does not contain declared merge key: name' })
    expect(answer).not.toHaveProperty('reason')
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
