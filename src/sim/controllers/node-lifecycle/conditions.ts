// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go: what a node's conditions and heartbeats mean.
import { getCondition } from '../../api/conditions'
import { parseTime, rfc3339 } from '../../api/time'
import type { KubeObject, Lease, Node, Taint } from '../../api/types'
import type { Time } from '../../kernel/types'
import { sameTaint } from '../taints'

type NodeCondition = NonNullable<Node['status']['conditions']>[number]

export const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }
export const UNREACHABLE: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }

/** Conditions of which each status stands for a taint NoSchedule. */
const CONDITION_TAINTS: readonly (readonly [condition: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY.key],
  ['Ready', 'Unknown', UNREACHABLE.key],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'
const KEYS = new Set([...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE])

/** doNoScheduleTaintingPass: the taints NoSchedule that a node's conditions ask for, against those that it has. */
export function schedulingTaints(node: Node): { readonly add: readonly Taint[]; readonly remove: readonly Taint[] } {
  const wanted: Taint[] = []
  for (const [type, status, key] of CONDITION_TAINTS)
    if (getCondition(node.status?.conditions, type)?.status === status) wanted.push({ key, effect: 'NoSchedule' })
  if (node.spec.unschedulable) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' })
  const has = (node.spec.taints ?? []).filter(t => t.effect === 'NoSchedule' && KEYS.has(t.key))
  return {
    add: wanted.filter(w => !has.some(h => sameTaint(h, w))),
    remove: has.filter(h => !wanted.some(w => sameTaint(h, w))).map(({ key, effect }) => ({ key, effect })),
  }
}

/** The node's Ready condition as a status; '' where it never said. */
export const readiness = (node: KubeObject): string => getCondition((node as Node).status?.conditions, 'Ready')?.status ?? ''

/** What the monitor remembers of a node. Frozen: a new one takes its place. */
export interface NodeHealth {
  /** When a sign of life was seen last (µs). */
  readonly probeAt: number
  readonly heartbeat: string
  readonly renewTime: string
}

/** Takes in what node and lease say; a heartbeat or a renewal that is new is a sign of life. */
export function probe(health: NodeHealth | undefined, node: KubeObject, lease: KubeObject | undefined, now: Time): NodeHealth {
  const ready = getCondition<NodeCondition>((node as Node).status?.conditions, 'Ready')
  const heartbeat = ready?.reason === 'NodeStatusUnknown' ? (health?.heartbeat ?? '') : (ready?.lastHeartbeatTime ?? '')
  const renewTime = String((lease as Lease | undefined)?.spec.renewTime ?? '')
  if (health && health.heartbeat === heartbeat && health.renewTime === renewTime) return health
  // of a node that never said anything, its creation is the last sign of life
  if (!health && !ready && renewTime === '')
    return Object.freeze({ probeAt: parseTime(node.metadata.creationTimestamp ?? '') ?? now, heartbeat, renewTime })
  return Object.freeze({ probeAt: now, heartbeat, renewTime })
}

const WATCHED_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The node's status when it has not been heard of for too long: nothing about it is known. */
export function unknownStatus(node: Node, now: Time): Node['status'] {
  const at = rfc3339(now)
  const conditions = (node.status.conditions ?? []).map(condition => {
    if (!WATCHED_CONDITIONS.includes(condition.type) || condition.status === 'Unknown') return condition
    const message = 'Kubelet stopped posting node status.'
    return { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: at }
  })
  for (const type of WATCHED_CONDITIONS) {
    if (conditions.some(c => c.type === type)) continue
    const message = 'Kubelet never posted node status.'
    const since = node.metadata.creationTimestamp
    conditions.push({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message,
      lastHeartbeatTime: since,
      lastTransitionTime: at,
    })
  }
  return { ...node.status, conditions }
}
