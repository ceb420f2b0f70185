import { expect, test } from 'vitest'
import { MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { deployment, TestCluster, withAccount } from '../testing'
import type { Entry } from './managers'

const WEB = '/apis/apps/v1/namespaces/default/deployments/web'
const REPLICAS = { 'f:spec': { 'f:replicas': {} } }

const newCluster = (): TestCluster => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  cluster.create(deployment('web', 3), { query: { fieldManager: 'kubectl-create' } })
  return cluster
}
const applyScale = (cluster: TestCluster, replicas: number, fieldManager: string, force = false) =>
  cluster.ask<KubeObject & Status>(
    'PATCH',
    `${WEB}/scale`,
    { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas } },
    { contentType: MEDIA.applyPatch, query: { fieldManager, ...(force && { force: 'true' }) } },
  )
/** Who manages the replicas: manager, operation and subresource. */
const owners = (cluster: TestCluster): (readonly unknown[])[] =>
  ((cluster.ask('GET', WEB).body.metadata.managedFields ?? []) as readonly Entry[])
    .filter(({ fieldsV1 }) => fieldsV1['f:spec']?.['f:replicas'])
    .map(({ manager, operation, apiVersion, subresource }) => [manager, operation, apiVersion, subresource])

test('who applies a Scale of another size than somebody else has set is told so, in the Scale’s own version', () => {
  const cluster = newCluster()
  expect(applyScale(cluster, 5, 'me').body).toMatchObject({
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "kubectl-create" using autoscaling/v1: .spec.replicas',
  })
  expect(owners(cluster)).toEqual([['kubectl-create', 'Update', 'apps/v1', undefined]])
})

test('by force it takes the replicas, and only them, over', () => {
  const cluster = newCluster()
  const { code, body } = applyScale(cluster, 5, 'me', true)
  expect([code, body.kind, body.spec]).toEqual([200, 'Scale', { replicas: 5 }])
  expect(owners(cluster)).toEqual([['me', 'Apply', 'apps/v1', 'scale']])
  const entries = cluster.ask('GET', WEB).body.metadata.managedFields as unknown as readonly Entry[]
  const [mine, creator] = entries
  expect(mine).toEqual({
    manager: 'me',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    fieldsV1: REPLICAS,
    subresource: 'scale',
  })
  expect(creator?.fieldsV1['f:spec']).toHaveProperty('f:template')
})

test('who applies the same size manages it, too', () => {
  const cluster = newCluster()
  expect(applyScale(cluster, 3, 'me').code).toBe(200)
  expect(owners(cluster).map(([manager]) => manager)).toEqual(['me', 'kubectl-create'])
  expect(applyScale(cluster, 4, 'me').code).toBe(409)
})

test('a size that nobody has set on record counts as set before', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  cluster.create(deployment('web', 3))
  expect(applyScale(cluster, 5, 'me').body.message).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using autoscaling/v1: .spec.replicas',
  )
  expect(applyScale(cluster, 5, 'me', true).code).toBe(200)
})

test('an update of the Scale takes the replicas, without a time', () => {
  const cluster = newCluster()
  const scale = { spec: { replicas: 7 } }
  cluster.ask('PATCH', `${WEB}/scale`, scale, { contentType: MEDIA.mergePatch, query: { fieldManager: 'kubectl' } })
  expect(owners(cluster)).toEqual([['kubectl', 'Update', 'apps/v1', 'scale']])
  const entries = cluster.ask('GET', WEB).body.metadata.managedFields as unknown as readonly Entry[]
  expect(entries.map(({ manager, time }) => [manager, time === undefined])).toEqual([
    ['kubectl', true],
    ['kubectl-create', false],
  ])
})
