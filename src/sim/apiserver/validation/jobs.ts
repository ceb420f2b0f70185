// Models pkg/apis/batch/validation/validation.go.
import { type FieldError, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors } from '../../api/names'
import { labelSelector } from '../../api/selectors'
import type { KubeObject, PodTemplateSpec } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { selectorErrors } from './placement'
import { validatePodTemplate } from './pod'
import { scheduleError } from './schedule'
import { atLeastZero, isReadable } from './workloads'

type Spec = KubeObject['spec']

/** ValidateJob, beside its name. */
export function validateJob({ metadata, spec = {} }: KubeObject): readonly FieldError[] {
  const errors = jobSpecErrors(spec, 'spec')
  if (spec.selector) errors.push(...selectorErrors(spec.selector, 'spec.selector'))
  else errors.push(required('spec.selector'))
  const labels = spec.template?.metadata?.labels
  if (!spec.selector || (isReadable(spec.selector) && !labelSelector(spec.selector).matches(labels ?? {})))
    errors.push(invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'))
  const last = `${metadata.name}-${(spec.completions ?? 1) - 1}`
  if (spec.completionMode === 'Indexed' && spec.completions > 0)
    for (const why of dns1123LabelErrors(last))
      errors.push(invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${last}: ${why}`))
  return errors
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
]
const MOST_INDEXED = 100_000

/** validateJobSpec */
function jobSpecErrors(spec: Spec, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const name of COUNTS) errors.push(...atLeastZero(spec[name], `${path}.${name}`))
  const { completionMode: mode, podFailurePolicy, podReplacementPolicy: replacement, parallelism } = spec
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']))
  if (mode === 'Indexed') {
    if (spec.completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
    if (parallelism > MOST_INDEXED)
      errors.push(
        invalid(
          `${path}.parallelism`,
          parallelism,
          `must be less than or equal to ${MOST_INDEXED} when completion mode is Indexed`,
        ),
      )
  } else
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'])
      if (spec[name] !== undefined) errors.push(invalid(`${path}.${name}`, spec[name], 'requires indexed completion mode'))
  if (podFailurePolicy) errors.push(...failurePolicyErrors(podFailurePolicy, spec, `${path}.podFailurePolicy`))
  if (spec.successPolicy && mode !== 'Indexed')
    errors.push(
      invalid(`${path}.successPolicy`, toInternal('SuccessPolicy', spec.successPolicy), 'requires indexed completion mode'),
    )
  if (replacement !== undefined) {
    const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
    if (!supported.includes(replacement)) errors.push(notSupported(`${path}.podReplacementPolicy`, replacement, supported))
  }
  errors.push(...validatePodTemplate(spec.template, `${path}.template`))
  return [...errors, ...restartErrors(spec.template, podFailurePolicy, `${path}.template.spec.restartPolicy`)]
}

/** A Job's pods end: they are not restarted whatever happens. */
function restartErrors(template: PodTemplateSpec | undefined, failurePolicy: unknown, field: string): FieldError[] {
  const policy = template?.spec?.restartPolicy || 'Always'
  const errors: FieldError[] = []
  if (policy === 'Always') errors.push(required(field, 'valid values: "OnFailure", "Never"'))
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(notSupported(field, policy, ['OnFailure', 'Never']))
  if (failurePolicy && policy !== 'Never')
    errors.push(invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified'))
  return errors
}

interface FailureRule {
  readonly action?: string
  readonly onExitCodes?: { readonly containerName?: string; readonly operator?: string; readonly values?: readonly number[] }
  readonly onPodConditions?: readonly { readonly type?: string; readonly status?: string }[]
}
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']

/** validatePodFailurePolicy */
function failurePolicyErrors({ rules = [] }: { rules?: readonly FailureRule[] }, spec: Spec, field: string): FieldError[] {
  return rules.flatMap((rule, i) => {
    const at = `${field}.rules[${i}]`
    const { action = '', onExitCodes, onPodConditions = [] } = rule
    const errors: FieldError[] = []
    if (action === '') errors.push(required(`${at}.action`, `valid values: ${JSON.stringify(ACTIONS)}`))
    else if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.action`, action, ACTIONS))
    else if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
      errors.push(invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'))
    if (onExitCodes) errors.push(...exitCodeErrors(onExitCodes, `${at}.onExitCodes`))
    onPodConditions.forEach(({ type, status = '' }, j) => {
      if (!type) errors.push(required(`${at}.onPodConditions[${j}].type`))
      if (!['True', 'False', 'Unknown'].includes(status))
        errors.push(notSupported(`${at}.onPodConditions[${j}].status`, status, ['False', 'True', 'Unknown']))
    })
    const value = toInternal('PodFailurePolicyRule', rule)
    if (onExitCodes && onPodConditions.length > 0)
      errors.push(invalid(at, value, 'specifying both OnExitCodes and OnPodConditions is not supported'))
    if (!onExitCodes && onPodConditions.length === 0)
      errors.push(invalid(at, value, 'specifying one of OnExitCodes and OnPodConditions is required'))
    return errors
  })
}

