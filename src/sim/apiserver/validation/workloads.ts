// Models pkg/apis/apps/validation/validation.go, pkg/apis/batch/validation/validation.go and ValidateReplicationController.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { labelSelector, mapSelector } from '../../api/selectors'
import type { KubeObject, LabelSelector, PodTemplateSpec } from '../../api/types'
import { selectorErrors } from './placement'
import { validatePodTemplate } from './pod'
import { scheduleError } from './schedule'

const atLeastZero = (value: unknown, field: string): FieldError[] =>
  typeof value === 'number' && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []

/** Specs that have been found good. */
const good = new WeakSet<object>()

/** ValidateDeploymentSpec, ValidateReplicaSetSpec, ValidateDaemonSetSpec, ValidateStatefulSetSpec and ValidateReplicationControllerSpec. */
export function validateController(object: KubeObject): FieldError[] {
  const { spec, kind } = object
  if (!spec) return [required('spec')]
  if (good.has(spec)) return []
  const errors = kind === 'StatefulSet' ? statefulErrors(spec) : []
  errors.push(...atLeastZero(spec.replicas, 'spec.replicas'), ...atLeastZero(spec.minReadySeconds, 'spec.minReadySeconds'))
  errors.push(...(kind === 'ReplicationController' ? mapSelectorErrors(spec) : selectorOfTemplate(spec, kind)))
  errors.push(...templateErrors(kind === 'StatefulSet' ? withClaims(spec) : (spec.template as Template), kind))
  if (kind === 'Deployment') errors.push(...deploymentErrors(spec))
  if (kind === 'DaemonSet') errors.push(...daemonErrors(spec))
  if (errors.length === 0) good.add(spec)
  return errors
}

type Spec = KubeObject['spec']
type Template = PodTemplateSpec | undefined

/** What the words of a kind call it; a ReplicaSet goes by its owner. */
const selectorOwner = (kind: string): string => (kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase())

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

function selectorOfTemplate(spec: Spec, kind: string): FieldError[] {
  const selector = spec.selector as LabelSelector | undefined
  if (!selector) return [required('spec.selector'), ...missing(selector, spec.template)]
  const errors = selectorErrors(selector, 'spec.selector')
  const empty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
  if (empty) errors.push(invalid('spec.selector', selector, `empty selector is invalid for ${selectorOwner(kind)}`))
  return errors.length > 0 ? errors : missing(selector, spec.template)
}

