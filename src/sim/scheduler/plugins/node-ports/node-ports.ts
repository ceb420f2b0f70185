// Models pkg/scheduler/framework/plugins/nodeports/node_ports.go.
import type { Pod } from '../../../api/types'
import { type Plugin, SKIP, unschedulable } from '../../framework'
import { portConflicts } from '../../node-info'
import { type HostPort, podInfoOf } from '../../pod-info'

const TAKEN = unschedulable("node(s) didn't have free ports for the requested pod ports")

const clash = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')

/** Refuses nodes on which another pod holds a host port that this one wants. */
export const nodePorts: Plugin<readonly HostPort[]> = {
  name: 'NodePorts',
  preFilter: ({ hostPorts }) => (hostPorts.length === 0 ? SKIP : { state: hostPorts }),
  filter(_pod, node, ports) {
    for (const port of ports) if (portConflicts(node, port)) return TAKEN
    return undefined
  },
  wakes(event, { hostPorts }) {
    if (event.kind === 'node') return event.now !== undefined && event.old === undefined
    if (event.kind !== 'assigned-pod' || event.now || !event.old) return false
    const freed = podInfoOf(event.old as unknown as Pod).hostPorts
    return freed.some(f => hostPorts.some(h => clash(h, f)))
  },
}
