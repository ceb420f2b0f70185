// Models pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go: which pods of a node would have to go.

import { labelSelector, type Selector } from '../../../api/selectors'
import type { Listers } from '../../framework'
import type { PodInfo } from '../../pod-info'

/** Pods of one node whose eviction would let the pod fit. */
export interface Candidate {
  readonly node: string
  /** The most important first. */
  readonly victims: readonly PodInfo[]
  /** Victims whose eviction breaks a PodDisruptionBudget. */
  readonly violations: number
}

/** Higher priority first, then who started earlier (util.MoreImportantPod). */
export const byImportance = (a: PodInfo, b: PodInfo): number => b.priority - a.priority || compareText(startOf(a), startOf(b))

/** When a pod was started; one that has not been yet counts as latest. RFC 3339 texts compare as their times do. */
export const startOf = ({ pod }: PodInfo): string => pod.status.startTime ?? '~'
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Budget {
  readonly namespace: string
  readonly selector: Selector
  left: number
  readonly disrupted: ReadonlySet<string>
}

/** Parts pods into those whose eviction a PodDisruptionBudget forbids, and the rest; budgets are used up in that order. */
export function byBudget(pods: readonly PodInfo[], listers: Listers): { violating: PodInfo[]; others: PodInfo[] } {
  const namespaces = new Set(pods.map(p => p.namespace))
  const budgets = [...namespaces].flatMap(namespace => budgetsOf(namespace, listers))
  const violating: PodInfo[] = []
  const others: PodInfo[] = []
  for (const pod of pods) {
    let violated = false
    for (const budget of budgets) {
      const { namespace, selector, disrupted } = budget
      if (namespace !== pod.namespace || selector.empty || Object.keys(pod.labels).length === 0 || !selector.matches(pod.labels))
        continue
      if (disrupted.has(pod.pod.metadata.name)) continue
      budget.left--
      if (budget.left < 0) violated = true
    }
    ;(violated ? violating : others).push(pod)
  }
  return { violating, others }
}

function budgetsOf(namespace: string, listers: Listers): Budget[] {
  const budgets: Budget[] = []
  for (const { spec, status } of listers.podDisruptionBudgets(namespace))
    budgets.push({
      namespace,
      selector: labelSelector(spec?.selector),
      left: status?.disruptionsAllowed ?? 0,
      disrupted: new Set(Object.keys(status?.disruptedPods ?? {})),
    })
  return budgets
}

/**
 * The candidate that hurts least: fewest broken budgets, then lowest highest priority, lowest sum of priorities, fewest
 * victims, latest start of its most important victims; else the first (preemption.go, pickOneNodeForPreemption).
 */
export function pickCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates
  for (const cost of COSTS) {
    if (left.length <= 1) break
    const least = left.reduce((min, c) => Math.min(min, cost(c)), Number.POSITIVE_INFINITY)
    left = left.filter(c => cost(c) === least)
  }
  return left.reduce<Candidate | undefined>((best, c) => (best && earliestStart(best) >= earliestStart(c) ? best : c), undefined)
}

const COSTS: readonly ((c: Candidate) => number)[] = [
  c => c.violations,
  c => c.victims[0]?.priority ?? 0,
  // each victim counts, also one of negative priority
  c => c.victims.reduce((sum, v) => sum + v.priority + 2147483648, 0),
  c => c.victims.length,
]

function earliestStart({ victims }: Candidate): string {
  const highest = victims[0]?.priority ?? 0
  return (
    victims
      .filter(v => v.priority === highest)
      .map(startOf)
      .sort()[0] ?? ''
  )
}
