// Models pkg/scheduler/framework/plugins/podtopologyspread/plugin.go.
import { deepEqual } from '../../../api/deep'
import type { KubeObject, Node, Pod } from '../../../api/types'
import type { ClusterEvent, Plugin } from '../../framework'
import type { PodInfo } from '../../pod-info'
import { toleranceChanged } from '../../tolerations'
import { type ConstraintTerms, ownTerms } from './constraints'
import { type FilterState, filter, preFilter } from './filtering'
import { normalize, preScore, type ScoreState, score } from './scoring'

/** Spreads alike pods evenly over hosts, zones or whatever a label tells apart. */
export const podTopologySpread: Plugin<FilterState, ScoreState> = {
  name: 'PodTopologySpread',
  preFilter,
  filter: (_pod, node, state) => filter(node, state),
  preScore,
  score: (_pod, node, state) => score(node, state),
  normalize,
  wakes,
}

function wakes(event: ClusterEvent, pod: PodInfo): boolean {
  const { old, now } = event
  const constraints = ownTerms(pod, 'DoNotSchedule')
  if (event.kind === 'own-pod') {
    if (toleranceChanged(old, now) && constraints.some(c => c.honorTaints)) return true
    return constraints.some(c => c.selector.matches(old?.metadata.labels) !== c.selector.matches(now?.metadata.labels))
  }
  if (event.kind === 'assigned-pod') {
    const isPlaced = (p: KubeObject | undefined): boolean => !p || isNeighbour(p as unknown as Pod, pod)
    if (!isPlaced(old) || !isPlaced(now)) return false
    if (old && now)
      return constraints.some(c => c.selector.matches(old.metadata.labels) !== c.selector.matches(now.metadata.labels))
    return constraints.some(c => c.selector.matches((now ?? old)?.metadata.labels))
  }
  return event.kind === 'node' && nodeHelps(old as unknown as Node | undefined, now as unknown as Node | undefined, constraints)
}

/** Whether a pod on a node is of the same namespace. */
const isNeighbour = ({ metadata, spec }: Pod, { namespace }: PodInfo): boolean =>
  Boolean(spec.nodeName) && metadata.namespace === namespace

/** A node that has all the labels comes, goes, or changes its taints or its place. */
function nodeHelps(old: Node | undefined, now: Node | undefined, constraints: readonly ConstraintTerms[]): boolean {
  const matches = (n: Node | undefined): boolean =>
    n !== undefined && constraints.every(c => n.metadata.labels?.[c.topologyKey] !== undefined)
  if (!old || !now) return matches(old) || matches(now)
  if (matches(old) !== matches(now)) return true
  const moved = constraints.some(c => old.metadata.labels?.[c.topologyKey] !== now.metadata.labels?.[c.topologyKey])
  return matches(now) && (moved || !deepEqual(old.spec.taints, now.spec.taints))
}
