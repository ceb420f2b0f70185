// Models the frame of every controller in pkg/controller: informers fill a work queue, workers sync one key at a time.
import { controllerRoom, controllerUser } from '../api/rooms'
import type { KubeObject } from '../api/types'
import { RecordMap } from '../kernel/state-map'
import type { Cause, Message, Room, RoomId, TimerId } from '../kernel/types'
import { type ClientEffect, type ClientProcedure, perform } from './effects'
import { EVENT_PROCEDURES, type EventRecord, recordEvent } from './events'
import type { RateLimit, RequestSpec } from './http'
import type { InformerEvent, InformerSpec } from './informer'
import { type ClientRoom, type ClientState, type ClientWorld, clientRoom, start } from './room'
import { INDICES, objectsBy, type Store } from './store'
import { addKey, type BackOff, failKey, forgetKey, keyDone, newWorkQueue, takeKey, type WorkQueue } from './workqueue'

/** State of a room that runs controllers (kube-controller-manager). */
export interface ControllerState extends ClientState {
  readonly queues: RecordMap<string, WorkQueue>
  /** What controllers keep for themselves, by part: expectations and the like. */
  readonly own: RecordMap<string, object>
  /** Keys that come back later, by `part key`: the earliest time counts (the delaying queue). */
  readonly delayed: Map<string, Delayed>
  /** All informers have their first list: workers run. */
  ready: boolean
}
interface Delayed {
  readonly at: number
  readonly timer: TimerId
  readonly housekeeping: boolean
}
export type ControllerWorld = ClientWorld<ControllerState>
/** A controller's procedure. */
export type ControllerProcedure<Result = void> = ClientProcedure<ControllerState, Result>

/**
 * How a sync ended: well; to be looked at again later; or failed, to be tried again after a back-off. `housekeeping` where a cluster at
 * rest need not wait for that: a deadline, a resync, what only somebody else can mend.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a sync that just ends has ended well
export type Outcome = void | Again | Retry
interface Again {
  readonly againAfterMs: number
  readonly housekeeping?: boolean
}
interface Retry {
  readonly retry: string
  readonly housekeeping?: boolean
}

/** What a change that concerns nobody makes worth a sync: most changes are such for most controllers. */
export const NO_KEYS: readonly string[] = Object.freeze([])

/** A controller: a folder in `controllers/` exports one, and `controllers/index.ts` lists it. */
export interface Controller<Own = unknown> {
  /** Its service account's name, as audit logs say it: `deployment-controller`. */
  readonly name: string
  /** Its room in the controller manager's house: `deployment`. */
  readonly part: string
  /** How many keys are synced at once (the --concurrent-…-syncs flag). */
  readonly workers: number
  /** How often a key that fails is tried again; then it is dropped. Without a number it is never given up. */
  readonly maxRetries?: number
  /** Its client's rate limit, where it is not the manager's. */
  readonly rateLimit?: RateLimit
  /** Of keys that fail, where it is not the usual one. */
  readonly backOff?: BackOff
  /** What it keeps between syncs: a tree of plain data. */
  readonly own?: () => Own
  /** Which keys a change of a kind (an informer's name) makes worth a sync. */
  readonly watches: Readonly<Record<string, (world: ControllerWorld, event: InformerEvent) => readonly string[]>>
  /** Indices that it needs on an informer, beyond `namespace` and `controller`. */
  readonly indices?: Readonly<Record<string, InformerSpec<ControllerState>['indices']>>
  /** All informers are synced: the controller begins to run. */
  readonly begin?: (world: ControllerWorld) => void
  /** Brings what a key names to its desired state. Pure between its effects. */
  readonly reconcile: (key: string) => ControllerProcedure<Outcome>
  /** Further procedures by name, started with `startPart`; their names begin with the part's. */
  readonly procedures?: ClientRoom<ControllerState>['procedures']
  /** Messages of the controller's own (timers that `afterPart` armed). */
  readonly receive?: (world: ControllerWorld, message: Message) => void
}

/** The queue of a controller has keys, or a delayed key is due. */
interface QueueMessage extends Message {
  readonly type: 'controller.run' | 'controller.add'
  readonly part: string
  readonly key?: string
}
/** A message to one controller: its timers. */
export interface PartMessage extends Message {
  readonly part: string
}

/** Between an event and the worker that takes its key: a hand-over in one process. */
const HAND_OVER_MS = 0.4

/** Adds a key to a controller's queue, caused by what is handled now. */
export function enqueue(world: ControllerWorld, part: string, key: string): void {
  const queue = queueOf(world, part)
  if (addKey(queue, key, world.context.cause)) added(world, part, key, queue)
}

