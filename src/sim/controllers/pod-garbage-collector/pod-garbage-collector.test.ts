import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { podGarbageCollector } from './pod-garbage-collector'

const node = (name: string, ready: string, taints: object[] = []): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { taints },
  status: { conditions: [{ type: 'Ready', status: ready }] },
})
const pod = (name: string, nodeName: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, finalizers: ['example.com/watch'], ...more },
  spec: { nodeName },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})
const DELETED = { deletionTimestamp: '2026-01-01T00:00:01Z', deletionGracePeriodSeconds: 30 }

describe('the pod garbage collector', () => {
  it('marks the pods of a node that has been gone for forty seconds as failed, says why, and deletes them without grace', () => {
    const cluster = new TestCluster([podGarbageCollector()])
    cluster.put(pod('web', 'gone'))
    cluster.pass(59)
    expect(cluster.log).toEqual([])
    cluster.pass(5)
    expect(cluster.log.map(l => l.text)).toEqual([
      'pod-garbage-collector patch pods/status web 200',
      'pod-garbage-collector delete pods web 200',
    ])
    const [patch, deletion] = cluster.log.map(l => l.body as { status: object })
    expect(patch?.status).toEqual({
      phase: 'Failed',
      observedGeneration: 1,
      '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'DisruptionTarget' }],
      conditions: [
        expect.objectContaining({ reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', observedGeneration: 1 }),
      ],
    })
    expect(deletion).toEqual({ kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 })
  })

  it('ends what is being deleted on a node that is out of service, and nothing else there', () => {
    const cluster = new TestCluster([podGarbageCollector()])
    cluster.put(
      node('node-1', 'Unknown', [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }]),
    )
    cluster.put(node('node-2', 'Unknown'))
    cluster.put(pod('stuck', 'node-1', DELETED))
    cluster.put(pod('running', 'node-1'))
    cluster.put(pod('elsewhere', 'node-2', DELETED))
    cluster.pass(21)
    expect(cluster.log.filter(l => l.verb === 'delete').map(l => l.name)).toEqual(['stuck'])
  })

  it('deletes the oldest pods that have ended, where there are more than may stay', () => {
    const cluster = new TestCluster([podGarbageCollector(1)])
    cluster.put(node('node-1', 'True'))
    for (const [i, name] of ['first', 'second', 'third'].entries())
      cluster.put({ ...pod(name, 'node-1', { creationTimestamp: `2026-01-01T00:00:0${i}Z` }), status: { phase: 'Succeeded' } })
    cluster.put(pod('running', 'node-1'))
    cluster.pass(21)
    expect(cluster.log.filter(l => l.verb === 'delete').map(l => l.name)).toEqual(['first', 'second'])
  })
})
