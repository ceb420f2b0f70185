import { describe, expect, it } from 'vitest'
import { rfc3339 } from '../../api/time'
import type { KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { TestCluster } from '../testing'
import { budgetStatus, expectations, healthy, staleInMs, stillDisrupted } from './budget'
import { disruption } from './disruption'

const budget = (spec: object, status?: object): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default', generation: 1 },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  ...(status && { status }),
})
const pod = (name: string, ready = 'True'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    labels: { app: 'web' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-rs', controller: true }],
  },
  spec: { containers: [] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready as 'True' }] },
})

describe('a budget', () => {
  it('rounds percentages up, for what must stay as for what may go', () => {
    expect(expectations(budget({ minAvailable: '50%' }), 3, 5)).toEqual({ expected: 5, desired: 3 })
    expect(expectations(budget({ maxUnavailable: '30%' }), 3, 5)).toEqual({ expected: 5, desired: 3 })
    expect(expectations(budget({ maxUnavailable: 7 }), 3, 5)).toEqual({ expected: 5, desired: 0 })
    expect(expectations(budget({ minAvailable: 2 }), 3, 0)).toEqual({ expected: 3, desired: 2 })
  })

  it('allows what is healthy beyond what must be, and nothing where no pod is expected', () => {
    const status = budgetStatus(budget({}), { expected: 3, desired: 2, current: 3 }, {}, 0 as Time)
    expect(status).toMatchObject({
      disruptionsAllowed: 1,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    })
    expect(budgetStatus(budget({}), { expected: 0, desired: 0, current: 3 }, {}, 0 as Time).disruptionsAllowed).toBe(0)
    expect(budgetStatus(budget({}), { expected: 3, desired: 4, current: 3 }, {}, 0 as Time).conditions?.[0]?.reason).toBe(
      'InsufficientPods',
    )
  })

  it('does not count pods that are evicted and not yet seen to go, for two minutes', () => {
    const evicted = budget({}, { disruptedPods: { a: '2026-01-01T00:00:00Z', gone: '2026-01-01T00:00:00Z' } })
    const early = stillDisrupted(evicted, [pod('a'), pod('b')], 20_000_000 as Time)
    expect(early).toEqual({ disrupted: { a: '2026-01-01T00:00:00Z' }, againMs: 100_000, late: [] })
    expect(healthy([pod('a'), pod('b'), pod('c', 'False')], early.disrupted)).toBe(1)
    expect(stillDisrupted(evicted, [pod('a')], 121_000_000 as Time).late).toHaveLength(1)
  })
})

