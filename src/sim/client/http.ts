// Models client-go/rest: requests with ids, answers that find who waits, and a rate limit per client.
import type { ExecOptions, HttpHeaders, HttpRequest, HttpResponse, Method } from '../api/messages'
import type { RequestInfo } from '../api/reasons'
import { ROOMS } from '../api/rooms'
import type { Reasons } from '../kernel/types'
import type { ClientState, ClientWorld } from './room'

/** A request before it has its id. `info` is what the audit log will call it. */
export interface RequestSpec {
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Of pods/exec. */
  readonly exec?: ExecOptions
  readonly contentType?: string
  readonly accept?: string
  /** The credential, where it is not the room's own. */
  readonly user?: string
  /** Groups that the credential names besides. */
  readonly groups?: readonly string[]
  readonly impersonateUser?: string
  readonly impersonateGroups?: readonly string[]
  readonly impersonateUid?: string
  readonly impersonateExtra?: Readonly<Record<string, readonly string[]>>
  /** Names a client set of its own, with a rate limit of its own (the scheduler and the kubelets write Events by another one). */
  readonly limiter?: string
  readonly info: RequestInfo
}

/** Who waits for an answer. */
export type Waiter =
  | { readonly kind: 'procedure'; readonly procedure: number; readonly slot: number }
  | { readonly kind: 'informer'; readonly informer: string }
  | { readonly kind: 'stream'; readonly procedure: number; readonly stream: number }

/** A request under way. Frozen: snapshots share it. */
export interface PendingRequest {
  readonly waiter: Waiter
  readonly message: HttpRequest
  /** What its hop says of it. */
  readonly about: Reasons['http.request']
}

/** Token bucket of one client: `tokens` at time `at` (µs), refilled by `qps` a second up to `burst`. */
export interface Limiter {
  tokens: number
  at: number
}
/** client-go's flowcontrol.NewTokenBucketRateLimiter(qps, burst). */
export interface RateLimit {
  readonly qps: number
  readonly burst: number
}

/** A client set of its own opens a connection of its own (TCP, TLS) with its first request. */
const CONNECT_MS = 9

const NONE: Readonly<Record<string, string>> = Object.freeze({})

const known = new Map<string, HttpHeaders>()
/** Those with nothing but a user and a content type, which are nearly all. */
const plain = new Map<string, Map<string, HttpHeaders>>()
/** Headers of one client are alike for thousands of requests: those that are the same are one object. */
function headersOf(user: string, spec: RequestSpec): HttpHeaders {
  const isPlain = !spec.accept && !spec.groups && !impersonates(spec)
  return (isPlain ? plain.get(user)?.get(spec.contentType ?? '') : undefined) ?? newHeaders(user, spec, isPlain)
}

const impersonates = ({ impersonateUser, impersonateGroups, impersonateUid, impersonateExtra }: RequestSpec): boolean =>
  Boolean(impersonateUser ?? impersonateGroups ?? impersonateUid ?? impersonateExtra)

function newHeaders(user: string, spec: RequestSpec, isPlain: boolean): HttpHeaders {
  const { groups, accept, contentType = '', impersonateUser, impersonateGroups, impersonateUid, impersonateExtra } = spec
  const isOther = impersonates(spec)
  const key = `${user}\n${groups ?? ''}\n${accept ?? ''}\n${contentType}\n${isOther ? JSON.stringify([impersonateUser, impersonateGroups, impersonateUid, impersonateExtra]) : ''}`
  let headers = known.get(key)
  if (!headers) {
    headers = Object.freeze({
      user,
      ...(groups && { groups }),
      ...(accept && { accept }),
      ...(contentType && { contentType }),
      ...(impersonateUser && { impersonateUser }),
      ...(impersonateGroups && { impersonateGroups }),
      ...(impersonateUid && { impersonateUid }),
      ...(impersonateExtra && { impersonateExtra }),
    })
    known.set(key, headers)
  }
  if (isPlain) plain.set(user, (plain.get(user) ?? new Map()).set(contentType, headers))
  return headers
}

/** Requests that are made at once leave one after the other: they share a process and its connection. */
const TURN_MS = 1

/** Sends a request; its answer will find `waiter`. Returns the request's id. */
export function sendRequest<S extends ClientState>(world: ClientWorld<S>, spec: RequestSpec, waiter: Waiter): number {
  const { context, state, room } = world
  const id = state.nextRequest++
  const user = spec.user ?? room.user
  const headers = headersOf(user, spec)
  const { method, path, body, info } = spec
  if (typeof body === 'object' && body !== null) Object.freeze(body)
  const query = spec.query ?? NONE
  const message: HttpRequest =
    body === undefined
      ? { type: 'request', id, method, path, query, headers }
      : { type: 'request', id, method, path, query, headers, body }
  if (spec.exec) (message as { exec?: ExecOptions }).exec = spec.exec
  const { limiter } = spec
  const isFirst = user !== room.user && !limiter && !state.limiters.has(user)
  const held = info.verb === 'watch' ? 0 : throttle(world, limiter ?? user)
  if (held > 0) context.note('client.throttled', { user, ms: held })
  const turn = waiter.kind === 'procedure' ? waiter.slot * TURN_MS : 0
  const wait = Math.max(isFirst ? CONNECT_MS : held, turn)
  const options = wait > 0 || limiter ? { delayMs: wait, stream: limiter } : undefined
  const { verb, group, resource, namespace, name } = info
  const about = { verb, group, resource, namespace, name, id, user }
  context.send(ROOMS.apiserver, message, 'http.request', about, options)
  state.requests.set(id, Object.freeze({ waiter, message, about }))
  return id
}

/** Milliseconds until the client's rate limit lets the next request go. */
function throttle<S extends ClientState>(world: ClientWorld<S>, user: string): number {
  const limit = world.room.rateLimits?.[user] ?? world.room.rateLimit
  if (!limit) return 0
  const { limiters } = world.state
  const now = world.context.now
  let bucket = limiters.get(user)
  if (!bucket) {
    bucket = { tokens: limit.burst, at: now }
    limiters.set(user, bucket)
  }
  bucket.tokens = Math.min(limit.burst, bucket.tokens + ((now - bucket.at) * limit.qps) / 1e6)
  bucket.at = now
  bucket.tokens -= 1
  if (bucket.tokens >= 0) return 0
  return Math.ceil((-bucket.tokens / limit.qps) * 1000)
}

/** Closes a watch: the apiserver stops sending. */
export function cancelRequest<S extends ClientState>(world: ClientWorld<S>, id: number): void {
  const pending = world.state.requests.get(id)
  if (!pending) return
  world.state.requests.delete(id)
  world.context.send(ROOMS.apiserver, { type: 'cancel', id } as { type: 'cancel' }, 'http.cancel', {
    id,
    resource: pending.about.resource,
  })
}

/** True for an answer that says yes. */
export const succeeded = (response: HttpResponse): boolean => response.code < 300
