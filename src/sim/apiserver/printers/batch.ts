// Models printJob and printCronJob of pkg/printers/internalversion/printers.go.
import { formatLabelSelector } from '../../api/selectors'
import { ageOf } from '../../api/time'
import type { CronJob, Job } from '../../api/types'
import type { Time } from '../../kernel/types'
import { age, between, containerNames, images } from './cells'
import { AGE, column, NAME, type Printers, printer, wideColumn } from './types'

function completions({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function duration({ status }: Job, now: Time): string {
  if (status.startTime === undefined) return ''
  return status.completionTime === undefined ? ageOf(status.startTime, now) : between(status.startTime, status.completionTime)
}

/** The conditions that show in STATUS, most telling first; between the two groups stands that the Job is being deleted. */
const FINISHED = ['Complete', 'Failed']
const UNFINISHED = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']

function jobStatus({ metadata, status }: Job): string {
  const isTrue = (type: string) => status.conditions?.find(condition => condition.type === type)?.status === 'True'
  const terminating = metadata.deletionTimestamp === undefined ? undefined : 'Terminating'
  return FINISHED.find(isTrue) ?? terminating ?? UNFINISHED.find(isTrue) ?? 'Running'
}

const WIDE = [wideColumn('Containers'), wideColumn('Images'), wideColumn('Selector')]

export const batchPrinters: Printers = {
  Job: printer<Job>([NAME, column('Status'), column('Completions'), column('Duration'), AGE, ...WIDE], (job, now) => [
    job.metadata.name,
    jobStatus(job),
    completions(job),
    duration(job, now),
    age(job, now),
    containerNames(job.spec.template.spec),
    images(job.spec.template.spec),
    formatLabelSelector(job.spec.selector),
  ]),
  CronJob: printer<CronJob>(
    [
      NAME,
      column('Schedule'),
      column('Timezone'),
      column('Suspend', 'boolean'),
      column('Active', 'integer'),
      column('Last Schedule'),
      AGE,
      ...WIDE,
    ],
    ({ metadata, spec, status }, now) => [
      metadata.name,
      spec.schedule,
      spec.timeZone ?? '<none>',
      spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
      status.active?.length ?? 0,
      status.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, now),
      age({ metadata }, now),
      containerNames(spec.jobTemplate.spec?.template.spec),
      images(spec.jobTemplate.spec?.template.spec),
      formatLabelSelector(spec.jobTemplate.spec?.selector),
    ],
  ),
}
