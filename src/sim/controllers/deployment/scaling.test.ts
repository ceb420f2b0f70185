import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '../../api/types'
import { growNew, maxSurge, maxUnavailable, scaleAll, shrinkOld, wasScaled } from './scaling'

const deployment = (replicas: number, rollingUpdate: object = { maxSurge: '25%', maxUnavailable: '25%' }): Deployment =>
  ({ metadata: { name: 'web' }, spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } } }) as unknown as Deployment
const rs = (name: string, replicas: number, available = replicas, annotations: Record<string, string> = {}): ReplicaSet =>
  ({
    metadata: { name, creationTimestamp: `2026-01-0${name.length}T00:00:00Z`, annotations },
    spec: { replicas },
    status: { availableReplicas: available },
  }) as unknown as ReplicaSet
const sizes = (scales: readonly { replicaSet: ReplicaSet; replicas: number }[]) =>
  scales.map(s => [s.replicaSet.metadata.name, s.replicas])

describe('limits of a rolling update', () => {
  it('round the surge up and the unavailable down', () => {
    expect([maxSurge(deployment(3)), maxUnavailable(deployment(3))]).toEqual([1, 0])
    expect([maxSurge(deployment(10)), maxUnavailable(deployment(10))]).toEqual([3, 2])
  })
  it('let one pod be unavailable when both come to nothing', () => {
    expect(maxUnavailable(deployment(3, { maxSurge: 0, maxUnavailable: '10%' }))).toBe(1)
  })
  it('let no more be unavailable than are wanted', () => {
    expect([0, 1, 2, 5].map(n => maxUnavailable(deployment(n, { maxSurge: 1, maxUnavailable: 3 })))).toEqual([0, 1, 2, 3])
  })
})

describe('the steps of a rolling update', () => {
  it('grow the new ReplicaSet as far as the surge allows', () => {
    expect(growNew(deployment(4), rs('new', 1), [rs('o', 4)])).toBe(1)
    expect(growNew(deployment(4), rs('new', 1), [rs('o', 3)])).toBe(2)
  })
  it('take pods that are not available from the old ReplicaSets first, then others that can be spared', () => {
    expect(sizes(shrinkOld(deployment(4), rs('new', 1), [rs('o', 4, 3)]).scales)).toEqual([
      ['o', 3],
      ['o', 2],
    ])
  })
  it('take no more than may be unavailable', () => {
    expect(shrinkOld(deployment(4), rs('new', 1, 0), [rs('o', 3)]).scales).toEqual([])
    expect(sizes(shrinkOld(deployment(4), rs('new', 2), [rs('o', 3)]).scales)).toEqual([['o', 1]])
  })
})

describe('an old ReplicaSet whose status is older than its size', () => {
  it('is not shrunk again: all its pods seem to be there still', () => {
    const limits = { maxSurge: 1, maxUnavailable: 0 }
    expect(shrinkOld(deployment(3, limits), rs('new', 2), [rs('o', 2, 3)])).toEqual({ scales: [], isLost: true })
  })
})

describe('a change of the number of replicas', () => {
  const sized = (name: string, replicas: number, of: number) =>
    rs(name, replicas, replicas, {
      'deployment.kubernetes.io/desired-replicas': String(of),
      'deployment.kubernetes.io/max-replicas': String(of + 3),
    })
  it('is seen by the annotation of the ReplicaSets', () => {
    expect(wasScaled(deployment(5), [sized('a', 3, 3)])).toBe(true)
    expect(wasScaled(deployment(3), [sized('a', 3, 3)])).toBe(false)
  })
  it('goes to the only active ReplicaSet', () => {
    expect(sizes(scaleAll(deployment(5), sized('new', 3, 3), [sized('o', 0, 3)]))).toEqual([['new', 5]])
  })
  it('leaves a new ReplicaSet that has all its pods alone, and empties the old ones, the youngest first', () => {
    const scaled = scaleAll(deployment(3), sized('new', 3, 3), [sized('a', 1, 5), sized('bb', 2, 5)])
    expect(sizes(scaled)).toEqual([
      ['bb', 0],
      ['a', 0],
    ])
  })
  it('is shared in proportion in the middle of a rollout, and the largest takes what is left over', () => {
    const scaled = scaleAll(deployment(15, { maxSurge: 3, maxUnavailable: 2 }), sized('new', 5, 10), [sized('o', 8, 10)])
    expect(sizes(scaled)).toEqual([
      ['o', 11],
      ['new', 7],
    ])
  })
})
