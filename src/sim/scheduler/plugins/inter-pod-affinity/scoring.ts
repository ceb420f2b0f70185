// Models pkg/scheduler/framework/plugins/interpodaffinity/scoring.go.
import { type AffinityTerm, termMatches } from '../../affinity-terms'
import { type Cluster, MAX_NODE_SCORE, SKIP, type Skip } from '../../framework'
import type { PodGroup } from '../../groups'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { addGroup } from './filtering'
import type { TopologyCounts } from './topology-counts'

/** What a required affinity of a pod that is there weighs in the scoring of others (the plugin's default argument). */
const HARD_POD_AFFINITY_WEIGHT = 1

/** Adds up what the pod wishes of the others, and the others of it, by topology. */
export function preScore(pod: PodInfo, _nodes: readonly NodeInfo[], cluster: Cluster): Skip | { readonly state: TopologyCounts } {
  const { groups } = cluster.cache
  const sums: TopologyCounts = new Map()
  const wishes = pod.affinity && pod.affinity.preferredAffinity.length + pod.affinity.preferredAntiAffinity.length > 0
  if (!wishes && groups.withAffinity.size === 0) return SKIP
  for (const key of wishes ? groups.byKey.keys() : groups.withAffinity) {
    const group = groups.byKey.get(key)
    if (group) weigh(sums, pod, group, cluster)
  }
  return sums.size === 0 ? SKIP : { state: sums }
}

function weigh(sums: TopologyCounts, pod: PodInfo, group: PodGroup, cluster: Cluster): void {
  const { namespaceLabels } = cluster.listers
  const ofPod = (terms: readonly AffinityTerm[] = [], sign: 1 | -1): void => {
    for (const term of terms)
      if (termMatches(term, group.namespace, group.labels, namespaceLabels))
        addGroup(sums, group, term.topologyKey, cluster, sign * term.weight)
  }
  const ofGroup = (terms: readonly AffinityTerm[] = [], sign: 1 | -1, weight?: number): void => {
    for (const term of terms)
      if (termMatches(term, pod.namespace, pod.labels, namespaceLabels))
        addGroup(sums, group, term.topologyKey, cluster, sign * (weight ?? term.weight))
  }
  ofPod(pod.affinity?.preferredAffinity, 1)
  ofPod(pod.affinity?.preferredAntiAffinity, -1)
  ofGroup(group.affinity?.requiredAffinity, 1, HARD_POD_AFFINITY_WEIGHT)
  ofGroup(group.affinity?.preferredAffinity, 1)
  ofGroup(group.affinity?.preferredAntiAffinity, -1)
}

/** The sums of all topologies that a node is in. */
export function score(node: NodeInfo, sums: TopologyCounts): number {
  let sum = 0
  for (const [key, values] of sums) {
    const value = node.labels[key]
    if (value !== undefined) sum += values.get(value) ?? 0
  }
  return sum
}

/** Spreads the scores over 0…100. */
export function normalize(scores: number[]): void {
  let min = Number.MAX_SAFE_INTEGER
  let max = Number.MIN_SAFE_INTEGER
  for (const s of scores) {
    if (s < min) min = s
    if (s > max) max = s
  }
  for (let i = 0; i < scores.length; i++)
    scores[i] = max > min ? Math.trunc(MAX_NODE_SCORE * (((scores[i] ?? 0) - min) / (max - min))) : 0
}
