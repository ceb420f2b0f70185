// Models kube-apiserver (cmd/kube-apiserver, k8s.io/apiserver): the only door to the cluster's state. pipeline.ts is the way of a request.
import type { ProxiedRequest, ProxiedResponse } from '../api/aggregation'
import type { HealthRequest, HealthResponse } from '../api/health'
import type { KubeletChunk, KubeletRequest, KubeletResponse } from '../api/kubelet-api'
import type { CancelRequest, EtcdAnswer, EtcdRequest, EtcdWatchEvent, HttpRequest, HttpResponse } from '../api/messages'
import type { ForwardData, ForwardReply } from '../api/port-forward'
import { ROOMS } from '../api/rooms'
import type { Status } from '../api/types'
import { answerProcedure, newProcedures } from '../kernel/procedure'
import { RecordMap } from '../kernel/state-map'
import type { Message, RefusedMessage, Room, RoomId, Seq } from '../kernel/types'
import { access, parseRequest } from './access'
import { isAggregated, type Silence } from './aggregation'
import { newGraph } from './authz/graph'
import { DEFAULTS } from './flags'
import { COMPONENTS } from './handlers/component-status'
import { followNoMore, passOnChunk } from './handlers/logs'
import { passOnData, passOnReply } from './handlers/port-forward'
import { negotiationError } from './negotiation'
import { optionsError } from './options'
import { noteRefusal, noteStages } from './pipeline'
import type { StageName } from './reasons'
import './reasons'
import { refuse } from './respond'
import { define, RUNNER, startServing } from './runner'
import { PROCEDURES, servePath, unserved } from './serve'
import { type ApiserverState, type Call, type Config, seqOf, type WakeMessage, World } from './state'
import { connected, connectionLost, dial, dialRefused, type EtcdUnavailable, giveUp } from './storage/channel'
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
  // a procedure that waits may hold it
  const config: Config = Object.freeze({ ...DEFAULTS, ...given })
  define(PROCEDURES)
  // state and context are mostly those of the delivery before
  let world: World | undefined
  return {
    id: ROOMS.apiserver,
    init: left => ({ ...newState(), ...numbersOf(left as Numbers | undefined) }),
    leaves: ({ etcd, loopback, kubelets }): Numbers => [etcd.next, loopback.next, kubelets.next],
    connections,
    handle: (state, message, context) => {
      if (world?.state !== state || world.context !== context) world = new World(context, state, config)
      handle(world, message)
    },
  }
}

const newState = (): ApiserverState => ({
  ...numbersOf(),
  cachers: new RecordMap(),
  procedures: newProcedures(),
  watches: new RecordMap(),
  watchesDue: new RecordMap(),
  written: new Map(),
  early: [],
  graph: newGraph(),
  rbacGeneration: 0,
  compactTo: 0,
})

/** Where numbers of requests go on: an answer to an earlier process finds nobody. */
type Numbers = readonly [etcd: number, loopback: number, kubelets: number]

function numbersOf(numbers: Numbers = [1, 1, 1]): Pick<ApiserverState, 'etcd' | 'loopback' | 'kubelets'> {
  const [etcd, loopback, kubelets] = numbers
  return {
    etcd: { next: etcd, waiting: new Map(), watches: new Map(), broken: undefined },
    loopback: { next: loopback, waiting: new Map() },
    kubelets: { next: kubelets, waiting: new Map(), following: new Map() },
  }
}

/** Etcd, the kubelets and servers that it asks, and those whose logs it passes on. */
function connections({ kubelets }: ApiserverState): readonly RoomId[] {
  const { waiting, following } = kubelets
  if (waiting.size === 0 && following.size === 0) return ONLY_ETCD
  return [ROOMS.etcd, ...[...waiting.values()].map(({ room }) => room), ...[...following.values()].map(({ kubelet }) => kubelet)]
}
const ONLY_ETCD = Object.freeze([ROOMS.etcd])

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
    case 'forward.data':
      passOnData(world, message as ForwardData)
      break
    case 'forward.reply':
      passOnReply(world, message as ForwardReply)
      break
    case 'apiserver.wake':
      proceed(world, (message as WakeMessage).procedure, 0, undefined)
      break
    case 'kubelet.response':
    case 'aggregator.response':
    case 'health.response':
      kubeletAnswered(world, (message as KubeletResponse | ProxiedResponse | HealthResponse).id, message)
      break
    case 'apiserver.silence':
      kubeletAnswered(world, (message as Silence).id, undefined)
      break
    case 'etcd.connected':
      connected(world)
      break
    case 'apiserver.etcd.unavailable':
      giveUp(world, message as EtcdUnavailable)
      break
    case 'apiserver.etcd.dial':
      dial(world)
      break
    case 'refused':
      refused(world, (message as RefusedMessage).message)
      break
    case 'closed':
      closed(world, world.context.from)
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
  if (compactTo === 0 || state.etcd.broken) return
  const id = state.etcd.next++
  context.send(ROOMS.etcd, { type: 'etcd.compact', id, revision: compactTo } as EtcdRequest, 'etcd.compact', {
    id,
    revision: compactTo,
  })
}

/** An answer of etcd finds the procedure that waits for it. */
function etcdAnswered(world: World, message: EtcdAnswer): void {
  const { waiting } = world.state.etcd
  const asked = waiting.get(message.id)
  if (!asked) return
  waiting.delete(message.id)
  proceed(world, asked.procedure, 0, message)
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
  if (waiter.timer !== undefined) world.context.cancel(waiter.timer)
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
  if (state.early && client !== ROOMS.apiserver) {
    state.early.push(Object.freeze({ request, client, seq, housekeeping: context.housekeeping }))
    return
  }
  start(world, request, client, seq)
}

const ASKED: ReadonlySet<string> = new Set(['kubelet.request', 'aggregator.request', 'health.request'])

/** Whom it asked is not there. */
function refused(world: World, message: Message): void {
  if (ASKED.has(message.type)) kubeletAnswered(world, (message as KubeletRequest | ProxiedRequest | HealthRequest).id, undefined)
  else if (message.type === 'etcd.connect') dialRefused(world)
  else if (message.type.startsWith('etcd.')) connectionLost(world)
}

/** A process that it had a connection with has ended. */
function closed(world: World, room: RoomId): void {
  const { watches, kubelets } = world.state
  if (room === ROOMS.etcd) connectionLost(world)
  for (const client of [...watches.keys()]) if (isOf(client, room)) forget(world, client)
  for (const [id, waiter] of [...kubelets.waiting]) if (waiter.room === room) kubeletAnswered(world, id, undefined)
  for (const [id, followed] of [...kubelets.following]) {
    if (isOf(followed.client, room)) followNoMore(world, followed.client, followed.request)
    else if (followed.kubelet === room) passOnChunk(world, { type: 'kubelet.chunk', id, text: '', last: true, broken: true })
  }
}
const isOf = (client: RoomId, room: RoomId): boolean => client === room || client.startsWith(`${room}/`)

/** The watches of a client's process are gone with it. */
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
  const strange = negotiationError(info.verb, request)
  if (strange) {
    reject(world, call, 'read', 'decoding', strange)
    return
  }
  const badOptions = optionsError(info.verb, request, world.config.schema)
  if (badOptions) {
    reject(world, call, 'write', 'decoding', badOptions)
    return
  }
  if (info.resource === COMPONENTS) noteStages(world, call, 'answer')
  else if (info.verb === 'get') noteStages(world, call, request.query.resourceVersion ? 'cached' : 'read')
  else if (info.verb === 'list' || info.verb === 'watch') noteStages(world, call, 'cached')
  startServing(world, 'serve', [call])
}
