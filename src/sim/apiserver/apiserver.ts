// Models kube-apiserver (cmd/kube-apiserver, k8s.io/apiserver): the only door to the cluster's state. pipeline.ts is the way of a request.
import type { ProxiedResponse } from '../api/aggregation'
import type { KubeletChunk, KubeletResponse } from '../api/kubelet-api'
import type { CancelRequest, EtcdAnswer, EtcdRequest, EtcdWatchEvent, HttpRequest, HttpResponse } from '../api/messages'
import { ROOMS } from '../api/rooms'
import type { Status } from '../api/types'
import { answerProcedure, newProcedures } from '../kernel/procedure'
import { RecordMap } from '../kernel/state-map'
import type { Message, Room, RoomId, Seq } from '../kernel/types'
import { access, parseRequest } from './access'
import { isAggregated } from './aggregation'
import { newGraph } from './authz/graph'
import { DEFAULTS } from './flags'
import { followNoMore, type KubeletSilence, passOnChunk } from './handlers/logs'
import { optionsError } from './options'
import { noteRefusal, noteStages } from './pipeline'
import type { StageName } from './reasons'
import './reasons'
import { refuse } from './respond'
import { define, RUNNER, startServing } from './runner'
import { PROCEDURES, servePath, unserved } from './serve'
import { type ApiserverState, type Call, type Config, seqOf, type WakeMessage, World } from './state'
import { type WatchesDue, watchesDue } from './watch-cache/clock'
import { cacherOf, takeIn } from './watch-cache/feed'
import { removeWatcher } from './watch-cache/watchers'

export type { ApiserverState, Config } from './state'

/** How to start it; what is left out has kubeadm's values. */
export interface ApiserverConfig extends Partial<Omit<Config, 'schema'>> {
  readonly schema: Config['schema']
}

/** The room `apiserver`. */
export function createApiserver(given: ApiserverConfig): Room<ApiserverState> {
  const config: Config = { ...DEFAULTS, ...given }
  define(PROCEDURES)
  // state and context are mostly those of the delivery before
  let world: World | undefined
  return {
    id: ROOMS.apiserver,
    init: newState,
    handle: (state, message, context) => {
      if (world?.state !== state || world.context !== context) world = new World(context, state, config)
      handle(world, message)
    },
  }
}

const newState = (): ApiserverState => ({
  cachers: new RecordMap(),
  procedures: newProcedures(),
  etcd: { next: 1, waiting: new Map(), watches: new Map() },
  loopback: { next: 1, waiting: new Map() },
  kubelets: { next: 1, waiting: new Map(), following: new Map() },
  watches: new RecordMap(),
  watchesDue: new RecordMap(),
  written: new Map(),
  early: [],
  graph: newGraph(),
  rbacGeneration: 0,
  compactTo: 0,
})

function handle(world: World, message: Message): void {
  switch (message.type) {
    case 'request':
      receive(world, message as HttpRequest)
      break
    case 'etcd.watch.event':
      takeIn(world, message as EtcdWatchEvent)
      break
    case 'etcd.txn.answer':
    case 'etcd.range.answer':
      etcdAnswered(world, message as EtcdAnswer)
      break
    case 'response':
      answered(world, message as HttpResponse)
      break
    case 'cancel':
      cancel(world, world.context.from, (message as CancelRequest).id)
      break
    case 'kubelet.chunk':
      passOnChunk(world, message as KubeletChunk)
      break
    case 'apiserver.wake':
      proceed(world, (message as WakeMessage).procedure, 0, undefined)
      break
    case 'kubelet.response':
    case 'aggregator.response':
      kubeletAnswered(world, (message as KubeletResponse | ProxiedResponse).id, message)
      break
    case 'apiserver.kubelet.silence':
      kubeletAnswered(world, (message as KubeletSilence).id, undefined)
      break
    case 'apiserver.watches':
      watchesDue(world, message as WatchesDue)
      break
    case 'apiserver.reconcile':
      startServing(world, 'reconcile', [world.config])
      break
    case 'apiserver.compact':
      compactEtcd(world)
      break
    case 'boot':
      startServing(world, 'boot', [world.config])
      world.context.after(COMPACT_MS, COMPACT, { housekeeping: true })
  }
}

/** --etcd-compaction-interval; upstream's default. Each time, history is forgotten up to where it was the time before. */
const COMPACT_MS = 300_000
const COMPACT = { type: 'apiserver.compact' } as const

