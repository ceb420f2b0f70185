// Models k8s.io/component-helpers/scheduling/corev1/nodeaffinity: terms that select nodes.
import type { Node, PodSpec } from '../api/types'

type Terms = NonNullable<
  NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms']
type Requirement = NonNullable<Terms[number]['matchExpressions']>[number]

/** True if any of the terms selects the node; an empty term selects none. */
export const matchesNodeTerms = (terms: Terms, node: Node): boolean =>
  terms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false
    const labels = node.metadata.labels ?? {}
    return (
      matchExpressions.every(r => meets(r, labels[r.key])) &&
      matchFields.every(r => r.key === 'metadata.name' && meets(r, node.metadata.name))
    )
  })

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
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
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}
