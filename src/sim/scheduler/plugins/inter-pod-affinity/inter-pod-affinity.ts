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
  const averse = (p: Pod): boolean =>
    meets(pod.affinity?.requiredAntiAffinity, p).some(Boolean) ||
    meets(affinityTermsOf(p)?.requiredAntiAffinity, pod.pod).some(Boolean)
  if (old && now) return (affine(now) && !affine(old)) || (averse(old) && !averse(now))
  if (now) return affine(now)
  return old !== undefined && averse(old)
}

/** A node is new, or has moved to another topology that a term of the pod speaks of. */
function nodeHelps(event: ClusterEvent, pod: PodInfo): boolean {
  const { old, now } = event as { old?: Node; now?: Node }
  if (!old) return true
  const terms = [...(pod.affinity?.requiredAffinity ?? []), ...(pod.affinity?.requiredAntiAffinity ?? [])]
  if (terms.length === 0) return JSON.stringify(old.metadata.labels) !== JSON.stringify(now?.metadata.labels)
  return terms.some(t => old.metadata.labels?.[t.topologyKey] !== now?.metadata.labels?.[t.topologyKey])
}
