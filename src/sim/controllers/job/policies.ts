// Models pkg/controller/job/{pod_failure_policy,success_policy}.go: what a Job's policies say of the pods that ended.
import type { Job, Pod } from '../../api/types'
import { parseIndexes } from './indexes'

type FailurePolicy = NonNullable<Job['spec']['podFailurePolicy']>
type Rule = FailurePolicy['rules'][number]
type ExitCodes = NonNullable<Rule['onExitCodes']>
type ContainerStatus = NonNullable<Pod['status']['containerStatuses']>[number]

/** What the first rule that a failed pod matches says; without one the failure counts, as any does. */
export interface FailureVerdict {
  readonly action?: string
  /** Whether the failure counts towards the backoff limit. */
  readonly counts: boolean
  /** Why the Job fails with it, for the action FailJob. */
  readonly message?: string
}
const COUNTS: FailureVerdict = { counts: true }

/** matchPodFailurePolicy */
export function failureVerdict(job: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const matched = matchRule(rule, pod)
    if (matched === undefined) continue
    const { action } = rule
    if (action === 'FailJob') return { action, counts: true, message: `${matched} matching FailJob rule at index ${index}` }
    if (action === 'Ignore' || action === 'FailIndex' || action === 'Count') return { action, counts: action !== 'Ignore' }
  }
  return COUNTS
}

/** What of the pod a rule matches, in words; undefined when it matches nothing. */
function matchRule({ onExitCodes, onPodConditions }: Rule, { metadata, status }: Pod): string | undefined {
  const name = `${metadata.namespace}/${metadata.name}`
  if (onExitCodes) {
    const found =
      (status.containerStatuses ?? []).find(c => exitMatches(onExitCodes, c)) ??
      (status.initContainerStatuses ?? []).find(c => exitMatches(onExitCodes, c))
    return found && `Container ${found.name} for pod ${name} failed with exit code ${found.state?.terminated?.exitCode}`
  }
  const met = (status.conditions ?? []).find(c => onPodConditions?.some(p => p.type === c.type && p.status === c.status))
  return met && `Pod ${name} has condition ${met.type}`
}

function exitMatches({ containerName, operator, values }: ExitCodes, { name, state }: ContainerStatus): boolean {
  const code = state?.terminated?.exitCode
  if (code === undefined || code === 0 || (containerName && containerName !== name)) return false
  return operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code)
}

/** getFailJobMessage: why a failed pod fails its Job; undefined when none does. */
export function failJobMessage(job: Job, failed: readonly Pod[]): string | undefined {
  if (!job.spec.podFailurePolicy) return undefined
  for (const pod of failed) {
    const { message } = failureVerdict(job, pod)
    if (message !== undefined) return message
  }
  return undefined
}

/** matchSuccessPolicy: in which rule's sense enough indexes have succeeded, in words; undefined when in none's. */
export function successMessage({ spec }: Job, succeeded: ReadonlySet<number>): string | undefined {
  if (succeeded.size === 0) return undefined
  for (const [index, { succeededIndexes, succeededCount }] of (spec.successPolicy?.rules ?? []).entries())
    if (isMet(succeededIndexes, succeededCount, spec.completions ?? 0, succeeded)) return `Matched rules at index ${index}`
  return undefined
}

function isMet(
  indexes: string | undefined,
  count: number | undefined,
  completions: number,
  succeeded: ReadonlySet<number>,
): boolean {
  if (indexes === undefined) return count !== undefined && succeeded.size >= count
  const asked = [...parseIndexes(indexes, completions)]
  return asked.filter(i => succeeded.has(i)).length >= (count ?? asked.length)
}
