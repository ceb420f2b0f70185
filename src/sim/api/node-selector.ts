// Models component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go: terms that select nodes.
import type { Labels } from './selectors'
import type { Pod } from './types'

type NodeAffinity = NonNullable<NonNullable<Pod['spec']['affinity']>['nodeAffinity']>
export type NodeSelectorTerm = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number]
type NodeRequirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number]

/** Terms are alternatives; an empty one matches nothing. */
export const matchesAnyTerm = (terms: readonly NodeSelectorTerm[], labels: Labels, name: string): boolean =>
  terms.some(term => matchesTerm(term, labels, name))

/** All requirements of a term hold; an empty term matches nothing. */
export function matchesTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  labels: Labels,
  name: string,
): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  return (
    matchExpressions.every(r => meets(r, labels[r.key])) &&
    matchFields.every(r => meets(r, r.key === 'metadata.name' ? name : undefined))
  )
}

function meets({ operator, values = [] }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt':
      return compares(operator, value, values[0])
    default:
      return false
  }
}

function compares(operator: 'Gt' | 'Lt', value: string | undefined, limit: string | undefined): boolean {
  if (!isInteger(value) || !isInteger(limit)) return false
  return operator === 'Gt' ? Number(value) > Number(limit) : Number(value) < Number(limit)
}
const isInteger = (text: string | undefined): text is string => text !== undefined && /^[+-]?\d+$/.test(text)
