import { expect, test } from 'vitest'
import { type HttpResponse, MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { deployment, TestCluster, withAccount } from '../testing'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

const apply = (
  cluster: TestCluster,
  path: string,
  body: unknown,
  query: Readonly<Record<string, string>> = {},
): HttpResponse<KubeObject & Status> =>
  cluster.ask('PATCH', path, body, { contentType: MEDIA.applyPatch, query: { fieldManager: 'kubectl', ...query } })

const configMap = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'owned' },
  data,
})

test('an apply creates what is not there', () => {
  const { code, body } = apply(newCluster(), `${CONFIG_MAPS}/owned`, configMap({ a: '1', b: '2' }))
  expect(code).toBe(201)
  expect(body.data).toEqual({ a: '1', b: '2' })
  expect(body.metadata.managedFields).toEqual([
    expect.objectContaining({
      manager: 'kubectl',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } },
    }),
  ])
})

test('who applies another value of a field that somebody else applied is told so, as recorded', () => {
  const cluster = newCluster()
  apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1', b: '2' }))
  const { code, body } = apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '9' }), { fieldManager: 'other' })
  expect(code).toBe(409)
  expect(body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Apply failed with 1 conflict: conflict with "kubectl": .data.a',
    reason: 'Conflict',
    details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.a' }] },
    code: 409,
  })
})

test('force takes the field over, and the first manager keeps the rest', () => {
  const cluster = newCluster()
  apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1', b: '2' }))
  const { code, body } = apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '9' }), { fieldManager: 'other', force: 'true' })
  expect(code).toBe(200)
  expect(body.data).toEqual({ a: '9', b: '2' })
  const owners = (body.metadata.managedFields as { manager: string; fieldsV1: unknown }[]).map(e => [e.manager, e.fieldsV1])
  expect(owners).toEqual([
    ['kubectl', { 'f:data': { 'f:b': {} } }],
    ['other', { 'f:data': { 'f:a': {} } }],
  ])
})

test('a field that its only manager no longer applies goes away, one that another applied too stays', () => {
  const cluster = newCluster()
  apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1', b: '2', c: '3' }))
  apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ b: '2' }), { fieldManager: 'other' })
  expect(apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1' })).body.data).toEqual({ a: '1', b: '2' })
})

test('the same apply again writes nothing', () => {
  const cluster = newCluster()
  const first = apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1' })).body
  cluster.pass(5000)
  expect(apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1' })).body).toEqual(first)
})

test('a replacement takes over what it changes, and removes what it takes away from its managers', () => {
  const cluster = newCluster()
  const { metadata } = apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1', b: '2' })).body
  const put = cluster.ask(
    'PUT',
    `${CONFIG_MAPS}/owned`,
    { ...configMap({ a: '1', c: '3' }), metadata: { name: 'owned', resourceVersion: metadata.resourceVersion } },
    { query: { fieldManager: 'kubectl-replace' } },
  )
  const owners = (put.body.metadata.managedFields as { manager: string; fieldsV1: unknown }[]).map(e => [e.manager, e.fieldsV1])
  expect(owners).toEqual([
    ['kubectl', { 'f:data': { 'f:a': {} } }],
    ['kubectl-replace', { 'f:data': { 'f:c': {} } }],
  ])
})

test('who created an object imperatively is in the way of an apply, with the version that it used', () => {
  const cluster = newCluster()
  cluster.create(deployment('web'), { query: { fieldManager: 'kubectl-create' } })
  const config = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 5, template: { spec: { containers: [{ name: 'nginx', image: 'nginx:1.28' }] } } },
  }
  const { code, body } = apply(cluster, `${DEPLOYMENTS}/web`, config)
  expect(code).toBe(409)
  expect(body.message).toBe(
    'Apply failed with 2 conflicts: conflicts with "kubectl-create" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name="nginx"].image',
  )
  const forced = apply(cluster, `${DEPLOYMENTS}/web`, config, { force: 'true' })
  expect(forced.body.spec).toMatchObject({ replicas: 5, template: { spec: { containers: [{ image: 'nginx:1.28' }] } } })
})

