// Models printEvent of pkg/printers/internalversion/printers.go.
import { ageOf } from '../../api/time'
import type { Event } from '../../api/types'
import { column, type Printers, printer, wideColumn } from './types'

function source({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || ''
  const instance = source?.host || reportingInstance || ''
  return instance === '' ? component : `${component}, ${instance}`
}

function target({ involvedObject }: Event): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase()
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind
}

export const eventPrinters: Printers = {
  Event: printer<Event>(
    [
      column('Last Seen'),
      column('Type'),
      column('Reason'),
      column('Object'),
      wideColumn('Subobject'),
      wideColumn('Source'),
      column('Message'),
      wideColumn('First Seen'),
      wideColumn('Count'),
      wideColumn('Name'),
    ],
    (event, now) => {
      const first = ageOf(event.firstTimestamp ?? event.eventTime, now)
      const last = ageOf(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime, now)
      return [
        last,
        event.type ?? '',
        event.reason ?? '',
        target(event),
        event.involvedObject?.fieldPath ?? '',
        source(event),
        (event.message ?? '').trim(),
        first,
        event.series?.count ?? (event.count || 1),
        event.metadata.name,
      ]
    },
  ),
}
