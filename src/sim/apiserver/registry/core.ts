// Models pkg/registry/core: the strategies of the core group.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors, pathSegmentErrors } from '../../api/names'
import type { KubeObject, Pod, PodSpec } from '../../api/types'
import { immutableErrors, validateConfigMap, validateSecret } from '../validation/config'
import { validateEndpoints } from '../validation/endpoints'
import { validateEvent } from '../validation/event'
import { validateTaints } from '../validation/placement'
import { validateNewPod, validatePod, validatePodTemplate } from '../validation/pod'
import { validateEphemeralUpdate, validatePodUpdate } from '../validation/pod-update'
import { validateLimitRange, validateQuota } from '../validation/policy'
import { validateService, validateServiceUpdate } from '../validation/service'
import { validateClaim, validateClaimUpdate, validateVolume, validateVolumeUpdate } from '../validation/storage'
import { validateController } from '../validation/workloads'
import { finalizerNameErrors } from './metadata'
import { withOwnLabels } from './pod-selectors'
import { qosClass } from './pod-status'
import { allocateService, keepAllocated } from './service'
import type { DeleteOptions, Strategies, Strategy } from './strategy'

const QOS = { BestEffort: status('BestEffort'), Burstable: status('Burstable'), Guaranteed: status('Guaranteed') }
function status(qos: string): unknown {
  return Object.freeze({ phase: 'Pending', qosClass: qos })
}

/** pkg/registry/core/pod/strategy.go */
const pods: Strategy = {
  generation: true,
  status: true,
  initialStatus: object => gated(object as Pod) ?? QOS[qosClass(object.spec as PodSpec)],
  prepareForCreate: object => withOwnLabels(object as Pod) as KubeObject,
  validate: object => validatePod(object as Pod),
  validateNew: object => validateNewPod(object as Pod),
  validateUpdate: (object, old) => validatePodUpdate(object as Pod, old as Pod),
  prepareForStatusUpdate: (object, old) => {
    const { ownerReferences } = old.metadata
    return object.metadata.ownerReferences === ownerReferences
      ? object
      : { ...object, metadata: { ...object.metadata, ownerReferences: ownerReferences ?? [] } }
  },
  subresources: { resize: resizePod, ephemeralcontainers: addEphemeral },
  graceSeconds: podGrace,
  returnsDeleted: true,
}

/** applySchedulingGatedCondition: a pod with scheduling gates says from its first version on why it waits. */
function gated({ metadata, spec }: Pod): unknown {
  if (!spec?.schedulingGates?.length) return undefined
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: metadata.creationTimestamp,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
  return { phase: 'Pending', conditions: [condition], qosClass: qosClass(spec) }
}

interface Sized {
  readonly name: string
  readonly resources?: Resources
  readonly resizePolicy?: unknown
}
type Amounts = Readonly<Record<string, string>>
interface Resources {
  readonly limits?: Amounts
  readonly requests?: Amounts
}

/** PATCH pods/NAME/resize: only what its containers ask for changes (pkg/registry/core/pod/strategy.go, podResizeStrategy). */
function resizePod(object: KubeObject, old: KubeObject): KubeObject | readonly FieldError[] {
  const wanted = new Map(((object.spec?.containers ?? []) as Sized[]).map(c => [c.name, c]))
  const before = (old.spec?.containers ?? []) as Sized[]
  const containers = before.map(c => {
    const { resources = c.resources, resizePolicy } = wanted.get(c.name) ?? c
    return { ...c, resources, ...(resizePolicy !== undefined && { resizePolicy }) }
  })
  const spec = { ...old.spec, containers }
  if (semanticEqual(spec, old.spec)) return old
  const errors = [...validatePod({ ...old, spec } as Pod)]
  if (qosClass(spec as PodSpec) !== qosClass(old.spec as PodSpec))
    // the words name the class that the pod has, not the one that it would have
    errors.push(invalid('spec', old.status?.qosClass, 'Pod QOS Class may not change as a result of resizing'))
  containers.forEach(({ resources }, i) => {
    errors.push(...removedErrors(resources, before[i]?.resources, `spec.containers[${i}].resources`))
  })
  if (containers.some(({ resources }, i) => !semanticEqual(others(resources), others(before[i]?.resources))))
    errors.push(forbidden('spec', 'only cpu and memory resources are mutable'))
  return errors.length > 0 ? errors : nextGeneration({ ...old, spec })
}

