// Models the validation of affinity, tolerations and topology spread in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors, labelKeyErrors, labelValueErrors } from '../../api/names'
import type { LabelSelector, PodSpec, Toleration } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { labelErrors } from '../registry/metadata'

type Affinity = NonNullable<PodSpec['affinity']>
type Spread = NonNullable<PodSpec['topologySpreadConstraints']>

const NONE: readonly FieldError[] = Object.freeze([])
const SELECTOR_OPERATORS = ['DoesNotExist', 'Exists', 'In', 'NotIn']
const NODE_OPERATORS = ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn']

/** metav1validation.ValidateLabelSelector */
export function selectorErrors(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (!selector) return []
  const errors = [...labelErrors(selector.matchLabels, `${field}.matchLabels`)]
  selector.matchExpressions?.forEach(({ key, operator, values = [] }, i) => {
    const at = `${field}.matchExpressions[${i}]`
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    else if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
      errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    else if (!SELECTOR_OPERATORS.includes(operator))
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    for (const why of labelKeyErrors(key ?? '')) errors.push(invalid(`${at}.key`, key ?? '', why))
    values.forEach((value, j) => {
      for (const why of labelValueErrors(value)) errors.push(invalid(`${at}.values[${j}]`, value, why))
    })
  })
  return errors
}

export function validateAffinity(affinity: Affinity | undefined, field: string): FieldError[] {
  if (!affinity) return []
  const errors: FieldError[] = []
  const { nodeAffinity } = affinity
  const hard = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
  const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'
  const terms = hard?.nodeSelectorTerms ?? []
  if (hard && terms.length === 0)
    errors.push(required(`${field}.nodeAffinity.${REQUIRED}.nodeSelectorTerms`, 'must have at least one node selector term'))
  terms.forEach((term, i) => {
    errors.push(...nodeTermErrors(term, `${field}.nodeAffinity.${REQUIRED}.nodeSelectorTerms[${i}]`, true))
  })
  nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
    const at = `${field}.nodeAffinity.${PREFERRED}[${i}]`
    if (term.weight < 1 || term.weight > 100) errors.push(invalid(`${at}.weight`, term.weight, 'must be in the range 1-100'))
    // a preference that no node's label can have is let pass
    errors.push(...nodeTermErrors(term.preference ?? {}, `${at}.preference`, false))
  })
  for (const which of ['podAffinity', 'podAntiAffinity'] as const) {
    affinity[which]?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
      errors.push(...podTermErrors(term, `${field}.${which}.${REQUIRED}[${i}]`))
    })
    affinity[which]?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
      const at = `${field}.${which}.${PREFERRED}[${i}]`
      if (term.weight < 1 || term.weight > 100) errors.push(invalid(`${at}.weight`, term.weight, 'must be in the range 1-100'))
      errors.push(...podTermErrors(term.podAffinityTerm ?? {}, `${at}.podAffinityTerm`))
    })
  }
  return errors
}

type NodeTerm = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number]

/** ValidateNodeSelectorTerm */
export const nodeTermErrors = (term: NodeTerm, field: string, withValues: boolean): FieldError[] => [
  ...labelTermErrors(term, field, withValues),
  ...fieldTermErrors(term, field),
]

/** ValidateNodeFieldSelectorRequirement: a node is asked for by one name at a time. */
const fieldTermErrors = ({ matchFields = [] }: NodeTerm, field: string): FieldError[] =>
  matchFields.flatMap(({ key = '', operator, values = [] }, i) => {
    const at = `${field}.matchFields[${i}]`
    const errors: FieldError[] = []
    if (operator !== 'In' && operator !== 'NotIn')
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    else if (values.length !== 1)
      errors.push(required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
    if (key !== 'metadata.name') return [...errors, invalid(`${at}.key`, key, 'not a valid field selector key')]
    return [
      ...errors,
      ...values.flatMap((value, j) => dns1123SubdomainErrors(value).map(why => invalid(`${at}.values[${j}]`, value, why))),
    ]
  })

/** ValidateNodeSelectorRequirement */
function labelTermErrors(term: NodeTerm, field: string, withValues: boolean): FieldError[] {
  return (term.matchExpressions ?? []).flatMap(({ key, operator, values = [] }, i) => {
    const at = `${field}.matchExpressions[${i}]`
    const errors: FieldError[] = []
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    else if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
      errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    else if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1)
      errors.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    else if (!NODE_OPERATORS.includes(operator)) errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    for (const why of labelKeyErrors(key ?? '')) errors.push(invalid(`${at}.key`, key ?? '', why))
    if (!withValues) return errors
    return [
      ...errors,
      ...values.flatMap((value, j) => labelValueErrors(value).map(why => invalid(`${at}.values[${j}]`, value, why))),
    ]
  })
}

type PodTerm = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number]
function podTermErrors(term: Partial<PodTerm>, field: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term
  const errors = selectorErrors(labelSelector, `${field}.labelSelector`)
  errors.push(...selectorErrors(namespaceSelector, `${field}.namespaceSelector`))
  for (const name of namespaces) for (const why of dns1123LabelErrors(name)) errors.push(invalid(`${field}.namespace`, name, why))
  errors.push(...labelKeysErrors(term, field))
  if (!topologyKey) errors.push(required(`${field}.topologyKey`, 'can not be empty'))
  for (const why of labelKeyErrors(topologyKey)) errors.push(invalid(`${field}.topologyKey`, topologyKey, why))
  return errors
}