function exitCodeErrors({ operator = '', values = [] }: NonNullable<FailureRule['onExitCodes']>, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') errors.push(notSupported(`${field}.operator`, operator, ['In', 'NotIn']))
  if (values.length === 0) errors.push(invalid(`${field}.values`, values, 'at least one value is required'))
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0)
      errors.push(invalid(`${field}.values[${i}]`, value, 'must not be 0 for the In operator'))
    if (i > 0 && value < (values[i - 1] ?? 0)) errors.push(invalid(`${field}.values`, values, 'must be ordered'))
  })
  return errors
}

/** ValidateCronJobSpec, and what is left of a name for its Jobs. */
export function validateCronJob({ metadata, spec = {} }: KubeObject): readonly FieldError[] {
  const { schedule, concurrencyPolicy: policy, jobTemplate } = spec
  const errors: FieldError[] = schedule ? scheduleErrors(String(schedule)) : [required('spec.schedule')]
  errors.push(...atLeastZero(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'), ...zoneErrors(spec.timeZone))
  if (!policy) errors.push(required('spec.concurrencyPolicy'))
  else if (!['Allow', 'Forbid', 'Replace'].includes(policy))
    errors.push(notSupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']))
  errors.push(...jobTemplateErrors(jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'))
  for (const name of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    errors.push(...atLeastZero(spec[name], `spec.${name}`))
  if (metadata.name.length > LONGEST_NAME)
    errors.push(invalid('metadata.name', metadata.name, `must be no more than ${LONGEST_NAME} characters`))
  return errors
}
/** A Job's name is this with a dash and ten digits. */
const LONGEST_NAME = 63 - 11

function scheduleErrors(schedule: string): FieldError[] {
  const why = scheduleError(schedule)
  const errors = why === undefined ? [] : [invalid('spec.schedule', schedule, why)]
  return schedule.includes('TZ')
    ? [...errors, invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
    : errors
}

/** validateTimeZone, without the table of zones. */
function zoneErrors(zone: string | undefined): FieldError[] {
  if (zone === '') return [invalid('spec.timeZone', zone, 'timeZone must be nil or non-empty string')]
  return zone?.toLowerCase() === 'local'
    ? [invalid('spec.timeZone', zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')]
    : []
}

/** ValidateJobTemplateSpec: a Job of a CronJob gets its selector by itself. */
function jobTemplateErrors(spec: Spec, path: string): FieldError[] {
  const errors = jobSpecErrors(spec, path)
  if (spec.selector)
    errors.push(invalid(`${path}.selector`, toInternal('LabelSelector', spec.selector), '`selector` will be auto-generated'))
  if (spec.manualSelector) errors.push(notSupported(`${path}.manualSelector`, true, ['nil', 'false']))
  return errors
}
