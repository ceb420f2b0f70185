import { describe, expect, it } from 'vitest'
import type { KubeObject, Node } from '../../api/types'
import { TestCluster } from '../testing'
import { nodeLifecycle } from './node-lifecycle'
import { evictionRate, zoneStates } from './zones'

const AT = '2026-01-01T00:00:00Z'
const node = (name: string, ready: string, taints?: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { ...(taints && { taints }) },
  status: {
    conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map(type => ({
      type,
      status: type === 'Ready' ? ready : 'False',
      lastHeartbeatTime: AT,
      lastTransitionTime: AT,
    })),
  },
})
const readyAt = (at: string) => ({ type: 'Ready', status: 'True', lastHeartbeatTime: at, lastTransitionTime: at })
const make = () => new TestCluster([nodeLifecycle({ periodMs: 2000, graceMs: 16_000 })])
const taintsOf = (cluster: TestCluster, name: string) =>
  cluster
    .list('nodes')
    .find(n => n.metadata.name === name)
    ?.spec.taints?.map((t: { key: string; effect: string }) => `${t.key}:${t.effect}`)

describe('the node lifecycle controller', () => {
  it('takes the taint from a node that has become ready', () => {
    const cluster = make()
    cluster.put(node('node-1', 'True', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]))
    expect(cluster.log.filter(l => l.verb === 'patch').map(l => l.body)).toEqual([
      { metadata: { resourceVersion: expect.any(String) }, spec: { taints: null } },
    ])
  })

  it('taints a node that is cordoned', () => {
    const cluster = make()
    const cordoned = node('node-1', 'True')
    cluster.put({ ...cordoned, spec: { unschedulable: true } })
    expect(taintsOf(cluster, 'node-1')).toEqual(['node.kubernetes.io/unschedulable:NoSchedule'])
  })

  it('says once that a node has registered', () => {
    const cluster = make()
    cluster.put(node('node-1', 'True'))
    cluster.pass(7)
    expect(cluster.list('events').map(e => `${e.metadata.namespace} ${e.reason} ${e.message}`)).toEqual([
      'default RegisteredNode Node node-1 event: Registered Node node-1 in Controller',
    ])
  })

  it('gives a silent node up after the grace period: Unknown, its pods not ready, tainted NoSchedule and then NoExecute', () => {
    const cluster = make()
    cluster.put(node('node-1', 'True'))
    cluster.put(node('node-2', 'True'))
    const pod: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default' },
      spec: { nodeName: 'node-2' },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: AT }] },
    }
    cluster.put(pod)
    for (let s = 0; s < 20; s += 2) {
      cluster.pass(2)
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'node-1', namespace: 'kube-node-lease' },
        spec: { renewTime: `${s}` },
      }
      cluster.put(lease as KubeObject)
    }
    expect(cluster.list('nodes').map(n => n.status.conditions.at(-1).status)).toEqual(['True', 'Unknown'])
    expect(taintsOf(cluster, 'node-2')).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect(cluster.list('pods')[0]?.status.conditions[0].status).toBe('False')
    expect(
      cluster
        .list('events')
        .map(e => e.message)
        .slice(2),
    ).toEqual(['Node node-2 status is now: NodeNotReady', 'Node is not ready'])
  })

  it('lets the clock rest: looking at nodes is housekeeping', () => {
    const cluster = make()
    cluster.put(node('node-1', 'True'))
    expect(cluster.simulation.settled).toBe(true)
  })

  it('takes the taints back when the last node is gone, and begins to count anew when the first is back', () => {
    const cluster = make()
    const beat = (name: string, s: number) =>
      cluster.put({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: 'kube-node-lease' },
        spec: { renewTime: `${s}` },
      } as KubeObject)
    cluster.put(node('node-1', 'True'))
    cluster.put(node('node-2', 'True'))
    for (let s = 0; s < 20; s += 2) {
      beat('node-1', s)
      cluster.pass(2)
    }
    cluster.pass(1)
    expect(taintsOf(cluster, 'node-2')).toContain('node.kubernetes.io/unreachable:NoExecute')
    cluster.pass(60)
    const noSchedule = ['node.kubernetes.io/unreachable:NoSchedule']
    expect([taintsOf(cluster, 'node-1'), taintsOf(cluster, 'node-2')]).toEqual([noSchedule, noSchedule])
    const back = cluster.list('nodes').find(n => n.metadata.name === 'node-1') as KubeObject
    cluster.put({
      ...back,
      status: { ...node('node-1', 'True').status, conditions: [readyAt('2026-01-01T00:02:00Z')] },
    } as KubeObject)
    cluster.pass(6)
    expect(taintsOf(cluster, 'node-2')).toContain('node.kubernetes.io/unreachable:NoExecute')
  })

  it('gives a node that never said anything a minute from its creation', () => {
    const cluster = make()
    const { status: _, ...silent } = node('node-1', 'True')
    cluster.put({ ...silent, metadata: { name: 'node-1', creationTimestamp: '2026-01-01T00:00:00Z' }, status: {} } as KubeObject)
    cluster.pass(50)
    expect(cluster.list('nodes')[0]?.status.conditions).toBeUndefined()
    cluster.pass(14)
    expect(cluster.list('nodes')[0]?.status.conditions?.[0]).toMatchObject({
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
    })
  })

  it('lets zones be emptied by how much of them is left', () => {
    const some = (zone: string, ready: number, notReady: number) =>
      Array.from({ length: ready + notReady }, (_, i) => {
        const each = node(`${zone}-${i}`, 'True') as unknown as Node
        return [{ ...each, metadata: { ...each.metadata, labels: { 'topology.kubernetes.io/zone': zone } } }, i < ready] as const
      })
    const zones = zoneStates([...some('a', 3, 1), ...some('b', 1, 3), ...some('c', 30, 70), ...some('d', 0, 3)])
    expect(['/a', '/b', '/c', '/d'].map(zone => evictionRate(zones, zone))).toEqual([0.1, 0, 0.01, 0.1])
    expect(evictionRate(zoneStates(some('d', 0, 3)), '/d')).toBe(0)
  })
})