function compactEtcd({ state, context }: World): void {
  const { compactTo } = state
  state.compactTo = Math.max(...[...state.cachers.values()].map(cacher => cacher.revision))
  context.after(COMPACT_MS, COMPACT, { housekeeping: true })
  if (compactTo === 0) return
  const id = state.etcd.next++
  context.send(ROOMS.etcd, { type: 'etcd.compact', id, revision: compactTo } as EtcdRequest, 'etcd.compact', {
    id,
    revision: compactTo,
  })
}

/** An answer of etcd finds the procedure that waits for it. */
function etcdAnswered(world: World, message: EtcdAnswer): void {
  const { waiting } = world.state.etcd
  const procedure = waiting.get(message.id)
  if (procedure === undefined) return
  waiting.delete(message.id)
  proceed(world, procedure, 0, message)
}

/** So does an answer to a request to itself. */
function answered(world: World, message: HttpResponse): void {
  const { waiting } = world.state.loopback
  const waiter = waiting.get(message.id)
  if (!waiter) return
  waiting.delete(message.id)
  proceed(world, waiter.procedure, waiter.slot, message)
}

/** A kubelet has answered, or is not there. */
function kubeletAnswered(world: World, id: number, message: Message | undefined): void {
  const { waiting } = world.state.kubelets
  const waiter = waiting.get(id)
  if (!waiter) return
  waiting.delete(id)
  world.context.cancel(waiter.timer)
  proceed(world, waiter.procedure, waiter.slot, message)
}

function proceed(world: World, procedure: number, slot: number, answer: unknown): void {
  answerProcedure(RUNNER, world.state.procedures, world, procedure, slot, answer, world.context.cause)
  if (world.state.early) serveEarly(world)
}

/** Requests that came before the caches were filled are served when they are, in the order in which they came. */
function serveEarly(world: World): void {
  const { state, context } = world
  if (!state.early || !isReady(state)) return
  const { early } = state
  state.early = undefined
  for (const { request, client, seq, housekeeping } of early)
    context.because(seq, () => context.quietly(housekeeping, () => start(world, request, client, seq)))
}

/** The boot procedure, whose id is 1, has ended. */
const isReady = (state: ApiserverState): boolean => state.procedures.next > 1 && !state.procedures.waiting.has(1)

function receive(world: World, request: HttpRequest): void {
  const { state, context } = world
  const client = context.from
  const seq = seqOf(context.cause)
  if (request.id === 1) forget(world, client)
  if (state.early && client !== ROOMS.apiserver) {
    state.early.push(Object.freeze({ request, client, seq, housekeeping: context.housekeeping }))
    return
  }
  start(world, request, client, seq)
}

/** The first request of a client's process: watches of an earlier process of that name are gone with it. */
function forget(world: World, client: RoomId): void {
  const watches = world.state.watches.get(client)
  if (!watches) return
  world.state.watches.delete(client)
  for (const place of watches.values()) removeWatcher(cacherOf(world, place.resource), place)
}

function cancel(world: World, client: RoomId, id: number): void {
  const watches = world.state.watches.get(client)
  const place = watches?.get(id)
  if (!place) {
    followNoMore(world, client, id)
    return
  }
  watches?.delete(id)
  removeWatcher(cacherOf(world, place.resource), place)
}

/** Says no to a request that gets no handler. */
function reject(world: World, asked: Omit<Call, 'user'>, way: 'read' | 'write', stage: StageName, status: Status): void {
  noteRefusal(world, asked, way, stage, status)
  refuse(world, asked, status)
}

/** Access first; then the handler, as a procedure. */
function start(world: World, request: HttpRequest, client: RoomId, seq: Seq): void {
  const info = parseRequest(request)
  const entry = access(world, request, info)
  if ('refused' in entry) {
    reject(world, { request, client, seq, info }, 'read', entry.stage, entry.refused)
    return
  }
  const call: Call = Object.freeze({ request, client, seq, info, user: entry.user })
  if (!info.type && isAggregated(world, info)) {
    startServing(world, 'aggregate', [call])
    return
  }
  if (info.resource === '') {
    servePath(world, call)
    return
  }
  const wrong = unserved(info)
  if (wrong) {
    reject(world, call, 'read', 'storage', wrong)
    return
  }
  const badOptions = optionsError(info.verb, request)
  if (badOptions) {
    reject(world, call, 'write', 'decoding', badOptions)
    return
  }
  if (info.verb === 'get') noteStages(world, call, request.query.resourceVersion ? 'cached' : 'read')
  else if (info.verb === 'list' || info.verb === 'watch') noteStages(world, call, 'cached')
  startServing(world, 'serve', [call])
}
