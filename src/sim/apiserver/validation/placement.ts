// Models the validation of affinity, tolerations and topology spread in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { labelKeyErrors, labelValueErrors } from '../../api/names'
import type { LabelSelector, PodSpec, Toleration } from '../../api/types'
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
    errors.push(...nodeTermErrors(term, `${field}.nodeAffinity.${REQUIRED}.nodeSelectorTerms[${i}]`))
  })
  nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
    const at = `${field}.nodeAffinity.${PREFERRED}[${i}]`
    if (term.weight < 1 || term.weight > 100) errors.push(invalid(`${at}.weight`, term.weight, 'must be in the range 1-100'))
    errors.push(...nodeTermErrors(term.preference ?? {}, `${at}.preference`))
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
function nodeTermErrors(term: NodeTerm, field: string): FieldError[] {
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
    return errors
  })
}

type PodTerm = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number]
function podTermErrors(term: Partial<PodTerm>, field: string): FieldError[] {
  const errors = selectorErrors(term.labelSelector, `${field}.labelSelector`)
  if (!term.topologyKey) errors.push(required(`${field}.topologyKey`, 'can not be empty'))
  for (const why of term.topologyKey ? labelKeyErrors(term.topologyKey) : [])
    errors.push(invalid(`${field}.topologyKey`, term.topologyKey, why))
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
    for (const why of labelValueErrors(value)) errors.push(invalid(`${at}.value`, value, why))
    if (effect === '') errors.push(required(`${at}.effect`))
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS))
    if (seen.has(`${effect}/${key}`))
      errors.push({ ...duplicate(at, { Key: key, Value: value, Effect: effect, TimeAdded: null }), detail: UNIQUE })
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

/** A toleration as JSON of its internal type, whose fields have no names but Go's. */
const inGo = ({ key = '', operator = '', value = '', effect = '', tolerationSeconds }: Partial<Toleration>): object => ({
  Key: key,
  Operator: operator,
  Value: value,
  Effect: effect,
  TolerationSeconds: tolerationSeconds ?? null,
})

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
    if (t.operator === 'Exists' && t.value)
      errors.push(invalid(`${at}.operator`, inGo(t), "value must be empty when `operator` is 'Exists'"))
    else if (t.operator && t.operator !== 'Exists' && t.operator !== 'Equal')
      errors.push(notSupported(`${at}.operator`, t.operator, ['Equal', 'Exists']))
    if (t.effect && !EFFECTS.includes(t.effect)) errors.push(notSupported(`${at}.effect`, t.effect, EFFECTS))
    return errors
  })
  if (errors.length === 0) good.add(tolerations)
  return errors
}

/** validateTopologySpreadConstraints */
export function validateSpread(constraints: Spread | undefined, field: string): readonly FieldError[] {
  if (!constraints) return NONE
  const seen = new Set<string>()
  return constraints.flatMap((constraint, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (constraint.maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, constraint.maxSkew, 'must be greater than zero'))
    if (!constraint.topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(constraint.whenUnsatisfiable))
      errors.push(
        notSupported(`${at}.whenUnsatisfiable`, constraint.whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']),
      )
    const pair = `{${constraint.topologyKey}, ${constraint.whenUnsatisfiable}}`
    if (seen.has(pair)) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair))
    seen.add(pair)
    return [...errors, ...selectorErrors(constraint.labelSelector, `${at}.labelSelector`)]
  })
}
