/**
 * A room that is a client of the apiserver: kube-controller-manager, kube-scheduler, a kubelet, a kube-proxy, kubectl.
 * It has requests under way, informers, procedures, and whatever state and messages are its own.
 */

import { HEALTHZ, type HealthRequest, type HealthResponse } from '../api/health'
import type { HttpRequest, HttpResponse, WatchEnd, WatchEvent } from '../api/messages'
import { ROOMS } from '../api/rooms'
import { endProcedure, newProcedures, type ProcedureLibrary, type Procedures, startProcedure } from '../kernel/procedure'
import { RecordMap } from '../kernel/state-map'
import type { Cause, Context, Message, RefusedMessage, Room, RoomId } from '../kernel/types'
import { answer, runnerOf, toStream } from './answer'
import { type AgainMessage, askAgain, connectionClosed, requestRefused } from './connection'
import type { SleepMessage, StreamState } from './effects'
import type { EventCorrelator } from './events'
import { type Limiter, type PendingRequest, type RateLimit, type RequestSpec, sendRequest } from './http'
import {
  type InformerSpec,
  type InformerState,
  informerAnswer,
  informerEnd,
  informerEvent,
  type RelistMessage,
  relist,
  startInformer,
} from './informer'

export { answer } from './answer'

/** What every client room keeps. */
export interface ClientState {
  nextRequest: number
  /** Those under way are few: a snapshot saves them as they are. */
  readonly requests: Map<number, PendingRequest>
  readonly limiters: Map<string, Limiter>
  readonly informers: RecordMap<string, InformerState>
  readonly procedures: Procedures
  /** Watches that procedures follow, by request id. */
  readonly streams: Map<number, StreamState>
  /** What the room's event recorders remember, by source. */
  readonly events: Map<string, EventCorrelator>
  /** Nobody has answered the last time, or the server can't work: what is tried again keeps no clock running until then. */
  unanswered: boolean
}

/** What a room's functions act on. Bound to one delivery. */
export interface ClientWorld<S extends ClientState = ClientState> {
  readonly context: Context
  readonly state: S
  readonly room: ClientRoom<S>
}

/** A client room as data and functions. `Own` is the state beyond `ClientState`. */
export interface ClientRoom<S extends ClientState> {
  readonly id: RoomId
  /** The credential of its requests, unless a request says otherwise. */
  readonly user: string
  readonly rateLimit?: RateLimit
  /** Where it finds the apiserver, as its errors say it. */
  readonly server?: string
  /** Somebody waits for what it does, also while nobody answers; else the time until it tries again is housekeeping. */
  readonly isAwaited?: boolean
  /** Rooms that it has connections to, beside the apiserver. */
  readonly connections?: readonly RoomId[]
  /** What of its own state the next process begins with (see `Room.leaves`): numbers that must not be used again. */
  readonly leaves?: (state: S) => Partial<Omit<S, keyof ClientState>>
  /** Limits of users whose clients are set up otherwise. */
  readonly rateLimits?: Readonly<Record<string, RateLimit>>
  /** The room's own state at boot. */
  readonly own: () => Omit<S, keyof ClientState>
  /** Informers by name; those named in `boot` are started when the room boots, in that order. */
  readonly informers: Readonly<Record<string, InformerSpec<S>>>
  readonly bootInformers: readonly string[]
  readonly procedures: ProcedureLibrary<ClientWorld<S>>
  /** Called at boot, after the informers were started. */
  readonly boot?: (world: ClientWorld<S>) => void
  /** An informer has its first list. */
  readonly synced?: (world: ClientWorld<S>, informer: string) => void
  /** Called with each procedure that ended. */
  readonly ended?: (
    world: ClientWorld<S>,
    procedure: { readonly id: number; readonly name: string; readonly args: readonly unknown[]; readonly cause: Cause },
    result: unknown,
  ) => void
  /** Every message that is not the client library's. */
  readonly receive?: (world: ClientWorld<S>, message: Message) => void
}

/** Makes the kernel's room of a client room. */
export function clientRoom<S extends ClientState>(room: ClientRoom<S>): Room<S> {
  // nobody keeps a world beyond its delivery, so that a run's deliveries share one
  let world: ClientWorld<S> | undefined
  return {
    id: room.id,
    init: left => ({ ...newClientState(), ...room.own(), ...(left as Partial<S> | undefined) }) as S,
    // an answer to an earlier process finds nobody
    leaves: state => ({ nextRequest: state.nextRequest, ...room.leaves?.(state) }),
    connections: state => [
      ...(state.informers.size > 0 || state.requests.size > 0 ? [ROOMS.apiserver] : []),
      ...(room.connections ?? []),
    ],
    handle: (state, message, context) => {
      if (world?.state !== state || world.context !== context) world = { context, state, room }
      handle(world, message)
    },
  }
}

const newClientState = (): ClientState => ({
  nextRequest: 1,
  requests: new Map(),
  limiters: new Map(),
  informers: new RecordMap(),
  procedures: newProcedures(),
  streams: new Map(),
  events: new Map(),
  unanswered: false,
})

