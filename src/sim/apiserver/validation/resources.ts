// Models ValidateContainerResourceRequirements in pkg/apis/core/validation/validation.go, and pkg/apis/core/helper about names of resources.
import { type FieldError, forbidden, invalid, required } from '../../api/field-error'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../../api/names'
import { canonicalQuantity, milliOf, parseQuantity } from '../../api/quantity'
import type { Container } from '../../api/types'

type Amounts = Readonly<Record<string, string>>

const NONE: readonly FieldError[] = Object.freeze([])
/** What containers have without asking anybody. */
const OF_CONTAINERS = new Set(['cpu', 'memory', 'ephemeral-storage'])
/** Names without a group that stand for something, if not in a container. */
const STANDARD = new Set([
  ...OF_CONTAINERS,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
])
const isHuge = (name: string): boolean => name.startsWith('hugepages-')
/** helper.IsNativeResource: Kubernetes' own, of which more may be promised than there is. */
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedNameErrors(`requests.${name}`).length === 0

/** validateContainerResourceName */
export function containerResourceErrors(name: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(name).map(why => invalid(field, name, why))
  if (name.includes('/')) {
    if (!isNative(name) && !isExtended(name)) errors.push(invalid(field, name, "doesn't follow extended resource name standard"))
    return errors
  }
  if (errors.length === 0 && !STANDARD.has(name) && !isHuge(name))
    errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'))
  if (!OF_CONTAINERS.has(name) && !isHuge(name)) errors.push(invalid(field, name, 'must be a standard resource for containers'))
  return errors
}

/** ValidateResourceQuantityValue */
function amountErrors(name: string, amount: string, field: string): FieldError[] {
  const errors: FieldError[] = []
  const milli = milliOf(amount)
  if (milli < 0) errors.push(invalid(field, canonicalQuantity(amount), 'must be greater than or equal to 0'))
  if ((isExtended(name) || (STANDARD.has(name) && !/cpu|memory|storage/.test(name))) && milli % 1000 !== 0)
    errors.push(invalid(field, canonicalQuantity(amount), 'must be an integer'))
  return errors
}

/** What is wrong with what a container, or what `nameErrors` knows the resources of, asks for, and may use. */
export function resourceErrors(
  resources: Container['resources'],
  field: string,
  nameErrors: (name: string, field: string) => FieldError[] = containerResourceErrors,
): readonly FieldError[] {
  const { limits, requests } = (resources ?? {}) as { limits?: Amounts; requests?: Amounts }
  if (!limits && !requests) return NONE
  // what is no quantity has been refused when it was decoded
  for (const map of [limits, requests])
    for (const name in map) if (parseQuantity(map[name] as string).value === undefined) return NONE
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const name in limits) {
    names.add(name)
    const at = `${field}.limits[${name}]`
    errors.push(...nameErrors(name, at), ...amountErrors(name, limits[name] as string, at))
  }
  for (const name in requests) {
    names.add(name)
    const at = `${field}.requests[${name}]`
    const amount = requests[name] as string
    errors.push(...nameErrors(name, at), ...amountErrors(name, amount, at))
    errors.push(...overLimit(name, amount, limits && Object.hasOwn(limits, name) ? limits[name] : undefined, field))
  }
  if ([...names].some(isHuge) && !names.has('cpu') && !names.has('memory'))
    errors.push(forbidden(field, 'HugePages require cpu or memory'))
  return errors
}

/** A request must not be over its limit; what cannot be promised twice must have one, and request just as much. */
function overLimit(name: string, amount: string, limit: string | undefined, field: string): FieldError[] {
  const elastic = isNative(name) && !isHuge(name)
  if (limit === undefined)
    return elastic ? [] : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')]
  const order = milliOf(amount) - milliOf(limit)
  const wrong = (how: string) => [
    invalid(`${field}.requests`, canonicalQuantity(amount), `must be ${how} to ${name} limit of ${canonicalQuantity(limit)}`),
  ]
  if (order !== 0 && !elastic) return wrong('equal')
  return order > 0 ? wrong('less than or equal') : []
}

/** ValidateOverhead: what a runtime adds to a pod. */
export const overheadErrors = (overhead: Amounts | undefined, field: string): readonly FieldError[] =>
  overhead ? resourceErrors({ limits: overhead }, field) : NONE

/** ValidateRuntimeClassName, and all names that are a class's. */
export const classNameErrors = (name: string, field: string): FieldError[] =>
  dns1123SubdomainErrors(name).map(why => invalid(field, name, why))
