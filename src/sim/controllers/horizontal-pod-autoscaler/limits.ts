// Models pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas and …WithBehaviors: how far and how fast an autoscaler may go.
import type { HorizontalPodAutoscaler } from '../../api/types'
import type { Time } from '../../kernel/types'

/** --horizontal-pod-autoscaler-downscale-stabilization */
const DOWN_STABILIZATION_S = 300

/** A condition's status, reason and message. */
export interface Word {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}
/** What was recommended, and when (µs). */
export interface Recommendation {
  readonly at: number
  readonly replicas: number
}
/** How many replicas were added or taken away, and when (µs). */
export interface ScaleEvent {
  readonly at: number
  readonly change: number
}
/** What is remembered of an autoscaler. Replaced, never changed. */
export interface Memory {
  readonly recommendations: readonly Recommendation[]
  readonly ups: readonly ScaleEvent[]
  readonly downs: readonly ScaleEvent[]
}
export interface Limited {
  readonly replicas: number
  readonly able: Word
  readonly limited: Word
}
type Behavior = NonNullable<HorizontalPodAutoscaler['spec']['behavior']>
type Rules = NonNullable<Behavior['scaleUp']>

/** The rules for a direction, with what is not said filled in (GenerateHPAScaleUpRules, …ScaleDownRules). */
const upRules = ({ scaleUp }: Behavior): Rules => ({
  stabilizationWindowSeconds: 0,
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
  ...scaleUp,
})
const downRules = ({ scaleDown }: Behavior): Rules => ({
  stabilizationWindowSeconds: DOWN_STABILIZATION_S,
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  ...scaleDown,
})
const windowOf = ({ stabilizationWindowSeconds = DOWN_STABILIZATION_S }: Rules): number => stabilizationWindowSeconds * 1e6

/** recordInitialRecommendation: an autoscaler that is seen for the first time takes what is there for recommended. */
export const newMemory = (current: number, now: Time): Memory =>
  Object.freeze({ recommendations: Object.freeze([Object.freeze({ at: now, replicas: current })]), ups: [], downs: [] })

/** The memory with this recommendation, and without those that are too old to count. */
export function remember({ spec }: HorizontalPodAutoscaler, memory: Memory, replicas: number, now: Time): Memory {
  const window = spec.behavior
    ? Math.max(windowOf(upRules(spec.behavior)), windowOf(downRules(spec.behavior)))
    : DOWN_STABILIZATION_S * 1e6
  const kept = memory.recommendations.filter(r => now - r.at <= window)
  return Object.freeze({ ...memory, recommendations: Object.freeze([...kept, Object.freeze({ at: now, replicas })]) })
}

/** storeScaleEvent: the memory with a change of scale, which counts against the policies of its direction. */
export function withChange({ spec }: HorizontalPodAutoscaler, memory: Memory, from: number, to: number, now: Time): Memory {
  if (!spec.behavior || from === to) return memory
  const event = Object.freeze({ at: now, change: Math.abs(to - from) })
  const recent = (events: readonly ScaleEvent[], { policies }: Rules): readonly ScaleEvent[] => {
    const longest = Math.max(0, ...(policies ?? []).map(({ periodSeconds }) => periodSeconds))
    return Object.freeze([...events.filter(({ at }) => now - at <= longest * 1e6), event])
  }
  return Object.freeze(
    to > from
      ? { ...memory, ups: recent(memory.ups, upRules(spec.behavior)) }
      : { ...memory, downs: recent(memory.downs, downRules(spec.behavior)) },
  )
}

/** What an autoscaler makes of a proposal, after what it has recommended and done before. */
export function limit(
  autoscaler: HorizontalPodAutoscaler,
  current: number,
  proposed: number,
  memory: Memory,
  now: Time,
): Limited {
  const { behavior } = autoscaler.spec
  const steady = behavior
    ? steadied(behavior, current, proposed, memory, now)
    : Math.max(proposed, ...memory.recommendations.filter(r => now - r.at <= DOWN_STABILIZATION_S * 1e6).map(r => r.replicas))
  const { replicas, reason, message } = behavior
    ? atRate(autoscaler, behavior, current, steady, memory, now)
    : bounded(autoscaler, current, steady)
  return {
    replicas,
    able: ability(proposed, steady, behavior === undefined || proposed < current),
    limited: { status: replicas === steady ? 'False' : 'True', reason, message },
  }
}

