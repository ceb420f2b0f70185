// Models pkg/scheduler/eventhandlers.go: what the informers tell goes to the cache and to the queue.
import { deepEqual } from '../api/deep'
import type { KubeObject, Node, Pod } from '../api/types'
import type { InformerEvent } from '../client/informer'
import { deletePod, forgetPod, nominate, putNode, putPod, removeNode, withdraw } from './cache'
import type { ClusterEvent, ObjectKind } from './framework'
import { wakeUp } from './loop'
import { isAssigned, isFinished, podInfoOf, podKey } from './pod-info'
import { PLUGINS, PROFILE_NAME } from './profile'
import { addPod, type Move, moveOnEvent, removePod, updatePod } from './queue'
import type { QueueEvent } from './reasons'
import { podRequests, sameResources } from './resources'
import { asPod, occasionOf, type SchedulerWorld } from './state'

/** A pod was added, has changed or is gone. */
export function onPod(world: SchedulerWorld, { type, object, old }: InformerEvent): void {
  const pod = asPod(object)
  const before = old && asPod(old)
  // a namesake that was created again is another pod
  if (before && type === 'MODIFIED' && before.metadata.uid !== pod.metadata.uid) {
    podGone(world, before)
    podThere(world, pod, undefined)
  } else if (type === 'DELETED' || isFinished(pod)) podGone(world, pod, before)
  else podThere(world, pod, before)
}

function podThere(world: SchedulerWorld, pod: Pod, before: Pod | undefined): void {
  const { state } = world
  const key = podKey(pod)
  if (isAssigned(pod)) {
    const known = before && isAssigned(before) ? before : undefined
    putPod(state.cache, pod)
    if (!known) leaveQueue(world, key)
    assignedPodThere(world, pod, known)
    return
  }
  if (pod.spec.schedulerName !== undefined && pod.spec.schedulerName !== PROFILE_NAME) return
  const info = podInfoOf(pod)
  if (isUnderWay(world, key, info.uid)) {
    if (pod.metadata.deletionTimestamp !== undefined) assumedPodGone(world, key)
    return
  }
  if (pod.status.nominatedNodeName) nominate(state.cache, info, pod.status.nominatedNodeName)
  else if (before?.status.nominatedNodeName) withdraw(state.cache, key)
  if (state.queue.pods.has(key)) ownPodChanged(world, pod, before)
  else {
    const queue = addPod(state.queue, info, occasionOf(world))
    world.context.note('scheduler.queue.add', { pod: key, queue })
    wakeUp(world)
  }
  if (before?.status.nominatedNodeName && before.status.nominatedNodeName !== pod.status.nominatedNodeName)
    nominationGone(world, before)
}

/** The pod's binding is under way, and it is being deleted: what it was to have is free for others at once. */
function assumedPodGone(world: SchedulerWorld, key: string): void {
  const { cache } = world.state
  const node = cache.assumed.has(key) ? cache.pods.get(key) : undefined
  const info = node === undefined ? undefined : cache.nodes.peek(node)?.pods.get(key)
  if (!info) return
  forgetPod(cache, key)
  tell(world, 'assigned-pod-deleted', { kind: 'assigned-pod', old: placed(info.pod, node) })
}

/** A pod with the node that it was to have. */
const placed = (pod: Pod, nodeName: string | undefined): KubeObject =>
  ({ ...pod, spec: { ...pod.spec, nodeName } }) as unknown as KubeObject

/** To pods that are no more important, a nominated pod counts as one that is on its node: they hear when it no longer is. */
const nominationGone = (world: SchedulerWorld, pod: Pod): void =>
  tell(world, 'assigned-pod-deleted', { kind: 'assigned-pod', old: pod as unknown as KubeObject }, pod.spec.priority ?? 0)

function assignedPodThere(world: SchedulerWorld, pod: Pod, known: Pod | undefined): void {
  const now = pod as unknown as KubeObject
  if (!known) tell(world, 'assigned-pod-added', { kind: 'assigned-pod', now })
  else if (world.state.queue.unschedulable.size > 0 && podMatters(known, pod))
    tell(world, 'assigned-pod-updated', { kind: 'assigned-pod', now, old: known as unknown as KubeObject })
}

/** Whether a change of a pod on a node is one that another pod could wait for: not the kubelet's reports. */
const podMatters = (old: Pod, now: Pod): boolean =>
  !deepEqual(old.metadata.labels, now.metadata.labels) || !sameResources(podRequests(old).requests, podRequests(now).requests)

