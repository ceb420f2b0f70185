// Models pkg/apis/policy/validation/validation.go, and the validation of quotas and limit ranges in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { qualifiedNameErrors } from '../../api/names'
import { canonicalQuantity, compareQuantities, milliOf, parseQuantity, quantity } from '../../api/quantity'
import type { KubeObject } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { selectorErrors } from './placement'
import { containerResourceErrors } from './resources'
import { countErrors, notMoreThanAll } from './workloads'

/** ValidatePodDisruptionBudgetSpec */
export function validateBudget({ spec }: KubeObject): FieldError[] {
  const { minAvailable: min, maxUnavailable: max, selector, unhealthyPodEvictionPolicy: policy } = spec ?? {}
  const errors: FieldError[] = []
  if (min !== undefined && max !== undefined)
    errors.push(
      invalid('spec', toInternal('PodDisruptionBudgetSpec', spec ?? {}), 'minAvailable and maxUnavailable cannot be both set'),
    )
  for (const [name, value] of [
    ['minAvailable', min],
    ['maxUnavailable', max],
  ] as const) {
    if (value === undefined) continue
    errors.push(...countErrors(value, `spec.${name}`), ...notMoreThanAll(value, `spec.${name}`))
  }
  if (policy && !['IfHealthyBudget', 'AlwaysAllow'].includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, ['AlwaysAllow', 'IfHealthyBudget']))
  return [...errors, ...selectorErrors(selector ?? undefined, 'spec.selector')]
}

const COMPUTE = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']
/** What a quota counts in whole numbers. */
const WHOLE = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
])
/** Names that a quota knows without a group. */
const QUOTA_NAMES = new Set([
  ...COMPUTE,
  'ephemeral-storage',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
  ...WHOLE,
])
/** Names that stand for something, but not in a quota. */
const OTHER_NAMES = new Set(['storage'])
const isHuge = (name: string): boolean => /^(requests\.|limits\.)?hugepages-/.test(name)

/** validateResourceName, ValidateResourceQuotaResourceName and ValidateResourceQuantityValue */
function amountErrors(name: string, amount: string, field: string): FieldError[] {
  const errors: FieldError[] = []
  const wrong = qualifiedNameErrors(name)
  for (const why of wrong) errors.push(invalid(field, name, why))
  if (!name.includes('/') && !QUOTA_NAMES.has(name) && !isHuge(name)) {
    if (wrong.length === 0 && !OTHER_NAMES.has(name))
      errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'))
    errors.push(invalid(field, name, 'must be a standard resource for quota'))
  }
  if (!parseQuantity(amount).value) return errors
  const milli = milliOf(amount)
  if (milli < 0) errors.push(invalid(field, canonicalQuantity(amount), 'must be greater than or equal to 0'))
  if ((WHOLE.has(name) || name.startsWith('count/')) && milli % 1000 !== 0)
    errors.push(invalid(field, canonicalQuantity(amount), 'must be an integer'))
  return errors
}

/** Scopes, with the standard names that each can be about. */
const SCOPES: Readonly<Record<string, readonly string[] | 'all'>> = {
  Terminating: ['pods', ...COMPUTE],
  NotTerminating: ['pods', ...COMPUTE],
  NotBestEffort: ['pods', ...COMPUTE],
  CrossNamespacePodAffinity: ['pods', ...COMPUTE],
  BestEffort: ['pods'],
  PriorityClass: ['pods', ...COMPUTE],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const aboutOf = (scope: string): readonly string[] | 'all' | undefined =>
  Object.hasOwn(SCOPES, scope ?? '') ? SCOPES[scope] : undefined

const CONFLICTING = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const

/** ValidateResourceQuotaSpec */
export function validateQuota({ spec }: KubeObject): FieldError[] {
  const hard = (spec?.hard ?? {}) as Readonly<Record<string, string>>
  const scopes = (spec?.scopes ?? []) as readonly string[]
  const names = Object.keys(hard).sort()
  const errors = names.flatMap(name => amountErrors(name, hard[name] ?? '0', `spec.hard[${name}]`))
  const wrong = (why: string) => errors.push(invalid('spec.scopes', scopes, why))
  for (const scope of scopes) {
    const about = aboutOf(scope)
    if (about === undefined) wrong('unsupported scope')
    else if (about !== 'all' && names.some(name => QUOTA_NAMES.has(name) && !about.includes(name)))
      wrong('unsupported scope applied to resource')
  }
  for (const pair of CONFLICTING) if (pair.every(scope => scopes.includes(scope))) wrong('conflicting scopes')
  return [...errors, ...scopeSelectorErrors(spec?.scopeSelector?.matchExpressions ?? [], names)]
}

interface ScopeExpression {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}
/** The one scope that is asked for by value beside that of volumes: all others only exist. */
const VALUED = ['PriorityClass', 'VolumeAttributesClass']
const EXIST_ONLY =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** validateScopedResourceSelectorRequirement */
function scopeSelectorErrors(expressions: readonly ScopeExpression[], names: readonly string[]): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions'
  const shown = {
    MatchExpressions: expressions.map(({ scopeName, operator, values }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values ?? null,
    })),
  }
  const errors = expressions.flatMap(({ scopeName, operator, values = [] }) => {
    const about = aboutOf(scopeName)
    const of: FieldError[] = about ? [] : [invalid(`${field}.scopeName`, scopeName, 'unsupported scope')]
    if (about && about !== 'all' && names.some(name => QUOTA_NAMES.has(name) && !about.includes(name)))
      of.push(invalid(field, shown, 'unsupported scope applied to resource'))
    if (about && !VALUED.includes(scopeName) && operator !== 'Exists') of.push(invalid(`${field}.operator`, operator, EXIST_ONLY))
    return [...of, ...operatorErrors(operator, values, field)]
  })
  const scopes = expressions.map(({ scopeName }) => scopeName)
  for (const pair of CONFLICTING)
    if (pair.every(scope => scopes.includes(scope))) errors.push(invalid(field, shown, 'conflicting scopes'))
  return errors
}

