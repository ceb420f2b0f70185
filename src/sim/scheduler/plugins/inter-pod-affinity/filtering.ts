// Models pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.
import { labelSelector } from '../../../api/selectors'
import { type AffinityTerm, termMatches } from '../../affinity-terms'
import { type Cluster, type PreFilterVerdict, type Rejection, SKIP, unresolvable, unschedulable } from '../../framework'
import { candidates, type PodGroup } from '../../groups'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { addTo, type TopologyCounts } from './topology-counts'

const NO_AFFINITY = unresolvable("node(s) didn't match pod affinity rules")
const ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules")
const EXISTING_ANTI_AFFINITY = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")

/** Matching pods by topology. */
export interface FilterState {
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  /** Pods that meet all the affinity terms of the pod. */
  readonly affine: TopologyCounts
  /** Pods that meet one of its anti-affinity terms. */
  readonly averse: TopologyCounts
  /** Anti-affinity terms of pods that are there, which this pod meets. */
  readonly unwelcome: TopologyCounts
  /** The pod meets its own affinity terms: it may be the first of its series. */
  readonly first: boolean
}

/** Counts, for each topology that a term speaks of, the pods that matter. */
export function preFilter(pod: PodInfo, cluster: Cluster): PreFilterVerdict<FilterState> {
  const unwelcome = existingAntiAffinity(pod, cluster)
  const affinity = pod.affinity?.requiredAffinity ?? []
  const antiAffinity = pod.affinity?.requiredAntiAffinity ?? []
  if (unwelcome.size === 0 && affinity.length === 0 && antiAffinity.length === 0) return SKIP
  const namespaceLabels = cluster.listers.namespaceLabels
  const meetsAll = (namespace: string, labels: PodInfo['labels']): boolean =>
    affinity.length > 0 && affinity.every(term => termMatches(term, namespace, labels, namespaceLabels))
  const affine: TopologyCounts = new Map()
  const averse: TopologyCounts = new Map()
  for (const group of groupsOf(affinity, cluster)) {
    if (!meetsAll(group.namespace, group.labels)) continue
    for (const term of affinity) addGroup(affine, group, term.topologyKey, cluster)
  }
  for (const term of antiAffinity)
    for (const group of groupsOf([term], cluster))
      if (termMatches(term, group.namespace, group.labels, namespaceLabels)) addGroup(averse, group, term.topologyKey, cluster)
  return { state: { affinity, antiAffinity, affine, averse, unwelcome, first: meetsAll(pod.namespace, pod.labels) } }
}

/** Groups that may meet the first of some terms. */
function* groupsOf([term]: readonly AffinityTerm[], { cache: { groups } }: Cluster): Generator<PodGroup> {
  if (!term?.selector) return
  const namespaces = term.namespaceSelector ? groups.byNamespace.keys() : new Set(term.namespaces)
  for (const namespace of namespaces)
    for (const key of candidates(groups, namespace, labelSelector(term.selector))) {
      const group = groups.byKey.get(key)
      if (group) yield group
    }
}

/** Adds a group's pods under the value that each of its nodes has for a label. */
export function addGroup(counts: TopologyCounts, group: PodGroup, topologyKey: string, { cache }: Cluster, factor = 1): void {
  for (const [name, count] of group.nodes) {
    const value = cache.nodes.peek(name)?.labels[topologyKey]
    if (value !== undefined) addTo(counts, topologyKey, value, count * factor)
  }
}

function existingAntiAffinity(pod: PodInfo, cluster: Cluster): TopologyCounts {
  const counts: TopologyCounts = new Map()
  const { byKey, withAffinity } = cluster.cache.groups
  for (const key of withAffinity) {
    const group = byKey.get(key)
    for (const term of group?.affinity?.requiredAntiAffinity ?? [])
      if (group && termMatches(term, pod.namespace, pod.labels, cluster.listers.namespaceLabels))
        addGroup(counts, group, term.topologyKey, cluster)
  }
  return counts
}

/** Refuses nodes whose topology lacks the company that the pod wants, or has some that it or the company cannot bear. */
export function filter(node: NodeInfo, state: FilterState): Rejection | undefined {
  if (!satisfiesAffinity(node, state)) return NO_AFFINITY
  for (const { topologyKey } of state.antiAffinity) if (countAt(state.averse, topologyKey, node) > 0) return ANTI_AFFINITY
  for (const key of state.unwelcome.keys()) if (countAt(state.unwelcome, key, node) > 0) return EXISTING_ANTI_AFFINITY
  return undefined
}

function countAt(counts: TopologyCounts, key: string, node: NodeInfo): number {
  const value = node.labels[key]
  return value === undefined ? 0 : (counts.get(key)?.get(value) ?? 0)
}

function satisfiesAffinity(node: NodeInfo, { affinity, affine, first }: FilterState): boolean {
  let company = true
  for (const { topologyKey } of affinity) {
    if (node.labels[topologyKey] === undefined) return false
    if (countAt(affine, topologyKey, node) <= 0) company = false
  }
  // the first pod of a series that wants its like about it would wait for ever
  return company || (affine.size === 0 && first)
}
