// Models pkg/apis/autoscaling/validation/validation.go.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { pathSegmentErrors } from '../../api/names'
import { milliOf, parseQuantity } from '../../api/quantity'
import type { KubeObject } from '../../api/types'

interface Reference {
  readonly kind?: string
  readonly name?: string
}
interface Target {
  readonly type?: string
  readonly value?: string
  readonly averageValue?: string
  readonly averageUtilization?: number
}
interface Metric {
  readonly type?: string
  readonly [source: string]: unknown
}

/** Metric types, with the field that each needs. */
const SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

/** ValidateHorizontalPodAutoscaler */
export function validateAutoscaler({ spec }: KubeObject): FieldError[] {
  const { minReplicas: min, maxReplicas: max = 0, scaleTargetRef = {}, metrics = [], behavior } = spec ?? {}
  const errors: FieldError[] = []
  if (typeof min === 'number' && min < 1) errors.push(invalid('spec.minReplicas', min, 'must be greater than or equal to 1'))
  if (max < 1) errors.push(invalid('spec.maxReplicas', max, 'must be greater than 0'))
  if (typeof min === 'number' && max < min)
    errors.push(invalid('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'))
  errors.push(...referenceErrors(scaleTargetRef, 'spec.scaleTargetRef'))
  ;(metrics as readonly Metric[]).forEach((metric, i) => {
    errors.push(...metricErrors(metric, `spec.metrics[${i}]`))
  })
  for (const which of ['scaleUp', 'scaleDown'] as const)
    if (behavior?.[which]) errors.push(...rulesErrors(behavior[which], `spec.behavior.${which}`))
  return errors
}

interface ScalingRules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: string
  readonly policies?: readonly { readonly type?: string; readonly value?: number; readonly periodSeconds?: number }[]
}
const LONGEST_WINDOW = 3600
const LONGEST_PERIOD = 1800
const SELECT_POLICIES = ['Disabled', 'Max', 'Min']

/** validateScalingRules */
function rulesErrors(
  { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] }: ScalingRules,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const at = `${field}.stabilizationWindowSeconds`
  if (window < 0) errors.push(invalid(at, window, 'must be greater than or equal to zero'))
  if (window > LONGEST_WINDOW) errors.push(invalid(at, window, `must be less than or equal to ${LONGEST_WINDOW}`))
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy))
    errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, SELECT_POLICIES))
  if (policies.length === 0) errors.push(required(`${field}.policies`, 'must specify at least one Policy'))
  policies.forEach(({ type = '', value = 0, periodSeconds: period = 0 }, i) => {
    const policy = `${field}.policies[${i}]`
    if (type !== 'Pods' && type !== 'Percent') errors.push(notSupported(`${policy}.type`, type, ['Pods', 'Percent']))
    if (value <= 0) errors.push(invalid(`${policy}.value`, value, 'must be greater than zero'))
    if (period <= 0) errors.push(invalid(`${policy}.periodSeconds`, period, 'must be greater than zero'))
    if (period > LONGEST_PERIOD)
      errors.push(invalid(`${policy}.periodSeconds`, period, `must be less than or equal to ${LONGEST_PERIOD}`))
  })
  return errors
}

function referenceErrors(reference: Reference, field: string): FieldError[] {
  return (['kind', 'name'] as const).flatMap(part => {
    const value = reference[part]
    if (!value) return [required(`${field}.${part}`)]
    return pathSegmentErrors(value).map(why => invalid(`${field}.${part}`, value, why))
  })
}

function metricErrors(metric: Metric, field: string): FieldError[] {
  const { type = '' } = metric
  const errors: FieldError[] = []
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric source type'))
  if (!Object.hasOwn(SOURCES, type)) errors.push(notSupported(`${field}.type`, type, Object.keys(SOURCES)))
  const present = Object.values(SOURCES).filter(source => metric[source] !== undefined)
  const [first] = present
  if (first === 'resource') errors.push(...resourceErrors(metric[first], `${field}.resource`))
  const expected = Object.hasOwn(SOURCES, type) ? SOURCES[type] : undefined
  if (expected === undefined) return errors
  if (metric[expected] === undefined)
    errors.push(required(`${field}.${expected}`, 'must populate information for the given metric source'))
  for (const other of present)
    if (other !== expected) errors.push(forbidden(`${field}.${other}`, 'must populate the given metric source only'))
  return errors
}

/** validateResourceSource */
function resourceErrors(source: unknown, field: string): FieldError[] {
  const { name, target = {} } = source as { readonly name?: string; readonly target?: Target }
  const errors = name ? [] : [required(`${field}.name`, 'must specify a resource name')]
  errors.push(...targetErrors(target, `${field}.target`))
  const [utilization, value] = [target.averageUtilization !== undefined, target.averageValue !== undefined]
  if (!utilization && !value)
    errors.push(required(`${field}.target.averageUtilization`, 'must set either a target raw value or a target utilization'))
  if (utilization && value)
    errors.push(forbidden(`${field}.target.averageValue`, 'may not set both a target raw value and a target utilization'))
  return errors
}

function targetErrors(target: Target, field: string): FieldError[] {
  const { type, averageUtilization: utilization } = target
  const errors: FieldError[] = []
  if (!type) errors.push(required(`${field}.type`, 'must specify a metric target type'))
  if (!['Utilization', 'Value', 'AverageValue'].includes(type ?? ''))
    errors.push(invalid(`${field}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'))
  for (const name of ['value', 'averageValue'] as const) {
    const amount = target[name]
    if (amount !== undefined && parseQuantity(amount).value && milliOf(amount) <= 0)
      errors.push(invalid(`${field}.${name}`, amount, 'must be positive'))
  }
  if (utilization !== undefined && utilization < 1)
    errors.push(invalid(`${field}.averageUtilization`, utilization, 'must be greater than 0'))
  return errors
}
