// Models pkg/apis/core/validation/validation.go: what a pod's spec may not say. In upstream's order, with its words.
import { semanticEqual } from '../../api/deep'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  envVarNameErrors,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
} from '../../api/names'
import { milliOf, parseQuantity } from '../../api/quantity'
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../../api/types'
import { annotationErrors, labelErrors } from '../registry/metadata'
import { validateAffinity, validateSpread, validateTolerations } from './placement'
import { handlerErrors, probeErrors } from './probes'
import { isRepeated, volumeErrors } from './volumes'

/** Specs and containers that have been found good. */
const good = new WeakSet<object>()

/** A container that was made of a good one by adding what is known to be good (a mount). */
export function alsoGood<T extends Container>(container: T, from: Container): T {
  if (good.has(from)) good.add(container)
  return container
}

const NONE: readonly FieldError[] = Object.freeze([])
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

/** What ValidatePodSpec says of a spec. */
export function validatePodSpec(spec: PodSpec, path: string): readonly FieldError[] {
  if (good.has(spec)) return NONE
  const { nodeSelector, serviceAccountName, nodeName, affinity, activeDeadlineSeconds: deadline, hostname, subdomain } = spec
  const errors: FieldError[] = []
  errors.push(...volumeErrors(spec.volumes, `${path}.volumes`))
  errors.push(...containerErrors(spec, path))
  errors.push(...enumError(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES))
  errors.push(...enumError(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES))
  if (nodeSelector) errors.push(...labelErrors(nodeSelector, `${path}.nodeSelector`))
  if (serviceAccountName) named(serviceAccountName, dns1123SubdomainErrors, `${path}.serviceAccountName`, errors)
  if (nodeName) named(nodeName, dns1123SubdomainErrors, `${path}.nodeName`, errors)
  if (affinity) errors.push(...validateAffinity(affinity, `${path}.affinity`))
  if (deadline !== undefined && deadline < 1)
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'))
  if (hostname) named(hostname, dns1123LabelErrors, `${path}.hostname`, errors)
  if (subdomain) named(subdomain, dns1123LabelErrors, `${path}.subdomain`, errors)
  errors.push(...validateTolerations(spec.tolerations, `${path}.tolerations`))
  errors.push(...validateSpread(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`))
  if (errors.length === 0) good.add(spec)
  return errors
}

/** Adds what a check of names says of one. */
function named(name: string, check: (name: string) => readonly string[], field: string, errors: FieldError[]): void {
  for (const why of check(name)) errors.push(invalid(field, name, why))
}

export function enumError(field: string, value: string | undefined, supported: readonly string[]): readonly FieldError[] {
  if (!value) return [required(field)]
  return supported.includes(value) ? NONE : [notSupported(field, value, [...supported].sort())]
}

function containerErrors(spec: PodSpec, path: string): readonly FieldError[] {
  const { containers, initContainers, volumes } = spec
  if (!containers || containers.length === 0) return [required(`${path}.containers`)]
  const errors: FieldError[] = []
  const all = initContainers ? [...containers, ...initContainers] : containers
  all.forEach((container, i) => {
    const init = i >= containers.length
    const field = init ? `${path}.initContainers[${i - containers.length}]` : `${path}.containers[${i}]`
    errors.push(...oneContainer(container, field, volumes, init))
    if (container.name && isRepeated(all, i, 'name')) errors.push(duplicate(`${field}.name`, container.name))
  })
  return errors
}

function oneContainer(container: Container, field: string, volumes: PodSpec['volumes'], init: boolean): readonly FieldError[] {
  const mounts = mountErrors(container, field, volumes)
  if (mounts.length === 0 && good.has(container)) return NONE
  const errors: FieldError[] = []
  if (!container.name) errors.push(required(`${field}.name`))
  else named(container.name, dns1123LabelErrors, `${field}.name`, errors)
  if (!container.image) errors.push(required(`${field}.image`))
  else if (container.image.trim() !== container.image)
    errors.push(invalid(`${field}.image`, container.image, 'must not have leading or trailing whitespace'))
  const { terminationMessagePolicy, imagePullPolicy, lifecycle } = container
  if (terminationMessagePolicy !== undefined)
    errors.push(...enumError(`${field}.terminationMessagePolicy`, terminationMessagePolicy, ['File', 'FallbackToLogsOnError']))
  errors.push(...portErrors(container, `${field}.ports`), ...envErrors(container, `${field}.env`), ...mounts)
  if (imagePullPolicy !== undefined)
    errors.push(...enumError(`${field}.imagePullPolicy`, imagePullPolicy, ['Always', 'IfNotPresent', 'Never']))
  errors.push(...resourceErrors(container.resources, `${field}.resources`))
  if (lifecycle?.postStart) errors.push(...handlerErrors(lifecycle.postStart, `${field}.lifecycle.postStart`))
  if (lifecycle?.preStop) errors.push(...handlerErrors(lifecycle.preStop, `${field}.lifecycle.preStop`))
  const restarts = init && (container as { restartPolicy?: string }).restartPolicy === 'Always'
  for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[kind]
    if (!probe) continue
    if (init && !restarts)
      errors.push(forbidden(`${field}.${kind}`, 'may not be set for init containers without restartPolicy=Always'))
    else errors.push(...probeErrors(probe, `${field}.${kind}`, kind))
  }
  if (errors.length === 0) good.add(container)
  return errors
}

function portErrors({ ports = [] }: Container, field: string): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  ports.forEach((port, i) => {
    const at = `${field}[${i}]`
    if (port.name) {
      const wrong = portNameErrors(port.name)
      for (const why of wrong) errors.push(invalid(`${at}.name`, port.name, why))
      if (wrong.length === 0 && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name))
      names.add(port.name)
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`))
    else
      for (const why of portNumberErrors(port.containerPort)) errors.push(invalid(`${at}.containerPort`, port.containerPort, why))
    if (port.hostPort)
      for (const why of portNumberErrors(port.hostPort)) errors.push(invalid(`${at}.hostPort`, port.hostPort, why))
    errors.push(...enumError(`${at}.protocol`, port.protocol, ['TCP', 'UDP', 'SCTP']))
  })
  return errors
}