/** stabilizeRecommendationWithBehaviors: not beyond the lowest of late on the way up, not below the highest on the way down. */
function steadied(behavior: Behavior, current: number, proposed: number, { recommendations }: Memory, now: Time): number {
  const lately = (rules: Rules) => recommendations.filter(r => now - r.at < windowOf(rules)).map(r => r.replicas)
  const lowest = Math.min(proposed, ...lately(upRules(behavior)))
  const highest = Math.max(proposed, ...lately(downRules(behavior)))
  return Math.min(Math.max(current, lowest), highest)
}

function ability(proposed: number, steady: number, isDown: boolean): Word {
  if (steady === proposed) return { status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
  const [direction, which] = isDown ? ['ScaleDown', 'higher'] : ['ScaleUp', 'lower']
  const best = isDown ? 'highest' : 'lowest'
  return {
    status: 'True',
    reason: `${direction}Stabilized`,
    message: `recent recommendations were ${which} than current one, applying the ${best} recent recommendation`,
  }
}

interface Bound {
  readonly replicas: number
  readonly reason: string
  readonly message: string
}
const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' }
const TOO_FEW = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' }
const TOO_MANY = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' }
const UP_LIMIT = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' }
const DOWN_LIMIT = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}

/** convertDesiredReplicasWithRules: within the bounds, and not more than twice as many at once. */
function bounded({ spec }: HorizontalPodAutoscaler, current: number, desired: number): Bound {
  const { minReplicas = 1, maxReplicas } = spec
  const fastest = Math.max(2 * current, 4)
  if (desired < minReplicas) return { replicas: minReplicas, ...TOO_FEW }
  if (desired > Math.min(maxReplicas, fastest))
    return fastest < maxReplicas ? { replicas: fastest, ...UP_LIMIT } : { replicas: maxReplicas, ...TOO_MANY }
  return { replicas: desired, ...WITHIN }
}

/** convertDesiredReplicasWithBehaviorRate: within the bounds, and as fast as the policies allow. */
function atRate(
  { spec }: HorizontalPodAutoscaler,
  behavior: Behavior,
  current: number,
  desired: number,
  memory: Memory,
  now: Time,
): Bound {
  const { minReplicas = 1, maxReplicas } = spec
  if (desired > current) {
    const fastest = Math.max(current, furthest(upRules(behavior), 1, current, memory, now))
    const most = Math.min(maxReplicas, fastest)
    if (desired > most) return { replicas: most, ...(maxReplicas > fastest ? UP_LIMIT : TOO_MANY) }
  } else if (desired < current) {
    const fastest = Math.min(current, furthest(downRules(behavior), -1, current, memory, now))
    const least = Math.max(minReplicas, fastest)
    if (desired < least) return { replicas: least, ...(minReplicas < fastest ? DOWN_LIMIT : TOO_FEW) }
  }
  return { replicas: desired, ...WITHIN }
}

/** calculateScaleUpLimitWithScalingRules, …DownLimit…: how far the policies let the scale go, from where each one's period began. */
function furthest(
  { selectPolicy, policies = [] }: Rules,
  sign: 1 | -1,
  current: number,
  { ups, downs }: Memory,
  now: Time,
): number {
  if (selectPolicy === 'Disabled') return current
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const changed = (events: readonly ScaleEvent[]): number =>
      events.filter(({ at }) => now - at < periodSeconds * 1e6).reduce((sum, { change }) => sum + change, 0)
    const start = current - changed(ups) + changed(downs)
    if (type === 'Pods') return start + sign * value
    const share = start * (1 + (sign * value) / 100)
    return sign > 0 ? Math.ceil(share) : Math.trunc(share)
  })
  const isFurthest = selectPolicy !== 'Min'
  return isFurthest === sign > 0 ? Math.max(...proposals) : Math.min(...proposals)
}
