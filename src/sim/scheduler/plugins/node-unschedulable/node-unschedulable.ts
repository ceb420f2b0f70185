// Models pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.
import type { Node, Pod, Taint } from '../../../api/types'
import { type Plugin, unresolvable } from '../../framework'
import { isTolerated, toleranceChanged } from '../../tolerations'

const CORDONED = unresolvable('node(s) were unschedulable')
const TAINT: Taint = Object.freeze({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })

/** Refuses nodes that are cordoned, unless the pod tolerates that. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter: ({ pod }, node) => (node.unschedulable && !isTolerated(pod.spec.tolerations, TAINT) ? CORDONED : undefined),
  wakes(event) {
    if (event.kind === 'own-pod')
      return toleranceChanged(event.old, event.now) && isTolerated((event.now as unknown as Pod).spec.tolerations, TAINT)
    if (event.kind !== 'node' || !event.now) return false
    const cordoned = (event.now as unknown as Node).spec.unschedulable
    return !cordoned && (!event.old || (event.old as unknown as Node).spec.unschedulable === true)
  },
}