function handle<S extends ClientState>(world: ClientWorld<S>, message: Message): void {
  switch (message.type) {
    case 'boot':
      for (const name of world.room.bootInformers) startInformer(world, name)
      world.room.boot?.(world)
      return
    case 'response':
      // a server that can't work is as good as none
      world.state.unanswered = (message as HttpResponse).code >= 500 && !world.room.isAwaited
      receiveAnswer(world, message as HttpResponse)
      return
    case 'watch-event':
      receiveEvent(world, message as WatchEvent)
      return
    case 'watch-end':
      receiveEnd(world, message as WatchEnd)
      return
    case 'client.relist':
      relist(world, message as RelistMessage)
      return
    case 'client.sleep': {
      wakeUp(world, message as SleepMessage)
      return
    }
    case 'client.again':
      askAgain(world, message as AgainMessage)
      return
    case 'refused':
    case 'closed':
      unanswered(world, message)
      return
    case 'health.request':
      sayHealthy(world, message as HealthRequest)
      return
    default:
      world.room.receive?.(world, message)
  }
}

/** A process that answers is well. */
function sayHealthy<S extends ClientState>({ context }: ClientWorld<S>, { id }: HealthRequest): void {
  context.send(context.from, { type: 'health.response', id } as HealthResponse, 'health.response', { id, path: HEALTHZ })
}

function wakeUp<S extends ClientState>(world: ClientWorld<S>, { procedure, slot, aloud }: SleepMessage): void {
  if (aloud) wakeUpAloud(world, procedure, slot)
  else answer(world, procedure, slot, undefined)
}
function wakeUpAloud<S extends ClientState>(world: ClientWorld<S>, procedure: number, slot: number): void {
  world.context.quietly(false, () => answer(world, procedure, slot, undefined))
}

/** Who was asked is not there. */
function unanswered<S extends ClientState>(world: ClientWorld<S>, message: Message): void {
  if (world.context.from !== ROOMS.apiserver) {
    world.room.receive?.(world, message)
    return
  }
  world.state.unanswered = !world.room.isAwaited
  if (message.type === 'closed') connectionClosed(world)
  else {
    const request = (message as RefusedMessage).message
    if (request.type === 'request') requestRefused(world, request as HttpRequest)
  }
}

function receiveAnswer<S extends ClientState>(world: ClientWorld<S>, response: HttpResponse): void {
  const { state } = world
  const pending = state.requests.get(response.id)
  if (!pending) return
  const { waiter } = pending
  if (waiter.kind === 'procedure') {
    state.requests.delete(response.id)
    answer(world, waiter.procedure, waiter.slot, response)
  } else if (waiter.kind === 'informer') {
    informerAnswer(world, waiter.informer, response)
    if (state.informers.peek(waiter.informer)?.request !== response.id) state.requests.delete(response.id)
  } else {
    const stream = state.streams.get(response.id)
    if (stream) stream.opened = true
    if (response.code >= 300) state.requests.delete(response.id)
    answer(world, waiter.procedure, 0, response)
  }
}

function receiveEvent<S extends ClientState>(world: ClientWorld<S>, message: WatchEvent): void {
  const { state } = world
  const waiter = state.requests.get(message.id)?.waiter
  if (!waiter) return
  if (waiter.kind === 'informer') {
    const informer = state.informers.peek(waiter.informer)
    const quiet = informer && world.room.informers[informer.template]?.housekeeping
    if (quiet) quietEvent(world, waiter.informer, message)
    else informerEvent(world, waiter.informer, message)
    return
  }
  if (waiter.kind === 'stream') toStream(world, waiter.procedure, message)
}

// a function of its own: one that makes a function keeps its arguments for that, whether it comes to it or not
function quietEvent<S extends ClientState>(world: ClientWorld<S>, informer: string, message: WatchEvent): void {
  world.context.quietly(true, () => informerEvent(world, informer, message))
}

/** A watch is over: an informer starts another one, a procedure is told. */
function receiveEnd<S extends ClientState>(world: ClientWorld<S>, message: WatchEnd): void {
  const { state } = world
  const waiter = state.requests.get(message.id)?.waiter
  if (!waiter) return
  state.requests.delete(message.id)
  if (waiter.kind === 'informer') informerEnd(world, waiter.informer, message.id)
  else if (waiter.kind === 'stream') toStream(world, waiter.procedure, message)
}

/** Starts a procedure by its name in the room's library, under the name of `part` and for `cause`. Returns its id. */
export function start<S extends ClientState>(
  world: ClientWorld<S>,
  name: string,
  args: readonly unknown[],
  part: RoomId = world.room.id,
  cause: Cause = world.context.cause,
): number {
  return startProcedure(runnerOf(world.room), world.state.procedures, world, part, cause, name, args)
}

/** Drops a procedure: it will not go on. */
export function end<S extends ClientState>(world: ClientWorld<S>, procedure: number): void {
  endProcedure(world.state.procedures, procedure)
}

/** Sends a request on behalf of a waiting procedure; used by effects. */
export function requestFor<S extends ClientState>(
  world: ClientWorld<S>,
  spec: RequestSpec,
  procedure: number,
  slot: number,
): void {
  sendRequest(world, spec, { kind: 'procedure', procedure, slot })
}
