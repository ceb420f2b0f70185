// Models pkg/controller/disruption/disruption.go, its arithmetic: how many pods of a budget may go at this time.
import { getCondition, setCondition } from '../../api/conditions'
import { goLabelSelector } from '../../api/selectors'
import { microsecondsSince, rfc3339 } from '../../api/time'
import type { KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isDeleting } from '../objects'
import { isPodReady, isPodTerminal, podCondition } from '../pods'
import { scaledValue } from '../scaled-value'

/** How long an evicted pod is held to be going before it is counted again (DeletionTimeout). */
const DELETION_TIMEOUT_US = 120_000_000

export const DISRUPTION_TARGET = 'DisruptionTarget'
/** How long an announced disruption stands without a deletion (stalePodDisruptionTimeout). */
const STALE_MS = 120_000

/**
 * nonTerminatingPodHasStaleDisruptionCondition: milliseconds until the announcement of a disruption is stale; undefined where there is none.
 * A kubelet's own may take as long as it likes.
 */
export function staleInMs(pod: Pod, now: Time): number | undefined {
  if (isDeleting(pod as KubeObject) || isPodTerminal(pod)) return undefined
  const target = podCondition(pod, DISRUPTION_TARGET)
  if (target?.status !== 'True' || target.reason === 'TerminationByKubelet') return undefined
  return Math.max(0, STALE_MS - (microsecondsSince(target.lastTransitionTime, now) ?? 0) / 1000)
}

export interface BudgetStatus {
  readonly disruptedPods?: Readonly<Record<string, string>>
  readonly disruptionsAllowed: number
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly expectedPods: number
  readonly observedGeneration?: number
  readonly conditions?: readonly BudgetCondition[]
}
interface BudgetCondition {
  readonly type: string
  readonly status: string
  readonly observedGeneration?: number
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

/** How many pods there should be and how many of them must be healthy. `scale`: what the pods' controllers want, in all. */
export function expectations(budget: KubeObject, pods: number, scale: number): { expected: number; desired: number } {
  const { minAvailable, maxUnavailable } = budget.spec ?? {}
  if (maxUnavailable !== undefined)
    return { expected: scale, desired: Math.max(0, scale - scaledValue(maxUnavailable, scale, true)) }
  if (typeof minAvailable === 'string') return { expected: scale, desired: scaledValue(minAvailable, scale, true) }
  return { expected: pods, desired: minAvailable ?? 0 }
}

/** Whether the controllers' wishes matter: a plain number of pods needs no controller. */
export const needsScale = ({ spec }: KubeObject): boolean =>
  spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string'

/** What is said of a budget some of whose pods have no controller. */
export const unmanagedMessage = ({ spec }: KubeObject): string =>
  `Pods selected by this PodDisruptionBudget (selector: ${goLabelSelector(spec?.selector ?? {})}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`

/** Evicted pods that are not yet seen to go, and milliseconds until the first of them is given up. */
export function stillDisrupted(
  budget: KubeObject,
  pods: readonly Pod[],
  now: Time,
): { readonly disrupted: Readonly<Record<string, string>>; readonly againMs: number | undefined; readonly late: readonly Pod[] } {
  const disrupted: Record<string, string> = {}
  const late: Pod[] = []
  let againMs: number | undefined
  const evicted: Readonly<Record<string, string>> = budget.status?.disruptedPods ?? {}
  for (const pod of pods) {
    const at = evicted[pod.metadata.name]
    const since = microsecondsSince(at, now)
    if (at === undefined || since === undefined || isDeleting(pod)) continue
    if (since > DELETION_TIMEOUT_US) {
      late.push(pod)
      continue
    }
    disrupted[pod.metadata.name] = at
    const ms = Math.ceil((DELETION_TIMEOUT_US - since) / 1000)
    againMs = againMs === undefined ? ms : Math.min(againMs, ms)
  }
  return { disrupted, againMs, late }
}

/** countHealthyPods */
export const healthy = (pods: readonly Pod[], disrupted: Readonly<Record<string, string>>): number =>
  pods.filter(pod => !isDeleting(pod) && disrupted[pod.metadata.name] === undefined && isPodReady(pod)).length

/** The status that these numbers make. */
export function budgetStatus(
  budget: KubeObject,
  counts: { readonly expected: number; readonly desired: number; readonly current: number },
  disrupted: Readonly<Record<string, string>>,
  now: Time,
): BudgetStatus {
  const { expected, desired, current } = counts
  const disruptionsAllowed = expected <= 0 ? 0 : Math.max(0, current - desired)
  const observedGeneration = budget.metadata.generation
  const reason = disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods'
  return {
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
    disruptionsAllowed,
    currentHealthy: current,
    desiredHealthy: desired,
    expectedPods: expected,
    ...(observedGeneration !== undefined && { observedGeneration }),
    conditions: withAllowed(budget, disruptionsAllowed > 0 ? 'True' : 'False', reason, '', now),
  }
}

/** The status of a budget that can't be worked out: nothing may be evicted (failSafe). */
export const failSafe = (budget: KubeObject, why: string, now: Time): BudgetStatus => ({
  ...(budget.status as BudgetStatus),
  disruptionsAllowed: 0,
  conditions: withAllowed(budget, 'False', 'SyncFailed', why, now, budget.status?.observedGeneration ?? 0),
})

function withAllowed(
  budget: KubeObject,
  status: string,
  reason: string,
  message: string,
  now: Time,
  generation = budget.metadata.generation,
): readonly BudgetCondition[] {
  const before = (budget.status?.conditions ?? []) as readonly BudgetCondition[]
  const old = getCondition(before, 'DisruptionAllowed')
  return setCondition(before, {
    type: 'DisruptionAllowed',
    status,
    ...(generation ? { observedGeneration: generation } : {}),
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : rfc3339(now),
    reason,
    message,
  })
}
