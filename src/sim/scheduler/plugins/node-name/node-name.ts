// Models pkg/scheduler/framework/plugins/nodename/node_name.go.
import { type Plugin, unresolvable } from '../../framework'

const OTHER_NODE = unresolvable("node(s) didn't match the requested node name")

/** Refuses every node but the one that the pod names. */
export const nodeName: Plugin = {
  name: 'NodeName',
  filter: ({ pod }, node) => (pod.spec.nodeName && pod.spec.nodeName !== node.name ? OTHER_NODE : undefined),
  wakes: event => event.kind === 'node' && event.old === undefined,
}
