// Models the codecs of k8s.io/apiserver: objects in the version that a client asked for, and Tables (pkg/endpoints/handlers/response.go).
import type { HttpHeaders } from '../api/messages'
import type { KubeList, KubeObject, Table } from '../api/types'
import { type IncludeObject, printTable } from './printers'
import type { World } from './state'

/** How a client wants to read. Frozen. */
export interface Reading {
  /** The version of the path that it asked. */
  readonly apiVersion: string
  /** Set when it wants Tables: what the rows' objects hold (None, Metadata, Object). */
  readonly includeObject?: IncludeObject
}

/** What the request's Accept header and query ask for. */
export function readingOf(apiVersion: string, headers: HttpHeaders, query: Readonly<Record<string, string>>): Reading {
  if (!headers.accept?.includes('as=Table')) return plain(apiVersion)
  return Object.freeze({ apiVersion, includeObject: (query.includeObject as IncludeObject | undefined) ?? 'Metadata' })
}

const PLAIN = new Map<string, Reading>()
function plain(apiVersion: string): Reading {
  let reading = PLAIN.get(apiVersion)
  if (!reading) {
    reading = Object.freeze({ apiVersion })
    PLAIN.set(apiVersion, reading)
  }
  return reading
}

/** An object as the client wants it. */
export function encode(world: World, { apiVersion, includeObject }: Reading, object: KubeObject): KubeObject {
  if (includeObject !== undefined)
    return table(world, object.kind, [object], includeObject, { resourceVersion: object.metadata.resourceVersion ?? '' })
  return toVersion(object, apiVersion)
}

/** A list as the client wants it. */
export function encodeList(
  world: World,
  { apiVersion, includeObject }: Reading,
  kind: string,
  items: readonly KubeObject[],
  metadata: KubeList['metadata'],
): KubeList | Table {
  if (includeObject !== undefined) return table(world, kind, items, includeObject, metadata) as unknown as Table
  return { kind: `${kind}List`, apiVersion, metadata, items: items.map(item => toVersion(item, apiVersion)) }
}

function table(
  world: World,
  kind: string,
  objects: readonly KubeObject[],
  includeObject: IncludeObject,
  listMetadata: KubeList['metadata'],
): KubeObject {
  return Object.freeze(printTable(kind, objects, { now: world.now(), includeObject, listMetadata })) as unknown as KubeObject
}

const converted = new WeakMap<KubeObject, KubeObject>()

/** Objects are stored in one version; Events are read in two. */
export function toVersion(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion || object.kind !== 'Event') return object
  let known = converted.get(object)
  if (!known) {
    known = Object.freeze(apiVersion === 'v1' ? toCoreEvent(object) : toNewEvent(object))
    converted.set(object, known)
  }
  return known
}

/** The fields of an events.k8s.io/v1 Event that a core/v1 one has under other names, and the other way round. */
const NEW_FIELDS: ReadonlySet<string> = new Set([
  'regarding',
  'note',
  'reportingController',
  'deprecatedSource',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'deprecatedCount',
])
const CORE_FIELDS: ReadonlySet<string> = new Set([
  'involvedObject',
  'message',
  'reportingComponent',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
])

type Draft = { -readonly [Field in keyof KubeObject]: KubeObject[Field] }

/** A copy without some fields, to which others are added. */
function besides(event: KubeObject, fields: ReadonlySet<string>): Draft {
  const copy: Record<string, unknown> = {}
  for (const field in event) if (!fields.has(field)) copy[field] = event[field]
  return copy as unknown as Draft
}

/** pkg/apis/events/v1/conversion.go: an events.k8s.io/v1 Event as core/v1 has it. */
export function toCoreEvent(event: KubeObject): KubeObject {
  if (event.apiVersion === 'v1') return event
  const core = besides(event, NEW_FIELDS)
  core.apiVersion = 'v1'
  core.involvedObject = event.regarding ?? {}
  if (event.note) core.message = event.note
  core.source = event.deprecatedSource ?? {}
  core.firstTimestamp = event.deprecatedFirstTimestamp ?? null
  core.lastTimestamp = event.deprecatedLastTimestamp ?? null
  if (event.deprecatedCount) core.count = event.deprecatedCount
  core.reportingComponent = event.reportingController ?? ''
  core.reportingInstance = event.reportingInstance ?? ''
  return core
}

/** The other way. */
export function toNewEvent(event: KubeObject): KubeObject {
  if (event.apiVersion !== 'v1') return event
  const fresh = besides(event, CORE_FIELDS)
  fresh.apiVersion = 'events.k8s.io/v1'
  if (event.reportingComponent) fresh.reportingController = event.reportingComponent
  fresh.regarding = event.involvedObject ?? {}
  if (event.message) fresh.note = event.message
  fresh.deprecatedSource = event.source ?? {}
  fresh.deprecatedFirstTimestamp = event.firstTimestamp ?? null
  fresh.deprecatedLastTimestamp = event.lastTimestamp ?? null
  if (event.count) fresh.deprecatedCount = event.count
  // in the older version it is always there
  if (!event.reportingInstance) delete fresh.reportingInstance
  return fresh
}