test('scaling takes the replicas over, and says through which subresource', () => {
  const cluster = newCluster()
  const config = (replicas?: number) => ({
    ...deployment('web'),
    status: undefined,
    spec: { ...deployment('web').spec, strategy: undefined, replicas },
  })
  apply(cluster, `${DEPLOYMENTS}/web`, config(2))
  cluster.ask(
    'PATCH',
    `${DEPLOYMENTS}/web/scale`,
    { spec: { replicas: 4 } },
    { contentType: MEDIA.mergePatch, query: { fieldManager: 'kubectl' } },
  )
  expect(apply(cluster, `${DEPLOYMENTS}/web`, config(2)).body.message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
  )
  expect(apply(cluster, `${DEPLOYMENTS}/web`, config()).body.spec.replicas).toBe(4)
})

test('items of a list are told apart by their keys, and new ones stand where they were applied', () => {
  const cluster = newCluster()
  const pod = (containers: readonly object[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
  })
  apply(cluster, `${DEPLOYMENTS}/web`, pod([{ name: 'a', image: 'x', ports: [{ containerPort: 80 }] }]))
  const side = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [{ name: 'b', image: 'y' }] } } },
  }
  const both = apply(cluster, `${DEPLOYMENTS}/web`, side, { fieldManager: 'mesh' }).body
  expect(both.spec.template.spec.containers.map((c: { name: string }) => c.name)).toEqual(['a', 'b'])
  const without = { ...side, spec: { template: { metadata: { labels: { mesh: 'no' } } } } }
  const after = apply(cluster, `${DEPLOYMENTS}/web`, without, { fieldManager: 'mesh' }).body
  expect(after.spec.template.spec.containers.map((c: { name: string }) => c.name)).toEqual(['a'])
})

test('a field that the type does not have is named by its path', () => {
  const { code, body } = apply(newCluster(), `${DEPLOYMENTS}/web`, { ...deployment('web'), spec: { replica: 3 } })
  expect([code, body.message, body.reason]).toEqual([
    500,
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
    undefined,
  ])
})

test.each<[object, string]>([
  [{ spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
  [{ spec: { paused: 'yes' } }, '.spec.paused: expected boolean, got &{yes}'],
  [{ metadata: { name: 'web', labels: { a: 1 } } }, '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:1}'],
  [{ spec: { selector: 'x' } }, '.spec.selector: expected map, got &{x}'],
  [{ spec: { template: { spec: { containers: { a: 1 } } } } }, '.spec.template.spec.containers: expected list, got &{map[a:1]}'],
])('a configuration of a wrong type is refused in the words of its type: %j', (config, why) => {
  const { body } = apply(newCluster(), `${DEPLOYMENTS}/web`, { ...deployment('web'), ...config })
  expect(body.message).toBe(`failed to create typed patch object (default/web; apps/v1, Kind=Deployment): ${why}`)
})

test('a configuration of the core group is named with an empty group, and one of another version is refused', () => {
  const cluster = newCluster()
  const refused = (config: object) => apply(cluster, `${CONFIG_MAPS}/owned`, { ...configMap({}), ...config }).body.message
  expect(refused({ foo: 1 })).toBe(
    'failed to create typed patch object (default/owned; /v1, Kind=ConfigMap): .foo: field not declared in schema',
  )
  expect(refused({ apiVersion: 'v2' })).toBe(
    'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
  )
})

test('an apply says who applies, and only an apply may force', () => {
  const cluster = newCluster()
  expect(apply(cluster, `${CONFIG_MAPS}/owned`, configMap({}), { fieldManager: '' }).body.message).toBe(
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  )
  const merge = cluster.ask<Status>(
    'PATCH',
    `${CONFIG_MAPS}/owned`,
    {},
    { contentType: MEDIA.mergePatch, query: { force: 'true' } },
  )
  expect(merge.body.message).toBe(
    'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
  )
})

test('what only the control plane writes carries no managed fields', () => {
  const cluster = newCluster()
  const user = 'system:serviceaccount:kube-system:deployment-controller'
  expect(cluster.create(configMap({ a: '1' }) as KubeObject, { user, quiet: false }).body.metadata?.managedFields).toBeUndefined()
})

test('a dry run of an apply shows what would be, and leaves nothing', () => {
  const cluster = newCluster()
  const { code, body } = apply(cluster, `${CONFIG_MAPS}/owned`, configMap({ a: '1' }), { dryRun: 'All' })
  expect([code, body.data]).toEqual([201, { a: '1' }])
  expect(cluster.ask('GET', `${CONFIG_MAPS}/owned`).code).toBe(404)
})
