// Models pkg/apis/apps/validation/validation.go and ValidateReplicationController.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors, labelKeyErrors, labelValueErrors, regexError } from '../../api/names'
import { labelSelector, mapSelector } from '../../api/selectors'
import type { KubeObject, LabelSelector, PodTemplateSpec } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { selectorErrors } from './placement'
import { validatePodTemplate } from './pod'

/** ValidateNonnegativeField */
export const atLeastZero = (value: unknown, field: string): FieldError[] =>
  typeof value === 'number' && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []

/** Specs that have been found good. */
const good = new WeakSet<object>()

type Spec = KubeObject['spec']
type Template = PodTemplateSpec | undefined

/** ValidateDeploymentSpec, ValidateReplicaSetSpec, ValidateDaemonSetSpec, ValidateStatefulSetSpec and ValidateReplicationControllerSpec. */
export function validateController({ spec, kind }: KubeObject): readonly FieldError[] {
  const given: Spec = spec ?? {}
  if (good.has(given)) return []
  const errors = SPECS[kind]?.(given) ?? []
  if (errors.length === 0) good.add(given)
  return errors
}

/** What is asked of each kind's spec, in upstream's order. */
const SPECS: Readonly<Record<string, (spec: Spec) => FieldError[]>> = {
  Deployment: spec => [
    ...atLeastZero(spec.replicas, 'spec.replicas'),
    ...selectorOfTemplate(spec, 'deployment', 'invalid label selector', 'ReplicaSet'),
    ...strategyErrors(spec.strategy),
    ...atLeastZero(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...atLeastZero(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...deadlineErrors(spec),
  ],
  ReplicaSet: spec => [
    ...atLeastZero(spec.replicas, 'spec.replicas'),
    ...atLeastZero(spec.minReadySeconds, 'spec.minReadySeconds'),
    // a ReplicaSet goes by its owner in these words
    ...selectorOfTemplate(spec, 'deployment', 'invalid label selector', 'ReplicaSet'),
  ],
  StatefulSet: statefulErrors,
  DaemonSet: daemonErrors,
  ReplicationController: spec => [
    ...atLeastZero(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(Object.keys(spec.selector ?? {}).length === 0 ? [required('spec.selector')] : []),
    ...atLeastZero(spec.replicas, 'spec.replicas'),
    ...(spec.template
      ? [
          ...mismatch(mapSelector(spec.selector ?? {}).matches, spec.template),
          ...templateErrors(spec.template, 'ReplicationController'),
        ]
      : [required('spec.template')]),
  ],
}

const isEmpty = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length + (matchExpressions?.length ?? 0) === 0

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** Whether LabelSelectorAsSelector can read a selector. */
export function isReadable({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  const isGood = (key: string, values: readonly string[]): boolean =>
    labelKeyErrors(key).length === 0 && values.every(value => labelValueErrors(value).length === 0)
  if (!Object.entries(matchLabels).every(([key, value]) => isGood(key, [value]))) return false
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const isList = operator === 'In' || operator === 'NotIn'
    return OPERATORS.includes(operator) && isGood(key ?? '', values) && isList === values.length > 0
  })
}

/** A selector, which must be one and not select everything. */
function ownSelectorErrors(selector: LabelSelector | undefined, owner: string): FieldError[] {
  if (!selector) return [required('spec.selector')]
  const errors = selectorErrors(selector, 'spec.selector')
  if (isEmpty(selector)) errors.push(invalid('spec.selector', toSelector(selector), `empty selector is invalid for ${owner}`))
  return errors
}

const toSelector = (selector: LabelSelector): object => toInternal('LabelSelector', selector)

/** A selector and the template whose pods it must select. What selects nothing matches no template; what cannot be read hides it. */
function selectorOfTemplate(spec: Spec, owner: string, unreadable: string, kind: string): FieldError[] {
  const selector: LabelSelector | undefined = spec.selector ?? undefined
  const errors = ownSelectorErrors(selector, owner)
  if (selector && !isReadable(selector)) return [...errors, invalid('spec.selector', toSelector(selector), unreadable)]
  const matches = selector ? labelSelector(selector).matches : () => false
  const template: Template = spec.template
  return [...errors, ...mismatch(matches, template), ...templateErrors(template, kind)]
}

/** The template's pods must be the selector's. */
function mismatch(matches: (labels: Record<string, string>) => boolean, template: Template): FieldError[] {
  const labels = template?.metadata?.labels
  return matches(labels ?? {})
    ? []
    : [invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]
}

/** ValidatePodTemplateSpecForReplicaSet and those like it: pods of controllers that keep their number are restarted always. */
function templateErrors(template: Template, kind: string): FieldError[] {
  const errors = validatePodTemplate(template, 'spec.template')
  const policy = template?.spec?.restartPolicy ?? ''
  if (policy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']))
  if (template?.spec?.activeDeadlineSeconds !== undefined)
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`))
  return errors
}

type Amount = number | string | undefined
interface Rolling {
  readonly maxUnavailable?: Amount
  readonly maxSurge?: Amount
}
interface UpdateStrategy {
  readonly type?: string
  readonly rollingUpdate?: Rolling
}

/** ValidateDeploymentStrategy */
function strategyErrors(strategy: UpdateStrategy = {}): FieldError[] {
  const { type, rollingUpdate: rolling } = strategy
  const field = 'spec.strategy.rollingUpdate'
  if (type === 'Recreate') return rolling ? [forbidden(field, "may not be specified when strategy `type` is 'Recreate'")] : []
  if (type !== 'RollingUpdate')
    return [notSupported('spec.strategy', toInternal('DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate'])]
  if (!rolling) return [required(field, 'this should be defaulted and never be nil')]
  const { maxUnavailable: unavailable, maxSurge: surge } = rolling
  const errors = [...countErrors(unavailable, `${field}.maxUnavailable`), ...countErrors(surge, `${field}.maxSurge`)]
  if (isZero(unavailable) && isZero(surge))
    errors.push(invalid(`${field}.maxUnavailable`, unavailable ?? 0, 'may not be 0 when `maxSurge` is 0'))
  return [...errors, ...notMoreThanAll(unavailable, `${field}.maxUnavailable`)]
}

function deadlineErrors({ progressDeadlineSeconds: deadline, minReadySeconds = 0 }: Spec): FieldError[] {
  if (typeof deadline !== 'number') return []
  const errors = atLeastZero(deadline, 'spec.progressDeadlineSeconds')
  return deadline <= minReadySeconds
    ? [...errors, invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : errors
}

/** ValidateDaemonSetSpec */
function daemonErrors(spec: Spec): FieldError[] {
  const selector: LabelSelector | undefined = spec.selector ?? undefined
  const errors = selectorErrors(selector, 'spec.selector')
  if (!selector || isReadable(selector))
    errors.push(...mismatch(selector ? labelSelector(selector).matches : () => false, spec.template))
  if (selector && isEmpty(selector))
    errors.push(invalid('spec.selector', toSelector(selector), 'empty selector is invalid for daemonset'))
  errors.push(...templateErrors(spec.template, 'DaemonSet'), ...atLeastZero(spec.minReadySeconds, 'spec.minReadySeconds'))
  errors.push(...daemonStrategyErrors(spec.updateStrategy))
  return [...errors, ...atLeastZero(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit')]
}

/** ValidateDaemonSetUpdateStrategy */
function daemonStrategyErrors(strategy: UpdateStrategy = {}): FieldError[] {
  const { type, rollingUpdate: rolling } = strategy
  const field = 'spec.updateStrategy.rollingUpdate'
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate')
    return [notSupported('spec.updateStrategy', toInternal('DeploymentStrategy', strategy), ['RollingUpdate', 'OnDelete'])]
  if (!rolling) return [required(field)]
  const { maxUnavailable: unavailable, maxSurge: surge } = rolling
  const errors = [...countErrors(unavailable, `${field}.maxUnavailable`), ...countErrors(surge, `${field}.maxSurge`)]
  errors.push(...notMoreThanAll(unavailable, `${field}.maxUnavailable`), ...notMoreThanAll(surge, `${field}.maxSurge`))
  if (!isZero(unavailable) && !isZero(surge))
    errors.push(invalid(`${field}.maxSurge`, surge, 'may not be set when maxUnavailable is non-zero'))
  if (isZero(unavailable) && isZero(surge)) errors.push(required(`${field}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  return errors
}

const isZero = (value: Amount): boolean => value === undefined || Number(String(value).replace('%', '')) === 0

/** IsNotMoreThan100Percent */
export const notMoreThanAll = (value: Amount, field: string): FieldError[] =>
  typeof value === 'string' && /^\d+%$/.test(value) && Number(value.slice(0, -1)) > 100
    ? [invalid(field, value, 'must not be greater than 100%')]
    : []

/** ValidatePositiveIntOrPercent */
export const countErrors = (value: unknown, field: string): FieldError[] =>
  typeof value === 'string' && !/^[0-9]+%$/.test(value)
    ? [
        invalid(
          field,
          value,
          regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%'),
        ),
      ]
    : atLeastZero(value, field)

const RETENTIONS = ['Retain', 'Delete']

/** ValidateStatefulSetSpec */
function statefulErrors(spec: Spec): FieldError[] {
  const { podManagementPolicy: policy, persistentVolumeClaimRetentionPolicy: kept, serviceName } = spec
  const errors: FieldError[] = []
  if (!policy) errors.push(required('spec.podManagementPolicy'))
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"))
  errors.push(...statefulStrategyErrors(spec.updateStrategy))
  for (const when of ['whenDeleted', 'whenScaled'] as const) {
    const value = kept?.[when]
    if (value !== undefined && !RETENTIONS.includes(value))
      errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, value, RETENTIONS))
  }
  for (const name of ['replicas', 'minReadySeconds']) errors.push(...atLeastZero(spec[name], `spec.${name}`))
  errors.push(...atLeastZero(spec.ordinals?.start, 'spec.ordinals.start'))
  if (serviceName) for (const why of dns1123LabelErrors(serviceName)) errors.push(invalid('spec.serviceName', serviceName, why))
  return [...errors, ...selectorOfTemplate({ ...spec, template: withClaims(spec) }, 'statefulset', '', 'StatefulSet')]
}

function statefulStrategyErrors(
  strategy: { readonly type?: string; readonly rollingUpdate?: Record<string, Amount> } = {},
): FieldError[] {
  const { type, rollingUpdate: rolling } = strategy
  const field = 'spec.updateStrategy'
  if (!type) return [required(field)]
  const inside = rolling && toInternal('RollingUpdateStatefulSetStrategy', rolling)
  if (type === 'OnDelete')
    return inside ? [invalid(`${field}.rollingUpdate`, inside, "only allowed for updateStrategy 'RollingUpdate'")] : []
  if (type !== 'RollingUpdate')
    return [invalid(field, toInternal('StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'")]
  return atLeastZero(rolling?.partition, `${field}.rollingUpdate.partition`)
}

/** A StatefulSet's template with a volume for each claim, as its pods will have them: containers mount them by the claims' names. */
function withClaims(spec: Spec): Template {
  const template = spec.template as Template
  const claims = (spec.volumeClaimTemplates ?? []) as readonly KubeObject[]
  if (!template?.spec || claims.length === 0) return template
  const names = new Set(claims.map(claim => claim.metadata?.name))
  const volumes = claims.map(({ metadata }) => ({
    name: metadata?.name ?? '',
    persistentVolumeClaim: { claimName: metadata?.name ?? '' },
  }))
  const others = (template.spec.volumes ?? []).filter(volume => !names.has(volume.name))
  return { ...template, spec: { ...template.spec, volumes: [...volumes, ...others] } }
}
