// Models pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.
import { type Cluster, MAX_NODE_SCORE, SKIP, type Skip } from '../../framework'
import { ln } from '../../ln'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { type Constraint, countOn, counts, defaultConstraints, HOSTNAME, hasTopologies, ownConstraints } from './constraints'

/** A constraint as Score asks it. */
interface Wish {
  readonly constraint: Constraint
  /** Matching pods by value of the constraint's label; a node's own pods are counted in Score. */
  readonly counts: ReadonlyMap<string, number>
  /** More domains, more weight: else a constraint over few zones would say as much as one over many nodes. */
  readonly weight: number
}

/** What PreScore works out. */
export interface ScoreState {
  readonly wishes: readonly Wish[]
  /** Nodes without one of the labels: they get 0. */
  readonly ignored: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** Counts the matching pods of each domain, for constraints that are wishes. */
export function preScore(pod: PodInfo, nodes: readonly NodeInfo[], cluster: Cluster): Skip | { readonly state: ScoreState } {
  const own = (pod.pod.spec.topologySpreadConstraints ?? []).length > 0
  const constraints = own ? ownConstraints(pod, 'ScheduleAnyway', cluster) : defaultConstraints(pod, cluster)
  if (constraints.length === 0) return SKIP
  // the defaults also spread over hosts where there are no zones
  const ignored = own ? new Set(nodes.filter(n => !hasTopologies(n, constraints)).map(n => n.name)) : NONE
  const hosts = nodes.length - ignored.size
  const wishes: Wish[] = []
  for (const constraint of constraints) {
    if (constraint.topologyKey === HOSTNAME) {
      wishes.push({ constraint, counts: NO_DOMAINS, weight: weightOf(hosts) })
      continue
    }
    const domains = domainsOf(constraint, nodes, ignored)
    if (!domains) continue
    const counts = countDomains(constraint, domains, pod, own ? constraints : [], cluster)
    wishes.push({ constraint, counts, weight: weightOf(domains.size) })
  }
  return { state: { wishes, ignored } }
}

const NO_DOMAINS: ReadonlyMap<string, number> = new Map()
const weightOf = (domains: number): number => ln(domains + 2)

/** The values of a constraint's label on the nodes that are left, each with no pods yet; undefined where no node has the label. */
function domainsOf(
  { topologyKey }: Constraint,
  nodes: readonly NodeInfo[],
  ignored: ReadonlySet<string>,
): Map<string, number> | undefined {
  let domains: Map<string, number> | undefined
  let unlabelled = false
  for (const node of nodes) {
    if (ignored.size > 0 && ignored.has(node.name)) continue
    const value = node.labels[topologyKey]
    if (value === undefined) unlabelled = true
    else {
      domains ??= new Map()
      domains.set(value, 0)
    }
  }
  // nodes without the label are a domain, too
  return unlabelled && domains ? domains.set('', 0) : domains
}

/** Adds up the matching pods of all nodes by domain. Only nodes that have such pods are visited. */
function countDomains(
  c: Constraint,
  domains: Map<string, number>,
  pod: PodInfo,
  required: readonly Constraint[],
  { cache }: Cluster,
): ReadonlyMap<string, number> {
  for (const group of c.groups)
    for (const [name, count] of group.nodes) {
      const node = cache.nodes.peek(name)
      if (!node?.node || !hasTopologies(node, required) || !counts(c, pod, node)) continue
      const value = node.labels[c.topologyKey] ?? ''
      const sum = domains.get(value)
      if (sum !== undefined) domains.set(value, sum + count)
    }
  return domains
}

/** How many matching pods a node's domains have: more is worse, so Normalize turns it round. */
export function score(node: NodeInfo, { wishes, ignored }: ScoreState): number {
  if (ignored.size > 0 && ignored.has(node.name)) return 0
  let sum = 0
  for (const { constraint, counts, weight } of wishes) {
    const value = node.labels[constraint.topologyKey]
    if (value === undefined) continue
    const count = constraint.topologyKey === HOSTNAME ? countOn(constraint, node.name) : (counts.get(value) ?? 0)
    sum += count * weight + (constraint.maxSkew - 1)
  }
  return Math.round(sum)
}

/** 100 for the fewest pods, less for more; 0 for nodes that lack a label. */
export function normalize(scores: number[], nodes: readonly NodeInfo[], { ignored }: ScoreState): void {
  let min = Number.MAX_SAFE_INTEGER
  let max = 0
  for (let i = 0; i < scores.length; i++) {
    if (ignored.size > 0 && ignored.has(nodes[i]?.name ?? '')) continue
    const s = scores[i] ?? 0
    if (s < min) min = s
    if (s > max) max = s
  }
  for (let i = 0; i < scores.length; i++) {
    if (ignored.size > 0 && ignored.has(nodes[i]?.name ?? '')) scores[i] = 0
    else if (max === 0) scores[i] = MAX_NODE_SCORE
    else scores[i] = Math.trunc((MAX_NODE_SCORE * (max + min - (scores[i] ?? 0))) / max)
  }
}
