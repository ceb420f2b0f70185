// Models kube-apiserver (cmd/kube-apiserver, k8s.io/apiserver): the only door to the cluster's state. pipeline.ts is the way of a request.
import type { CancelRequest, EtcdAnswer, EtcdWatchEvent, HttpRequest, HttpResponse } from '../api/messages'
import { ROOMS } from '../api/rooms'
import { answerProcedure, newProcedures } from '../kernel/procedure'
import type { Message, Room, RoomId, Seq } from '../kernel/types'
import { access, parseRequest } from './access'
import { noteStages } from './pipeline'
import './reasons'
import { refuse } from './respond'
import { define, RUNNER, startServing } from './runner'
import { PROCEDURES, servePath, unserved } from './serve'
import { type ApiserverState, type Call, type Config, seqOf, type Waiter, World } from './state'
import { cacherOf, takeIn } from './watch-cache/feed'
import { removeWatcher } from './watch-cache/watchers'

export type { ApiserverState, Config } from './state'

/** How to start it; what is left out has kubeadm's values. */
export interface ApiserverConfig extends Partial<Omit<Config, 'schema'>> {
  readonly schema: Config['schema']
}

/** The room `apiserver`. */
export function createApiserver(given: ApiserverConfig): Room<ApiserverState> {
  const config: Config = { serviceCIDR: '10.96.0.0/16', advertiseAddress: '10.0.0.1', ...given }
  define(PROCEDURES)
  return {
    id: ROOMS.apiserver,
    init: newState,
    handle: (state, message, context) => handle(new World(context, state, config), message),
  }
}

const newState = (): ApiserverState => ({
  cachers: new Map(),
  procedures: newProcedures(),
  etcd: { next: 1, waiting: new Map(), watches: new Map() },
  loopback: { next: 1, waiting: new Map() },
  watches: new Map(),
  written: new Map(),
  early: [],
  rbacGeneration: 0,
})

function handle(world: World, message: Message): void {
  switch (message.type) {
    case 'request':
      return receive(world, message as HttpRequest)
    case 'etcd.watch.event':
      return takeIn(world, message as EtcdWatchEvent)
    case 'etcd.txn.answer':
    case 'etcd.range.answer':
    case 'etcd.compact.answer':
      return answered(world, world.state.etcd.waiting, (message as EtcdAnswer).id, message)
    case 'response':
      return answered(world, world.state.loopback.waiting, (message as HttpResponse).id, message)
    case 'cancel':
      return cancel(world, world.context.from, (message as CancelRequest).id)
    case 'apiserver.wake':
      return wake(world, message as Message & { procedure: number })
    case 'boot':
      startServing(world, 'boot', [world.config])
      return
  }
}

/** An answer finds the procedure that waits for it. */
function answered(world: World, waiting: Map<number, Waiter>, id: number, message: Message): void {
  const waiter = waiting.get(id)
  if (!waiter) return
  waiting.delete(id)
  proceed(world, waiter, message)
}

const proceed = (world: World, { procedure, slot }: Waiter, answer: unknown): void => {
  answerProcedure(RUNNER, world.state.procedures, world, procedure, slot, answer, world.context.cause)
  serveEarly(world)
}

const wake = (world: World, { procedure }: { procedure: number }): void => proceed(world, { procedure, slot: 0 }, undefined)

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
  if (!place) return
  watches?.delete(id)
  removeWatcher(cacherOf(world, place.resource), place)
}

/** Access first; then the handler, as a procedure. */
function start(world: World, request: HttpRequest, client: RoomId, seq: Seq): void {
  const info = parseRequest(request)
  const asked = { request, client, seq, info }
  const entry = access(world, request, info)
  if ('refused' in entry) {
    noteStages(world, asked, 'read', { status: entry.refused, stage: entry.stage })
    return refuse(world, asked, entry.refused)
  }
  const call: Call = Object.freeze({ ...asked, user: entry.user })
  if (info.resource === '') return servePath(world, call)
  const wrong = unserved(info)
  if (wrong) {
    noteStages(world, call, 'read', { status: wrong, stage: 'storage' })
    return refuse(world, call, wrong)
  }
  if (info.verb === 'get') noteStages(world, call, 'read')
  else if (info.verb === 'list' || info.verb === 'watch') noteStages(world, call, 'cached')
  startServing(world, 'serve', [call])
}
