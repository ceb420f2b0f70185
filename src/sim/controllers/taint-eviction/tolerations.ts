// Models taint_eviction.go's getMinTolerationTime.
import type { Taint, Toleration } from '../../api/types'
import { toleratesTaint } from '../tolerations'

/** Seconds that a pod may stay on a node with these taints: 0 when one is not tolerated, undefined when it may stay for good. */
export function secondsToStay(taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined {
  let least: number | undefined
  for (const taint of taints) {
    const used = tolerations.filter(t => toleratesTaint(t, taint))
    if (used.length === 0) return 0
    for (const { tolerationSeconds } of used)
      if (tolerationSeconds !== undefined) least = Math.max(0, Math.min(least ?? tolerationSeconds, tolerationSeconds))
  }
  return least
}
