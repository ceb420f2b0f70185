import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { taintEviction } from './taint-eviction'
import { secondsToStay } from './tolerations'

const taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' as const }
const node = (taints: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1' },
  spec: { taints },
  status: {},
})
const pod = (name: string, tolerations: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName: 'node-1', tolerations },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})

describe('taint eviction', () => {
  it('counts the shortest time of the tolerations that are used', () => {
    expect(
      secondsToStay(
        [taint],
        [
          { operator: 'Exists', tolerationSeconds: 30 },
          { key: taint.key, operator: 'Exists', tolerationSeconds: 10 },
        ],
      ),
    ).toBe(10)
    expect(secondsToStay([taint], [{ operator: 'Exists' }])).toBeUndefined()
    expect(secondsToStay([taint], [])).toBe(0)
  })

  it('deletes pods when their time is up, and says why in a condition', () => {
    const cluster = new TestCluster([taintEviction])
    cluster.put(node([]))
    cluster.put(pod('at-once', []))
    cluster.put(pod('later', [{ key: taint.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }]))
    cluster.put(node([taint]))
    expect(cluster.list('pods').map(p => p.metadata.name)).toEqual(['later'])
    cluster.pass(9)
    expect(cluster.list('pods')).toHaveLength(1)
    cluster.pass(2)
    expect(cluster.list('pods')).toHaveLength(0)
    const patch = cluster.log.find(l => l.resource === 'pods/status')?.body as { status: { conditions: { reason: string }[] } }
    expect(patch.status.conditions[0]?.reason).toBe('DeletionByTaintManager')
    expect(cluster.list('events').map(e => e.message)).toEqual([
      'Marking for deletion Pod default/at-once',
      'Marking for deletion Pod default/later',
    ])
  })

  it('spares a pod whose node comes back in time', () => {
    const cluster = new TestCluster([taintEviction])
    cluster.put(node([taint]))
    cluster.put(pod('web', [{ key: taint.key, operator: 'Exists', tolerationSeconds: 10 }]))
    cluster.put(node([]))
    cluster.pass(20)
    expect(cluster.list('pods')).toHaveLength(1)
    expect(cluster.list('events').map(e => e.message)).toEqual(['Cancelling deletion of Pod default/web'])
  })
})
