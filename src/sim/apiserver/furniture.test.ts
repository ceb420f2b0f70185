/** What is there before anybody has written anything. */
import { expect, test } from 'vitest'
import { GROUP_VERSIONS } from '../api/kinds'
import type { KubeList, KubeObject } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { names, TestCluster } from './testing'

const cluster = new TestCluster(createEtcd())
const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'
const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1'
const list = (path: string): readonly KubeObject[] => cluster.ask<KubeList>('GET', path).body.items

test('each group version that the apiserver serves has an APIService that is available, but for that of APIServices', () => {
  const services = list(SERVICES)
  const served = services.map(({ spec }) => (spec.group ? `${spec.group}/${spec.version}` : spec.version))
  expect(served.toSorted()).toEqual(GROUP_VERSIONS.filter(version => !version.startsWith('apiregistration')).toSorted())
  for (const { status } of services)
    expect(status.conditions).toMatchObject([{ type: 'Available', status: 'True', reason: 'Local' }])
})

test('every flow schema names a priority level that is there', () => {
  const levels = names(cluster.ask<KubeList>('GET', `${FLOW}/prioritylevelconfigurations`).body)
  const schemas = list(`${FLOW}/flowschemas`)
  expect([levels.length, schemas.length]).toEqual([8, 11])
  for (const { spec, status } of schemas) {
    const { name } = spec.priorityLevelConfiguration
    expect(levels).toContain(name)
    expect(status.conditions[0].message).toContain(`"${name}" and it exists`)
  }
})

test('furniture has uids of its own, whatever the seed', () => {
  const flow = ['flowschemas', 'prioritylevelconfigurations'].flatMap(plural => list(`${FLOW}/${plural}`))
  const uids = [...list(SERVICES), ...flow].map(({ metadata }) => metadata.uid)
  expect(new Set(uids).size).toBe(uids.length)
  const other = new TestCluster(createEtcd(), 7).ask<KubeList>('GET', SERVICES).body.items
  expect(other.map(({ metadata }) => metadata.uid)).toEqual(list(SERVICES).map(({ metadata }) => metadata.uid))
})

test('an APIService that names no Service is available at once, and one that names one is not yet', () => {
  const service = (version: string, spec: object): KubeObject => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.example.com` },
    spec: { group: 'example.com', version, groupPriorityMinimum: 100, versionPriority: 10, ...spec },
  })
  expect(cluster.ask('POST', SERVICES, service('v1', {})).body.status.conditions[0].reason).toBe('Local')
  const remote = service('v2', { service: { namespace: 'default', name: 'away' }, insecureSkipTLSVerify: true })
  expect(cluster.ask('POST', SERVICES, remote).body.status).toEqual({})
})
