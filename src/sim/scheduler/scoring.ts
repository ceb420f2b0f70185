// Models schedule_one.go (prioritizeNodes, selectHost) and framework.go (RunPreScorePlugins, RunScorePlugins).
import { type Cluster, SKIP } from './framework'
import type { NodeInfo } from './node-info'
import type { PodInfo } from './pod-info'
import { PROFILE } from './profile'

/** Scores of the feasible nodes: a column for each plugin, weights applied. */
export interface Scores {
  readonly plugins: readonly string[]
  /** By plugin, then by node. */
  readonly columns: readonly (readonly number[])[]
  readonly totals: readonly number[]
}

/** PreScore, Score and NormalizeScore of each plugin that has something to say, times its weight. */
export function scoreNodes(pod: PodInfo, nodes: readonly NodeInfo[], cluster: Cluster): Scores {
  const plugins: string[] = []
  const columns: number[][] = []
  const totals: number[] = new Array(nodes.length).fill(0)
  for (const { plugin, weight } of PROFILE) {
    if (!plugin.score) continue
    const prepared = plugin.preScore?.(pod, nodes, cluster)
    if (prepared === SKIP) continue
    const state = prepared?.state
    const column: number[] = new Array(nodes.length).fill(0)
    for (let i = 0; i < nodes.length; i++) column[i] = plugin.score(pod, nodes[i] as NodeInfo, state)
    plugin.normalize?.(column, nodes, state)
    for (let i = 0; i < column.length; i++) {
      const weighted = (column[i] as number) * weight
      column[i] = weighted
      totals[i] = (totals[i] as number) + weighted
    }
    plugins.push(plugin.name)
    columns.push(column)
  }
  return { plugins, columns, totals }
}

/** Place of a node with the highest total; each of several has the same chance (reservoir sampling). */
export function selectHost(totals: readonly number[], random: () => number): number {
  let best = 0
  let equals = 1
  for (let i = 1; i < totals.length; i++) {
    const total = totals[i] ?? 0
    const highest = totals[best] ?? 0
    if (total > highest) {
      best = i
      equals = 1
    } else if (total === highest) {
      equals++
      if (Math.floor(random() * equals) === 0) best = i
    }
  }
  return best
}
