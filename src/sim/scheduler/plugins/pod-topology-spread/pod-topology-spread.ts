// Models pkg/scheduler/framework/plugins/podtopologyspread/plugin.go.
import { labelSelector } from '../../../api/selectors'
import type { Node, Pod } from '../../../api/types'
import type { ClusterEvent, Plugin } from '../../framework'
import type { PodInfo } from '../../pod-info'
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
  if (event.kind === 'own-pod') return JSON.stringify(event.old?.metadata.labels) !== JSON.stringify(event.now?.metadata.labels)
  const constraints = pod.pod.spec.topologySpreadConstraints ?? []
  if (event.kind === 'assigned-pod') {
    const matches = (p: Pod | undefined): boolean =>
      p !== undefined &&
      p.metadata.namespace === pod.namespace &&
      constraints.some(c => labelSelector(c.labelSelector).matches(p.metadata.labels))
    const before = matches(event.old as unknown as Pod | undefined)
    const now = matches(event.now as unknown as Pod | undefined)
    return event.old && event.now ? before !== now : before || now
  }
  if (event.kind !== 'node') return false
  const topology = (n: Node | undefined): (string | undefined)[] => constraints.map(c => n?.metadata.labels?.[c.topologyKey])
  const before = topology(event.old as unknown as Node | undefined)
  const now = topology(event.now as unknown as Node | undefined)
  return before.some((value, i) => value !== now[i])
}