describe('the disruption controller', () => {
  it('counts the pods of a budget against what their controller wants', () => {
    const cluster = new TestCluster([disruption])
    cluster.put({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'default', uid: 'uid-rs' },
      spec: { replicas: 4 },
    })
    cluster.put(pod('a'))
    cluster.put(budget({ maxUnavailable: 2 }))
    expect(cluster.list('poddisruptionbudgets.policy')[0]?.status).toMatchObject({
      expectedPods: 4,
      desiredHealthy: 2,
      currentHealthy: 1,
      disruptionsAllowed: 0,
    })
    for (const name of ['b', 'c']) cluster.put(pod(name))
    expect(cluster.list('poddisruptionbudgets.policy')[0]?.status).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 })
  })

  it('allows nothing when it does not know a controller', () => {
    const cluster = new TestCluster([disruption])
    cluster.put(pod('a'))
    cluster.put(budget({ minAvailable: '50%' }))
    expect(cluster.list('poddisruptionbudgets.policy')[0]?.status).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ reason: 'SyncFailed', message: 'found no controllers for pod "a"' }],
    })
  })

  it('asks a controller of another kind for its scale, and says so when that kind has none', () => {
    const owned = (kind: string, apiVersion: string): Pod => {
      const owner = { apiVersion, kind, name: 'x', uid: 'uid-x', controller: true }
      return { ...pod('a'), metadata: { ...pod('a').metadata, ownerReferences: [owner] } }
    }
    const status = (of: Pod) => {
      const cluster = new TestCluster([disruption])
      cluster.put(of)
      cluster.put(budget({ maxUnavailable: 1 }))
      return cluster.list('poddisruptionbudgets.policy')[0]?.status
    }
    expect(status(owned('Job', 'batch/v1')).conditions[0]).toMatchObject({
      reason: 'SyncFailed',
      message: 'jobs.batch does not implement the scale subresource',
    })
    expect(status(owned('Sandbox', 'example.com/v1')).conditions[0].message).toBe(
      'no matches for kind "Sandbox" in version "example.com/v1"',
    )
  })

  it('does not count pods that nobody controls, and says so', () => {
    const cluster = new TestCluster([disruption])
    const { ownerReferences: _, ...metadata } = pod('a').metadata
    cluster.put({ ...pod('a'), metadata })
    cluster.put(budget({ maxUnavailable: 1 }))
    expect(cluster.list('poddisruptionbudgets.policy')[0]?.status).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 })
    expect(cluster.list('events').map(e => e.message)).toContainEqual(
      expect.stringContaining(
        '(selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},})',
      ),
    )
  })

  it('counts what a ReplicationController wants', () => {
    const cluster = new TestCluster([disruption])
    cluster.put({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'rc', namespace: 'default', uid: 'uid-rc' },
      spec: { replicas: 3 },
    })
    const owner = { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', uid: 'uid-rc', controller: true }
    for (const name of ['a', 'b', 'c'])
      cluster.put({ ...pod(name), metadata: { ...pod(name).metadata, ownerReferences: [owner] } })
    cluster.put(budget({ maxUnavailable: 1 }))
    expect(cluster.list('poddisruptionbudgets.policy')[0]?.status).toMatchObject({
      expectedPods: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
    })
  })

  it('takes an announced disruption back when the pod is still there after two minutes', () => {
    const cluster = new TestCluster([disruption])
    const target = { type: 'DisruptionTarget', status: 'True' as const, lastTransitionTime: rfc3339(cluster.simulation.now) }
    cluster.put({ ...pod('a'), status: { phase: 'Running', conditions: [target] } })
    cluster.pass(110)
    expect(cluster.list('pods')[0]?.status.conditions[0].status).toBe('True')
    cluster.pass(15)
    expect(cluster.list('pods')[0]?.status.conditions).toMatchObject([{ type: 'DisruptionTarget', status: 'False' }])
  })

  it('chooses one of several budgets for a pod, and says so', () => {
    const cluster = new TestCluster([disruption])
    cluster.put(budget({ minAvailable: 1 }))
    cluster.put({ ...budget({ minAvailable: 1 }), metadata: { ...budget({}).metadata, name: 'other' } })
    cluster.put(pod('a'))
    expect(cluster.list('events').map(e => e.message)).toContain(
      'Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "web" arbitrarily.',
    )
  })
})

describe('an announced disruption', () => {
  const announced = (reason: string, more: object = {}): Pod => {
    const condition = { type: 'DisruptionTarget', status: 'True', reason, lastTransitionTime: '2026-01-01T00:00:00Z' }
    const { metadata, status, ...rest } = pod('a')
    return { ...rest, metadata: { ...metadata, ...more }, status: { ...status, conditions: [condition] } } as Pod
  }
  it('is stale after two minutes, but for a kubelet’s own', () => {
    expect(staleInMs(announced('EvictionByEvictionAPI'), 20_000_000 as Time)).toBe(100_000)
    expect(staleInMs(announced('EvictionByEvictionAPI'), 300_000_000 as Time)).toBe(0)
    expect(staleInMs(announced('TerminationByKubelet'), 300_000_000 as Time)).toBeUndefined()
  })
  it('of a pod that goes is none any more', () => {
    const going = announced('EvictionByEvictionAPI', { deletionTimestamp: '2026-01-01T00:00:00Z' })
    expect(staleInMs(going, 300_000_000 as Time)).toBeUndefined()
  })
})
