// Models pkg/scheduler/framework/plugins/noderesources/fit.go and least_allocated.go.

import { unitsOf } from '../../../api/quantity'
import type { Node, Pod } from '../../../api/types'
import { type ClusterEvent, MAX_NODE_SCORE, type Plugin, type Rejection, unresolvable, unschedulable } from '../../framework'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { podRequests, type ResourceList, type Resources, resourcesOf } from '../../resources'

/** Refuses nodes that have too little left; of the rest, prefers those with the most left (LeastAllocated). */
export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  filter(pod, node) {
    const { requests } = pod
    const { allocatable } = node
    const hasRoom =
      node.pods.size < node.allowedPods &&
      fits(requests.milliCpu, allocatable.milliCpu, node.milliCpu) &&
      fits(requests.memory, allocatable.memory, node.memory) &&
      fits(requests.ephemeralStorage, allocatable.ephemeralStorage, node.ephemeralStorage) &&
      requests.scalars === undefined
    return hasRoom ? undefined : insufficient(pod, node)
  },
  score(pod, node) {
    const { allocatable } = node
    const cpu = leastRequested(node.nonZeroMilliCpu + pod.nonZeroMilliCpu, allocatable.milliCpu)
    const memory = leastRequested(node.nonZeroMemory + pod.nonZeroMemory, allocatable.memory)
    if (cpu === undefined) return memory ?? 0
    return memory === undefined ? cpu : Math.floor((cpu + memory) / 2)
  },
  wakes,
}

/** Whether enough of a resource is left; a pod that asks for none is not refused for an overcommitted one. */
const fits = (asked: number, allocatable: number, held: number): boolean => asked === 0 || asked <= allocatable - held

/** Share of a node that would stay free, 0…100; undefined where the node has none of the resource. */
function leastRequested(requested: number, capacity: number): number | undefined {
  if (capacity === 0) return undefined
  if (requested > capacity) return 0
  return Math.floor(((capacity - requested) * MAX_NODE_SCORE) / capacity)
}

/** Says what there is too little of. More than the whole node has cannot be cured by evicting pods. */
function insufficient({ requests }: PodInfo, node: NodeInfo): Rejection | undefined {
  const reasons: string[] = []
  let hopeless = false
  const check = (name: string, asked: number, allocatable: number, held: number): void => {
    if (fits(asked, allocatable, held)) return
    reasons.push(`Insufficient ${name}`)
    if (asked > allocatable) hopeless = true
  }
  if (node.pods.size + 1 > node.allowedPods) reasons.push('Too many pods')
  const { allocatable } = node
  check('cpu', requests.milliCpu, allocatable.milliCpu, node.milliCpu)
  check('memory', requests.memory, allocatable.memory, node.memory)
  check('ephemeral-storage', requests.ephemeralStorage, allocatable.ephemeralStorage, node.ephemeralStorage)
  for (const name in requests.scalars)
    check(name, requests.scalars[name] ?? 0, allocatable.scalars?.[name] ?? 0, node.scalars.get(name) ?? 0)
  if (reasons.length === 0) return undefined
  const key = `${hopeless ? '!' : ''}${reasons.join(',')}`
  let rejection = REJECTIONS.get(key)
  if (!rejection) {
    rejection = hopeless ? unresolvable(...reasons) : unschedulable(...reasons)
    REJECTIONS.set(key, rejection)
  }
  return rejection
}

/** The few different verdicts, so that a thousand full nodes share one (a memory of constants, not state). */
const REJECTIONS = new Map<string, Rejection>()

function wakes(event: ClusterEvent, { requests, uid }: PodInfo): boolean {
  if (event.kind === 'node') return event.now !== undefined && nodeHelps(event, requests)
  if (!event.old || (event.kind !== 'own-pod' && event.kind !== 'assigned-pod')) return false
  if (!event.now) return event.kind === 'assigned-pod'
  const [old, now] = [event.old, event.now] as unknown as [Pod, Pod]
  if (old.spec === now.spec && old.status === now.status) return false
  const before = podRequests(old).requests
  const after = podRequests(now).requests
  // of another pod's resources, those count that this one asks for
  return shrunk(before, after, now.metadata.uid === uid ? before : requests)
}

/** Whether a node that would hold the pod if it were empty is new, or has more now of what the pod asks for. */
function nodeHelps(event: ClusterEvent, requests: Resources): boolean {
  const now = (event.now as unknown as Node).status.allocatable as ResourceList | undefined
  const before = (event.old as unknown as Node | undefined)?.status.allocatable as ResourceList | undefined
  if (event.old && before === now) return false
  const has = resourcesOf(now)
  const pods = unitsOf(now?.pods ?? '0')
  const holds =
    pods > 0 &&
    requests.milliCpu <= has.milliCpu &&
    requests.memory <= has.memory &&
    requests.ephemeralStorage <= has.ephemeralStorage &&
    Object.keys(requests.scalars ?? {}).every(name => (requests.scalars?.[name] ?? 0) <= (has.scalars?.[name] ?? 0))
  if (!holds || !event.old) return holds
  return pods > unitsOf(before?.pods ?? '0') || shrunk(has, resourcesOf(before), requests)
}

/** Whether there is less than there was of something that is asked for. */
const shrunk = (before: Resources, after: Resources, asked: Resources): boolean =>
  (asked.milliCpu > 0 && after.milliCpu < before.milliCpu) ||
  (asked.memory > 0 && after.memory < before.memory) ||
  (asked.ephemeralStorage > 0 && after.ephemeralStorage < before.ephemeralStorage) ||
  Object.entries(asked.scalars ?? {}).some(([name, n]) => n > 0 && (after.scalars?.[name] ?? 0) < (before.scalars?.[name] ?? 0))
