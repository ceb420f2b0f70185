import { expect, test } from 'vitest'
import { MEDIA } from '../../api/messages'
import type { KubeList, KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { TestCluster } from '../testing'

const PATH = '/api/v1/namespaces/default/configmaps'
const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } }
const DRY = { query: { dryRun: 'All' } }

test('a dry run of any verb answers as the real thing does, and changes nothing', () => {
  const cluster = new TestCluster(createEtcd())
  cluster.create(configMap)
  const before = cluster.ask('GET', `${PATH}/a`).body
  const mark = { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }
  expect(cluster.create({ ...configMap, metadata: { name: 'b' } }, DRY).code).toBe(201)
  expect(cluster.ask('PUT', `${PATH}/a`, { ...configMap, data: { x: '2' } }, DRY).body.data).toEqual({ x: '2' })
  const patch = cluster.ask('PATCH', `${PATH}/a`, { data: { y: '3' } }, { ...DRY, contentType: MEDIA.mergePatch })
  expect(patch.body.data).toEqual({ x: '1', y: '3' })
  expect(cluster.ask('DELETE', `${PATH}/a`, undefined, DRY).code).toBe(200)
  expect(cluster.ask('DELETE', `${PATH}/a`, mark).code).toBe(200)
  expect(cluster.ask('DELETE', PATH, mark).code).toBe(200)
  expect(cluster.ask<KubeList>('GET', PATH).body.items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')).toEqual([
    before,
  ])
})
