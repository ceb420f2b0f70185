import { expect, test } from 'vitest'
import { apiPath, mustResource } from '../../api/kinds'
import { MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { TestCluster } from '../testing'

const priorityClass = (name: string, globalDefault: boolean): KubeObject =>
  ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value: 10,
    globalDefault,
  }) as unknown as KubeObject
const path = (name: string) => apiPath(mustResource('scheduling.k8s.io/v1', 'PriorityClass'), undefined, name)

test('a cluster has one default at most, which may be changed and made another', () => {
  const cluster = new TestCluster(createEtcd())
  const patch = (name: string, body: object) => cluster.ask('PATCH', path(name), body, { contentType: MEDIA.mergePatch })
  expect(cluster.create(priorityClass('a', true)).code).toBe(201)
  expect(cluster.create(priorityClass('b', false)).code).toBe(201)
  const why = 'PriorityClass a is already marked as default. Only one default can exist'
  const { code, body } = cluster.create(priorityClass('c', true))
  expect([code, (body as unknown as Status).message]).toEqual([403, `priorityclasses.scheduling.k8s.io "c" is forbidden: ${why}`])
  expect(patch('b', { globalDefault: true }).code).toBe(403)
  expect(patch('a', { description: 'usual' }).code).toBe(200)
  expect(patch('a', { globalDefault: false }).code).toBe(200)
  expect(patch('b', { globalDefault: true }).code).toBe(200)
})
