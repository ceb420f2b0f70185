import { describe, expect, it } from 'vitest'
import type { HorizontalPodAutoscaler, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { TestCluster } from '../testing'
import { type Measured, type Question, replicasFor } from './calculator'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler'
import { limit, type Memory, withChange } from './limits'

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
const usage = (...milli: number[]): Measured => ({
  usage: new Map(milli.map((m, i) => [`p${i}`, m])),
  samples: new Map(milli.map((_, i) => [`p${i}`, { at: NOW - 5e6, windowUs: 15e6 }])),
})
const pods = (count: number) => Array.from({ length: count }, (_, i) => pod(`p${i}`))
const replicas = (current: number, of: readonly Pod[], used: Measured, more: Partial<Question> = {}) => {
  const proposal = replicasFor({ current, target: { utilization: 50 }, resource: 'cpu', ...more }, of, used, NOW)
  return 'error' in proposal ? proposal.error : proposal.replicas
}
const autoscaler = (spec: object) => ({ metadata: { name: 'web' }, spec }) as HorizontalPodAutoscaler
const NOTHING: Memory = { recommendations: [], ups: [], downs: [] }
const recommended = (...list: [secondsAgo: number, replicas: number][]): Memory => ({
  ...NOTHING,
  recommendations: list.map(([ago, count]) => ({ at: NOW - ago * 1e6, replicas: count })),
})

describe('a usage', () => {
  it('asks for as many replicas as bring it to its target', () => {
    expect(replicas(2, pods(2), usage(800, 1000))).toBe(4)
    expect(replicas(4, pods(4), usage(100, 100, 100, 100))).toBe(1)
  })

  it('changes nothing when it is within a tenth of its target', () => {
    expect(replicas(2, pods(2), usage(540, 540))).toBe(2)
  })

  it('does not take pods that have not started for busy', () => {
    const starting = pod('p1', { phase: 'Pending' })
    expect(replicas(2, [pod('p0'), starting], usage(100))).toBe(1)
    expect(replicas(2, [pod('p0'), pod('p1')], usage(100))).toBe(2)
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
    expect(limit(web, 3, 1, NOTHING, NOW)).toMatchObject({ replicas: 2, limited: { reason: 'TooFewReplicas' } })
    expect(limit(web, 3, 15, NOTHING, NOW)).toMatchObject({ replicas: 6, limited: { reason: 'ScaleUpLimit' } })
    expect(limit(web, 15, 30, NOTHING, NOW)).toMatchObject({ replicas: 20, limited: { reason: 'TooManyReplicas' } })
    expect(limit(web, 1, 4, NOTHING, NOW)).toMatchObject({ replicas: 4, limited: { reason: 'DesiredWithinRange' } })
  })

  it('does not go below what was recommended in the last five minutes', () => {
    const web = autoscaler({ minReplicas: 1, maxReplicas: 20 })
    expect(limit(web, 8, 2, recommended([200, 7]), NOW)).toMatchObject({ replicas: 7, able: { reason: 'ScaleDownStabilized' } })
    expect(limit(web, 8, 2, recommended([400, 7]), NOW).replicas).toBe(2)
  })
})

describe('spec.behavior', () => {
  const web = (behavior: object) => autoscaler({ minReplicas: 1, maxReplicas: 50, behavior })

  it('has a window of its own for each direction', () => {
    const slow = web({ scaleUp: { stabilizationWindowSeconds: 60 }, scaleDown: { stabilizationWindowSeconds: 30 } })
    expect(limit(slow, 4, 8, recommended([50, 5]), NOW)).toMatchObject({ replicas: 5, able: { reason: 'ScaleUpStabilized' } })
    expect(limit(slow, 4, 8, recommended([70, 5]), NOW)).toMatchObject({ replicas: 8, able: { reason: 'ReadyForNewScale' } })
    expect(limit(slow, 8, 2, recommended([20, 6]), NOW)).toMatchObject({ replicas: 6, able: { reason: 'ScaleDownStabilized' } })
    expect(limit(slow, 8, 2, recommended([40, 6]), NOW).replicas).toBe(2)
  })

  it('grows by four or doubles in a quarter of a minute where nothing else is said, whichever is more', () => {
    expect(limit(web({}), 2, 40, NOTHING, NOW)).toMatchObject({
      replicas: 6,
      limited: { status: 'True', reason: 'ScaleUpLimit' },
    })
    expect(limit(web({}), 10, 40, NOTHING, NOW).replicas).toBe(20)
  })

  it('lets policies say how fast, the fastest counting unless the slowest shall', () => {
    const policies = [
      { type: 'Pods', value: 2, periodSeconds: 60 },
      { type: 'Percent', value: 10, periodSeconds: 60 },
    ]
    expect(limit(web({ scaleUp: { policies } }), 10, 40, NOTHING, NOW).replicas).toBe(12)
    expect(limit(web({ scaleUp: { policies, selectPolicy: 'Min' } }), 10, 40, NOTHING, NOW).replicas).toBe(11)
    const down = { policies, stabilizationWindowSeconds: 0 }
    expect(limit(web({ scaleDown: down }), 10, 2, NOTHING, NOW)).toMatchObject({
      replicas: 8,
      limited: { status: 'True', reason: 'ScaleDownLimit' },
    })
    expect(limit(web({ scaleDown: { ...down, selectPolicy: 'Min' } }), 10, 2, NOTHING, NOW).replicas).toBe(9)
    expect(limit(web({ scaleDown: { ...down, selectPolicy: 'Disabled' } }), 10, 2, NOTHING, NOW).replicas).toBe(10)
  })

  it('counts what a period has seen already', () => {
    const policies = [{ type: 'Pods', value: 3, periodSeconds: 60 }]
    const steps = web({ scaleUp: { policies } })
    const after = withChange(steps, NOTHING, 4, 6, (NOW - 30e6) as Time)
    expect(limit(steps, 6, 40, after, NOW).replicas).toBe(7)
    expect(limit(steps, 6, 40, after, (NOW + 40e6) as Time).replicas).toBe(9)
  })

  it('may have a tolerance of its own', () => {
    expect(replicas(2, pods(2), usage(540, 540), { tolerances: { up: 0, down: 0.1 } })).toBe(3)
  })
})

describe('a ContainerResource metric', () => {
  it('counts the requests of one container only', () => {
    const two = pods(2).map(p => ({ ...p, spec: { containers: [...p.spec.containers, { name: 'log' }] } }))
    expect(replicas(2, two, usage(1000, 1000))).toBe('missing request for cpu in container log of Pod p0')
    expect(replicas(2, two, usage(1000, 1000), { container: 'a' })).toBe(4)
  })
})

describe('a sample', () => {
  it('does not count while its window begins before the pod was ready', () => {
    const fresh = {
      startTime: '2026-01-01T00:09:00Z',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:09:50Z' }],
    }
    expect(replicas(2, [pod('p0'), pod('p1', fresh)], usage(600, 1000))).toBe(2)
    const older = { ...fresh, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:09:05Z' }] }
    expect(replicas(2, [pod('p0'), pod('p1', older)], usage(600, 1000))).toBe(4)
  })
})

describe('an autoscaler', () => {
  function looked(replicas: number, minReplicas: number) {
    const cluster = new TestCluster([horizontalPodAutoscaler()])
    const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'web', namespace: 'default' } }
    const written: number[] = []
    cluster.refuse = ({ method, path, body }) => {
      if (!path.endsWith('/deployments/web/scale')) return undefined
      if (method === 'PUT') written.push((body as { spec: { replicas: number } }).spec.replicas)
      return { code: 200, body: { ...scale, spec: { replicas }, status: { replicas, selector: 'app=web' } } }
    }
    cluster.put({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        minReplicas,
        maxReplicas: 5,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
      status: {},
    })
    cluster.pass(20)
    const conditions = (cluster.list('horizontalpodautoscalers.autoscaling')[0]?.status?.conditions ?? []) as Record<
      string,
      string
    >[]
    return { written, active: conditions.find(({ type }) => type === 'ScalingActive')?.reason }
  }
  it('whose target was scaled to nothing lets it be', () => {
    expect(looked(0, 2)).toEqual({ written: [], active: 'ScalingDisabled' })
  })
  it('brings its target into its bounds, whatever is measured', () => {
    expect(looked(1, 2).written[0]).toBe(2)
    expect(looked(9, 2).written[0]).toBe(5)
  })
})
