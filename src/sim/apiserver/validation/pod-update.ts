// Models ValidatePodUpdate in pkg/apis/core/validation/validation.go: most of a pod's spec never changes.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, required } from '../../api/field-error'
import type { Container, Pod, PodSpec } from '../../api/types'
import { internalDiff, internalPodSpec, toInternal } from '../internal-types/print'
import { validatePod } from './pod'

const NONE: readonly FieldError[] = Object.freeze([])
const MOST_SECONDS = 2 ** 31 - 1
const FROZEN =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** What an update of a pod may not change, and what it changes that it may not: the difference of both specs as upstream prints it. */
export function validatePodUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  if (pod.spec === old.spec) return NONE
  const errors: FieldError[] = []
  for (const which of ['containers', 'initContainers'] as const) {
    const [now, before] = [pod.spec[which] ?? [], old.spec[which] ?? []]
    if (now.length !== before.length)
      return [...errors, forbidden(`spec.${which}`, 'pod updates may not add or remove containers')]
    errors.push(...imageErrors(now, `spec.${which}`))
  }
  const deadline = deadlineErrors(pod.spec, old.spec)
  errors.push(...deadline)
  if (deadline.length > 0 && pod.spec.activeDeadlineSeconds !== undefined) return errors
  errors.push(...tolerationErrors(pod.spec, old.spec), ...newGates(pod.spec, old.spec))
  if (old.spec.schedulingGates?.length) errors.push(...gatedErrors(pod.spec, old.spec))
  const kept = withoutMutable(pod.spec, old.spec)
  if (!semanticEqual(kept, old.spec)) {
    const diff = internalDiff(internalPodSpec(old.spec), internalPodSpec(kept))
    errors.push(forbidden('spec', `${FROZEN}\n${diff}`))
  }
  return errors
}

/** ValidateContainerUpdates */
const imageErrors = (containers: readonly Container[], field: string): FieldError[] =>
  containers.flatMap(({ image = '' }, i) => [
    ...(image === '' ? [required(`${field}[${i}].image`)] : []),
    ...(image.trim().length === image.length
      ? []
      : [invalid(`${field}[${i}].image`, image, 'must not have leading or trailing whitespace')]),
  ])

/** A deadline comes once, and moves only nearer. */
function deadlineErrors({ activeDeadlineSeconds: now }: PodSpec, { activeDeadlineSeconds: before }: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  if (now === undefined)
    return before === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')]
  if (now < 0 || now > MOST_SECONDS) return [invalid(field, now, `must be between 0 and ${MOST_SECONDS}, inclusive`)]
  return before !== undefined && before < now ? [invalid(field, now, 'must be less than or equal to previous value')] : []
}

/** validateOnlyAddedTolerations */
function tolerationErrors({ tolerations: now = [] }: PodSpec, { tolerations: before = [] }: PodSpec): FieldError[] {
  const isKept = before.every(t =>
    now.some(other => semanticEqual({ ...other, tolerationSeconds: 0 }, { ...t, tolerationSeconds: 0 })),
  )
  return isKept ? [] : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}

/** validateOnlyDeletedSchedulingGates */
function newGates(spec: PodSpec, old: PodSpec): FieldError[] {
  const known = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  return (spec.schedulingGates ?? []).flatMap(({ name }, i) =>
    known.has(name)
      ? []
      : [forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  )
}

/** What a pod behind gates may change besides: it may be given more node selectors, and terms of node affinity that ask for more. */
function gatedErrors({ nodeSelector, affinity }: PodSpec, old: PodSpec): readonly FieldError[] {
  const errors: FieldError[] = []
  const isNarrower = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => nodeSelector?.[key] === value)
  if (!isNarrower)
    errors.push(
      invalid(
        'spec.nodeSelector',
        nodeSelector ?? null,
        'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      ),
    )
  return [...errors, ...affinityErrors(affinity?.nodeAffinity, old.affinity?.nodeAffinity)]
}

type NodeAffinity = NonNullable<PodSpec['affinity']>['nodeAffinity']

/** validateNodeAffinityMutation */
function affinityErrors(now: NodeAffinity, before: NodeAffinity): readonly FieldError[] {
  const field = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  const old = before?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!old) return NONE
  const terms = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!terms || terms.length !== old.length)
    return [invalid(field, terms ?? [], 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')]
  return terms.flatMap((term, i) => {
    const known = old[i] ?? {}
    const isEmpty = !known.matchExpressions?.length && !known.matchFields?.length
    const isMore = (['matchExpressions', 'matchFields'] as const).every(which =>
      (known[which] ?? []).every((expression, j) => semanticEqual(expression, term[which]?.[j])),
    )
    return semanticEqual(term, known) || (isMore && !isEmpty)
      ? []
      : [invalid(`${field}[${i}]`, term, 'only additions are allowed (no mutations or deletions)')]
  })
}

/** ValidatePodEphemeralContainersUpdate: those that there are stay as they are. */
export function validateEphemeralUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const field = 'spec.ephemeralContainers'
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [forbidden('', 'static pods do not support ephemeral containers')]
  const errors = [...validatePod(pod)]
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.find(({ name }) => name === before.name)
    const one = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`
    if (!now) errors.push(forbidden(field, `${one} removed\n`))
    else if (!semanticEqual(now, before)) {
      const diff = internalDiff(toInternal('EphemeralContainer', before), toInternal('EphemeralContainer', now))
      errors.push(forbidden(field, `${one} changed\n${diff}`))
    }
  }
  return errors
}

/** The new spec with the old values of what may change: what is to be the same as before. */
function withoutMutable(spec: PodSpec, old: PodSpec): PodSpec {
  const same = { ...spec } as { -readonly [Name in keyof PodSpec]: PodSpec[Name] }
  const keep = <Name extends keyof PodSpec>(name: Name, value: PodSpec[Name]): void => {
    if (value === undefined) delete same[name]
    else same[name] = value
  }
  for (const which of ['containers', 'initContainers'] as const) {
    const images = old[which] ?? []
    const containers = spec[which]?.map((container, i) => ({ ...container, image: images[i]?.image }))
    keep(which, containers && containers.length > 0 ? (containers as Container[]) : undefined)
  }
  keep('activeDeadlineSeconds', old.activeDeadlineSeconds)
  keep('schedulingGates', old.schedulingGates)
  keep('tolerations', old.tolerations)
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1)
    keep('terminationGracePeriodSeconds', old.terminationGracePeriodSeconds)
  if (!old.schedulingGates?.length) return same
  keep('nodeSelector', old.nodeSelector)
  const { nodeAffinity: _, ...others } = spec.affinity ?? {}
  const before = old.affinity?.nodeAffinity
  const affinity = { ...others, ...(before && { nodeAffinity: before }) }
  keep('affinity', Object.keys(affinity).length > 0 || old.affinity ? affinity : undefined)
  return same
}
