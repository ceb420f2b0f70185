// Models client-go/tools/record (events_cache.go, event.go): Events are written on the side, folded when they repeat,
// combined when many are alike, and dropped when one object causes a flood of them.

import { MEDIA } from '../api/messages'
import { rfc3339 } from '../api/time'
import type { KubeObject } from '../api/types'
import { StateMap } from '../kernel/state-map'
import type { Cause, RoomId, Time } from '../kernel/types'
import { hasNoAnswer } from './connection'
import { type ClientProcedure, call, perform, sleep } from './effects'
import type { RequestSpec } from './http'
import { request } from './requests'
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

/** What a source has reported, as its correlator remembers it. */
export interface EventCorrelator {
  /** By object. Entries are frozen and replaced: snapshots share them. */
  readonly reported: Map<string, readonly SimilarEvents[]>
  /** Recorded, and not looked at yet. */
  readonly waiting: Recorded[]
  /** An Event is being written. */
  busy: boolean
  /** When the last new Event was said, and by which chance it was named. */
  named: { readonly at: Time; readonly chance: number } | undefined
}

/** Events about one object that have type and reason in common. */
interface SimilarEvents {
  readonly type: string
  readonly reason: string
  /** Messages lately said. */
  readonly messages: readonly string[]
  readonly at: number
  /** Their token bucket: of each object, and since 1.36 of each type and reason. */
  readonly tokens: number
  readonly written: readonly WrittenEvent[]
}

/** An Event that was written: to be patched when it comes again. */
interface WrittenEvent {
  readonly name: string
  /** When it was said first (µs). */
  readonly first: Time
  readonly count: number
  /** It stands for many that are alike, whatever they say. */
  readonly combined: boolean
  readonly fieldPath: string | undefined
  readonly message: string
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
    correlator = { reported: new StateMap(), waiting: [], busy: false, named: undefined }
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
    const requests = correlate(world, correlator, next)
    if (!requests) continue
    correlator.busy = true
    start(world, 'write event', [id, ...requests], next.part, next.cause)
  }
}

/** The Event is written: the source's next one. */
function written<S extends ClientState>(world: ClientWorld<S>, id: string): void {
  const correlator = world.state.events.get(id)
  if (!correlator) return
  correlator.busy = false
  writeNext(world, correlator, id)
}

/** The same, from within a procedure. */
export function* record<S extends ClientState>(source: EventSource, event: EventRecord): ClientProcedure<S, void> {
  yield* perform<S, void>(world => recordEvent(world, source, event, world.context.to))
}

/** maxTriesPerEvent */
const MAX_TRIES = 12
const TRY_MS = 10_000
/** The first pause is any part of the whole, so that not all clients come at once. */
const untilNextTry = (tries: number, chance: number): number => (tries === 1 ? TRY_MS * chance : TRY_MS)
/** The same of client-go/tools/events. */
export const untilNextTryJittered = (_tries: number, chance: number): number => TRY_MS * (1 + chance / 4)

const chanceOf = <S extends ClientState>({ context }: ClientWorld<S>): number => context.random()

/** Nobody answered to an Event: it is written again and again. `anew` is what to send where the Event is gone, and its series with it. */
export function* insist<S extends ClientState>(
  first: RequestSpec,
  anew: RequestSpec | undefined,
  pauseMs: (tries: number, chance: number) => number,
): ClientProcedure<S, void> {
  for (let tries = 1; tries < MAX_TRIES; tries++) {
    yield* sleep<S>(pauseMs(tries, yield* perform(chanceOf<S>)))
    const answer = yield* call<S>(first)
    if (answer.code === 404 && anew) yield* call<S>(anew)
    if (!hasNoAnswer(answer)) return
  }
}

/** The procedures that a room which records Events needs in its library. */
export const EVENT_PROCEDURES = {
  'write event': function* <S extends ClientState>(id: string, first: RequestSpec, anew?: RequestSpec): ClientProcedure<S, void> {
    const answer = yield* call<S>(first)
    // the Event is gone, and its series with it: it is written again (recordEvent)
    if (answer.code === 404 && anew) yield* call<S>(anew)
    if (hasNoAnswer(answer)) yield* insist<S>(first, anew, untilNextTry)
    yield* perform(written<S>, id)
  },
}

/** The uid tells an object from all others; what is only named is told by its kind and name. */
const objectKey = ({ kind, apiVersion, metadata }: KubeObject): string =>
  metadata.uid ?? `${kind}/${apiVersion}/${metadata.namespace ?? ''}/${metadata.name}`

