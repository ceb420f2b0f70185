/** A PUT of what is not there: some resources are created by it, most are not found. */
import { describe, expect, test } from 'vitest'
import { apiPath, mustResource } from '../api/kinds'
import type { KubeObject } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { CONFIGMAPS, configMap, TestCluster, withAccount } from './testing'

const cluster = withAccount(new TestCluster(createEtcd()))
const object = (apiVersion: string, kind: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  ...more,
})
const pathOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  apiPath(mustResource(apiVersion, kind), 'default', metadata.name)

const ROLE = { apiGroup: 'rbac.authorization.k8s.io', name: 'web' }
const CREATED = [
  object('v1', 'Service', { spec: { ports: [{ port: 80 }] } }),
  object('v1', 'Endpoints'),
  object('v1', 'LimitRange', { spec: { limits: [] } }),
  {
    ...object('v1', 'Event', {
      involvedObject: { namespace: 'default', name: 'web', kind: 'Pod' },
      reason: 'Seen',
      type: 'Normal',
    }),
  },
  object('coordination.k8s.io/v1', 'Lease', { spec: {} }),
  object('rbac.authorization.k8s.io/v1', 'Role'),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole'),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { ...ROLE, kind: 'Role' } }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef: { ...ROLE, kind: 'ClusterRole' } }),
]
const NOT_FOUND = [
  object('v1', 'ConfigMap'),
  object('v1', 'Pod', { spec: { containers: [{ name: 'a', image: 'b' }] } }),
  object('v1', 'PodTemplate', { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } }),
  object('apps/v1', 'Deployment'),
  object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }),
  object('storage.k8s.io/v1', 'StorageClass', { provisioner: 'p' }),
]

describe('a PUT of what is not there', () => {
  test.each(CREATED)('creates a $kind', body => {
    const answer = cluster.ask('PUT', pathOf(body), body)
    expect(answer.code).toBe(201)
    expect(cluster.ask('GET', pathOf(body)).body.metadata.uid).toBe(answer.body.metadata.uid)
  })

  test.each(NOT_FOUND)('finds no $kind', body => {
    const { groupResource } = mustResource(body.apiVersion, body.kind)
    expect(cluster.refusal('PUT', pathOf(body), body)).toMatchObject({ code: 404, message: `${groupResource} "web" not found` })
  })

  test('creates nothing that is wrong, and a Service gets its address as by a POST', () => {
    const { body } = cluster.ask('PUT', '/api/v1/namespaces/default/services/other', {
      ...object('v1', 'Service', { spec: { ports: [{ port: 80 }] } }),
      metadata: { name: 'other' },
    })
    expect(body.spec.clusterIP).toMatch(/^10\./)
    const wrong = { ...object('v1', 'Service', { spec: {} }), metadata: { name: 'wrong' } }
    expect(cluster.refusal('PUT', '/api/v1/namespaces/default/services/wrong', wrong).code).toBe(422)
    expect(cluster.ask('GET', '/api/v1/namespaces/default/services/wrong').code).toBe(404)
  })

  test('is a creation, which who asks must be allowed to make', () => {
    const rules = [{ apiGroups: [''], resources: ['services'], verbs: ['update', 'get'] }]
    cluster.create({ ...object('rbac.authorization.k8s.io/v1', 'Role', { rules }), metadata: { name: 'updater' } })
    cluster.create({
      ...object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
        roleRef: { ...ROLE, kind: 'Role', name: 'updater' },
        subjects: [{ kind: 'User', name: 'joe', apiGroup: 'rbac.authorization.k8s.io' }],
      }),
      metadata: { name: 'updater' },
    })
    const body = { ...object('v1', 'Service', { spec: { ports: [{ port: 80 }] } }), metadata: { name: 'joes' } }
    const path = '/api/v1/namespaces/default/services/joes'
    expect(cluster.refusal('PUT', path, body, { user: 'joe' })).toMatchObject({
      code: 403,
      message: 'services "joes" is forbidden: ',
    })
  })
})

test('a PUT that names a uid is of the object with that uid, or of none', () => {
  const conflict = (name: string, is: string): string =>
    `Operation cannot be fulfilled on configmaps "${name}": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${is}`
  const body = (name: string) => ({ ...configMap(name), metadata: { name, uid: 'other' } })
  expect(cluster.refusal('PUT', `${CONFIGMAPS}/gone`, body('gone'))).toMatchObject({ code: 409, message: conflict('gone', '') })
  const { uid = '' } = cluster.create(configMap('there')).body.metadata
  expect(cluster.refusal('PUT', `${CONFIGMAPS}/there`, body('there')).message).toBe(conflict('there', uid))
  const patch = { metadata: { uid: 'other' } }
  const contentType = 'application/merge-patch+json'
  expect(cluster.refusal('PATCH', `${CONFIGMAPS}/there`, patch, { contentType }).message).toBe(
    'ConfigMap "there" is invalid: metadata.uid: Invalid value: "other": field is immutable',
  )
})
