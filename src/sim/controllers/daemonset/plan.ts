// Models pkg/controller/daemon/{daemon_controller,update}.go: which daemons are to be made and deleted.

import type { DaemonSet, Node, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { omitEmpty } from '../objects'
import { isPodAvailable, isPodReady, isPodTerminal } from '../pods'
import { scaledValue } from '../scaled-value'
import { fitOf, HASH_LABEL, isUpdated, nodeOf } from './nodes'

/** What a sync sees of a DaemonSet. */
export interface View {
  readonly set: DaemonSet
  readonly nodes: readonly Node[]
  /** Its daemons, without those that have ended and are about to go: their nodes are free for others (getNodesToDaemonPods). */
  readonly pods: readonly Pod[]
  /** All of its daemons. */
  readonly claimed: readonly Pod[]
  /** Of the revision that is wanted. */
  readonly hash: string
  readonly now: Time
}
/** Nodes to make daemons for, daemons to delete, and those of them that have ended by themselves. */
export interface Plan {
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
  readonly ended: readonly { readonly pod: Pod; readonly node: string }[]
}

const isDeleted = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined

/** It has ended and is about to go: nothing is left to be done about it. */
export const isPast = (pod: Pod): boolean => isDeleted(pod) && isPodTerminal(pod)

/** Daemons by the node that they are meant for. */
export function byNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const found = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = nodeOf(pod)
    const there = found.get(node)
    if (there) there.push(pod)
    else found.set(node, [pod])
  }
  return found
}

/** Nodes that shall have a daemon. */
const wanted = ({ set, nodes }: View): readonly string[] =>
  nodes.filter(node => fitOf(set, node).comes).map(({ metadata }) => metadata.name)
const limits = ({ set }: View, desired: number): { surge: number; unavailable: number } => {
  const rolling = set.spec.updateStrategy?.rollingUpdate
  const surge = scaledValue(rolling?.maxSurge, desired, true)
  const unavailable = scaledValue(rolling?.maxUnavailable ?? 1, desired, true)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}
const surges = ({ set }: View): boolean =>
  set.spec.updateStrategy?.type === 'RollingUpdate' && scaledValue(set.spec.updateStrategy.rollingUpdate?.maxSurge, 100, true) > 0

const isAvailable = ({ set, now }: View, pod: Pod): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)

/** manage: a daemon on every node that shall have one, and none elsewhere. `held` are nodes whose failed daemons still have to wait. */
export function planNodes(view: View, held: ReadonlySet<string> = new Set()): Plan {
  const { set, nodes, pods } = view
  const on = byNode(pods)
  const create: string[] = []
  const remove: Pod[] = []
  const ended: { pod: Pod; node: string }[] = []
  for (const node of nodes) {
    const { name } = node.metadata
    const { comes, stays } = fitOf(set, node)
    const there = on.get(name)
    if (comes && !there) create.push(name)
    else if (there && !stays) remove.push(...there.filter(pod => !isDeleted(pod)))
    else if (there) {
      const live = there.filter(pod => !isDeleted(pod))
      for (const pod of live)
        if (isPodTerminal(pod) && !(pod.status.phase === 'Failed' && held.has(name))) {
          ended.push({ pod, node: name })
          remove.push(pod)
        }
      const running = live.filter(pod => !isPodTerminal(pod))
      if (running.length === 0 && comes && surges(view)) create.push(name)
      remove.push(...superfluous(view, running))
    }
  }
  const names = new Set(nodes.map(n => n.metadata.name))
  for (const [node, there] of on)
    if (node !== '' && !names.has(node)) remove.push(...there.filter(pod => !pod.spec.nodeName && !isDeleted(pod)))
  return { create, remove, ended }
}

/** Nodes on which a daemon has failed and is not yet deleted. */
export const failedNodes = ({ pods }: View): readonly string[] => [
  ...new Set(pods.filter(pod => pod.status.phase === 'Failed' && !isDeleted(pod)).map(nodeOf)),
]