function added(world: ControllerWorld, part: string, key: string, queue: WorkQueue): void {
  world.context.as(controllerRoom(part), () => {
    world.context.note('queue.add', { key, length: queue.waiting.size })
    wake(world, part, queue)
  })
}

/** Adds a key after a time. A key that is to come back earlier anyway is left at that. */
export function enqueueAfter(world: ControllerWorld, part: string, key: string, ms: number, housekeeping?: boolean): void {
  const { context, state } = world
  const id = `${part} ${key}`
  const at = context.now + ms * 1000
  const earlier = state.delayed.get(id)
  const quiet = housekeeping ?? (context.housekeeping || state.unanswered)
  if (earlier && earlier.at <= at && (quiet || !earlier.housekeeping)) return
  if (earlier) context.cancel(earlier.timer)
  context.as(controllerRoom(part), () => {
    const timer = context.after(ms, { type: 'controller.add', part, key } as QueueMessage, { housekeeping: quiet })
    state.delayed.set(id, Object.freeze({ at, timer, housekeeping: quiet }))
  })
}

function wake(world: ControllerWorld, part: string, queue: WorkQueue): void {
  if (!world.state.ready || queue.waiting.size === 0) return
  world.context.as(controllerRoom(part), () =>
    world.context.after(HAND_OVER_MS, { type: 'controller.run', part } as QueueMessage),
  )
}

function queueOf(world: ControllerWorld, part: string): WorkQueue {
  const queue = world.state.queues.get(part)
  if (!queue) throw new Error(`no controller ${part}`)
  return queue
}

/** What a controller keeps for itself. */
export function ownOf<Own>(world: ControllerWorld, controller: Controller<Own>): Own {
  return world.state.own.get(controller.part) as Own
}

/** A request under a controller's service account. */
export const by = (controller: { readonly name: string }, spec: RequestSpec): RequestSpec => ({
  ...spec,
  user: controllerUser(controller.name),
})

/** Records an Event under a controller's name, from within its sync. */
export function* controllerEvent(
  controller: { readonly name: string; readonly part: string },
  event: EventRecord,
): ControllerProcedure {
  const { name, part } = controller
  yield* perform<ControllerState, void>(world =>
    recordEvent(world, { component: name, user: controllerUser(name) }, event, controllerRoom(part)),
  )
}

/** The store of an informer of the room. */
export function store(world: ControllerWorld, informer: string): Store {
  const state = world.state.informers.peek(informer)
  if (!state) throw new Error(`the controller manager has no informer ${informer}`)
  return state.store
}

/** An object of the shared informers' caches, as one recorded read. */
export const cached = <T extends KubeObject>(informer: string, key: string): ClientEffect<ControllerState, T | undefined> =>
  perform(objectOf<T>, informer, key)

const objectOf = <T extends KubeObject>(world: ControllerWorld, informer: string, key: string): T | undefined =>
  store(world, informer).objects.get(key) as T | undefined

/** The objects of a cache that stand under a value of an index, as one recorded read. */
export function* cachedBy<T extends KubeObject>(
  informer: string,
  index: string,
  value: string,
): ControllerProcedure<readonly T[]> {
  return yield* perform<ControllerState, readonly T[]>(
    world => Object.freeze(objectsBy(store(world, informer), index, value)) as readonly T[],
  )
}

/** kube-controller-manager: one process, one set of shared informers, a part for each controller. */
export function controllerManagerRoom(config: {
  readonly id: RoomId
  readonly user: string
  readonly rateLimit?: RateLimit
  readonly controllers: readonly Controller[]
  /** Kinds that are watched whether a controller here needs them or not. */
  readonly watches: readonly string[]
}): Room<ControllerState> {
  const { controllers } = config
  const byPart = new Map(controllers.map(c => [c.part, c]))
  const informers = sharedInformers(controllers, config.watches)
  const procedures: Record<string, ClientRoom<ControllerState>['procedures'][string]> = { ...EVENT_PROCEDURES }
  for (const c of controllers) {
    procedures[c.part] = c.reconcile
    Object.assign(procedures, c.procedures)
  }
  return clientRoom<ControllerState>({
    id: config.id,
    user: config.user,
    ...(config.rateLimit && { rateLimit: config.rateLimit }),
    rateLimits: Object.fromEntries(controllers.flatMap(c => (c.rateLimit ? [[controllerUser(c.name), c.rateLimit]] : []))),
    own: () => ({
      queues: byParts(controllers, newWorkQueue),
      own: byParts(controllers, c => c.own?.() as object | undefined),
      delayed: new Map(),
      ready: false,
    }),
    informers,
    bootInformers: Object.keys(informers),
    procedures,
    synced: world => beginWhenSynced(world, controllers),
    ended: (world, procedure, result) => {
      const controller = byPart.get(procedure.name)
      if (controller) finish(world, controller, procedure.args[0] as string, procedure.cause, result as Outcome)
    },
    receive: (world, message) => receive(world, byPart, message),
  })
}

