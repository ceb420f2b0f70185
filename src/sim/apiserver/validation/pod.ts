// Models ValidatePodSpec in pkg/apis/core/validation/validation.go: what a pod's spec may not say. In upstream's order, with its words.
import { duplicate, type FieldError, forbidden, invalid, joined, required } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '../../api/names'
import type { Pod, PodSpec, PodTemplateSpec } from '../../api/types'
import { annotationErrors, labelErrors } from '../registry/metadata'
import { containerErrors, ephemeralErrors } from './containers'
import { enumErrors } from './enums'
import { validateAffinity, validateSpread, validateTolerations } from './placement'
import { dnsConfigErrors, hostAliasErrors, hostNetworkErrors } from './pod-network'
import { podResourceErrors } from './pod-resources'
import { classNameErrors, overheadErrors } from './resources'
import { hostUsersErrors, podSecurityErrors } from './security'
import { usableVolumes, volumeErrors } from './volumes'

/** Specs that have been found good. */
const good = new WeakSet<object>()

const NONE: readonly FieldError[] = Object.freeze([])
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never']
const MOST_SECONDS = 2 ** 31 - 1

/** What ValidatePodSpec says of a spec: of a pod's own, or of a template's. */
function validatePodSpec(spec: PodSpec, path: string, isPod = false): readonly FieldError[] {
  if (good.has(spec)) return NONE
  const wrongVolumes = volumeErrors(spec.volumes, `${path}.volumes`)
  const volumes = wrongVolumes.length === 0 ? spec.volumes : (usableVolumes(spec.volumes) as PodSpec['volumes'])
  const errors: FieldError[] = [...wrongVolumes]
  errors.push(...containerErrors(spec, path, volumes))
  if (spec.ephemeralContainers?.length) errors.push(...ephemeralErrors(spec, path, volumes))
  if ('resources' in spec && errors.length === 0) errors.push(...podResourceErrors(spec, `${path}.resources`))
  errors.push(...hostNetworkErrors(spec, path, isPod))
  errors.push(...enumErrors(spec.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`))
  errors.push(...enumErrors(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`))
  errors.push(...labelErrors(spec.nodeSelector, `${path}.nodeSelector`))
  errors.push(...podSecurityErrors(spec, `${path}.securityContext`), ...placementErrors(spec, path))
  errors.push(...nameErrors(spec, path), ...classErrors(spec, path))
  if (errors.length === 0) good.add(spec)
  return errors
}

/** Where a pod may run, and how it resolves names. */
function placementErrors(spec: PodSpec, path: string): readonly FieldError[] {
  const { affinity, readinessGates, schedulingGates, topologySpreadConstraints: spread } = spec
  const errors: FieldError[] = []
  if (affinity) errors.push(...validateAffinity(affinity, `${path}.affinity`))
  errors.push(...dnsConfigErrors(spec, `${path}.dnsConfig`))
  readinessGates?.forEach(({ conditionType = '' }, i) => {
    named(conditionType, qualifiedNameErrors, `${path}.readinessGates[${i}].conditionType`, errors)
  })
  schedulingGates?.forEach(({ name = '' }, i) => {
    named(name, qualifiedNameErrors, `${path}.schedulingGates[${i}]`, errors)
    if (schedulingGates.slice(0, i).some(gate => gate.name === name))
      errors.push(duplicate(`${path}.schedulingGates[${i}]`, name))
  })
  if (spread) errors.push(...validateSpread(spread, `${path}.topologySpreadConstraints`))
  return errors.length > 0 ? joined(errors, hostUsersErrors(spec, path)) : hostUsersErrors(spec, path)
}

