// Models pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go.
import type { KubeObject, Pod } from '../../../api/types'
import { type Plugin, unresolvable } from '../../framework'

/** Keeps pods that have scheduling gates out of the queue. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue({ pod }) {
    const gates = pod.spec.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(`waiting for scheduling gates: [${gates.map(g => g.name).join(' ')}]`)
  },
  wakes: ({ kind, old, now }) => kind === 'own-pod' && hasGates(old) && !hasGates(now),
}

const hasGates = (pod: KubeObject | undefined): boolean =>
  ((pod as unknown as Pod | undefined)?.spec.schedulingGates ?? []).length > 0
