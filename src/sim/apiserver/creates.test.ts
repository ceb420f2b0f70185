import { describe, expect, test } from 'vitest'
import { createEtcd } from '../etcd/etcd'
import { CONFIGMAPS, configMap, deployment, PODS, pod, TestCluster, withAccount } from './testing'

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
