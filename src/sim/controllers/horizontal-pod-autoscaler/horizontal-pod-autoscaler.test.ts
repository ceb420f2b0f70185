import { describe, expect, it } from 'vitest'
import type { KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { replicasFor } from './calculator'
import { limit } from './limits'

const NOW = 600_000_000 as Time
const pod = (name: string, more: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] },
  status: {
    phase: 'Running',
    startTime: '2026-01-01T00:00:00Z',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:01Z' }],
    ...more,
  },
})
const usage = (...milli: number[]) => new Map(milli.map((m, i) => [`p${i}`, m]))
const pods = (count: number) => Array.from({ length: count }, (_, i) => pod(`p${i}`))
const replicas = (current: number, of: readonly Pod[], used: ReadonlyMap<string, number>) => {
  const proposal = replicasFor(current, { utilization: 50 }, 'cpu', of, used, NOW)
  return 'error' in proposal ? proposal.error : proposal.replicas
}
const autoscaler = (spec: object): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec,
})

describe('a usage', () => {
  it('asks for as many replicas as bring it to its target', () => {
    expect(replicas(2, pods(2), usage(800, 1000))).toBe(4)
    expect(replicas(4, pods(4), usage(100, 100, 100, 100))).toBe(1)
  })

  it('changes nothing when it is within a tenth of its target', () => {
    expect(replicas(2, pods(2), usage(540, 540))).toBe(2)
  })

  it('takes pods without numbers for idle when it grows, and for busy when it shrinks', () => {
    expect(replicas(3, pods(3), usage(900, 900))).toBe(4)
    expect(replicas(3, pods(3), usage(100, 100))).toBe(3)
  })

  it('does not count the first minutes of a pod that is not ready', () => {
    const young = pod('p1', { startTime: '2026-01-01T00:09:00Z', conditions: [{ type: 'Ready', status: 'False' }] })
    expect(replicas(2, [pod('p0'), young], usage(500, 1000))).toBe(2)
  })

  it('can’t be told without pods, numbers or requests', () => {
    expect(replicas(1, [], usage())).toBe('no pods returned by selector while calculating replica count')
    expect(replicas(1, pods(1), usage())).toBe('did not receive metrics for targeted pods (pods might be unready)')
    const bare = { ...pod('p0'), spec: { containers: [{ name: 'a' }] } }
    expect(replicas(1, [bare], usage(1))).toBe('missing request for cpu in container a of Pod p0')
  })
})

describe('an autoscaler', () => {
  it('stays within its bounds and does not more than double, from four on', () => {
    const web = autoscaler({ minReplicas: 2, maxReplicas: 20 })
    expect(limit(web, 3, 1, [], NOW)).toMatchObject({ replicas: 2, limited: { reason: 'TooFewReplicas' } })
    expect(limit(web, 3, 15, [], NOW)).toMatchObject({ replicas: 6, limited: { reason: 'ScaleUpLimit' } })
    expect(limit(web, 15, 30, [], NOW)).toMatchObject({ replicas: 20, limited: { reason: 'TooManyReplicas' } })
    expect(limit(web, 1, 4, [], NOW)).toMatchObject({ replicas: 4, limited: { reason: 'DesiredWithinRange' } })
  })

  it('does not go below what was recommended in the last five minutes', () => {
    const web = autoscaler({ minReplicas: 1, maxReplicas: 20 })
    const recommended = [{ at: NOW - 200e6, replicas: 7 }]
    expect(limit(web, 8, 2, recommended, NOW)).toMatchObject({ replicas: 7, able: { reason: 'ScaleDownStabilized' } })
    expect(limit(web, 8, 2, [{ at: NOW - 400e6, replicas: 7 }], NOW).replicas).toBe(2)
  })
})
