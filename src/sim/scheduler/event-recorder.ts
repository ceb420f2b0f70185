// Models client-go/tools/events (event_recorder.go, event_broadcaster.go): Events of events.k8s.io/v1, folded into series.
import { MEDIA } from '../api/messages'
import { rfc3339Micro } from '../api/time'
import type { KubeObject, Pod } from '../api/types'
import { hasNoAnswer } from '../client/connection'
import { type ClientProcedure, call, perform } from '../client/effects'
import { hex16, insist, untilNextTryJittered } from '../client/events'
import type { RequestSpec } from '../client/http'
import { createRequest, patchRequest } from '../client/requests'
import { type ClientState, type ClientWorld, start } from '../client/room'
import type { Time } from '../kernel/types'
import { PROFILE_NAME } from './profile'

/** What the scheduler says about a pod. */
export interface PodEvent {
  readonly pod: Pod
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
}

/** An Event that was written lately, by what makes two Events the same: all but their note. */
interface Written {
  readonly name: string
  readonly namespace: string
  readonly at: Time
  readonly count: number
  readonly note: string
}
export type WrittenEvents = Map<string, Written>

interface RecorderState extends ClientState {
  readonly written: WrittenEvents
}

const INSTANCE = `${PROFILE_NAME}-host`
const NOTE_LIMIT = 1024
/** An Event that comes again later than this begins anew. */
const FORGET_US = 360 * 1_000_000

/** Records an Event on the side: whoever records does not wait. */
export function recordPodEvent<S extends RecorderState>(world: ClientWorld<S>, event: PodEvent): void {
  start(world, 'event', [Object.freeze(event)])
}

/** The procedure that writes an Event: a new one, or, the second time, its series. */
export function* writeEvent<S extends RecorderState>(event: PodEvent): ClientProcedure<S> {
  const requests = yield* perform(requestsFor<S>, event)
  if (!requests?.[0]) return
  const answer = yield* call<S>(requests[0])
  if (answer.code === 404 && requests[1]) yield* call<S>(requests[1])
  if (hasNoAnswer(answer)) yield* insist<S>(requests[0], requests[1], untilNextTryJittered)
}

/** What to send: a create; or a series' patch, and what to create where the Event is gone; or nothing. */
function requestsFor<S extends RecorderState>(
  { state, context }: ClientWorld<S>,
  event: PodEvent,
): readonly RequestSpec[] | undefined {
  const { metadata } = event.pod
  const { now } = context
  forgetOld(state.written, now)
  const key = `${event.type} ${event.action} ${event.reason} ${metadata.namespace}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`
  const before = state.written.get(key)
  if (before) {
    const count = before.count + 1
    state.written.set(key, Object.freeze({ ...before, count }))
    // further ones are counted, and would be written with the next refresh, after half an hour
    if (count > 2) return undefined
    const series = Object.freeze({ count, lastObservedTime: rfc3339Micro(now) })
    const { name, namespace, at, note } = before
    const first = eventObject({ ...event, note }, name, namespace, rfc3339Micro(at))
    return Object.freeze([
      patchRequest('events.events.k8s.io', namespace, name, { series }, MEDIA.strategicMergePatch),
      { ...createRequest('events.events.k8s.io', namespace, { ...first, series }), limiter: 'events' },
    ])
  }
  const namespace = metadata.namespace ?? 'default'
  const name = `${metadata.name}.${hex16(now, context.random())}`
  state.written.set(key, Object.freeze({ name, namespace, at: now, count: 1, note: event.note }))
  return Object.freeze([
    {
      ...createRequest('events.events.k8s.io', namespace, eventObject(event, name, namespace, rfc3339Micro(now))),
      limiter: 'events',
    },
  ])
}

function forgetOld(written: WrittenEvents, now: number): void {
  for (const [key, { at }] of written) {
    if (now - at <= FORGET_US) return
    written.delete(key)
  }
}

function eventObject(
  { pod, type, reason, action, note }: PodEvent,
  name: string,
  namespace: string,
  eventTime: string,
): KubeObject {
  const { metadata } = pod
  return {
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata: { name, namespace },
    eventTime,
    reportingController: PROFILE_NAME,
    reportingInstance: INSTANCE,
    action,
    reason,
    regarding: {
      kind: 'Pod',
      namespace,
      name: metadata.name,
      uid: metadata.uid,
      apiVersion: 'v1',
      resourceVersion: metadata.resourceVersion,
    },
    note: note.length > NOTE_LIMIT ? `${note.slice(0, NOTE_LIMIT - 4)} ...` : note,
    type,
    deprecatedSource: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
  }
}
