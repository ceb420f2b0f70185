// Models pkg/registry/batch: jobs and cron jobs.
import { semanticEqual } from '../../api/deep'
import { type FieldError, invalid } from '../../api/field-error'
import { labelSelector } from '../../api/selectors'
import type { KubeObject } from '../../api/types'
import { internalTemplate, toInternal } from '../internal-types/print'
import type { InternalType } from '../internal-types/types'
import { validateCronJob, validateJob } from '../validation/jobs'
import { isReadable } from '../validation/workloads'
import type { Strategies, Strategy } from './strategy'

const NOTHING = Object.freeze({})

const UID_LABELS = ['controller-uid', 'batch.kubernetes.io/controller-uid'] as const
const NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'] as const

/** The labels that tell a Job's pods. */
const ownLabels = ({ uid = '', name }: KubeObject['metadata']): Record<string, string> => ({
  [UID_LABELS[1]]: uid,
  [NAME_LABELS[1]]: name,
  [UID_LABELS[0]]: uid,
  [NAME_LABELS[0]]: name,
})

/** generateSelector: a Job's pods carry its uid, and its selector asks for that. What a user says of these labels stays, and is refused later. */
function withSelector(object: KubeObject): KubeObject {
  const { spec, metadata } = object
  if (!spec || spec.manualSelector) return object
  const given: Readonly<Record<string, string>> = spec.template?.metadata?.labels ?? {}
  const labels = { ...given, ...ownLabels(metadata), ...given }
  const matchLabels = { [UID_LABELS[1]]: metadata.uid ?? '', ...spec.selector?.matchLabels }
  return {
    ...object,
    // a Job without labels of its own carries its template's
    ...(!metadata.labels && { metadata: { ...metadata, labels } }),
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels },
      template: { ...spec.template, metadata: { ...spec.template?.metadata, labels } },
    },
  }
}

/** validateGeneratedSelector: labels and selector of a new Job are as they are made for it. */
function generatedErrors({ metadata, spec }: KubeObject): FieldError[] {
  if (!spec?.selector || spec.manualSelector) return []
  const labels = (spec.template?.metadata?.labels ?? {}) as Readonly<Record<string, string>>
  const own = ownLabels(metadata)
  const errors = [UID_LABELS[0], NAME_LABELS[0], UID_LABELS[1], NAME_LABELS[1]]
    .filter(key => labels[key] !== own[key])
    .map(key => invalid(`spec.template.metadata.labels[${key}]`, labels, `must be '${own[key]}'`))
  if (isReadable(spec.selector) && !labelSelector(spec.selector).matches(own))
    errors.push(invalid('spec.selector', toInternal('LabelSelector', spec.selector), '`selector` not auto-generated'))
  return errors
}

const immutable = (
  object: KubeObject,
  old: KubeObject,
  fields: Readonly<Record<string, InternalType | undefined>>,
): FieldError[] =>
  Object.entries(fields).flatMap(([field, type]) => {
    const value = object.spec?.[field] ?? null
    if (semanticEqual(value, old.spec?.[field])) return []
    return [invalid(`spec.${field}`, type && value ? toInternal(type, value) : value, 'field is immutable')]
  })

/** validateCompletions: an Indexed Job may be scaled, by both of its numbers at once. */
function completionErrors({ spec }: KubeObject, { spec: old }: KubeObject): FieldError[] {
  const { completions, parallelism, completionMode } = spec
  if (completions === old?.completions || (completionMode === 'Indexed' && completions === undefined)) return []
  if (completionMode !== 'Indexed') return [invalid('spec.completions', completions ?? null, 'field is immutable')]
  return completions === parallelism
    ? []
    : [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
}

/** What a Job that is suspended may change in its template: where its pods run, and what they ask for (KEP-5440). */
const DIRECTIVES = ['nodeSelector', 'affinity', 'tolerations', 'schedulingGates'] as const
type Containers = readonly { readonly resources?: object }[] | undefined
const withResources = (before: Containers, now: Containers): Containers =>
  before?.length === now?.length ? before?.map((container, i) => ({ ...container, resources: now?.[i]?.resources })) : before

/** validatePodTemplateUpdate */
function templateErrors({ spec }: KubeObject, old: KubeObject): FieldError[] {
  const [now, before] = [spec.template, old.spec?.template]
  if (semanticEqual(now, before)) return []
  let kept = before
  if (old.spec?.suspend === true && !old.status?.startTime) {
    const { labels, annotations } = now?.metadata ?? {}
    const given = Object.fromEntries(DIRECTIVES.map(name => [name, now?.spec?.[name]]))
    const { containers, initContainers } = before?.spec ?? {}
    const asked = {
      containers: withResources(containers, now?.spec?.containers),
      ...(initContainers && { initContainers: withResources(initContainers, now?.spec?.initContainers) }),
    }
    kept = { ...before, metadata: { ...before?.metadata, labels, annotations }, spec: { ...before?.spec, ...given, ...asked } }
  }
  return semanticEqual(now, kept) ? [] : [invalid('spec.template', internalTemplate(now), 'field is immutable')]
}

/** pkg/registry/batch/job/strategy.go */
const jobs: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NOTHING,
  prepareForCreate: withSelector,
  validate: validateJob,
  validateNew: generatedErrors,
  validateUpdate: (object, old) => [
    ...completionErrors(object, old),
    ...immutable(object, old, { selector: 'LabelSelector' }),
    ...templateErrors(object, old),
    ...immutable(object, old, {
      completionMode: undefined,
      podFailurePolicy: 'PodFailurePolicy',
      backoffLimitPerIndex: undefined,
      managedBy: undefined,
      successPolicy: 'SuccessPolicy',
    }),
  ],
}

/** pkg/registry/batch/cronjob/strategy.go */
const cronJobs: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NOTHING,
  validate: validateCronJob,
}

/** By resource. */
export const BATCH: Strategies = { 'jobs.batch': jobs, 'cronjobs.batch': cronJobs }
