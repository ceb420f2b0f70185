// Models DescribeEvents and searchEvents of kubectl's describe.go.
import { apiPath, mustResource } from '../../api/kinds'
import { ageOf } from '../../api/time'
import type { Event, KubeObject } from '../../api/types'
import { goSort } from '../go-sort'
import type { DescribeContext, DescribeSettings, NamedRead } from './types'
import type { Writer } from './writer'

const EVENTS = mustResource('v1', 'Event')

/** What Events are asked for where it is not what the object says. */
export interface EventsOf {
  readonly name?: string
  /** Empty: of any kind. */
  readonly kind?: string
  readonly uid?: string
}

/** The read of the Events about an object, if they are to be shown. */
export function eventsRead(object: KubeObject, settings: DescribeSettings, of: EventsOf = {}): NamedRead[] {
  if (!settings.showEvents) return []
  const { name, namespace = '', uid = '' } = object.metadata
  const kind = of.kind ?? object.kind
  const terms = [`involvedObject.name=${name}`, `involvedObject.namespace=${namespace}`]
  if (kind !== '') terms.push(`involvedObject.kind=${kind}`)
  terms.push(`involvedObject.uid=${of.uid ?? uid}`)
  const query = { fieldSelector: terms.join(','), limit: String(settings.chunkSize) }
  return [{ name: of.name ?? 'events', path: apiPath(EVENTS, namespace), query }]
}

/** The Events that were read, under their heading, if they were read. */
export function writeEvents(writer: Writer, { items, now }: DescribeContext, more = ''): void {
  const read = items<Event>('events')
  if (read === undefined) return
  const events = [...read, ...(items<Event>(more) ?? [])]
  if (events.length === 0) {
    writer.line(0, 'Events:', '<none>')
    return
  }
  writer.flush()
  writer.line(0, 'Events:')
  writer.line(1, 'Type', 'Reason', 'Age', 'From', 'Message')
  writer.line(1, '----', '------', '----', '----', '-------')
  for (const event of byLastTimestamp(events)) {
    const { type = '', reason = '', source, reportingComponent = '', involvedObject, message = '' } = event
    const text = message.trim()
    const path = involvedObject.fieldPath
    writer.line(1, type, reason, interval(event, now), source?.component || reportingComponent, path ? `${path}: ${text}` : text)
  }
}

/** Those without a last time, as the scheduler writes, come first. Models event.SortableEvents. */
const byLastTimestamp = (events: readonly Event[]): Event[] =>
  goSort([...events], (a, b) => (a.lastTimestamp ?? '') < (b.lastTimestamp ?? ''))

/** `5s`, or `5s (x3 over 20s)` of one that came again. */
function interval(event: Event, now: DescribeContext['now']): string {
  const first = ageOf(event.eventTime ?? event.firstTimestamp, now)
  if (event.series) return `${ageOf(event.series.lastObservedTime, now)} (x${event.series.count} over ${first})`
  return (event.count ?? 0) > 1 ? `${ageOf(event.lastTimestamp, now)} (x${event.count} over ${first})` : first
}
