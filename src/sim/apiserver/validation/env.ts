// Models ValidateEnv and ValidateEnvFrom in pkg/apis/core/validation/validation.go.
import { type FieldError, invalid, notSupported, required } from '../../api/field-error'
import { configKeyErrors, dns1123SubdomainErrors, envVarNameErrors, maskTrailingDash, qualifiedNameErrors } from '../../api/names'
import { canonicalQuantity } from '../../api/quantity'
import type { Container } from '../../api/types'

type Variable = NonNullable<Container['env']>[number]
type Source = NonNullable<Variable['valueFrom']>

const NONE: readonly FieldError[] = Object.freeze([])

/** What is wrong with a container's variables. */
export function envErrors({ env }: Container, field: string): readonly FieldError[] {
  if (!env || env.length === 0) return NONE
  return env.flatMap((variable, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (!variable.name) errors.push(required(`${at}.name`))
    else for (const why of envVarNameErrors(variable.name)) errors.push(invalid(`${at}.name`, variable.name, why))
    if (variable.valueFrom) errors.push(...sourceErrors(variable.valueFrom, variable.value ?? '', `${at}.valueFrom`))
    return errors
  })
}

/** Where the value of a variable may come from within its pod. */
const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** validateEnvVarValueFrom */
function sourceErrors(source: Source, value: string, field: string): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source
  const errors: FieldError[] = []
  if (fieldRef) errors.push(...fieldRefErrors(fieldRef, FIELDS, `${field}.fieldRef`))
  if (resourceFieldRef) errors.push(...resourceFieldErrors(resourceFieldRef, `${field}.resourceFieldRef`, false))
  if (configMapKeyRef) errors.push(...keyErrors(configMapKeyRef, `${field}.configMapKeyRef`))
  if (secretKeyRef) errors.push(...keyErrors(secretKeyRef, `${field}.secretKeyRef`))
  const count = Object.values(source).filter(way => way !== undefined && way !== null).length
  if (count === 0)
    errors.push(invalid(field, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'))
  else if (value !== '') errors.push(invalid(field, '', 'may not be specified when `value` is not empty'))
  else if (count > 1) errors.push(invalid(field, '', 'may not have more than one field specified at a time'))
  return errors
}

/** Fields of a pod that have a label at all (ConvertDownwardAPIFieldLabel). */
const LABELS = new Set([
  ...FIELDS,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
])

/** validateObjectFieldSelector */
export function fieldRefErrors(
  { apiVersion, fieldPath }: { readonly apiVersion?: string; readonly fieldPath?: string },
  supported: readonly string[],
  field: string,
): FieldError[] {
  if (!apiVersion) return [required(`${field}.apiVersion`)]
  if (!fieldPath) return [required(`${field}.fieldPath`)]
  const wrong = (why: string) => [invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`)]
  if (apiVersion !== 'v1') return wrong(`unsupported pod version: ${apiVersion}`)
  const [, path = fieldPath, subscript] = /^(.*)\['(.*)'\]$/.exec(fieldPath) ?? []
  if (subscript !== undefined) {
    const name = path === 'metadata.annotations' ? subscript.toLowerCase() : subscript
    if (path === 'metadata.annotations' || path === 'metadata.labels')
      return qualifiedNameErrors(name).map(why => invalid(field, name, why))
    return wrong(`field label does not support subscript: ${fieldPath}`)
  }
  if (!LABELS.has(path) && path !== 'spec.host') return wrong(`field label not supported: ${fieldPath}`)
  const known = path === 'spec.host' ? 'spec.nodeName' : path
  return supported.includes(known) ? [] : [notSupported(`${field}.fieldPath`, known, supported)]
}

/** Resources of a container that have a field, with the words of what they may be divided by. */
const RESOURCES: Readonly<Record<string, string>> = {
  'limits.cpu': 'cpu',
  'limits.ephemeral-storage': 'local ephemeral storage',
  'limits.memory': 'memory',
  'requests.cpu': 'cpu',
  'requests.ephemeral-storage': 'local ephemeral storage',
  'requests.memory': 'memory',
}
const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

interface ResourceField {
  readonly containerName?: string
  readonly resource?: string
  readonly divisor?: string
}

/** validateContainerResourceFieldSelector */
export function resourceFieldErrors(
  { containerName, resource = '', divisor }: ResourceField,
  field: string,
  isVolume: boolean,
): FieldError[] {
  const errors: FieldError[] = []
  const isHuge = /^(requests|limits)\.hugepages-/.test(resource)
  if (isVolume && !containerName) errors.push(required(`${field}.containerName`))
  else if (!resource) errors.push(required(`${field}.resource`))
  else if (!(resource in RESOURCES) && !isHuge) errors.push(notSupported(`${field}.resource`, resource, Object.keys(RESOURCES)))
  const unit = divisor === undefined ? '0' : canonicalQuantity(divisor)
  const of = isHuge ? 'hugepages' : Object.hasOwn(RESOURCES, resource) ? RESOURCES[resource] : undefined
  if (unit === '0' || of === undefined) return errors
  const supported = of === 'cpu' ? ['1m', '1'] : SIZES
  if (!supported.includes(unit ?? '')) {
    const words = of === 'cpu' ? '1m and 1' : SIZES.join(', ')
    errors.push(invalid(`${field}.divisor`, resource, `only divisor's values ${words} are supported with the ${of} resource`))
  }
  return errors
}

/** validateConfigMapKeySelector and validateSecretKeySelector */
function keyErrors({ name = '', key }: { readonly name?: string; readonly key?: string }, field: string): FieldError[] {
  const errors = dns1123SubdomainErrors(name).map(why => invalid(`${field}.name`, name, why))
  if (!key) return [...errors, required(`${field}.key`)]
  return [...errors, ...configKeyErrors(key).map(why => invalid(`${field}.key`, key, why))]
}

/** What is wrong with the maps that a container takes all variables of. */
export function envFromErrors({ envFrom }: Container, field: string): readonly FieldError[] {
  if (!envFrom || envFrom.length === 0) return NONE
  return envFrom.flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${field}[${i}]`
    const errors = prefix ? envVarNameErrors(prefix).map(why => invalid(`${at}.prefix`, prefix, why)) : []
    for (const [kind, ref] of [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const) {
      if (!ref) continue
      if (!ref.name) errors.push(required(`${at}.${kind}.name`))
      else
        for (const why of dns1123SubdomainErrors(maskTrailingDash(ref.name)))
          errors.push(invalid(`${at}.${kind}.name`, ref.name, why))
    }
    if (!configMapRef && !secretRef) errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (configMapRef && secretRef) errors.push(invalid(field, '', 'may not have more than one field specified at a time'))
    return errors
  })
}
