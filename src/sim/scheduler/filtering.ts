// Models pkg/scheduler/framework/runtime/framework.go (RunPreFilterPlugins, RunFilterPlugins) and schedule_one.go (findNodesThatFitPod).
import { supposing } from './cache'
import { type Cluster, type Rejection, SKIP, unresolvable } from './framework'
import type { NodeInfo } from './node-info'
import type { PodInfo } from './pod-info'
import { PLUGINS } from './profile'

/** What PreFilter left: by a plugin's number, its state; and the numbers of those whose Filter is to be run. */
export interface FilterStates {
  readonly states: unknown[]
  readonly active: readonly number[]
  /** The only nodes that can do, where plugins said so, and who said so. */
  readonly nodes: ReadonlySet<string> | undefined
  readonly narrowedBy: readonly string[]
  /** No node can do. */
  readonly rejection: { readonly plugin: string; readonly rejection: Rejection } | undefined
  /** Number of the first plugin whose PreFilter was not reached. */
  readonly reached: number
}

const PRE_FILTERS = PLUGINS.flatMap((p, i) => (p.preFilter ? [i] : []))
const FILTERS = PLUGINS.flatMap((p, i) => (p.filter ? [i] : []))

/** PreFilter: each plugin looks at the pod and the cluster once. */
export function runPreFilters(pod: PodInfo, cluster: Cluster): FilterStates {
  const states: unknown[] = new Array(PLUGINS.length)
  const skipped: number[] = []
  const narrowedBy: string[] = []
  let nodes: ReadonlySet<string> | undefined
  let rejection: FilterStates['rejection']
  for (const i of PRE_FILTERS) {
    const plugin = PLUGINS[i]
    const verdict = plugin?.preFilter?.(pod, cluster)
    if (!plugin || verdict === undefined) continue
    if (verdict === SKIP) skipped.push(i)
    else if ('code' in verdict) {
      rejection = { plugin: plugin.name, rejection: verdict }
      // a refusal that preemption might cure lets the rest say their word first
      if (verdict.code !== 'Unschedulable') return { states, active: [], nodes, narrowedBy, rejection, reached: i + 1 }
    } else {
      states[i] = verdict.state
      if (!verdict.nodes) continue
      narrowedBy.push(plugin.name)
      nodes = nodes ? common(nodes, verdict.nodes) : verdict.nodes
      if (nodes.size === 0) return { states, active: [], nodes, narrowedBy, rejection: contradiction(narrowedBy), reached: i + 1 }
    }
  }
  return { states, active: filtersWithout(skipped), nodes, narrowedBy, rejection, reached: PLUGINS.length }
}

const filtersWithout = (skipped: readonly number[]): readonly number[] =>
  skipped.length === 0 ? FILTERS : FILTERS.filter(i => !skipped.includes(i))

const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a].filter(n => b.has(n)))

function contradiction(plugins: readonly string[]): FilterStates['rejection'] {
  const names = [...plugins].sort()
  const text =
    names.length === 1
      ? `node(s) didn't satisfy plugin ${names[0]}`
      : `node(s) didn't satisfy plugin(s) ${list(names)} simultaneously`
  return { plugin: plugins[plugins.length - 1] ?? '', rejection: unresolvable(text) }
}

/** Text of a list, as Go prints a slice. */
export const list = (names: readonly string[]): string => `[${names.join(' ')}]`

/** Which plugin refused a node, and how. */
export interface NodeRejection {
  readonly plugin: number
  readonly rejection: Rejection
}

/** Filter: the first plugin that refuses a node ends its turn. */
export function runFilters(pod: PodInfo, node: NodeInfo, { active, states }: FilterStates): NodeRejection | undefined {
  for (const i of active) {
    const rejection = PLUGINS[i]?.filter?.(pod, node, states[i])
    if (rejection) return { plugin: i, rejection }
  }
  return undefined
}

/**
 * The same where pods of the same or higher priority are nominated for the node: the pod has to fit beside them, and also
 * without them, for it may want the company of a pod that never comes.
 */
export function runFiltersWithNominated(
  pod: PodInfo,
  node: NodeInfo,
  states: FilterStates,
  cluster: Cluster,
): NodeRejection | undefined {
  const nominated = cluster.cache.nominated.get(node.name)
  const others = nominated && [...nominated.values()].filter(n => n.priority >= pod.priority && n.key !== pod.key)
  if (others && others.length > 0) {
    const refused = supposing(cluster.cache, node, [], others, () => runFilters(pod, node, runPreFilters(pod, cluster)))
    if (refused) return refused
  }
  return runFilters(pod, node, states)
}

/** The nodes of one cycle's Filter. */
export interface Filtered {
  /** Nodes that were looked at, in order. */
  readonly considered: readonly NodeInfo[]
  /** By place in `considered`; undefined, or nothing there: it will do. */
  readonly rejections: readonly (NodeRejection | undefined)[]
  readonly feasible: readonly NodeInfo[]
}

const MIN_FEASIBLE_NODES = 100
const MIN_FEASIBLE_PERCENT = 5

/** How many feasible nodes are enough: all of up to 100; of more, 50 % and less as the cluster grows, but at least 5 % and 100. */
export function feasibleNodesToFind(nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes
  const percent = Math.max(50 - Math.floor(nodes / 125), MIN_FEASIBLE_PERCENT)
  return Math.max(Math.floor((nodes * percent) / 100), MIN_FEASIBLE_NODES)
}

/** Filters nodes one after the other, beginning at `start`, until enough will do. */
export function findFeasible(
  pod: PodInfo,
  candidates: readonly NodeInfo[],
  start: number,
  states: FilterStates,
  cluster: Cluster,
): Filtered {
  const { length } = candidates
  const enough = feasibleNodesToFind(length)
  const rejections: NodeRejection[] = []
  const someNominated = cluster.cache.nominated.size > 0
  let seen = 0
  for (let refusals = 0; seen < length && seen - refusals < enough; seen++) {
    const node = candidates[(start + seen) % length] as NodeInfo
    const refused = someNominated ? runFiltersWithNominated(pod, node, states, cluster) : runFilters(pod, node, states)
    if (!refused) continue
    rejections[seen] = refused
    refusals++
  }
  const considered = around(candidates, start, seen)
  return { considered, rejections, feasible: rejections.length === 0 ? considered : considered.filter((_, i) => !rejections[i]) }
}

/** So many items, from a place on, and on from the first. */
function around<T>(items: readonly T[], start: number, count: number): readonly T[] {
  if (start === 0 && count === items.length) return items
  const end = start + count
  return end <= items.length ? items.slice(start, end) : [...items.slice(start), ...items.slice(0, end - items.length)]
}