/** The template's pods must be the selector's. */
function missing(selector: LabelSelector | undefined, template: PodTemplateSpec | undefined): FieldError[] {
  const labels = template?.metadata?.labels ?? {}
  if (!selector || labelSelector(selector).matches(labels)) return []
  return [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
}

function mapSelectorErrors(spec: Spec): FieldError[] {
  const selector = spec.selector as Record<string, string> | undefined
  if (!selector || Object.keys(selector).length === 0) return [required('spec.selector')]
  const labels = spec.template?.metadata?.labels ?? {}
  return mapSelector(selector).matches(labels)
    ? []
    : [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
}

/** Pods of controllers that keep their number are restarted always. */
function templateErrors(template: Template, kind: string): FieldError[] {
  if (!template) return [required('spec.template')]
  const errors = validatePodTemplate(template, 'spec.template')
  const policy = template.spec?.restartPolicy
  if (policy && policy !== 'Always' && ['OnFailure', 'Never'].includes(policy))
    errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']))
  if (template.spec?.activeDeadlineSeconds !== undefined)
    errors.push(
      forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        `activeDeadlineSeconds in ${kind === 'Deployment' ? 'ReplicaSet' : kind} is not Supported`,
      ),
    )
  return errors
}

function deploymentErrors(spec: Spec): FieldError[] {
  const errors = atLeastZero(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit')
  const { type, rollingUpdate } = spec.strategy ?? {}
  if (type === 'Recreate' && rollingUpdate)
    errors.push(forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'"))
  else if (type !== 'Recreate' && type !== 'RollingUpdate')
    errors.push(notSupported('spec.strategy', inGo(spec.strategy), ['Recreate', 'RollingUpdate']))
  else if (rollingUpdate) errors.push(...rollingErrors(rollingUpdate, 'spec.strategy.rollingUpdate'))
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec
  errors.push(...atLeastZero(deadline, 'spec.progressDeadlineSeconds'))
  if (typeof deadline === 'number' && deadline <= minReadySeconds)
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  return errors
}

/** An update strategy as JSON of its internal type, whose fields have no names but Go's. */
const inGo = (strategy: { readonly type?: string; readonly rollingUpdate?: object } | undefined): object => ({
  Type: strategy?.type ?? '',
  RollingUpdate: strategy?.rollingUpdate ?? null,
})

/** ValidateDaemonSetUpdateStrategy */
function daemonErrors({ updateStrategy: strategy }: Spec): FieldError[] {
  return ['RollingUpdate', 'OnDelete'].includes(strategy?.type)
    ? []
    : [notSupported('spec.updateStrategy', inGo(strategy), ['RollingUpdate', 'OnDelete'])]
}

/** ValidateRollingUpdateDeployment */
function rollingErrors(update: { maxUnavailable?: unknown; maxSurge?: unknown }, field: string): FieldError[] {
  const errors = [
    ...countErrors(update.maxUnavailable, `${field}.maxUnavailable`),
    ...countErrors(update.maxSurge, `${field}.maxSurge`),
  ]
  if (isZero(update.maxUnavailable) && isZero(update.maxSurge))
    errors.push(invalid(`${field}.maxUnavailable`, update.maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  if (percent(update.maxUnavailable) > 100)
    errors.push(invalid(`${field}.maxUnavailable`, update.maxUnavailable, 'must not be greater than 100%'))
  return errors
}

const isZero = (value: unknown): boolean => value === 0 || value === '0%' || value === undefined
const percent = (value: unknown): number => (typeof value === 'string' ? Number(value.replace('%', '')) : 0)

/** ValidatePositiveIntOrPercent */
export function countErrors(value: unknown, field: string): FieldError[] {
  if (typeof value === 'string')
    return /^[0-9]+%$/.test(value)
      ? []
      : [
          invalid(
            field,
            value,
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
          ),
        ]
  return atLeastZero(value, field)
}

function statefulErrors(spec: Spec): FieldError[] {
  const errors: FieldError[] = []
  if (!['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy))
    errors.push(invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"))
  const type = spec.updateStrategy?.type
  if (type !== 'RollingUpdate' && type !== 'OnDelete')
    errors.push(invalid('spec.updateStrategy', inGo(spec.updateStrategy), "must be 'RollingUpdate' or 'OnDelete'"))
  return errors
}

/** ValidateJobSpec */
export function validateJob(object: KubeObject): FieldError[] {
  return object.spec ? jobSpecErrors(object.spec, 'spec', object.kind === 'Job') : [required('spec')]
}

function jobSpecErrors(spec: Spec, path: string, own: boolean): FieldError[] {
  const errors: FieldError[] = []
  for (const name of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'])
    errors.push(...atLeastZero(spec[name], `${path}.${name}`))
  const template = spec.template as PodTemplateSpec | undefined
  if (own && spec.selector && !labelSelector(spec.selector).matches(template?.metadata?.labels))
    errors.push(
      invalid(`${path}.template.metadata.labels`, template?.metadata?.labels, '`selector` does not match template `labels`'),
    )
  const mode = spec.completionMode
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']))
  if (mode === 'Indexed' && spec.completions === undefined)
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  errors.push(...validatePodTemplate(template, `${path}.template`))
  const policy = template?.spec?.restartPolicy
  if (policy === 'Always') errors.push(required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  return errors
}

/** ValidateCronJobSpec */
export function validateCronJob(object: KubeObject): FieldError[] {
  const { spec } = object
  if (!spec) return [required('spec')]
  const errors: FieldError[] = []
  if (!spec.schedule) errors.push(required('spec.schedule'))
  else {
    const why = scheduleError(String(spec.schedule))
    if (why !== undefined) errors.push(invalid('spec.schedule', spec.schedule, why))
    if (String(spec.schedule).includes('TZ'))
      errors.push(invalid('spec.schedule', spec.schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  }
  if (!['Allow', 'Forbid', 'Replace'].includes(spec.concurrencyPolicy))
    errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']))
  return [
    ...errors,
    ...(spec.jobTemplate?.spec
      ? jobSpecErrors(spec.jobTemplate.spec, 'spec.jobTemplate.spec', false)
      : [required('spec.jobTemplate.spec')]),
  ]
}
