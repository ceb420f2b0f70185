// Models k8s.io/component-helpers/scheduling/corev1/helpers.go and taint_eviction.go's getMinTolerationTime.
import type { Taint, Toleration } from '../../api/types'

/** Toleration.ToleratesTaint */
export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  return operator === 'Exists' || (Boolean(key) && (value ?? '') === (taint.value ?? ''))
}

/** Seconds that a pod may stay on a node with these taints: 0 when one is not tolerated, undefined when it may stay for good. */
export function secondsToStay(taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined {
  let least: number | undefined
  for (const taint of taints) {
    const used = tolerations.filter(t => tolerates(t, taint))
    if (used.length === 0) return 0
    for (const { tolerationSeconds } of used)
      if (tolerationSeconds !== undefined) least = Math.max(0, Math.min(least ?? tolerationSeconds, tolerationSeconds))
  }
  return least
}
