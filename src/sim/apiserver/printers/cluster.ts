// Models pkg/printers/internalversion/printers.go for Nodes, Namespaces and what stands beside them.
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import type { Lease, Namespace, Node, ObjectMeta } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer, wideColumn } from './types'

const ROLE_PREFIX = 'node-role.kubernetes.io/'
const ROLE_LABEL = 'kubernetes.io/role'

/** Roles that a Node's labels give it, sorted. Models findNodeRoles. */
function nodeRoles(labels: Readonly<Record<string, string>> = {}): string {
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.slice(ROLE_PREFIX.length) || []
    return key === ROLE_LABEL && value !== '' ? value : []
  })
  return [...new Set(roles)].sort().join(',') || '<none>'
}

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(condition => condition.type === 'Ready')
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady']
  if (spec?.unschedulable) words.push('SchedulingDisabled')
  return words.join(',')
}

const address = ({ status }: Node, type: string) => status?.addresses?.find(entry => entry.type === type)?.address ?? '<none>'

export const clusterPrinters: Printers = {
  Node: printer<Node>(
    [
      NAME,
      column('Status'),
      column('Roles'),
      AGE,
      column('Version'),
      wideColumn('Internal-IP'),
      wideColumn('External-IP'),
      wideColumn('OS-Image'),
      wideColumn('Kernel-Version'),
      wideColumn('Container-Runtime'),
    ],
    (node, now) => [
      node.metadata.name,
      nodeStatus(node),
      nodeRoles(node.metadata.labels),
      age(node, now),
      node.status?.nodeInfo?.kubeletVersion ?? '',
      address(node, 'InternalIP'),
      address(node, 'ExternalIP'),
      node.status?.nodeInfo?.osImage || '<unknown>',
      node.status?.nodeInfo?.kernelVersion || '<unknown>',
      node.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
    ],
  ),
  Namespace: printer<Namespace>([NAME, column('Status'), AGE], (namespace, now) => [
    namespace.metadata.name,
    namespace.status?.phase ?? '',
    age(namespace, now),
  ]),
  Lease: printer<Lease>([NAME, column('Holder'), AGE], (lease, now) => [
    lease.metadata.name,
    lease.spec?.holderIdentity ?? '',
    age(lease, now),
  ]),
  PriorityClass: printer<PriorityClass & { metadata: ObjectMeta }>(
    [NAME, column('Value', 'integer'), column('Global-Default', 'boolean'), AGE, column('PreemptionPolicy')],
    (priorityClass, now) => [
      priorityClass.metadata.name,
      priorityClass.value,
      priorityClass.globalDefault ?? false,
      age(priorityClass, now),
      priorityClass.preemptionPolicy ?? '',
    ],
  ),
}
