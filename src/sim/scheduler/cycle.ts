// Models pkg/scheduler/schedule_one.go (schedulingCycle, schedulePod): one pod, all nodes, one verdict. Pure but for `random`.
import { nodeList } from './cache'
import {
  type Filtered,
  type FilterStates,
  findFeasible,
  list,
  runFilters,
  runFiltersWithNominated,
  runPreFilters,
} from './filtering'
import { fitErrorText } from './fit-error'
import { type Cluster, type PostFilterAttempt, type Rejection, unresolvable } from './framework'
import type { NodeInfo } from './node-info'
import type { PodInfo } from './pod-info'
import { PLUGINS } from './profile'
import { scoreNodes, selectHost } from './scoring'
import { type CycleTable, tableOf } from './table'

/** Pods to evict, so that the pod fits their node. */
export interface Nomination {
  readonly node: string
  readonly victims: readonly PodInfo[]
}

/** How a cycle ended. */
export type CycleResult =
  | { readonly kind: 'chosen'; readonly node: string; readonly table: CycleTable; readonly nextStart: number }
  | Unschedulable

/** No node will do. */
export interface Unschedulable {
  readonly kind: 'unschedulable'
  /** `0/3 nodes are available: …` */
  readonly message: string
  /** Plugins that refused: what they wait for can wake the pod. None: an error, to be tried again after a back-off. */
  readonly rejectedBy: readonly string[]
  readonly table: CycleTable
  readonly nomination: Nomination | undefined
  /** An earlier nomination of the pod is void. */
  readonly clearNomination: boolean
  readonly nextStart: number
}

const NOTHING: Filtered = Object.freeze({ considered: [], rejections: [], feasible: [] })
const OUTSIDE = unresolvable('node was not looked at')

/**
 * Runs one cycle for a pod. `start` is where the visit of the nodes begins: the `nextStart` of the cycle before.
 * `random` breaks ties.
 */
export function schedulePod(cluster: Cluster, pod: PodInfo, start: number, random: () => number): CycleResult {
  const { nodes: all, names } = nodeList(cluster.cache)
  if (all.length === 0) {
    const table = tableOf(NOTHING, undefined, 0, names)
    const message = 'no nodes available to schedule pods'
    return {
      kind: 'unschedulable',
      message,
      rejectedBy: [],
      table,
      nomination: undefined,
      clearNomination: true,
      nextStart: start,
    }
  }
  const states = runPreFilters(pod, cluster)
  const nominated = states.rejection ? undefined : filterNominated(pod, states, cluster)
  const filtered = states.rejection ? NOTHING : (nominated ?? filterNodes(pod, start, states, cluster))
  // a round of the nodes moves on by as many as it saw; a look at the nominated one is none
  const nextStart = nominated ? start : (start + filtered.considered.length) % all.length
  const { feasible } = filtered
  const [only] = feasible
  if (!only) return { ...refuse({ pod, cluster, states, filtered, random }), nextStart }
  if (feasible.length === 1)
    return { kind: 'chosen', node: only.name, table: tableOf(filtered, undefined, all.length, names), nextStart }
  const scores = scoreNodes(pod, feasible, cluster)
  const chosen = feasible[selectHost(scores.totals, random)] ?? only
  return { kind: 'chosen', node: chosen.name, table: tableOf(filtered, scores, all.length, names), nextStart }
}

/** The nominated node comes first, for it was emptied for this pod. */
function filterNominated(pod: PodInfo, states: FilterStates, cluster: Cluster): Filtered | undefined {
  const nominated = cluster.cache.nodes.peek(pod.pod.status.nominatedNodeName ?? '')
  if (!nominated?.node || runFiltersWithNominated(pod, nominated, states, cluster)) return undefined
  return { considered: [nominated], rejections: [undefined], feasible: [nominated] }
}

/** As many nodes as needed. */
function filterNodes(pod: PodInfo, start: number, states: FilterStates, cluster: Cluster): Filtered {
  const { nodes } = states
  const all = nodeList(cluster.cache).nodes
  const candidates = nodes ? all.filter(node => nodes.has(node.name)) : all
  return findFeasible(pod, candidates, candidates.length > 0 ? start % candidates.length : 0, states, cluster)
}

interface Refused {
  readonly pod: PodInfo
  readonly cluster: Cluster
  readonly states: FilterStates
  readonly filtered: Filtered
  readonly random: () => number
}

/** What stands for nodes that Filter did not see. */
function absentRejection({ states }: Refused): Rejection {
  if (states.rejection) return states.rejection.rejection
  if (states.nodes) return unresolvable(`node(s) didn't satisfy plugin(s) ${list([...states.narrowedBy].sort())}`)
  return OUTSIDE
}

/** PostFilter, and the words for what has happened. */
function refuse(refused: Refused): Omit<Unschedulable, 'nextStart'> {
  const { cluster, states, filtered } = refused
  const { nodes: all, names } = nodeList(cluster.cache)
  const absent = absentRejection(refused)
  const { message: postFilter, nomination, clearNomination } = runPostFilters(refused, absent)
  const given = filtered.rejections.flatMap(r => (r ? [r.rejection] : []))
  const rest = Array<Rejection>(all.length - given.length).fill(absent)
  const preFilter = states.rejection?.rejection.reasons.join(', ') ?? ''
  const plugins = new Set(states.rejection ? [states.rejection.plugin] : states.narrowedBy)
  for (const r of filtered.rejections) if (r) plugins.add(PLUGINS[r.plugin]?.name ?? '')
  return {
    kind: 'unschedulable',
    message: fitErrorText(all.length, [...given, ...rest], postFilter, preFilter),
    rejectedBy: [...plugins],
    table: tableOf(filtered, undefined, all.length, names),
    nomination,
    clearNomination,
  }
}

function runPostFilters(
  refused: Refused,
  absent: Rejection,
): { message: string; nomination?: Nomination; clearNomination: boolean } {
  const { pod, cluster, states, filtered, random } = refused
  const byNode = new Map<string, Rejection>()
  filtered.considered.forEach((node, i) => {
    const rejected = filtered.rejections[i]
    if (rejected) byNode.set(node.name, rejected.rejection)
  })
  const attempt: PostFilterAttempt = {
    pod,
    cluster,
    rejectionOf: name => byNode.get(name) ?? absent,
    refusalBy: node => refusalBy(pod, node, cluster),
    random,
  }
  const messages: string[] = []
  let clearNomination = false
  for (let i = 0; i < PLUGINS.length; i++) {
    const verdict = PLUGINS[i]?.postFilter?.(attempt, i < states.reached)
    if (!verdict) continue
    if (verdict.kind === 'nominated')
      return { message: '', nomination: { node: verdict.node, victims: verdict.victims }, clearNomination: false }
    if (verdict.kind === 'error') return { message: verdict.message, clearNomination: false }
    messages.push(verdict.message)
    clearNomination ||= verdict.clearNomination === true
  }
  return { message: messages.join(', '), clearNomination }
}

function refusalBy(pod: PodInfo, node: NodeInfo, cluster: Cluster): Rejection | undefined {
  const states = runPreFilters(pod, cluster)
  if (states.rejection) return states.rejection.rejection
  if (cluster.cache.nominated.size > 0) return runFiltersWithNominated(pod, node, states, cluster)?.rejection
  return runFilters(pod, node, states)?.rejection
}