/** validateContainerResize: what was asked for once may grow and shrink, but not go. */
function removedErrors(now: Resources | undefined, before: Resources | undefined, field: string): readonly FieldError[] {
  const isGone = (which: 'limits' | 'requests') =>
    Object.keys(before?.[which] ?? {}).some(name => now?.[which]?.[name] === undefined)
  return (['requests', 'limits'] as const)
    .filter(isGone)
    .map(which => forbidden(`${field}.${which}`, `resource ${which} cannot be removed`))
}

/** Resources that a pod is started with, and keeps. */
const others = (resources: Resources | undefined): Resources => {
  const fixed = (amounts: Amounts = {}): Amounts =>
    Object.fromEntries(Object.entries(amounts).filter(([name]) => name !== 'cpu' && name !== 'memory'))
  return { limits: fixed(resources?.limits), requests: fixed(resources?.requests) }
}

/** PATCH pods/NAME/ephemeralcontainers: what `kubectl debug` adds (podEphemeralContainersStrategy). */
function addEphemeral(object: KubeObject, old: KubeObject): KubeObject | readonly FieldError[] {
  const { ephemeralContainers: _, ...rest } = old.spec ?? {}
  const now: readonly { readonly name: string }[] = object.spec?.ephemeralContainers ?? []
  const spec = { ...rest, ...(now.length > 0 && { ephemeralContainers: now }) }
  if (semanticEqual(spec, old.spec)) return old
  const errors = validateEphemeralUpdate({ ...old, spec } as Pod, old as Pod)
  return errors.length > 0 ? errors : nextGeneration({ ...old, spec })
}

const nextGeneration = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, generation: (object.metadata.generation ?? 0) + 1 },
})

/** podStrategy.CheckGracefulDelete */
function podGrace({ spec, status: now }: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  const seconds: number = gracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30
  if (!spec?.nodeName) return 0
  if (now?.phase === 'Failed' || now?.phase === 'Succeeded') return 0
  return seconds < 0 ? 1 : seconds
}

/** pkg/registry/core/service */
const services: Strategy = {
  createsOnUpdate: true,
  status: true,
  initialStatus: () => NO_BALANCER,
  // as all labels of DNS since 1.36 (RelaxedServiceNameValidation): it may begin with a digit
  nameErrors: dns1123LabelErrors,
  prepareForCreate: allocateService,
  prepareForUpdate: keepAllocated,
  validateNew: validateService,
  validateUpdate: validateServiceUpdate,
  // REST.Delete in pkg/registry/core/service/storage/storage.go
  takesAlong: ['endpoints'],
  returnsDeleted: true,
}
const NO_BALANCER = Object.freeze({ loadBalancer: Object.freeze({}) })

/** pkg/registry/core/namespace/strategy.go: on its way in, a Namespace gets the finalizer that its controller takes off. */
const namespaces: Strategy = {
  status: true,
  nameErrors: dns1123LabelErrors,
  initialStatus: () => ACTIVE,
  prepareForCreate: object => {
    const finalizers: string[] = object.spec?.finalizers ?? []
    return finalizers.includes('kubernetes')
      ? object
      : { ...object, spec: { ...object.spec, finalizers: [...finalizers, 'kubernetes'] } }
  },
  prepareForUpdate: (object, old) => ({ ...object, spec: { ...object.spec, finalizers: old.spec?.finalizers } }),
  validate: ({ spec }) => namespaceErrors(spec?.finalizers, () => 'spec.finalizers'),
  subresources: { finalize: finalizeNamespace },
  returnsDeleted: true,
}

