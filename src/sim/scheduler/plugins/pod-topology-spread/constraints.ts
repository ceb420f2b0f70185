// Models pkg/scheduler/framework/plugins/podtopologyspread/common.go and plugins/helper/spread.go.
import { controllerOf } from '../../../api/owners'
import { EVERYTHING, labelSelector, mapSelector, type Selector, selectorOf } from '../../../api/selectors'
import type { Pod } from '../../../api/types'
import type { Cluster, Listers } from '../../framework'
import { matchingGroups, type PodGroup } from '../../groups'
import type { NodeInfo } from '../../node-info'
import { matchesRequiredAffinity } from '../../node-selector'
import type { PodInfo } from '../../pod-info'
import { toleratesAll } from '../../tolerations'

type ApiConstraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number]

export const HOSTNAME = 'kubernetes.io/hostname'

/** What one constraint says. */
export interface ConstraintTerms {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly selector: Selector
  /** Nodes that the pod's node affinity excludes do not count. */
  readonly honorAffinity: boolean
  /** Nodes with taints that the pod does not tolerate do not count. */
  readonly honorTaints: boolean
}

/** One constraint made ready for a cycle. */
export interface Constraint extends ConstraintTerms {
  /** The pods that the selector matches. */
  readonly groups: readonly PodGroup[]
}

type When = 'DoNotSchedule' | 'ScheduleAnyway'

/** The constraints of a pod that says so itself, with the pods that they count. One that selects every pod counts none (countPodsMatchSelector). */
export const ownConstraints = (pod: PodInfo, when: When, { cache }: Cluster): Constraint[] =>
  ownTerms(pod, when).map(terms => ({
    ...terms,
    groups: terms.selector.empty ? [] : matchingGroups(cache.groups, pod.namespace, terms.selector),
  }))

/** What the constraints of a pod say that has some of its own. */
export function ownTerms(pod: PodInfo, when: When): ConstraintTerms[] {
  const found: ConstraintTerms[] = []
  for (const c of pod.pod.spec.topologySpreadConstraints ?? []) {
    if (c.whenUnsatisfiable !== when) continue
    const selector = withMatchLabelKeys(c, pod)
    found.push({
      topologyKey: c.topologyKey,
      maxSkew: c.maxSkew,
      minDomains: c.minDomains ?? 1,
      selector,
      honorAffinity: c.nodeAffinityPolicy !== 'Ignore',
      honorTaints: c.nodeTaintsPolicy === 'Honor',
    })
  }
  return found
}

/** The constraint's selector, narrowed to pods that agree with this one in the labels that it names. */
function withMatchLabelKeys(constraint: ApiConstraint, pod: PodInfo): Selector {
  const selector = labelSelector(constraint.labelSelector)
  const keys = (constraint.matchLabelKeys ?? []).filter(key => pod.labels[key] !== undefined)
  if (!constraint.labelSelector || keys.length === 0) return selector
  const more = keys.map(key => ({ key, operator: '=' as const, values: [pod.labels[key] ?? ''] }))
  return selectorOf([...selector.requirements, ...more])
}

/** What every pod gets that has no constraints: those of the default profile, all ScheduleAnyway. */
const SYSTEM_DEFAULTS = [
  { topologyKey: HOSTNAME, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
] as const

/** The default constraints, over the pods that the pod's Services and its owner select; none where nothing selects it. */
export function defaultConstraints(pod: PodInfo, cluster: Cluster): Constraint[] {
  const selector = defaultSelector(pod, cluster.listers)
  if (selector.empty) return []
  const groups = matchingGroups(cluster.cache.groups, pod.namespace, selector)
  return SYSTEM_DEFAULTS.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    selector,
    honorAffinity: true,
    honorTaints: false,
    groups,
  }))
}

/** Selectors of all Services that select the pod, and of its owner, joined (helper.DefaultSelector). */
export function defaultSelector(pod: PodInfo, listers: Listers): Selector {
  let merged: Record<string, string> | undefined
  for (const { spec } of listers.services(pod.namespace, pod.labels)) {
    if (!spec.selector) continue
    const selector = mapSelector(spec.selector)
    if (!selector.empty && selector.matches(pod.labels)) merged = { ...merged, ...spec.selector }
  }
  const owner = controllerOf(pod.pod)
  const own = owner && listers.ownerSelector(pod.namespace, owner.apiVersion, owner.kind, owner.name)
  if (!merged) return own ?? EVERYTHING
  return selectorOf([...mapSelector(merged).requirements, ...(own?.requirements ?? [])])
}

/** Whether a node's pods count for a constraint. */
export function counts(constraint: Constraint, pod: PodInfo, node: NodeInfo): boolean {
  if (constraint.honorAffinity && !matchesRequiredAffinity(pod.pod, node)) return false
  return !constraint.honorTaints || toleratesAll(pod.pod.spec.tolerations, node.taints)
}

/** Pods on a node that the constraint's selector matches. */
export function countOn(constraint: Constraint, node: string): number {
  let count = 0
  for (const group of constraint.groups) count += group.nodes.get(node) ?? 0
  return count
}

/** Whether a node has the label of every constraint. */
export function hasTopologies(node: NodeInfo, constraints: readonly Constraint[]): boolean {
  for (const c of constraints) if (node.labels[c.topologyKey] === undefined) return false
  return true
}

/** 1 if the pod is one of those that it counts. */
export const selfMatch = (constraint: Constraint, pod: PodInfo): 0 | 1 => (constraint.selector.matches(pod.labels) ? 1 : 0)