/** Daemons beyond the one that a node shall have: all but the oldest; while surging, the oldest of each revision stays as long as both are of use. */
function superfluous(view: View, running: readonly Pod[]): Pod[] {
  if (running.length <= 1) return []
  const sorted = [...running].sort(byAge)
  if (!surges(view)) return sorted.slice(1)
  const isNew = (pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === view.hash
  const [fresh, ...more] = sorted.filter(isNew)
  const [old, ...others] = sorted.filter(pod => !isNew(pod))
  const isPassed = fresh && old && (!isPodReady(old) || isAvailable(view, fresh))
  return [...more, ...others, ...(isPassed ? [old] : [])]
}
/** podByCreationTimestampAndPhase: those that are bound first, then by age. */
function byAge(a: Pod, b: Pod): number {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1
  const [at, bt] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  return at < bt ? -1 : at > bt ? 1 : a.metadata.name < b.metadata.name ? -1 : 1
}

/** rollingUpdate: which old daemons go, or which nodes get a new one beside the old. */
export function planUpdate(view: View): Plan {
  const nodes = wanted(view)
  const { surge, unavailable } = limits(view, nodes.length)
  return surge > 0 ? withSurge(view, surge, nodes) : withoutSurge(view, unavailable, nodes)
}

/** findUpdatedPodsOnNode: the new and the old daemon of a node; undefined where there are two of a kind. */
function pairOf({ set, hash }: View, pods: readonly Pod[]): { fresh?: Pod; old?: Pod } | undefined {
  const live = pods.filter(pod => !isDeleted(pod))
  const fresh = live.filter(pod => isUpdated(set, pod, hash))
  const old = live.filter(pod => !isUpdated(set, pod, hash))
  if (fresh.length > 1 || old.length > 1) return undefined
  return { ...(fresh[0] && { fresh: fresh[0] }), ...(old[0] && { old: old[0] }) }
}
/** Deletes so many old daemons that no more than maxUnavailable are missing; those that do not serve anyway go at once. */
function withoutSurge(view: View, maxUnavailable: number, nodes: readonly string[]): Plan {
  const on = byNode(view.pods)
  let unavailable = nodes.filter(node => !on.has(node)).length
  const idle: Pod[] = []
  const candidates: Pod[] = []
  for (const pods of on.values()) {
    const pair = pairOf(view, pods)
    if (!pair || Boolean(pair.fresh) === Boolean(pair.old)) unavailable++
    else if (pair.fresh) unavailable += isAvailable(view, pair.fresh) ? 0 : 1
    else if (pair.old && !isAvailable(view, pair.old)) {
      idle.push(pair.old)
      unavailable++
    } else if (pair.old && unavailable < maxUnavailable) candidates.push(pair.old)
  }
  const room = Math.max(0, maxUnavailable - unavailable)
  return { create: [], remove: [...idle, ...candidates.slice(0, room)], ended: [] }
}

/**
 * Makes new daemons beside the old ones, at most maxSurge at a time; an old one goes when the new one is available. On a node that shall
 * have none any more it goes when it does not serve, or when enough serve elsewhere.
 */
function withSurge(view: View, maxSurge: number, nodes: readonly string[]): Plan {
  const mayCome = new Set(nodes)
  let surging = 0
  let available = 0
  const remove: Pod[] = []
  const leaving: Pod[] = []
  const idle: string[] = []
  const candidates: string[] = []
  for (const [node, pods] of byNode(view.pods)) {
    const pair = pairOf(view, pods)
    if (!pair) {
      surging++
      continue
    }
    const { fresh, old } = pair
    const serves = old ?? fresh
    if (serves && isAvailable(view, serves)) available++
    if (!old) continue
    if (fresh) {
      if (isAvailable(view, fresh)) remove.push(old)
      else surging++
    } else if (!isAvailable(view, old)) {
      if (mayCome.has(node)) idle.push(node)
      else remove.push(old)
    } else if (!mayCome.has(node)) leaving.push(old)
    else if (surging < maxSurge) candidates.push(node)
  }
  remove.push(...leaving.slice(0, Math.max(0, available - nodes.length)))
  return { create: [...idle, ...candidates.slice(0, Math.max(0, maxSurge - surging))], remove, ended: [] }
}

/** updateDaemonSetStatus: the counts, node by node. */
export function statusOf(view: View, observed: number | undefined): DaemonSet['status'] {
  const { set, nodes, pods, hash } = view
  const on = byNode(pods)
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0]
  for (const node of nodes) {
    const there = on.get(node.metadata.name)
    if (!fitOf(set, node).comes) {
      if (there) misscheduled++
      continue
    }
    desired++
    const [pod] = [...(there ?? [])].sort(byAge)
    if (!pod) continue
    current++
    if (isPodReady(pod)) ready++
    if (isAvailable(view, pod)) available++
    if (isUpdated(set, pod, hash)) updated++
  }
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...omitEmpty({
      observedGeneration: observed,
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: desired - available,
      collisionCount: set.status?.collisionCount,
    }),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  }
}