function envErrors({ env = [] }: Container, field: string): FieldError[] {
  return env.flatMap((variable, i) => {
    const at = `${field}[${i}]`
    if (!variable.name) return [required(`${at}.name`)]
    const errors = envVarNameErrors(variable.name).map(why => invalid(`${at}.name`, variable.name, why))
    if (variable.value && variable.valueFrom)
      errors.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'))
    const { secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {}
    for (const [kind, ref] of [
      ['secretKeyRef', secretKeyRef],
      ['configMapKeyRef', configMapKeyRef],
    ] as const)
      if (ref && !ref.key) errors.push(required(`${at}.valueFrom.${kind}.key`))
    return errors
  })
}

function mountErrors({ volumeMounts }: Container, field: string, volumes: PodSpec['volumes']): readonly FieldError[] {
  if (!volumeMounts || volumeMounts.length === 0) return NONE
  const errors: FieldError[] = []
  volumeMounts.forEach((mount, i) => {
    const at = `${field}.volumeMounts[${i}]`
    if (!mount.name) errors.push(required(`${at}.name`))
    if (!volumes?.some(({ name }) => name === mount.name))
      errors.push({ type: 'FieldValueNotFound', field: `${at}.name`, value: mount.name, detail: '' })
    if (!mount.mountPath) errors.push(required(`${at}.mountPath`))
    if (isRepeated(volumeMounts, i, 'mountPath')) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'))
  })
  return errors
}

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods'])
const isNative = (name: string): boolean => STANDARD.has(name) || name.startsWith('hugepages-') || name.includes('/')

/** ValidateResourceRequirements */
export function resourceErrors(resources: Container['resources'], field: string): FieldError[] {
  const errors: FieldError[] = []
  const { limits = {}, requests = {} } = resources ?? {}
  const check = (map: Readonly<Record<string, string>>, which: string): void => {
    for (const name of Object.keys(map)) {
      const at = `${field}.${which}[${name}]`
      for (const why of qualifiedNameErrors(name)) errors.push(invalid(`${field}.${which}`, name, why))
      if (!isNative(name))
        errors.push(
          invalid(`${field}.${which}[${name}]`, name, 'must be a standard resource type or fully qualified'),
          invalid(at, name, 'must be a standard resource for containers'),
        )
      else if (milliOf(map[name]) < 0) errors.push(invalid(at, map[name], 'must be greater than or equal to 0'))
    }
  }
  const wrong = [...Object.values(limits), ...Object.values(requests)].some(text => parseQuantity(text).value === undefined)
  if (wrong) return errors
  check(limits, 'limits')
  check(requests, 'requests')
  for (const name of Object.keys(requests)) {
    const limit = limits[name]
    if (limit !== undefined && milliOf(requests[name]) > milliOf(limit))
      errors.push(invalid(`${field}.requests`, requests[name], `must be less than or equal to ${name} limit of ${limit}`))
  }
  return errors
}

/** ValidatePodTemplateSpec */
export function validatePodTemplate(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const { metadata, spec } = template ?? {}
  return [
    ...labelErrors(metadata?.labels, `${path}.labels`),
    ...annotationErrors(metadata?.annotations, `${path}.annotations`),
    ...(spec ? validatePodSpec(spec, `${path}.spec`) : [required(`${path}.spec.containers`)]),
  ]
}

/** ValidatePodCreate */
export const validatePod = (pod: Pod): readonly FieldError[] =>
  pod.spec ? validatePodSpec(pod.spec, 'spec') : [required('spec.containers')]

const FROZEN =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** ValidatePodUpdate: most of a pod's spec never changes. */
export function validatePodUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  if (pod.spec === old.spec) return NONE
  const errors: FieldError[] = []
  if (pod.spec.containers.length !== old.spec.containers.length)
    return [forbidden('spec.containers', 'pod updates may not add or remove containers')]
  if ((pod.spec.initContainers?.length ?? 0) !== (old.spec.initContainers?.length ?? 0))
    return [forbidden('spec.initContainers', 'pod updates may not add or remove containers')]
  const before = old.spec.tolerations ?? []
  const after = pod.spec.tolerations ?? []
  if (!before.every(t => after.some(a => semanticEqual({ ...a, tolerationSeconds: 0 }, { ...t, tolerationSeconds: 0 }))))
    errors.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'))
  errors.push(...newGates(pod.spec, old.spec))
  if (!semanticEqual(withoutMutable(asGated(pod.spec, old.spec)), withoutMutable(old.spec)))
    errors.push(forbidden('spec', FROZEN))
  return errors
}

