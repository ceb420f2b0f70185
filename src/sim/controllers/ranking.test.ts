import { describe, expect, it } from 'vitest'
import type { Pod } from '../api/types'
import type { Time } from '../kernel/types'
import { logAge, plainPodsToDelete, podsToDelete } from './ranking'

const NOW = (3600 * 1e6) as Time
interface Given {
  node?: string
  phase?: string
  ready?: boolean
  since?: string
  cost?: string
  restarts?: number
}
const pod = (
  name: string,
  { node = 'n1', phase = 'Running', ready = true, since = '2026-01-01T00:00:00Z', cost, restarts = 0 }: Given = {},
): Pod =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { nodeName: node, containers: [] },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since }],
      containerStatuses: [{ restartCount: restarts }],
    },
  }) as unknown as Pod
const first = (...pods: Pod[]) => podsToDelete(pods, pods, 1, NOW)[0]?.metadata.name

describe('pods that go first', () => {
  it('are those without a node', () => expect(first(pod('a'), pod('b', { node: '' }))).toBe('b'))
  it('are pending before running ones', () => expect(first(pod('a'), pod('b', { phase: 'Pending' }))).toBe('b'))
  it('are those that are not ready', () => expect(first(pod('a'), pod('b', { ready: false }))).toBe('b'))
  it('are the cheaper ones', () => expect(first(pod('a', { cost: '5' }), pod('b', { cost: '-1' }))).toBe('b'))
  it('stand together on a node', () => expect(first(pod('a', { node: 'n2' }), pod('b'), pod('c'))).toBe('b'))
  it('have been ready for a shorter time', () => expect(first(pod('a'), pod('b', { since: '2026-01-01T00:59:58Z' }))).toBe('b'))
  it('were restarted more often', () => expect(first(pod('a'), pod('b', { restarts: 2 }))).toBe('b'))
  it('are chosen by uid where ages differ and are the same power of two, whatever else there is', () => {
    const [a, b] = [pod('a', { since: '2026-01-01T00:30:00Z' }), pod('b', { since: '2026-01-01T00:29:00Z', restarts: 3 })]
    expect(logAge('2026-01-01T00:30:00Z', NOW)).toBe(logAge('2026-01-01T00:29:00Z', NOW))
    expect(first(a, b)).toBe('a')
  })
  it('of a Job are those that have been ready for a shorter time, to the second', () => {
    const pods = [pod('a', { since: '2026-01-01T00:29:00Z' }), pod('b', { since: '2026-01-01T00:30:00Z', cost: '9' })]
    expect(plainPodsToDelete(pods, 1, NOW)[0]?.metadata.name).toBe('b')
  })
  it('are chosen by uid among equals', () => expect(first(pod('b'), pod('a'))).toBe('a'))
  it('have ages in powers of two, of nanoseconds', () => {
    expect(logAge('2026-01-01T00:59:59Z', NOW)).toBe(29)
    expect(logAge('2026-01-01T00:00:00Z', NOW)).toBe(41)
  })
})