/** Whether a pod's binding is under way: a change of its status does not queue it again. A namesake's binding is void. */
function isUnderWay({ state }: SchedulerWorld, key: string, uid: string): boolean {
  const bound = state.binding.get(key)?.info.uid ?? state.cache.assumed.get(key)
  if (bound === undefined) return false
  if (bound === uid) return true
  state.binding.delete(key)
  forgetPod(state.cache, key)
  return false
}

function ownPodChanged(world: SchedulerWorld, pod: Pod, before: Pod | undefined): void {
  const { state } = world
  const same =
    before &&
    deepEqual(before.spec, pod.spec) &&
    deepEqual(before.metadata.labels, pod.metadata.labels) &&
    deepEqual(claimStatuses(before), claimStatuses(pod))
  const event: ClusterEvent = {
    kind: 'own-pod',
    now: pod as unknown as KubeObject,
    ...(before && { old: before as unknown as KubeObject }),
  }
  const info = podInfoOf(pod)
  const occasion = occasionOf(world)
  const wakes = (plugin: string): boolean => hints.get(plugin)?.wakes?.(event, info, occasion.cluster) === true
  const moved = updatePod(state.queue, info, occasion, plugin => !same && wakes(plugin))
  if (moved) noteMoves(world, [moved])
}

function leaveQueue(world: SchedulerWorld, key: string): void {
  withdraw(world.state.cache, key)
  if (removePod(world.state.queue, key)) world.context.note('scheduler.queue.remove', { pod: key })
}

const claimStatuses = ({ status }: Pod): unknown => (status as { resourceClaimStatuses?: unknown }).resourceClaimStatuses

function podGone(world: SchedulerWorld, pod: Pod, before = pod): void {
  const key = podKey(pod)
  leaveQueue(world, key)
  if (isAssigned(pod) || isAssigned(before)) {
    deletePod(world.state.cache, key)
    tell(world, 'assigned-pod-deleted', { kind: 'assigned-pod', old: before as unknown as KubeObject })
  } else if (world.state.cache.assumed.get(key) === pod.metadata.uid) assumedPodGone(world, key)
  else if (pod.status.nominatedNodeName) nominationGone(world, pod)
}

/** A node was added, has changed or is gone. */
export function onNode(world: SchedulerWorld, { type, object, old }: InformerEvent): void {
  const { cache } = world.state
  if (type === 'DELETED') {
    removeNode(cache, object.metadata.name)
    tell(world, 'node-deleted', { kind: 'node', old: object })
    return
  }
  putNode(cache, object as unknown as Node)
  if (world.state.queue.unschedulable.size === 0 || (old && !matters(old as unknown as Node, object as unknown as Node))) return
  tell(world, old ? 'node-updated' : 'node-added', { kind: 'node', now: object, ...(old && { old }) })
}

/** Whether a change of a node is one that a pod could wait for: not a heartbeat. */
const matters = (old: Node, now: Node): boolean =>
  !deepEqual(old.spec, now.spec) ||
  !deepEqual(old.metadata.labels, now.metadata.labels) ||
  !deepEqual(old.status.allocatable, now.status.allocatable)

/** A handler for kinds that matter to waiting pods only. */
export const onObject =
  (kind: ObjectKind) =>
  (world: SchedulerWorld, { type, object, old }: InformerEvent): void =>
    tell(world, `${kind}-changed`, type === 'DELETED' ? { kind, old: object } : { kind, now: object, ...(old && { old }) })

const hints = new Map(PLUGINS.map(p => [p.name, p]))

/** Wakes the pods that an event may help, as the plugins say that refused them; only those of no higher priority than `upTo`. */
export function tell(world: SchedulerWorld, name: QueueEvent, event: ClusterEvent, upTo = Number.POSITIVE_INFINITY): void {
  const { queue } = world.state
  if (queue.unschedulable.size === 0) return
  const occasion = occasionOf(world)
  const moves = moveOnEvent(queue, name, occasion, {
    opens: plugin => hints.get(plugin)?.opens?.(event) === true,
    wakes: (plugin, pod) => pod.priority <= upTo && hints.get(plugin)?.wakes?.(event, pod, occasion.cluster) === true,
  })
  noteMoves(world, moves)
}

/** Writes what moved into the trace, and sees to it that it gets its turn. */
export function noteMoves(world: SchedulerWorld, moves: readonly Move[]): void {
  if (moves.length === 0) return
  world.context.quietly(false, () => {
    for (const { pod, from, to, event } of moves)
      world.context.note('scheduler.queue.move', { pod: pod.info.key, from, to, event })
    wakeUp(world)
  })
}