/** Names that a pod goes by, or knows others by. */
function nameErrors(spec: PodSpec, path: string): readonly FieldError[] {
  const { serviceAccountName, nodeName, activeDeadlineSeconds: deadline, hostname, subdomain } = spec
  const errors: FieldError[] = []
  if (serviceAccountName) named(serviceAccountName, dns1123SubdomainErrors, `${path}.serviceAccountName`, errors)
  if (nodeName) named(nodeName, dns1123SubdomainErrors, `${path}.nodeName`, errors)
  if (deadline !== undefined && (deadline < 1 || deadline > MOST_SECONDS))
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MOST_SECONDS}, inclusive`))
  if (hostname) named(hostname, dns1123LabelErrors, `${path}.hostname`, errors)
  if (subdomain) named(subdomain, dns1123LabelErrors, `${path}.subdomain`, errors)
  return errors
}

/** What a pod tolerates, and the classes that it is of. */
function classErrors(spec: PodSpec, path: string): readonly FieldError[] {
  const { priorityClassName, runtimeClassName, preemptionPolicy, overhead, tolerations } = spec
  const errors: FieldError[] = [...validateTolerations(tolerations, `${path}.tolerations`)]
  errors.push(...hostAliasErrors(spec, `${path}.hostAliases`))
  if (priorityClassName) errors.push(...classNameErrors(priorityClassName, `${path}.priorityClassName`))
  if (runtimeClassName !== undefined) errors.push(...classNameErrors(runtimeClassName, `${path}.runtimeClassName`))
  if (preemptionPolicy !== undefined)
    errors.push(...enumErrors(preemptionPolicy, PREEMPTION_POLICIES, `${path}.preemptionPolicy`))
  if (overhead) errors.push(...overheadErrors(overhead, `${path}.overhead`))
  return errors
}

/** Adds what a check of names says of one. */
function named(name: string, check: (name: string) => readonly string[], field: string, errors: FieldError[]): void {
  for (const why of check(name)) errors.push(invalid(field, name, why))
}

/** ValidatePodTemplateSpec */
export function validatePodTemplate(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const { metadata, spec } = template ?? {}
  return [
    ...labelErrors(metadata?.labels, `${path}.labels`),
    ...annotationErrors(metadata?.annotations, `${path}.annotations`),
    ...deletionCostErrors(metadata?.annotations, `${path}.annotations`),
    ...(spec ? validatePodSpec(spec, `${path}.spec`) : [required(`${path}.spec.containers`)]),
    ...((spec as { ephemeralContainers?: readonly unknown[] } | undefined)?.ephemeralContainers?.length
      ? [forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ]
}

const COST = 'controller.kubernetes.io/pod-deletion-cost'

/** What ValidatePodSpecificAnnotations says of what a pod costs to delete. */
function deletionCostErrors(annotations: Readonly<Record<string, string>> | undefined, field: string): readonly FieldError[] {
  const cost = annotations?.[COST]
  if (cost === undefined) return NONE
  const isWhole = /^(0|-?[1-9]\d*)$/.test(cost) && Math.abs(Number(cost)) <= MOST_SECONDS
  return isWhole ? NONE : [invalid(`${field}[${COST}]`, cost, 'must be a 32bit integer')]
}

/** What only pods are asked, not templates: images without spaces around them. */
function imageErrors(spec: PodSpec): readonly FieldError[] {
  let errors: FieldError[] | undefined
  for (const which of ['containers', 'initContainers'] as const)
    for (const [i, { image = '' }] of spec[which]?.entries() ?? [])
      if (image.trim().length !== image.length) {
        errors ??= []
        errors.push(invalid(`spec.${which}[${i}].image`, image, 'must not have leading or trailing whitespace'))
      }
  return errors ?? NONE
}

/** validatePodMetadataAndSpec, without the metadata that all objects have. */
export function validatePod({ metadata, spec }: Pod): readonly FieldError[] {
  if (!spec) return [required('spec.containers')]
  return joined(
    joined(deletionCostErrors(metadata.annotations, 'metadata.annotations'), validatePodSpec(spec, 'spec', true)),
    imageErrors(spec),
  )
}

/** ValidatePodCreate, beside that. */
export function validateNewPod({ spec }: Pod): readonly FieldError[] {
  const { ephemeralContainers, nodeName, schedulingGates } = spec ?? {}
  const errors: FieldError[] = []
  if (ephemeralContainers?.length) errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  if (nodeName && schedulingGates?.length)
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  return errors
}