/** validateSchedulingGates of an update: gates are only ever taken away. */
function newGates(spec: PodSpec, old: PodSpec): FieldError[] {
  const known = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  return (spec.schedulingGates ?? []).flatMap(({ name }) =>
    known.has(name)
      ? []
      : [forbidden('spec.schedulingGates', `only deletion is allowed, but found new scheduling gate '${name}'`)],
  )
}

/** What a pod behind gates may change besides: it may be given more node selectors, and a node affinity where it had none. */
function asGated(spec: PodSpec, old: PodSpec): PodSpec {
  if (!old.schedulingGates?.length) return spec
  const { schedulingGates: _, nodeSelector, affinity, ...rest } = spec
  const narrower = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => nodeSelector?.[key] === value)
  const placed = affinity?.nodeAffinity && !old.affinity?.nodeAffinity
  const { nodeAffinity: __, ...others } = affinity ?? {}
  const kept = placed ? (old.affinity ? others : undefined) : affinity
  const selector = narrower ? old.nodeSelector : nodeSelector
  return {
    ...rest,
    schedulingGates: old.schedulingGates,
    ...(selector && { nodeSelector: selector }),
    ...(kept && { affinity: kept }),
  }
}

function withoutMutable(spec: PodSpec): PodSpec {
  const plain = (c: Container): Container => ({ ...c, image: '' })
  const { activeDeadlineSeconds: _a, tolerations: _t, ...rest } = spec
  return {
    ...rest,
    containers: spec.containers.map(plain),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(plain) }),
  }
}
