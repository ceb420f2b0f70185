// Models pkg/apis/core/validation/events.go: what came by events.k8s.io/v1 is asked more than what came by core/v1.
import { deepEqual, semanticEqual } from '../../api/deep'
import { type FieldError, invalid, required } from '../../api/field-error'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'

const NONE: readonly FieldError[] = Object.freeze([])
const MOST_CHARACTERS = 128
const MOST_OF_NOTE = 1024
/** Of events, and of Nodes and the like. */
const OWN_NAMESPACES = ['default', 'kube-system']

/** legacyValidateEvent: an event is in the namespace of what it is about. An old one has no time of its own. */
export function validateEvent(event: KubeObject): readonly FieldError[] {
  const { namespace = '' } = event.metadata
  const about: string = event.involvedObject?.namespace ?? ''
  const isElsewhere = (): FieldError => invalid('involvedObject.namespace', about, 'does not match event.namespace')
  if (!event.eventTime) return (about === '' ? 'default' : about) === namespace ? NONE : [isElsewhere()]
  const errors = about === '' && !OWN_NAMESPACES.includes(namespace) ? [isElsewhere()] : []
  const controller: string = event.reportingComponent ?? ''
  if (controller === '') errors.push(required('reportingController'))
  for (const why of qualifiedNameErrors(controller)) errors.push(invalid('reportingController', controller, why))
  for (const field of ['reportingInstance', 'action', 'reason']) {
    if (!event[field]) errors.push(required(field))
    errors.push(...lengthErrors(event[field], field, MOST_CHARACTERS))
  }
  return [...errors, ...lengthErrors(event.message, 'message', MOST_OF_NOTE)]
}

const lengthErrors = (text: string | undefined, field: string, most: number): readonly FieldError[] =>
  (text?.length ?? 0) > most ? [invalid(field, '', `can have at most ${most} characters`)] : NONE

/** ValidateEventCreate, what is asked of new events of events.k8s.io/v1. */
export function validateNewEvent(event: KubeObject): readonly FieldError[] {
  const { name } = event.metadata
  const errors = [...dns1123SubdomainErrors(name).map(why => invalid('metadata.name', name, why)), ...seriesErrors(event)]
  if (!event.eventTime) errors.push(required('eventTime'))
  if (event.type !== 'Normal' && event.type !== 'Warning')
    errors.push(invalid('type', '', `has invalid value: ${event.type ?? ''}`))
  const { source } = event
  const unset = { firstTimestamp: event.firstTimestamp, lastTimestamp: event.lastTimestamp, count: event.count }
  for (const [field, value] of Object.entries(unset)) if (value) errors.push(invalid(field, '', 'needs to be unset'))
  if (source?.component || source?.host) errors.push(invalid('source', '', 'needs to be unset'))
  return errors
}

function seriesErrors({ series }: KubeObject): FieldError[] {
  if (!series) return []
  const errors = (series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []
  return series.lastObservedTime ? errors : [...errors, required('series.lastObservedTime')]
}

/** Fields that an update by events.k8s.io/v1 leaves alone, in upstream's order. */
const KEPT = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
]
const SAID_AS: Readonly<Record<string, string>> = { reportingComponent: 'reportingController' }

/** A struct without fields is as none. */
const said = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value

/** ValidateEventUpdate, what is asked of updates by events.k8s.io/v1. */
export const validateEventUpdate = (event: KubeObject, old: KubeObject): readonly FieldError[] => [
  ...(deepEqual(event.series, old.series) ? NONE : seriesErrors(event)),
  ...KEPT.filter(field => !semanticEqual(said(event[field]), said(old[field]))).map(field =>
    invalid(SAID_AS[field] ?? field, event[field] ?? null, 'field is immutable'),
  ),
]
