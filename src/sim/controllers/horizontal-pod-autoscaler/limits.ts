// Models pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas: how far and how fast an autoscaler may go.
import type { KubeObject } from '../../api/types'
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
export interface Limited {
  readonly replicas: number
  readonly able: Word
  readonly limited: Word
}

const windowOf = (autoscaler: KubeObject, direction: 'scaleUp' | 'scaleDown', otherwise: number): number =>
  autoscaler.spec?.behavior?.[direction]?.stabilizationWindowSeconds ?? otherwise

/** Recommendations that still count, with this one: those of the longest window. */
export function remember(
  autoscaler: KubeObject,
  before: readonly Recommendation[],
  replicas: number,
  now: Time,
): readonly Recommendation[] {
  const window = Math.max(windowOf(autoscaler, 'scaleDown', DOWN_STABILIZATION_S), windowOf(autoscaler, 'scaleUp', 0))
  return Object.freeze([...before.filter(r => now - r.at < window * 1e6), Object.freeze({ at: now, replicas })])
}

/** Not below what was recommended lately, not beyond the bounds, not more than twice as many at once. */
export function limit(
  autoscaler: KubeObject,
  current: number,
  proposed: number,
  recommended: readonly Recommendation[],
  now: Time,
): Limited {
  const lately = (seconds: number): readonly number[] => recommended.filter(r => now - r.at <= seconds * 1e6).map(r => r.replicas)
  const highest = Math.max(proposed, ...lately(windowOf(autoscaler, 'scaleDown', DOWN_STABILIZATION_S)))
  const lowest = Math.min(proposed, ...lately(windowOf(autoscaler, 'scaleUp', 0)))
  const steady = proposed < current ? Math.min(current, highest) : proposed > current ? Math.max(current, lowest) : proposed
  return { ...bounded(autoscaler, current, steady), able: ability(proposed, steady) }
}

function ability(proposed: number, steady: number): Word {
  if (steady > proposed)
    return {
      status: 'True',
      reason: 'ScaleDownStabilized',
      message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
    }
  if (steady < proposed)
    return {
      status: 'True',
      reason: 'ScaleUpStabilized',
      message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
    }
  return { status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
}

/** convertDesiredReplicasWithRules */
function bounded({ spec }: KubeObject, current: number, desired: number): { replicas: number; limited: Word } {
  const least: number = spec?.minReplicas ?? 1
  const most: number = spec?.maxReplicas ?? 1
  const fastest = Math.max(2 * current, 4)
  const no = (replicas: number, reason: string, message: string) => ({
    replicas,
    limited: { status: 'True' as const, reason, message },
  })
  if (desired < least) return no(least, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count')
  if (desired > Math.min(most, fastest))
    return fastest < most
      ? no(fastest, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate')
      : no(most, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count')
  return {
    replicas: desired,
    limited: { status: 'False', reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' },
  }
}
