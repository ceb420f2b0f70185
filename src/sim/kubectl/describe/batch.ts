// Models describeJob and describeCronJob of kubectl's describe.go.
import type { JobTemplateSpec } from 'kubernetes-types/batch/v1'
import { labelSelector } from '../../api/selectors'
import { humanDuration, parseTime } from '../../api/time'
import type { CronJob, Job } from '../../api/types'
import { eventsRead, writeEvents } from './events'
import { controlledBy, dateOf, heading, labelsAndAnnotations, yesNoUnset } from './format'
import { writeTemplate } from './pod'
import { type DescribeContext, type Describers, describer } from './types'
import type { Writer } from './writer'

/** How many characters of indexes are shown before the list is cut at its next comma. */
const INDEXES_SHOWN = 50

function indexesText(indexes: string | undefined): string {
  if (!indexes) return '<none>'
  const comma = indexes.indexOf(',', INDEXES_SHOWN)
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`
}

const orUnset = (value: unknown, unit = ''): string => (value === undefined ? '<unset>' : `${value}${unit}`)

function writeJob(writer: Writer, job: Job, context: DescribeContext): void {
  const { metadata, spec } = job
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'Selector:', labelSelector(spec.selector).text)
  labelsAndAnnotations(writer, metadata)
  controlledBy(writer, metadata)
  if (spec.parallelism !== undefined) writer.line(0, 'Parallelism:', String(spec.parallelism))
  writer.line(0, 'Completions:', orUnset(spec.completions))
  if (spec.completionMode !== undefined) writer.line(0, 'Completion Mode:', spec.completionMode)
  if (spec.suspend !== undefined) writer.line(0, 'Suspend:', String(spec.suspend))
  if (spec.backoffLimit !== undefined) writer.line(0, 'Backoff Limit:', String(spec.backoffLimit))
  if (spec.ttlSecondsAfterFinished !== undefined) {
    writer.line(0, 'TTL Seconds After Finished:', String(spec.ttlSecondsAfterFinished))
  }
  progress(writer, job)
  writeTemplate(writer, spec.template)
  writeEvents(writer, context)
}

function progress(writer: Writer, { spec, status }: Job): void {
  const { startTime, completionTime, active = 0, ready, succeeded = 0, failed = 0 } = status
  if (startTime) writer.line(0, 'Start Time:', dateOf(startTime))
  if (completionTime) writer.line(0, 'Completed At:', dateOf(completionTime))
  const [from, to] = [parseTime(startTime ?? ''), parseTime(completionTime ?? '')]
  if (from !== undefined && to !== undefined) writer.line(0, 'Duration:', humanDuration(to - from))
  if (spec.activeDeadlineSeconds !== undefined) writer.line(0, 'Active Deadline Seconds:', `${spec.activeDeadlineSeconds}s`)
  const readyText = ready === undefined ? '' : ` (${ready} Ready)`
  writer.line(0, 'Pods Statuses:', `${active} Active${readyText} / ${succeeded} Succeeded / ${failed} Failed`)
  if (spec.completionMode === 'Indexed') writer.line(0, 'Completed Indexes:', indexesText(status.completedIndexes))
}

function writeCronJob(writer: Writer, { metadata, spec, status }: CronJob, context: DescribeContext): void {
  heading(writer, metadata)
  writer.line(0, 'Schedule:', spec.schedule)
  writer.line(0, 'Concurrency Policy:', spec.concurrencyPolicy ?? '')
  writer.line(0, 'Suspend:', yesNoUnset(spec.suspend))
  writer.line(0, 'Time Zone:', spec.timeZone ?? '<unset>')
  writer.line(0, 'Successful Job History Limit:', orUnset(spec.successfulJobsHistoryLimit))
  writer.line(0, 'Failed Job History Limit:', orUnset(spec.failedJobsHistoryLimit))
  writer.line(0, 'Starting Deadline Seconds:', orUnset(spec.startingDeadlineSeconds, 's'))
  jobTemplate(writer, spec.jobTemplate)
  writer.line(0, 'Last Schedule Time:', status.lastScheduleTime ? dateOf(status.lastScheduleTime) : '<unset>')
  writer.line(0, 'Active Jobs:', (status.active ?? []).map(({ name }) => name).join(', ') || '<none>')
  writeEvents(writer, context)
}

function jobTemplate(writer: Writer, { spec }: JobTemplateSpec): void {
  writer.line(0, 'Selector:', spec?.selector ? labelSelector(spec.selector).text : '<unset>')
  writer.line(0, 'Parallelism:', orUnset(spec?.parallelism))
  writer.line(0, 'Completions:', orUnset(spec?.completions))
  if (spec?.activeDeadlineSeconds !== undefined) writer.line(0, 'Active Deadline Seconds:', `${spec.activeDeadlineSeconds}s`)
  writeTemplate(writer, spec?.template)
}

export const batchDescribers: Describers = {
  'Job.batch': describer<Job>(eventsRead, writeJob),
  'CronJob.batch': describer<CronJob>(eventsRead, writeCronJob),
}
