// Models pkg/scheduler/framework/plugins/interpodaffinity/plugin.go.
import type { Node, Pod } from '../../../api/types'
import { type AffinityTerm, affinityTermsOf, termMatches } from '../../affinity-terms'
import type { Cluster, ClusterEvent, Plugin } from '../../framework'
import type { PodInfo } from '../../pod-info'
import { type FilterState, filter, preFilter } from './filtering'
import { normalize, preScore, score } from './scoring'
import type { TopologyCounts } from './topology-counts'

/** Pods that want, or cannot bear, other pods near them: on the same node, in the same zone. */
export const interPodAffinity: Plugin<FilterState, TopologyCounts> = {
  name: 'InterPodAffinity',
  preFilter,
  filter: (_pod, node, state) => filter(node, state),
  preScore,
  score: (_pod, node, state) => score(node, state),
  normalize,
  wakes,
}

function wakes(event: ClusterEvent, pod: PodInfo, { listers }: Cluster): boolean {
  if (event.kind === 'node') return event.now !== undefined && nodeHelps(event, pod)
  if (event.kind === 'own-pod') return JSON.stringify(event.old?.metadata.labels) !== JSON.stringify(event.now?.metadata.labels)
  if (event.kind !== 'assigned-pod') return false
  const meets = (terms: readonly AffinityTerm[] = [], p: Pod): boolean[] =>
    terms.map(t => termMatches(t, p.metadata.namespace ?? '', p.metadata.labels, listers.namespaceLabels))
  const old = event.old as unknown as Pod | undefined
  const now = event.now as unknown as Pod | undefined
  const affine = (p: Pod): boolean => {
    const all = meets(pod.affinity?.requiredAffinity, p)
    return all.length > 0 && all.every(Boolean)
  }
  const averse = (p: Pod): boolean => meets(pod.affinity?.requiredAntiAffinity, p).some(Boolean)
  if (old && now) return (affine(now) && !affine(old)) || (averse(old) && !averse(now))
  if (now) return affine(now)
  return old !== undefined && (averse(old) || meets(affinityTermsOf(old)?.requiredAntiAffinity, pod.pod).some(Boolean))
}

/** A node is new, or its place in a topology that a term of the pod speaks of has changed for the better. */
function nodeHelps(event: ClusterEvent, pod: PodInfo): boolean {
  const { old, now } = event as { old?: Node; now?: Node }
  const before = (t: AffinityTerm): string | undefined => old?.metadata.labels?.[t.topologyKey]
  const after = (t: AffinityTerm): string | undefined => now?.metadata.labels?.[t.topologyKey]
  const { requiredAffinity = [], requiredAntiAffinity = [] } = pod.affinity ?? {}
  // without the label a node can bear anybody, but has nobody's company
  return (
    requiredAffinity.some(t => after(t) !== undefined && before(t) !== after(t)) ||
    requiredAntiAffinity.some(t => !old || (before(t) !== undefined && before(t) !== after(t)))
  )
}
