// Models k8s.io/component-helpers/auth/rbac/reconciliation/{reconcile_role,reconcile_rolebindings}.go: what makes an object of what there is.
import { deepEqual } from '../api/deep'
import { missingOf } from '../api/policy-rules'
import type { KubeObject, PolicyRule } from '../api/types'

export interface Subject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  readonly namespace?: string
}

/** What is to be done, and what was missing or too much. */
export interface Reconciled {
  readonly operation: 'create' | 'update' | 'recreate' | 'none'
  /** The object as it is to be; the server's where there is nothing to do. */
  readonly object: KubeObject
  /** What is there does not let itself be reconciled. */
  readonly isProtected: boolean
  readonly missingRules: readonly PolicyRule[]
  readonly extraRules: readonly PolicyRule[]
  readonly missingSubjects: readonly Subject[]
  readonly extraSubjects: readonly Subject[]
}

type Selectors = readonly object[] | undefined
const NOTHING = { missingRules: [], extraRules: [], missingSubjects: [], extraSubjects: [] }
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate'

export const isBinding = ({ kind }: KubeObject): boolean => kind.endsWith('Binding')
const rulesOf = (role: KubeObject): readonly PolicyRule[] => role.rules ?? []
const subjectsOf = (binding: KubeObject): readonly Subject[] => binding.subjects ?? []

/** What is to be done about an object of a file. `removesExtra` takes away what the file does not have. */
export function reconcile(existing: KubeObject | undefined, expected: KubeObject, removesExtra: boolean): Reconciled {
  if (!existing)
    return {
      ...NOTHING,
      operation: 'create',
      object: expected,
      isProtected: false,
      ...(isBinding(expected) ? { missingSubjects: subjectsOf(expected) } : { missingRules: rulesOf(expected) }),
    }
  const isProtected = existing.metadata.annotations?.[AUTO_UPDATE] === 'false'
  const result = isBinding(expected)
    ? reconcileBinding(existing, expected, removesExtra)
    : reconcileRole(existing, expected, removesExtra)
  return { ...NOTHING, ...result, isProtected }
}

type Changes = Pick<Reconciled, 'operation' | 'object'> & Partial<Reconciled>

function reconcileRole(existing: KubeObject, expected: KubeObject, removesExtra: boolean): Changes {
  const areAggregated = expected.aggregationRule && existing.aggregationRule
  const extraRules = areAggregated ? [] : missingOf(rulesOf(expected), rulesOf(existing))
  const missingRules = missingOf(rulesOf(existing), rulesOf(expected))
  let object = mergedMetadata(existing, expected)
  if (!removesExtra && missingRules.length > 0) object = { ...object, rules: [...rulesOf(existing), ...missingRules] }
  if (removesExtra && missingRules.length + extraRules.length > 0) object = { ...object, rules: expected.rules }
  object = aggregated(object, existing, expected, removesExtra)
  return { operation: deepEqual(object, existing) ? 'none' : 'update', object, missingRules, extraRules }
}

/** The role with the aggregation that it is to have. */
function aggregated(role: KubeObject, existing: KubeObject, expected: KubeObject, removesExtra: boolean): KubeObject {
  const wanted: Selectors = expected.aggregationRule?.clusterRoleSelectors
  const found: Selectors = existing.aggregationRule?.clusterRoleSelectors
  if (!expected.aggregationRule) {
    const { aggregationRule: _, ...rest } = role
    return existing.aggregationRule ? (rest as KubeObject) : role
  }
  const missing = uncovered(found, wanted)
  if (!removesExtra && missing.length > 0)
    return { ...role, aggregationRule: { ...existing.aggregationRule, clusterRoleSelectors: [...(found ?? []), ...missing] } }
  const extra = existing.aggregationRule ? uncovered(wanted, found) : []
  return removesExtra && missing.length + extra.length > 0 ? { ...role, aggregationRule: expected.aggregationRule } : role
}
const uncovered = (owned: Selectors, wanted: Selectors): readonly object[] =>
  (wanted ?? []).filter(each => !owned?.some(own => deepEqual(own, each)))

function reconcileBinding(existing: KubeObject, expected: KubeObject, removesExtra: boolean): Changes {
  // it cannot be changed what a binding grants
  if (!deepEqual(existing.roleRef, expected.roleRef)) return { operation: 'recreate', object: expected }
  const missingSubjects = without(subjectsOf(expected), subjectsOf(existing))
  const extraSubjects = without(subjectsOf(existing), subjectsOf(expected))
  let object = mergedMetadata(existing, expected)
  if (!removesExtra && missingSubjects.length > 0) object = { ...object, subjects: [...subjectsOf(existing), ...missingSubjects] }
  if (removesExtra && missingSubjects.length + extraSubjects.length > 0) object = { ...object, subjects: subjectsOf(expected) }
  return { operation: deepEqual(object, existing) ? 'none' : 'update', object, missingSubjects, extraSubjects }
}

/** Subjects of a list that another one has not, each once. */
function without(list: readonly Subject[], other: readonly Subject[]): readonly Subject[] {
  const only: Subject[] = []
  for (const each of list) if (![...other, ...only].some(one => deepEqual(one, each))) only.push(each)
  return only
}

/** Labels and annotations of both; what is there stays as it is. */
function mergedMetadata(existing: KubeObject, expected: KubeObject): KubeObject {
  const { labels, annotations } = expected.metadata
  const { metadata } = existing
  return {
    ...existing,
    metadata: {
      ...metadata,
      ...(labels && { labels: { ...labels, ...metadata.labels } }),
      ...(annotations && { annotations: { ...annotations, ...metadata.annotations } }),
    },
  }
}
