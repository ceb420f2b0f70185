// Models pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.
import type { Node, Toleration } from '../../../api/types'
import { defaultNormalize, type Plugin, unresolvable } from '../../framework'
import { isTolerated, toleranceChanged, toleratesAll } from '../../tolerations'

const UNTOLERATED = unresolvable('node(s) had untolerated taint(s)')

/** Refuses nodes with a taint that the pod does not tolerate, and prefers those with few soft ones. */
export const taintToleration: Plugin<undefined, readonly Toleration[]> = {
  name: 'TaintToleration',
  filter: ({ pod }, node) =>
    node.taints.length === 0 || toleratesAll(pod.spec.tolerations, node.taints) ? undefined : UNTOLERATED,
  preScore: ({ pod }) => ({ state: (pod.spec.tolerations ?? []).filter(t => !t.effect || t.effect === 'PreferNoSchedule') }),
  score(_pod, node, tolerations) {
    if (node.taints.length === 0) return 0
    let count = 0
    for (const taint of node.taints) if (taint.effect === 'PreferNoSchedule' && !isTolerated(tolerations, taint)) count++
    return count
  },
  normalize: scores => defaultNormalize(scores, true),
  wakes(event, { pod }) {
    if (event.kind === 'own-pod') return toleranceChanged(event.old, event.now)
    if (event.kind !== 'node' || !event.now) return false
    const fits = (node: Node): boolean => toleratesAll(pod.spec.tolerations, node.spec.taints ?? [])
    return fits(event.now as unknown as Node) && (!event.old || !fits(event.old as unknown as Node))
  },
}
