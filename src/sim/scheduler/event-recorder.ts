// Models client-go/tools/events (event_recorder.go, event_broadcaster.go): Events of events.k8s.io/v1, folded into series.
import { MEDIA } from '../api/messages'
import { rfc3339Micro } from '../api/time'
import type { KubeObject, Pod } from '../api/types'
import { type ClientProcedure, call, perform } from '../client/effects'
import { hex16 } from '../client/events'
import type { RequestSpec } from '../client/http'
import { createRequest, patchRequest } from '../client/requests'
import { type ClientState, type ClientWorld, start } from '../client/room'
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
  readonly at: number
  readonly count: number
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
  const request = yield* perform<S, RequestSpec | undefined>(world => requestFor(world, event))
  if (request) yield* call<S>(request)
}

function requestFor<S extends RecorderState>({ state, context }: ClientWorld<S>, event: PodEvent): RequestSpec | undefined {
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
    return patchRequest('events.events.k8s.io', before.namespace, before.name, { series }, MEDIA.strategicMergePatch)
  }
  const namespace = metadata.namespace ?? 'default'
  const name = `${metadata.name}.${hex16(now, context.random())}`
  state.written.set(key, Object.freeze({ name, namespace, at: now, count: 1 }))
  return {
    ...createRequest('events.events.k8s.io', namespace, eventObject(event, name, namespace, rfc3339Micro(now))),
    limiter: 'events',
  }
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
