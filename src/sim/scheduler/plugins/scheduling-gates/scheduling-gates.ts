// Models pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go.
import { type Plugin, unresolvable } from '../../framework'

/** Keeps pods that have scheduling gates out of the queue. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue({ pod }) {
    const gates = pod.spec.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(`waiting for scheduling gates: [${gates.map(g => g.name).join(' ')}]`)
  },
  wakes: event => event.kind === 'own-pod',
}
