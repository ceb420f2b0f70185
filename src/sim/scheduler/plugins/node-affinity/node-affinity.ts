// Models pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.

import { matchesAnyTerm, matchesTerm, type NodeSelectorTerm } from '../../../api/node-selector'
import type { Node } from '../../../api/types'
import { defaultNormalize, type Plugin, SKIP, unresolvable } from '../../framework'
import { matchesRequiredAffinity } from '../../node-selector'
import type { PodInfo } from '../../pod-info'

const NO_MATCH = unresolvable("node(s) didn't match Pod's node affinity/selector")
const CONFLICT = unresolvable('pod affinity terms conflict')

interface Preference {
  readonly weight: number
  readonly preference: NodeSelectorTerm
}
const NO_STATE = Object.freeze({ state: undefined })

/** Keeps a pod to the nodes that its nodeSelector and node affinity ask for, and prefers those that it prefers. */
export const nodeAffinity: Plugin<undefined, readonly Preference[]> = {
  name: 'NodeAffinity',
  preFilter(pod) {
    const terms = requiredTerms(pod)
    if (!terms && !pod.pod.spec.nodeSelector) return SKIP
    const nodes = terms && namedNodes(terms)
    if (nodes?.size === 0) return CONFLICT
    return nodes ? { state: undefined, nodes } : NO_STATE
  },
  filter: ({ pod }, node) => (matchesRequiredAffinity(pod, node) ? undefined : NO_MATCH),
  preScore({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
    return preferred?.length ? { state: preferred } : SKIP
  },
  score(_pod, node, preferences) {
    let sum = 0
    for (const { weight, preference } of preferences) if (matchesTerm(preference, node.labels, node.name)) sum += weight
    return sum
  },
  normalize: scores => defaultNormalize(scores, false),
  wakes(event, pod) {
    if (event.kind !== 'node' || !event.now) return false
    return matches(pod, event.now as unknown as Node) && (!event.old || !matches(pod, event.old as unknown as Node))
  },
}

const requiredTerms = ({ pod }: PodInfo): readonly NodeSelectorTerm[] | undefined =>
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms

/** Where every term names nodes (as a DaemonSet's pods do), only these have to be looked at. */
function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const all = new Set<string>()
  for (const { matchFields = [] } of terms) {
    let names: readonly string[] | undefined
    for (const { key, operator, values = [] } of matchFields)
      if (key === 'metadata.name' && operator === 'In') names = names ? names.filter(n => values.includes(n)) : values
    if (!names) return undefined
    for (const name of names) all.add(name)
  }
  return terms.length > 0 ? all : undefined
}

function matches(pod: PodInfo, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  const { nodeSelector } = pod.pod.spec
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false
  const terms = requiredTerms(pod)
  return !terms || matchesAnyTerm(terms, labels, node.metadata.name)
}