function byParts<V extends object>(
  controllers: readonly Controller[],
  make: (controller: Controller) => V | undefined,
): RecordMap<string, V> {
  const made = new RecordMap<string, V>()
  for (const controller of controllers) {
    const value = make(controller)
    if (value) made.set(controller.part, value)
  }
  return made
}

function sharedInformers(
  controllers: readonly Controller[],
  watches: readonly string[],
): Record<string, InformerSpec<ControllerState>> {
  const informers: Record<string, InformerSpec<ControllerState>> = {}
  const names = new Set([...watches, ...controllers.flatMap(c => Object.keys(c.watches))])
  for (const resource of names) {
    const interested = controllers.flatMap(c => (c.watches[resource] ? [{ part: c.part, keys: c.watches[resource] }] : []))
    const indices = Object.assign({}, INDICES, ...controllers.map(c => c.indices?.[resource]))
    informers[resource] = {
      resource,
      indices,
      housekeeping: resource === 'leases.coordination.k8s.io',
      on: (world, event) => {
        for (const { part, keys } of interested) {
          const due = keys(world, event)
          if (due.length > 0) for (const key of due) enqueue(world, part, key)
        }
      },
    }
  }
  return informers
}

function beginWhenSynced(world: ControllerWorld, controllers: readonly Controller[]): void {
  if (world.state.ready || world.state.informers.size < Object.keys(world.room.informers).length) return
  for (const informer of world.state.informers.values()) if (!informer.synced) return
  world.state.ready = true
  for (const c of controllers) {
    world.context.as(controllerRoom(c.part), () => c.begin?.(world))
    wake(world, c.part, queueOf(world, c.part))
  }
}

function receive(world: ControllerWorld, byPart: ReadonlyMap<string, Controller>, message: Message): void {
  const { part, key } = message as QueueMessage
  const controller = byPart.get(part)
  if (!controller) return
  if (message.type === 'controller.run') work(world, controller)
  else if (message.type === 'controller.add') {
    world.state.delayed.delete(`${part} ${key}`)
    // what the timer brings is a sync like any other
    world.context.quietly(false, () => enqueue(world, part, key as string))
  } else controller.receive?.(world, message)
}

/** Workers take keys as long as there are both. */
function work(world: ControllerWorld, controller: Controller): void {
  const queue = queueOf(world, controller.part)
  while (queue.processing.size < controller.workers) {
    const next = takeKey(queue)
    if (!next) return
    const { key, cause } = next
    const part = controllerRoom(controller.part)
    const taken = world.context.because(cause, () =>
      world.context.as(part, () => world.context.note('queue.take', { key, length: queue.waiting.size })),
    )
    start(world, controller.part, [key], part, taken)
  }
}

function finish(world: ControllerWorld, controller: Controller, key: string, cause: Cause, outcome: Outcome): void {
  const { part } = controller
  const queue = queueOf(world, part)
  const again = keyDone(queue, key)
  world.context.because(cause, () => {
    world.context.note('queue.done', { key, length: queue.waiting.size })
    if (outcome && 'retry' in outcome) {
      const { failures, ms } = failKey(queue, key, controller.backOff)
      if (failures > (controller.maxRetries ?? Number.POSITIVE_INFINITY)) {
        forgetKey(queue, key)
        world.context.note('queue.drop', { key, failures, error: outcome.retry })
      } else {
        world.context.note('queue.retry', { key, failures, ms, error: outcome.retry })
        enqueueAfter(world, part, key, ms, outcome.housekeeping)
      }
    } else {
      forgetKey(queue, key)
      if (outcome) {
        world.context.note('queue.after', { key, ms: outcome.againAfterMs })
        enqueueAfter(world, part, key, outcome.againAfterMs, outcome.housekeeping)
      }
    }
  })
  if (again || queue.waiting.size > 0) wake(world, part, queue)
}

/** Starts one of a controller's further procedures, under its name. */
export const startPart = (world: ControllerWorld, part: string, name: string, args: readonly unknown[]): number =>
  start(world, name, args, controllerRoom(part))

/** Arms a timer of a controller: `message.part` is the controller's. */
export function afterPart(
  world: ControllerWorld,
  ms: number,
  message: PartMessage,
  options?: { readonly housekeeping?: boolean },
): void {
  world.context.as(controllerRoom(message.part), () => world.context.after(ms, message, options))
}
