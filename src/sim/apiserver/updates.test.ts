import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { createEtcd } from '../etcd/etcd'
import { CONFIGMAPS, configMap, DEPLOYMENTS, deployment, PODS, pod, TestCluster, withAccount } from './testing'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))

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
    const [last] = cluster.entries('apiserver.pipeline').slice(-1)
    expect(last?.args).toMatchObject({
      stages: ['authentication', 'authorization', 'decoding', 'mutating'],
      refused: { stage: 'storage', code: 409, reason: 'Conflict' },
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
      message: 'Pod "web" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
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

  test('that takes a status away leaves one that says nothing', () => {
    const cluster = newCluster()
    cluster.create(deployment())
    const { replicaSet, job } = {
      replicaSet: { ...deployment('rs'), kind: 'ReplicaSet', spec: { ...deployment('rs').spec, strategy: undefined } },
      job: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'job' },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } } },
      },
    }
    for (const object of [replicaSet, job]) expect(cluster.create(object).code).toBe(201)
    const cleared = (path: string, contentType: string, body: unknown) =>
      cluster.ask('PATCH', `${path}/status`, body, { contentType }).body.status
    const jsonPatch = [{ op: 'replace', path: '/status', value: null }]
    const [sets, jobs] = ['/apis/apps/v1/namespaces/default/replicasets/rs', '/apis/batch/v1/namespaces/default/jobs/job']
    expect(cleared(`${DEPLOYMENTS}/web`, MEDIA.mergePatch, { status: { replicas: 3 } })).toEqual({ replicas: 3 })
    expect(cleared(`${DEPLOYMENTS}/web`, MEDIA.mergePatch, { status: null })).toEqual({})
    expect(cleared(sets, MEDIA.jsonPatch, jsonPatch)).toEqual({ replicas: 0 })
    expect(cleared(jobs, MEDIA.jsonPatch, jsonPatch)).toEqual({})
  })

  test('of a DaemonSet does not change the number of its template’s generation, which has to be one', () => {
    const cluster = newCluster()
    const key = 'deprecated.daemonset.template.generation'
    const { strategy: _, replicas: __, ...spec } = deployment('d').spec
    const daemonSet = { ...deployment('d'), kind: 'DaemonSet', spec }
    expect(cluster.create(daemonSet).body.metadata.annotations).toEqual({ [key]: '1' })
    const path = '/apis/apps/v1/namespaces/default/daemonsets/d'
    const patch = (to: string, value: string, contentType: string = MEDIA.mergePatch) =>
      cluster.ask('PATCH', to, { metadata: { annotations: { [key]: value } } }, { contentType })
    expect(patch(path, '7').body.metadata.annotations).toEqual({ [key]: '1' })
    expect(patch(`${path}/status`, '7').body.metadata.annotations).toEqual({ [key]: '1' })
    expect(patch(path, 'x').body).toMatchObject({
      code: 422,
      message: expect.stringMatching(/^ "" is invalid: patch: Invalid value: .*: strconv.ParseInt: parsing "x": invalid syntax$/),
    })
    expect(patch(path, '9223372036854775808', MEDIA.strategicMergePatch).body).toMatchObject({
      code: 500,
      message: 'strconv.ParseInt: parsing "9223372036854775808": value out of range',
    })
    const other = { ...daemonSet, metadata: { name: 'e', annotations: { [key]: '' } } }
    expect(cluster.create(other).body).toMatchObject({
      code: 400,
      message: 'DaemonSet in version "v1" cannot be handled as a DaemonSet: strconv.ParseInt: parsing "": invalid syntax',
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
