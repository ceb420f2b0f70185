// Models pkg/registry/batch: jobs and cron jobs.
import { semanticEqual } from '../../api/deep'
import { type FieldError, invalid } from '../../api/field-error'
import { dns1123SubdomainErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { validateCronJob, validateJob } from '../validation/workloads'
import type { Strategies, Strategy } from './strategy'

const NOTHING = Object.freeze({})

/** generateSelector: a Job's pods carry its uid, and its selector asks for that. */
function withSelector(object: KubeObject): KubeObject {
  const { spec, metadata } = object
  if (!spec || spec.manualSelector) return object
  const uid = metadata.uid ?? ''
  const labels = {
    ...spec.template?.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': uid,
    'job-name': metadata.name,
  }
  return {
    ...object,
    // a Job without labels of its own carries its template's
    ...(!metadata.labels && { metadata: { ...metadata, labels } }),
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...spec.template, metadata: { ...spec.template?.metadata, labels } },
    },
  }
}

const immutable = (object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] =>
  fields.flatMap(field =>
    semanticEqual(object.spec?.[field], old.spec?.[field])
      ? []
      : [invalid(`spec.${field}`, object.spec?.[field], 'field is immutable')],
  )

/** pkg/registry/batch/job/strategy.go */
const jobs: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NOTHING,
  prepareForCreate: withSelector,
  validate: validateJob,
  validateUpdate: (object, old) => {
    const suspended = old.spec?.suspend === true && !old.status?.startTime
    const indexed = old.spec?.completionMode === 'Indexed'
    return immutable(object, old, [
      ...(indexed ? [] : ['completions']),
      'selector',
      ...(suspended ? [] : ['template']),
      'completionMode',
      'podFailurePolicy',
    ])
  },
}

/** pkg/registry/batch/cronjob/strategy.go */
const cronJobs: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NOTHING,
  nameErrors: name => [...dns1123SubdomainErrors(name), ...(name.length > 52 ? ['must be no more than 52 characters'] : [])],
  validate: validateCronJob,
}

/** By resource. */
export const BATCH: Strategies = { 'jobs.batch': jobs, 'cronjobs.batch': cronJobs }
