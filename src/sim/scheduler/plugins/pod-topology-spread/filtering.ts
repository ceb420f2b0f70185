// Models pkg/scheduler/framework/plugins/podtopologyspread/filtering.go.
import { nodeList } from '../../cache'
import { type Cluster, type PreFilterVerdict, type Rejection, SKIP, unresolvable, unschedulable } from '../../framework'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { type Constraint, countOn, counts, hasTopologies, ownConstraints, selfMatch } from './constraints'

const TOO_SKEWED = unschedulable("node(s) didn't match pod topology spread constraints")
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")

/** For each constraint: matching pods by value of its label, and the least of them. */
export interface FilterState {
  readonly constraints: readonly Constraint[]
  readonly counts: readonly ReadonlyMap<string, number>[]
  readonly least: readonly number[]
  readonly self: readonly (0 | 1)[]
}

/** Counts the matching pods of each domain, for constraints that must hold. */
export function preFilter(pod: PodInfo, cluster: Cluster): PreFilterVerdict<FilterState> {
  if (!pod.pod.spec.topologySpreadConstraints?.length) return SKIP
  const constraints = ownConstraints(pod, 'DoNotSchedule', cluster)
  if (constraints.length === 0) return SKIP
  const found = constraints.map(() => new Map<string, number>())
  for (const node of nodeList(cluster.cache).nodes) {
    if (!hasTopologies(node, constraints)) continue
    constraints.forEach((c, i) => {
      if (!counts(c, pod, node)) return
      const value = node.labels[c.topologyKey] ?? ''
      found[i]?.set(value, (found[i]?.get(value) ?? 0) + countOn(c, node.name))
    })
  }
  return {
    state: {
      constraints,
      counts: found,
      least: constraints.map((c, i) => leastOf(found[i], c.minDomains)),
      self: constraints.map(c => selfMatch(c, pod)),
    },
  }
}

/** The least loaded domain; 0 while there are fewer domains than wanted. */
function leastOf(counts: ReadonlyMap<string, number> | undefined, minDomains: number): number {
  if (!counts || counts.size < minDomains) return 0
  let least = Number.MAX_SAFE_INTEGER
  for (const count of counts.values()) if (count < least) least = count
  return least
}

/** Refuses a node whose domain would be ahead of the least loaded one by more than maxSkew. */
export function filter(node: NodeInfo, { constraints, counts, least, self }: FilterState): Rejection | undefined {
  for (let i = 0; i < constraints.length; i++) {
    const constraint = constraints[i]
    if (!constraint) continue
    const value = node.labels[constraint.topologyKey]
    if (value === undefined) return NO_LABEL
    const skew = (counts[i]?.get(value) ?? 0) + (self[i] ?? 0) - (least[i] ?? 0)
    if (skew > constraint.maxSkew) return TOO_SKEWED
  }
  return undefined
}
