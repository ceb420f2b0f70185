import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { replicationcontroller, selectsByMap } from './replicationcontroller'

const frontend = (replicas: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'frontend', namespace: 'default' },
  spec: {
    replicas,
    selector: { app: 'frontend' },
    template: { metadata: { labels: { app: 'frontend' } }, spec: { containers: [] } },
  },
})

describe('a ReplicationController', () => {
  it('gets the pods that it wants, and its status says so', () => {
    const cluster = new TestCluster([replicationcontroller])
    cluster.put(frontend(2))
    expect(cluster.list('pods')).toHaveLength(2)
    expect(cluster.list('replicationcontrollers')[0]?.status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      observedGeneration: 1,
    })
  })

  it('has a selector that is a map, and an empty one selects nothing', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels: { app: 'frontend', tier: 'web' } } }
    expect(selectsByMap(frontend(1), pod)).toBe(true)
    expect(selectsByMap({ ...frontend(1), spec: { selector: {} } }, pod)).toBe(false)
    expect(selectsByMap({ ...frontend(1), spec: {} }, pod)).toBe(false)
  })
})