function operatorErrors(operator: string, values: readonly string[], field: string): FieldError[] {
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0
      ? []
      : [required(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
  if (operator !== 'Exists' && operator !== 'DoesNotExist')
    return [invalid(`${field}.operator`, operator, 'not a valid selector operator')]
  return values.length === 0
    ? []
    : [invalid(`${field}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")]
}

type Amounts = Readonly<Record<string, string>>
interface Limit {
  readonly type?: string
  readonly max?: Amounts
  readonly min?: Amounts
  readonly default?: Amounts
  readonly defaultRequest?: Amounts
  readonly maxLimitRequestRatio?: Amounts
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

/** validateLimitRangeTypeName */
function limitTypeErrors(type: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(type).map(why => invalid(field, type, why))
  return errors.length > 0 || type.includes('/') || LIMIT_TYPES.includes(type)
    ? errors
    : [invalid(field, type, 'must be a standard limit type or fully qualified')]
}

/** ValidateLimitRange */
export function validateLimitRange({ spec }: KubeObject): FieldError[] {
  const seen = new Set<string>()
  return ((spec?.limits ?? []) as readonly Limit[]).flatMap((limit, i) => {
    const field = `spec.limits[${i}]`
    const { type = '' } = limit
    const errors: FieldError[] = []
    errors.push(...limitTypeErrors(type, `${field}.type`))
    if (seen.has(type)) errors.push(duplicate(`${field}.type`, type))
    seen.add(type)
    for (const name of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const)
      if (type === 'Container' || type === 'Pod')
        for (const resource in limit[name]) errors.push(...containerResourceErrors(resource, `${field}.${name}[${resource}]`))
    if (type === 'Pod')
      for (const name of ['default', 'defaultRequest'] as const)
        if (Object.keys(limit[name] ?? {}).length > 0)
          errors.push(forbidden(`${field}.${name}`, "may not be specified when `type` is 'Pod'"))
    if (type === 'PersistentVolumeClaim' && !limit.min?.storage && !limit.max?.storage)
      errors.push(required(`${field}.limits`, 'either minimum or maximum storage value is required, but neither was provided'))
    return [...errors, ...orderErrors(limit, field)]
  })
}

/** Least, default request, default limit and most must stand in this order. */
function orderErrors(limit: Limit, field: string): FieldError[] {
  const all = [limit.max, limit.min, limit.default, limit.defaultRequest, limit.maxLimitRequestRatio]
  const names = all.flatMap(amounts => Object.keys(amounts ?? {}))
  return [...new Set(names)].sort().flatMap(name => {
    const [min, max] = [limit.min?.[name], limit.max?.[name]]
    const isPod = limit.type === 'Pod'
    const [request, most] = isPod ? [undefined, undefined] : [limit.defaultRequest?.[name], limit.default?.[name]]
    const greater = (a: string | undefined, b: string | undefined): boolean =>
      a !== undefined && b !== undefined && isAmount(a) && isAmount(b) && compareQuantities(quantity(a), quantity(b)) > 0
    const errors: FieldError[] = []
    const say = (where: string, value: string | undefined, one: string, a?: string, other = '', b?: string): void => {
      const why = `${one} value ${canonicalQuantity(a ?? '')} is greater than ${other} value ${canonicalQuantity(b ?? '')}`
      errors.push(invalid(`${field}.${where}[${name}]`, canonicalQuantity(value ?? ''), why))
    }
    if (greater(min, max)) say('min', min, 'min', min, 'max', max)
    if (greater(min, request)) say('defaultRequest', request, 'min', min, 'default request', request)
    if (greater(request, max)) say('defaultRequest', request, 'default request', request, 'max', max)
    if (greater(request, most)) say('defaultRequest', request, 'default request', request, 'default limit', most)
    if (greater(min, most)) say('default', min, 'min', min, 'default', most)
    if (greater(most, max)) say('default', max, 'default', most, 'max', max)
    const ratio = limit.maxLimitRequestRatio?.[name]
    if (ratio !== undefined && isAmount(ratio) && milliOf(ratio) < 1000) {
      const text = canonicalQuantity(ratio) ?? ''
      errors.push(invalid(`${field}.maxLimitRequestRatio[${name}]`, text, `ratio ${text} is less than 1`))
    }
    return errors
  })
}

const isAmount = (amount: string): boolean => parseQuantity(amount).value !== undefined
