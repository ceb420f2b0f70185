// Models client-go/tools/record (events_cache.go, event.go): Events are written on the side, folded when they repeat,
// combined when many are alike, and dropped when one object causes a flood of them.

import { MEDIA } from '../api/messages'
import { rfc3339 } from '../api/time'
import type { KubeObject } from '../api/types'
import { StateMap } from '../kernel/state-map'
import type { Cause, RoomId, Time } from '../kernel/types'
import { type ClientProcedure, call, perform } from './effects'
import type { RequestSpec } from './http'
import { createRequest, patchRequest } from './requests'
import { type ClientState, type ClientWorld, start } from './room'

/** Who reports: `component` stands in source and reportingComponent, `host` in source and reportingInstance. */
export interface EventSource {
  readonly component: string
  readonly host?: string
  /** Credential, where it is not the room's own. */
  readonly user?: string
  /** The client set that writes them, where it is one of its own. */
  readonly limiter?: string
}

/** What a component says about an object. `fieldPath` names a part of it: `spec.containers{nginx}`. */
export interface EventRecord {
  readonly object: KubeObject
  readonly fieldPath?: string
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** What a source has reported, as its correlator remembers it. Entries are frozen and replaced: snapshots share them. */
export interface EventCorrelator {
  /** Token buckets per object. */
  readonly spam: Map<string, { readonly tokens: number; readonly at: number }>
  /** Messages lately said per group of similar events. */
  readonly similar: Map<string, { readonly messages: readonly string[]; readonly at: number }>
  /** Events written, by their key: to be patched when they come again. */
  readonly written: Map<string, { readonly name: string; readonly count: number; readonly message: string }>
  /** Recorded, and not looked at yet. */
  readonly waiting: Recorded[]
  /** An Event is being written. */
  busy: boolean
}

/** A record with its time, its cause, and the name it is written under. */
interface Recorded {
  readonly source: EventSource
  readonly record: EventRecord
  readonly part: RoomId
  readonly cause: Cause
  readonly at: Time
}

const SPAM_BURST = 25
const SPAM_REFILL_US = 300 * 1_000_000
const SIMILAR = 10
const SIMILAR_US = 600 * 1_000_000

/** Records an Event; whoever records does not wait. A source writes its Events one after another, as its broadcaster does. */
export function recordEvent<S extends ClientState>(
  world: ClientWorld<S>,
  source: EventSource,
  record: EventRecord,
  part: RoomId = world.room.id,
): void {
  const { state, context } = world
  const id = `${source.component}/${source.host ?? ''}`
  let correlator = state.events.get(id)
  if (!correlator) {
    correlator = { spam: new StateMap(), similar: new StateMap(), written: new StateMap(), waiting: [], busy: false }
    state.events.set(id, correlator)
  }
  correlator.waiting.push(Object.freeze({ source, record, part, cause: context.cause, at: context.now }))
  writeNext(world, correlator, id)
}

/** Starts writing the next Event of a source that is not folded into silence. */
function writeNext<S extends ClientState>(world: ClientWorld<S>, correlator: EventCorrelator, id: string): void {
  while (!correlator.busy) {
    const next = correlator.waiting.shift()
    if (!next) return
    const request = correlate(world, correlator, next)
    if (!request) continue
    correlator.busy = true
    start(world, 'write event', [id, request], next.part, next.cause)
  }
}

/** The same, from within a procedure. */
export function* record<S extends ClientState>(source: EventSource, event: EventRecord): ClientProcedure<S, void> {
  yield* perform<S, void>(world => recordEvent(world, source, event, world.context.to))
}

/** The procedures that a room which records Events needs in its library. */
export const EVENT_PROCEDURES = {
  'write event': function* <S extends ClientState>(id: string, request: RequestSpec): ClientProcedure<S, void> {
    yield* call<S>(request)
    yield* perform<S, void>(world => {
      const correlator = world.state.events.get(id)
      if (!correlator) return
      correlator.busy = false
      writeNext(world, correlator, id)
    })
  },
}

const objectKey = ({ kind, apiVersion, metadata }: KubeObject): string =>
  `${kind}/${apiVersion}/${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`

/** What to send for a record: a create, a patch of an Event that is there, or nothing. */
function correlate<S extends ClientState>(
  { context }: ClientWorld<S>,
  correlator: EventCorrelator,
  { source, record, at }: Recorded,
): RequestSpec | undefined {
  const object = objectKey(record.object)
  const group = `${object} ${record.type} ${record.reason}`
  const combined = combine(correlator, group, record.message, at)
  const message = combined ? `(combined from similar events): ${record.message}` : record.message
  const key = combined ? group : `${group} ${record.fieldPath ?? ''} ${record.message}`
  const now = rfc3339(at)
  const seen = correlator.written.get(key)
  const namespace = record.object.metadata.namespace ?? 'default'
  if (seen) {
    const count = seen.count + 1
    correlator.written.set(key, Object.freeze({ name: seen.name, count, message }))
    if (spammed(correlator, object, at)) return undefined
    const body = { count, lastTimestamp: now, message }
    return { ...patchRequest('events', namespace, seen.name, body, MEDIA.strategicMergePatch), ...clientOf(source) }
  }
  const name = `${record.object.metadata.name}.${hex16(at, context.random())}`
  correlator.written.set(key, Object.freeze({ name, count: 1, message }))
  if (spammed(correlator, object, at)) return undefined
  return {
    ...createRequest('events', namespace, eventObject(source, record, name, namespace, message, now)),
    ...clientOf(source),
  }
}

const clientOf = ({ user, limiter }: EventSource): { user?: string; limiter?: string } => ({
  ...(user && { user }),
  ...(limiter && { limiter }),
})

const NONE: readonly string[] = Object.freeze([])

/** EventAggregator: after ten different messages of one group within ten minutes the rest are combined into one Event. */
function combine(correlator: EventCorrelator, group: string, message: string, now: number): boolean {
  const known = correlator.similar.get(group)
  const said = !known || now - known.at > SIMILAR_US ? NONE : known.messages
  const messages = said.includes(message) ? said : Object.freeze([...said, message])
  const many = messages.length >= SIMILAR
  correlator.similar.set(group, Object.freeze({ messages: many ? Object.freeze(messages.slice(1)) : messages, at: now }))
  return many
}

/** EventSourceObjectSpamFilter: 25 at once for an object, then one in five minutes. */
function spammed(correlator: EventCorrelator, object: string, now: number): boolean {
  const bucket = correlator.spam.get(object)
  const tokens = bucket ? Math.min(SPAM_BURST, bucket.tokens + (now - bucket.at) / SPAM_REFILL_US) : SPAM_BURST
  const dropped = tokens < 1
  correlator.spam.set(object, Object.freeze({ tokens: dropped ? tokens : tokens - 1, at: now }))
  return dropped
}

/** An Event's name ends in the time as 16 hex digits; a little chance keeps two of one microsecond apart. */
export function hex16(now: number, random: number): string {
  const high = Math.floor(now / 0x100000)
  const low = ((now % 0x100000) << 8) | Math.floor(random * 256)
  return `18${high.toString(16).padStart(7, '0').slice(-7)}${(low >>> 0).toString(16).padStart(7, '0').slice(-7)}`
}

function eventObject(
  source: EventSource,
  record: EventRecord,
  name: string,
  namespace: string,
  message: string,
  now: string,
): KubeObject {
  const { object, fieldPath } = record
  const { metadata } = object
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, namespace },
    involvedObject: {
      kind: object.kind,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      name: metadata.name,
      ...(metadata.uid && { uid: metadata.uid }),
      apiVersion: object.apiVersion,
      ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
      ...(fieldPath && { fieldPath }),
    },
    reason: record.reason,
    message,
    source: { component: source.component, ...(source.host && { host: source.host }) },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type: record.type,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  }
}
