import { describe, expect, test } from 'vitest'
import {
  apiPath,
  etcdKey,
  GROUP_VERSIONS,
  mustResource,
  parseApiPath,
  parseApiVersion,
  RESOURCES,
  resolveResource,
  resourceByKind,
  resourceByPlural,
  resourcesOfCategory,
  subresourceOf,
} from './kinds'

const pods = mustResource('v1', 'Pod')
const deployments = mustResource('apps/v1', 'Deployment')
const nodes = mustResource('v1', 'Node')

describe('the table of resources', () => {
  test('holds what discovery published', () => {
    expect(RESOURCES).toHaveLength(68)
    expect(deployments).toMatchObject({
      group: 'apps',
      plural: 'deployments',
      singular: 'deployment',
      shortNames: ['deploy'],
      categories: ['all'],
      namespaced: true,
      groupResource: 'deployments.apps',
      groupKind: 'Deployment.apps',
    })
    expect(nodes.namespaced).toBe(false)
    expect(GROUP_VERSIONS.slice(0, 3)).toEqual(['v1', 'apiregistration.k8s.io/v1', 'apps/v1'])
  })
  test('knows the kinds of subresources from other groups', () => {
    expect(subresourceOf(deployments, 'scale')).toEqual({
      name: 'scale',
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      verbs: ['get', 'patch', 'update'],
    })
    expect(subresourceOf(pods, 'eviction')?.apiVersion).toBe('policy/v1')
    expect(subresourceOf(pods, 'status')?.apiVersion).toBe('v1')
    expect(subresourceOf(pods, 'nothing')).toBeUndefined()
  })
  test('is found by plural and by kind', () => {
    expect(resourceByPlural('deployments', 'apps')).toBe(deployments)
    expect(resourceByPlural('deployments')).toBeUndefined()
    expect(resourceByKind('apps/v2', 'Deployment')).toBeUndefined()
    expect(resourceByPlural('horizontalpodautoscalers', 'autoscaling')?.version).toBe('v2')
    expect(parseApiVersion('apps/v1')).toEqual({ group: 'apps', version: 'v1' })
  })
})

describe('a word of the user', () => {
  test.each(['deploy', 'deployment', 'deployments', 'Deployment', 'deployments.apps', 'deploy.apps', 'deployments.v1.apps'])(
    '%s is the Deployment',
    word => {
      expect(resolveResource(word)).toBe(deployments)
    },
  )
  test('finds the preferred group first', () => {
    expect(resolveResource('events')?.group).toBe('')
    expect(resolveResource('events.events.k8s.io')?.group).toBe('events.k8s.io')
    expect(resolveResource('hpa')?.version).toBe('v2')
    expect(resolveResource('hpa.v1.autoscaling')?.version).toBe('v1')
    expect(resolveResource('pods.v1')).toBe(pods)
    expect(resolveResource('thing')).toBeUndefined()
  })
  test('all means the usual workloads in order', () => {
    expect(resourcesOfCategory('all').map(r => r.plural)).toEqual([
      'pods',
      'replicationcontrollers',
      'services',
      'daemonsets',
      'deployments',
      'replicasets',
      'statefulsets',
      'horizontalpodautoscalers',
      'cronjobs',
      'jobs',
    ])
  })
})

describe('paths', () => {
  test('are built for collections, objects and subresources', () => {
    expect(apiPath(pods, 'default', 'web', 'status')).toBe('/api/v1/namespaces/default/pods/web/status')
    expect(apiPath(pods)).toBe('/api/v1/pods')
    expect(apiPath(deployments, 'default')).toBe('/apis/apps/v1/namespaces/default/deployments')
    expect(apiPath(nodes, 'default', 'node-1')).toBe('/api/v1/nodes/node-1')
  })
  test('are read back', () => {
    expect(parseApiPath('/apis/apps/v1/namespaces/default/deployments/web/scale')).toEqual({
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      type: deployments,
      namespace: 'default',
      name: 'web',
      subresource: 'scale',
    })
    expect(parseApiPath('/api/v1/pods')).toMatchObject({ resource: 'pods', namespace: undefined, name: undefined })
    expect(parseApiPath('/api/v1/namespaces')).toMatchObject({ resource: 'namespaces', name: undefined })
    expect(parseApiPath('/api/v1/namespaces/demo')).toMatchObject({ resource: 'namespaces', namespace: 'demo', name: 'demo' })
    expect(parseApiPath('/api/v1/namespaces/demo/finalize')).toMatchObject({
      resource: 'namespaces',
      name: 'demo',
      subresource: 'finalize',
    })
    expect(parseApiPath('/apis/apps/v1/things/x')).toMatchObject({ resource: 'things', type: undefined, name: 'x' })
  })
  test.each(['/api', '/apis', '/apis/apps', '/apis/apps/v1', '/api/v1', '/version', '/healthz'])('%s is no resource', path => {
    expect(parseApiPath(path)).toBeUndefined()
  })
})

describe('etcd keys', () => {
  test('have the prefixes of the real registry', () => {
    expect(etcdKey(pods, 'default', 'web')).toBe('/registry/pods/default/web')
    expect(etcdKey(nodes, undefined, 'node-1')).toBe('/registry/minions/node-1')
    expect(etcdKey(mustResource('v1', 'Service'), 'default', 'web')).toBe('/registry/services/specs/default/web')
    expect(etcdKey(mustResource('v1', 'Endpoints'), 'default', 'web')).toBe('/registry/services/endpoints/default/web')
    expect(etcdKey(mustResource('v1', 'ReplicationController'), 'default')).toBe('/registry/controllers/default/')
    expect(etcdKey(deployments)).toBe('/registry/deployments/')
    expect(etcdKey(mustResource('events.k8s.io/v1', 'Event'))).toBe(etcdKey(mustResource('v1', 'Event')))
    expect(etcdKey(mustResource('networking.k8s.io/v1', 'Ingress'), 'default', 'front')).toBe('/registry/ingress/default/front')
  })
})
