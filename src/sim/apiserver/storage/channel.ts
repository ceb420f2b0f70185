// Models etcd's clientv3 (retry_interceptor.go, watch.go) over a gRPC channel: what becomes of requests while etcd is not there, and when it
// is looked for again. Reads are tried for two and a half seconds, writes are not; watches go on where they were.
import type { EtcdLoad, EtcdRequest } from '../../api/messages'
import { ROOMS } from '../../api/rooms'
import { unknownError } from '../../api/status'
import { endProcedure } from '../../kernel/procedure'
import type { Message, Reasons, SendOptions } from '../../kernel/types'
import { RBAC_RESOURCES } from '../authz/rbac'
import { FURNITURE_RESOURCES } from '../furniture'
import { refuse } from '../respond'
import type { Call, World } from '../state'

/** A request to etcd under way: which procedure waits for its answer. */
export interface AskedOfEtcd {
  readonly procedure: number
  readonly message: EtcdRequest
}

/** A request that could not be sent is given up. */
export interface EtcdUnavailable extends Message {
  readonly type: 'apiserver.etcd.unavailable'
  readonly id: number
}
/** The channel looks for etcd again. */
export interface EtcdDial extends Message {
  readonly type: 'apiserver.etcd.dial'
}

/** What gRPC says of a connection that broke under a call, and of one that can't be made. */
const BROKEN = 'rpc error: code = Unavailable desc = error reading from server: EOF'
const REFUSED =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"'

/** A hundred tries, 25 ms between them (defaultUnaryMaxRetries, defaultBackoffWaitBetween). */
const READ_TRIES_MS = 2500

/** The procedures that serve a request; all others go on when etcd is there again. */
const callOf = ({ state }: World, procedure: number): Call | undefined => {
  const record = state.procedures.waiting.get(procedure)
  return record?.name === 'serve' ? (record.args[0] as Call) : undefined
}

/** There is no connection: a request waits for one, for its time. */
export function hold(world: World, { type, id }: EtcdRequest): void {
  const procedure = world.state.etcd.waiting.get(id)?.procedure
  if (procedure === undefined || !callOf(world, procedure)) return
  const ms = type === 'etcd.range' ? READ_TRIES_MS : 0
  world.context.after(ms, { type: 'apiserver.etcd.unavailable', id } as EtcdUnavailable)
}

/** Whoever waits for this answer is told that there will be none. */
export function giveUp(world: World, { id }: EtcdUnavailable): void {
  if (world.state.etcd.broken) fail(world, id, REFUSED)
}

function fail(world: World, id: number, why: string): void {
  const { etcd, procedures } = world.state
  const asked = etcd.waiting.get(id)
  const call = asked && callOf(world, asked.procedure)
  if (!asked || !call) return
  etcd.waiting.delete(id)
  endProcedure(procedures, asked.procedure)
  refuse(world, call, unknownError(why))
}

/** The connection broke, or nobody listens: what was written has failed, what was to be read is tried for a while. */
export function connectionLost(world: World): void {
  const { etcd } = world.state
  if (etcd.broken) return
  etcd.broken = { waitMs: BASE_MS }
  for (const [id, { message }] of [...etcd.waiting]) {
    if (message.type === 'etcd.txn') fail(world, id, BROKEN)
    else hold(world, message)
  }
  dial(world)
}

/** Looks whether etcd is there. */
export function dial({ state, context }: World): void {
  if (!state.etcd.broken) return
  const id = state.etcd.next++
  context.quietly(true, () => context.send(ROOMS.etcd, { type: 'etcd.connect', id } as EtcdRequest, 'etcd.connect', { id }))
}

/** backoff.DefaultConfig of gRPC */
const BASE_MS = 1000
const MULTIPLIER = 1.6
const JITTER = 0.2
const MOST_MS = 120_000

/** It is not: once more after a back-off. */
export function dialRefused({ state, context }: World): void {
  const { broken } = state.etcd
  if (!broken) return
  const ms = broken.waitMs * (1 + JITTER * (2 * context.random() - 1))
  state.etcd.broken = { waitMs: Math.min(MOST_MS, broken.waitMs * MULTIPLIER) }
  context.after(ms, { type: 'apiserver.etcd.dial' } as EtcdDial, { housekeeping: true })
}

/** It is: watches go on where they were, and what still waits is asked. What comes of that is news. */
export function connected(world: World): void {
  if (world.state.etcd.broken) world.context.quietly(false, () => resume(world))
}

const ANEW: SendOptions = Object.freeze({ stream: 'anew' })

function resume({ state, context }: World): void {
  const { etcd, cachers } = state
  etcd.broken = undefined
  for (const [id, resource] of etcd.watches) {
    const cacher = cachers.peek(resource)
    if (!cacher) continue
    const { prefix, revision } = cacher
    const message: EtcdRequest = { type: 'etcd.watch', id, prefix, fromRevision: revision + 1 }
    context.send(ROOMS.etcd, message, 'etcd.watch', { id, key: prefix, fromRevision: revision + 1 }, ANEW)
  }
  for (const [id, { message }] of etcd.waiting) {
    if (message.type === 'etcd.range')
      context.send(ROOMS.etcd, message, 'etcd.range', { id, key: message.key, prefix: message.prefix ?? false }, ANEW)
    else if (message.type === 'etcd.load') context.send(ROOMS.etcd, message, 'etcd.load', aboutLoad(message), ANEW)
  }
}

/** What the hop of a load says. */
export const aboutLoad = ({ id, values }: EtcdLoad): Reasons['etcd.load'] => ({
  id,
  objects: values.length,
  resources: [...Object.values(RBAC_RESOURCES), ...FURNITURE_RESOURCES],
})