/** What to send for a record: a create; a patch of an Event that was written, and what to create where it is gone; or nothing. */
function correlate<S extends ClientState>(
  { context }: ClientWorld<S>,
  correlator: EventCorrelator,
  { source, record, at }: Recorded,
): readonly RequestSpec[] | undefined {
  const { type, reason, fieldPath } = record
  const { metadata } = record.object
  const key = objectKey(record.object)
  const known = correlator.reported.get(key)
  const similar = similarTo(known, record)
  const messages = lately(similar, record.message, at)
  const combined = messages.length >= SIMILAR
  const seen = writtenAs(similar, record, combined)
  const name = seen ? seen.name : `${metadata.name}.${suffix(correlator, at, context.random())}`
  const count = seen ? seen.count + 1 : 1
  const first = seen ? seen.first : at
  const written = replaced(similar?.written, seen, { name, first, count, combined, fieldPath, message: record.message })
  const tokens = tokensOf(similar, at)
  const spam = tokens < 1
  const left = spam ? tokens : tokens - 1
  const group = { type, reason, messages: combined ? messages.slice(1) : messages, at, tokens: left, written }
  correlator.reported.set(key, Object.freeze(replaced(known, similar, group)))
  if (spam) return undefined
  const namespace = metadata.namespace ?? 'default'
  const message = combined ? `(combined from similar events): ${record.message}` : record.message
  const now = rfc3339(at)
  const event = eventObject(source, record, name, namespace, message, now)
  if (!seen) return [creation(source, namespace, event)]
  const patch = { count, lastTimestamp: now, message }
  return [
    request('patch', 'PATCH', 'events', namespace, name, sentBy(source, patch, MEDIA.strategicMergePatch)),
    creation(source, namespace, { ...event, firstTimestamp: rfc3339(first), count }),
  ]
}

const creation = (source: EventSource, namespace: string, event: KubeObject): RequestSpec =>
  request('create', 'POST', 'events', namespace, undefined, sentBy(source, event, MEDIA.json))

const sentBy = ({ user, limiter }: EventSource, body: object, contentType: string) => ({ body, contentType, user, limiter })

function similarTo(known: readonly SimilarEvents[] | undefined, { type, reason }: EventRecord): SimilarEvents | undefined {
  if (known) for (const group of known) if (group.type === type && group.reason === reason) return group
  return undefined
}

/** The Event that was written for this record: the combined one, or one that said the same. */
function writtenAs(
  similar: SimilarEvents | undefined,
  { fieldPath, message }: EventRecord,
  combined: boolean,
): WrittenEvent | undefined {
  if (!similar) return undefined
  for (const w of similar.written)
    if (w.combined === combined && (combined || (w.fieldPath === fieldPath && w.message === message))) return w
  return undefined
}

/** A list with an item in the place of one, or behind all. */
function replaced<T>(items: readonly T[] | undefined, old: T | undefined, item: T): readonly T[] {
  if (items === undefined) return [item]
  return old === undefined ? [...items, item] : items.with(items.indexOf(old), item)
}

/** EventAggregator: what was said within ten minutes. When it is ten different messages, the rest are combined into one Event. */
function lately(similar: SimilarEvents | undefined, message: string, now: number): readonly string[] {
  if (!similar || now - similar.at > SIMILAR_US) return [message]
  return similar.messages.includes(message) ? similar.messages : [...similar.messages, message]
}

/** EventSourceObjectSpamFilter: 25 at once, then one in five minutes. */
const tokensOf = (known: SimilarEvents | undefined, now: number): number =>
  known ? Math.min(SPAM_BURST, known.tokens + (now - known.at) / SPAM_REFILL_US) : SPAM_BURST

/** What tells the names of Events about one object apart: no two of one microsecond have the same. */
function suffix(correlator: EventCorrelator, at: Time, random: number): string {
  const { named } = correlator
  const chance = named?.at === at ? (named.chance + 1 / 256) % 1 : random
  correlator.named = Object.freeze({ at, chance })
  return hex16(at, chance)
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
  const { kind, apiVersion, metadata } = record.object
  const involvedObject: Record<string, string> = { kind }
  if (metadata.namespace) involvedObject.namespace = metadata.namespace
  involvedObject.name = metadata.name
  if (metadata.uid) involvedObject.uid = metadata.uid
  involvedObject.apiVersion = apiVersion
  if (metadata.resourceVersion) involvedObject.resourceVersion = metadata.resourceVersion
  if (record.fieldPath) involvedObject.fieldPath = record.fieldPath
  const { component, host } = source
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, namespace },
    involvedObject,
    reason: record.reason,
    message,
    source: host ? { component, host } : { component },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type: record.type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  }
}
