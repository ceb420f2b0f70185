// Models pkg/registry/core/pod/strategy.go: applyMatchLabelKeysAndMismatchLabelKeys, mutateTopologySpreadConstraints.
import type { LabelSelector, Pod } from '../../api/types'

/** What a term or a constraint says about pods like this one: keys whose values they must, or must not, have in common with it. */
interface Keyed {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}
type Weighted<T> = { readonly podAffinityTerm?: T }
type Affinity = NonNullable<NonNullable<Pod['spec']['affinity']>['podAffinity']>

/** The pod's own values of the keys that its affinities and spread constraints name, written into their selectors when it is made. */
export function withOwnLabels(pod: Pod): Pod {
  const { affinity, topologySpreadConstraints } = pod.spec ?? {}
  if (!topologySpreadConstraints && !affinity?.podAffinity && !affinity?.podAntiAffinity) return pod
  const labels = pod.metadata.labels ?? {}
  const spec = { ...pod.spec }
  if (topologySpreadConstraints) spec.topologySpreadConstraints = topologySpreadConstraints.map(c => keyed(c, labels))
  if (affinity)
    spec.affinity = {
      ...affinity,
      ...(affinity.podAffinity && { podAffinity: ofAffinity(affinity.podAffinity, labels) }),
      ...(affinity.podAntiAffinity && { podAntiAffinity: ofAffinity(affinity.podAntiAffinity, labels) }),
    }
  return { ...pod, spec }
}

function ofAffinity(affinity: Affinity, labels: Readonly<Record<string, string>>): Affinity {
  const { requiredDuringSchedulingIgnoredDuringExecution: hard, preferredDuringSchedulingIgnoredDuringExecution: soft } = affinity
  return {
    ...affinity,
    ...(hard && { requiredDuringSchedulingIgnoredDuringExecution: hard.map(term => keyed(term, labels)) }),
    ...(soft && {
      preferredDuringSchedulingIgnoredDuringExecution: soft.map(<T extends Weighted<Keyed>>(w: T) => ({
        ...w,
        ...(w.podAffinityTerm && { podAffinityTerm: keyed(w.podAffinityTerm, labels) }),
      })),
    }),
  }
}

/** applyLabelKeysToLabelSelector. No selector selects nothing, so there is nothing to add to it. */
function keyed<T extends Keyed>(term: T, labels: Readonly<Record<string, string>>): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  const requirement = (operator: string) => (key: string) =>
    labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]
  const added = [...matchLabelKeys.flatMap(requirement('In')), ...mismatchLabelKeys.flatMap(requirement('NotIn'))]
  if (!labelSelector || added.length === 0) return term
  return { ...term, labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added] } }
}
