// Models what client-go makes of a connection that is refused or breaks: net/http's url.Error, and rest/with_retry.go.
import type { HttpRequest, HttpResponse, StreamChunk } from '../api/messages'
import { ROOMS } from '../api/rooms'
import type { Status } from '../api/types'
import type { Message } from '../kernel/types'
import { answer, toStream } from './answer'
import type { PendingRequest } from './http'
import { informerEnd, informerRefused } from './informer'
import type { ClientState, ClientWorld } from './room'

/** Where the nodes and the control plane find the apiserver. */
const SERVER = 'https://10.0.0.10:6443'

/** Reasons of what got no answer: nobody listened, or the process ended first. */
const REFUSED = 'ConnectionRefused'
const LOST = 'ConnectionLost'

/** Whether a Status stands for an error of the connection: the apiserver has said nothing. */
export const isConnectionError = ({ reason }: Status): boolean => reason === REFUSED || reason === LOST

/** Whether nobody listened at the apiserver's port. */
export const isConnectionRefused = ({ reason }: Status): boolean => reason === REFUSED

/** An answer that the client library gives in the apiserver's stead. */
export const hasNoAnswer = ({ code, body }: HttpResponse): boolean => code === NO_ANSWER && isConnectionError(body as Status)
const NO_ANSWER = 503

const hostOf = (url: string): string => /^https?:\/\/([^/]+)/.exec(url)?.[1] ?? url

/** Go's url.Error as an answer, so that it goes the way of other failures. */
function failure<S extends ClientState>({ room }: ClientWorld<S>, request: HttpRequest, reason: string): HttpResponse {
  const { id, method, path, query } = request
  const words = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  const url = `${room.server ?? SERVER}${path}${words.length > 0 ? `?${words.join('&')}` : ''}`
  const why = reason === REFUSED ? `dial tcp ${hostOf(url)}: connect: connection refused` : 'unexpected EOF'
  const message = `${method.charAt(0)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}: ${why}`
  const body: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, code: NO_ANSWER, message }
  return Object.freeze({ type: 'response', id, code: NO_ANSWER, body: Object.freeze(body) })
}

/** So long after its connection broke a GET is asked again. */
const AGAIN_MS = 1000

/** A GET whose connection broke is asked again. */
export interface AgainMessage extends Message {
  readonly type: 'client.again'
  readonly id: number
}

/** Nobody listens at the apiserver's port: whoever waits for the answer hears that. */
export function requestRefused<S extends ClientState>(world: ClientWorld<S>, request: HttpRequest): void {
  const { state } = world
  const pending = state.requests.get(request.id)
  if (!pending) return
  state.requests.delete(request.id)
  const { waiter } = pending
  if (waiter.kind === 'informer') informerRefused(world, waiter.informer, request, REFUSED)
  else fail(world, pending, REFUSED)
}

function fail<S extends ClientState>(world: ClientWorld<S>, { waiter, message }: PendingRequest, reason: string): void {
  if (waiter.kind === 'informer') return
  if (waiter.kind === 'stream') world.state.streams.delete(message.id)
  answer(world, waiter.procedure, waiter.kind === 'procedure' ? waiter.slot : 0, failure(world, message, reason))
}

/** The apiserver's process has ended: so has every watch, and what is under way will have no answer. */
export function connectionClosed<S extends ClientState>(world: ClientWorld<S>): void {
  for (const [id, pending] of [...world.state.requests]) {
    const { waiter, message } = pending
    if (message.query.watch === 'true' || waiter.kind === 'stream') watchClosed(world, id, pending)
    else if (message.method === 'GET') world.context.after(AGAIN_MS, { type: 'client.again', id } as AgainMessage)
    else {
      world.state.requests.delete(id)
      fail(world, pending, LOST)
    }
  }
}

function watchClosed<S extends ClientState>(world: ClientWorld<S>, id: number, pending: PendingRequest): void {
  const { state } = world
  const { waiter } = pending
  state.requests.delete(id)
  if (waiter.kind === 'informer') {
    informerEnd(world, waiter.informer, id)
    return
  }
  const stream = state.streams.get(id)
  if (stream && !stream.opened) fail(world, pending, LOST)
  else if (stream) toStream(world, waiter.procedure, { type: 'watch-end', id, event: 'END' })
  else {
    state.requests.set(id, pending)
    world.room.receive?.(world, { type: 'chunk', id, text: '', last: true, broken: true } as StreamChunk)
  }
}

/** Asks once more, with the same words. */
export function askAgain<S extends ClientState>({ state, context }: ClientWorld<S>, { id }: AgainMessage): void {
  const pending = state.requests.get(id)
  if (pending) context.send(ROOMS.apiserver, pending.message, 'http.request', pending.about)
}