interface KeyedTerm {
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
  readonly labelSelector?: LabelSelector
}

/** validateLabelKeys of both lists, and what a key must not be at once. */
function labelKeysErrors({ matchLabelKeys, mismatchLabelKeys, labelSelector }: KeyedTerm, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [name, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    if (!keys || keys.length === 0) continue
    if (!labelSelector) errors.push(forbidden(`${field}.${name}`, 'must not be specified when labelSelector is not set'))
    else
      keys.forEach((key, i) => {
        for (const why of labelKeyErrors(key)) errors.push(invalid(`${field}.${name}[${i}]`, key, why))
      })
  }
  for (const key of matchLabelKeys ?? [])
    if (mismatchLabelKeys?.includes(key)) {
      const i = matchLabelKeys?.indexOf(key) ?? 0
      errors.push(invalid(`${field}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
    }
  return errors
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** validateNodeTaints, which looks for them in the metadata. */
export function validateTaints(taints: readonly Taint[] | undefined): FieldError[] {
  const seen = new Set<string>()
  return (taints ?? []).flatMap((taint, i) => {
    const at = `metadata.taints[${i}]`
    const { key = '', value = '', effect = '' } = taint
    const errors = labelKeyErrors(key).map(why => invalid(`${at}.key`, key, why))
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) errors.push(invalid(`${at}.value`, value, wrong.join(';')))
    if (effect === '') errors.push(required(`${at}.effect`))
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS))
    if (seen.has(`${effect}/${key}`)) errors.push({ ...duplicate(at, toInternal('Taint', taint)), detail: UNIQUE })
    seen.add(`${effect}/${key}`)
    return errors
  })
}
const UNIQUE = 'taints must be unique by key and effect pair'

interface Taint {
  readonly key?: string
  readonly value?: string
  readonly effect?: string
}

/** Lists of tolerations that have been found good: pods get the same ones. */
const good = new WeakSet<readonly Toleration[]>()

/** ValidateTolerations */
export function validateTolerations(tolerations: readonly Toleration[] | undefined, field: string): readonly FieldError[] {
  if (!tolerations || good.has(tolerations)) return NONE
  const errors = tolerations.flatMap((t, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    for (const why of t.key ? labelKeyErrors(t.key) : []) errors.push(invalid(`${at}.key`, t.key, why))
    if (!t.key && t.operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          t.operator ?? '',
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      )
    if (t.tolerationSeconds !== undefined && t.effect !== 'NoExecute')
      errors.push(invalid(`${at}.effect`, t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    if (t.operator === 'Exists') {
      if (t.value) errors.push(invalid(`${at}.operator`, t.value, "value must be empty when `operator` is 'Exists'"))
    } else if (t.operator && t.operator !== 'Equal') errors.push(notSupported(`${at}.operator`, t.operator, ['Equal', 'Exists']))
    else {
      const wrong = labelValueErrors(t.value ?? '')
      if (wrong.length > 0) errors.push(invalid(`${at}.operator`, t.value, wrong.join(';')))
    }
    if (t.effect && !EFFECTS.includes(t.effect)) errors.push(notSupported(`${at}.effect`, t.effect, EFFECTS))
    return errors
  })
  if (errors.length === 0) good.add(tolerations)
  return errors
}

/** Policies of what of a node counts when pods are spread. */
const INCLUSIONS = ['Honor', 'Ignore']

/** validateTopologySpreadConstraints */
export function validateSpread(constraints: Spread, field: string): readonly FieldError[] {
  return constraints.flatMap((constraint, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    const { maxSkew = 0, topologyKey, whenUnsatisfiable: action = '' } = constraint
    const { minDomains, nodeAffinityPolicy, nodeTaintsPolicy } = constraint as Newer
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'))
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.whenUnsatisfiable`, action, ACTIONS))
    const pair = `{${topologyKey ?? ''}, ${action}}`
    if (constraints.slice(i + 1).some(other => `{${other.topologyKey ?? ''}, ${other.whenUnsatisfiable ?? ''}}` === pair))
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair))
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalid(`${at}.minDomains`, minDomains, 'must be greater than zero'))
      if (action !== 'DoNotSchedule')
        errors.push(
          invalid(
            `${at}.minDomains`,
            minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not whenUnsatisfiable=${action}`,
          ),
        )
    }
    for (const [name, policy] of Object.entries({ nodeAffinityPolicy, nodeTaintsPolicy }))
      if (policy !== undefined && !INCLUSIONS.includes(policy)) errors.push(notSupported(`${at}.${name}`, policy, INCLUSIONS))
    return [...errors, ...labelKeysErrors(constraint, at), ...selectorErrors(constraint.labelSelector, `${at}.labelSelector`)]
  })
}
const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway']

/** Fields that are younger than the types we have. */
interface Newer {
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: string
  readonly nodeTaintsPolicy?: string
}