/** PUT namespaces/NAME/finalize: its controller takes off what kept it. */
function finalizeNamespace({ metadata, spec }: KubeObject, old: KubeObject): KubeObject | readonly FieldError[] {
  const errors = namespaceErrors(spec?.finalizers, i => `spec.finalizers[${i}]`)
  if (errors.length > 0) return errors
  const finalizers = spec?.finalizers?.length > 0 ? spec?.finalizers : undefined
  return { ...old, metadata: { ...old.metadata, finalizers: metadata.finalizers }, spec: { ...old.spec, finalizers } }
}
/** ValidateNamespace: what keeps it has the name of a finalizer. */
const namespaceErrors = (finalizers: readonly string[] | undefined, fieldOf: (i: number) => string): readonly FieldError[] =>
  (finalizers ?? []).flatMap((finalizer, i) => finalizerNameErrors(finalizer, fieldOf(i)))

const ACTIVE = Object.freeze({ phase: 'Active' })

/** pkg/registry/core/node/strategy.go: a node comes with its status. */
const nodes: Strategy = {
  status: true,
  validate: ({ spec }) => validateTaints(spec?.taints),
  validateUpdate: (object, old) => {
    const ranges: string[] = object.spec?.podCIDRs ?? []
    const before: string[] = old.spec?.podCIDRs ?? []
    const errors =
      ranges.length > 1 && ranges.every(range => !range.includes(':'))
        ? [invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family')]
        : []
    if (before.length > 0 && !semanticEqual(ranges, before))
      errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
    if (old.spec?.providerID && object.spec?.providerID !== old.spec.providerID)
      errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'))
    return errors
  },
}

/** pkg/registry/core/configmap */
const configMaps: Strategy = {
  validate: validateConfigMap,
  validateUpdate: (object, old) => immutableErrors(object, old, ['data', 'binaryData']),
}

/** pkg/registry/core/secret */
const secrets: Strategy = {
  validate: validateSecret,
  validateUpdate: (object, old) => [
    ...(object.type === old.type ? [] : [invalid('type', object.type, 'field is immutable')]),
    ...immutableErrors(object, old, ['data']),
  ],
}

const replicationControllers: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NO_REPLICAS,
  validate: object => validateController(object),
  propagation: 'Orphan',
}
const NO_REPLICAS = Object.freeze({ replicas: 0 })

const persistentVolumeClaims: Strategy = {
  status: true,
  initialStatus: () => PENDING,
  returnsDeleted: true,
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
}
const PENDING = Object.freeze({ phase: 'Pending' })

/** By resource. */
export const CORE: Strategies = {
  pods,
  services,
  namespaces,
  nodes,
  configmaps: configMaps,
  secrets,
  replicationcontrollers: replicationControllers,
  persistentvolumeclaims: persistentVolumeClaims,
  persistentvolumes: {
    status: true,
    initialStatus: object => Object.freeze({ phase: 'Pending', lastPhaseTransitionTime: object.metadata.creationTimestamp }),
    returnsDeleted: true,
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
  },
  resourcequotas: { status: true, initialStatus: () => Object.freeze({}), returnsDeleted: true, validate: validateQuota },
  limitranges: { createsOnUpdate: true, validate: validateLimitRange },
  endpoints: { createsOnUpdate: true, validate: validateEndpoints },
  events: { createsOnUpdate: true, nameErrors: pathSegmentErrors, validate: validateEvent },
  serviceaccounts: { returnsDeleted: true, nameErrors: dns1123SubdomainErrors },
  podtemplates: {
    generation: true,
    generationChange: (object, old) => !semanticEqual(object.template, old.template),
    returnsDeleted: true,
    validate: object => validatePodTemplate(object.template, 'template'),
  },
}
