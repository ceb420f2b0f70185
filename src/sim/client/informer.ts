// Models client-go/tools/cache/reflector.go and shared_informer.go: list, then watch; list again when the watch is too old.
import type { HttpRequest, HttpResponse, WatchEvent } from '../api/messages'
import type { KubeList, KubeObject, Status } from '../api/types'
import { hash32 } from '../kernel/random'
import type { Message } from '../kernel/types'
import { cancelRequest, sendRequest } from './http'
import { listRequest, watchRequest } from './requests'
import type { ClientState, ClientWorld } from './room'
import { type IndexFunction, keyOf, newStore, putObject, removeObject, type Store } from './store'

/** What an informer tells its handlers. `old` is what was there before. */
export interface InformerEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
  readonly old?: KubeObject
}

/** What is watched. */
export interface InformerScope {
  /** `pods`, `deployments.apps` */
  readonly resource: string
  readonly namespace?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

/** An informer of a room. Its name is its key in the room's state. */
export interface InformerSpec<S extends ClientState> extends InformerScope {
  /** Indices of its store. */
  readonly indices?: Readonly<Record<string, IndexFunction>>
  /** Handlers hear of every change after the store has it. */
  readonly on?: (world: ClientWorld<S>, event: InformerEvent) => void
  /** What a change of this kind alone causes is housekeeping (leases, say). */
  readonly housekeeping?: boolean
}

export interface InformerState {
  /** The template in the room's `informers` whose handlers it uses. */
  readonly template: string
  readonly scope: InformerScope
  readonly store: Store
  synced: boolean
  resourceVersion: string
  /** The list or watch under way. */
  request: number
  failures: number
  /** When it last backed off (virtual µs). */
  backedOffAt: number
}

export interface RelistMessage extends Message {
  readonly type: 'client.relist'
  readonly informer: string
  /** The list is still good: it only watches again. */
  readonly watch: boolean
}

/** Starts an informer by name; `template` names the spec (handlers, indices) where several informers share one. */
export function startInformer<S extends ClientState>(
  world: ClientWorld<S>,
  name: string,
  template = name,
  scope: InformerScope = specOf(world, template),
): void {
  if (world.state.informers.has(name)) return
  const { resource, namespace, fieldSelector, labelSelector } = scope
  world.state.informers.set(name, {
    template,
    scope: Object.freeze({ resource, namespace, fieldSelector, labelSelector }),
    store: newStore(),
    synced: false,
    resourceVersion: '',
    request: 0,
    failures: 0,
    backedOffAt: 0,
  })
  list(world, name)
}

/** Stops an informer and forgets what it held. */
export function stopInformer<S extends ClientState>(world: ClientWorld<S>, name: string): void {
  const informer = world.state.informers.get(name)
  if (!informer) return
  world.state.informers.delete(name)
  cancelRequest(world, informer.request)
}

function specOf<S extends ClientState>(world: ClientWorld<S>, template: string): InformerSpec<S> {
  const spec = world.room.informers[template]
  if (!spec) throw new Error(`${world.room.id} has no informer ${template}`)
  return spec
}

function informerOf<S extends ClientState>(world: ClientWorld<S>, name: string): InformerState | undefined {
  return world.state.informers.get(name)
}

/** The store of an informer; throws where the room has none of that name. */
export function storeOf<S extends ClientState>(world: ClientWorld<S>, name: string): Store {
  const informer = world.state.informers.peek(name)
  if (!informer) throw new Error(`${world.room.id} has no informer ${name}`)
  return informer.store
}

/** Reflector.minWatchTimeout */
const MIN_WATCH_SECONDS = 300

function list<S extends ClientState>(world: ClientWorld<S>, name: string): void {
  const informer = informerOf(world, name)
  if (!informer) return
  const spec = listRequest(informer.scope, informer.resourceVersion || '0')
  informer.request = sendRequest(world, spec, { kind: 'informer', informer: name })
}

function watch<S extends ClientState>(world: ClientWorld<S>, name: string, informer: InformerState): void {
  const { scope, resourceVersion } = informer
  // spread over five to ten minutes, so that not all watches of a cluster end at once
  const timeout = MIN_WATCH_SECONDS + (hash32(`${world.room.id} ${name} ${world.state.nextRequest}`) % MIN_WATCH_SECONDS)
  informer.request = sendRequest(world, watchRequest(scope, resourceVersion, timeout), {
    kind: 'informer',
    informer: name,
  })
}

/** An answer to the informer's list, or the first line of its watch. */
export function informerAnswer<S extends ClientState>(world: ClientWorld<S>, name: string, response: HttpResponse): void {
  const informer = informerOf(world, name)
  if (!informer || informer.request !== response.id) return
  if (response.code >= 300) {
    retry(world, name, informer, (response.body as Status).reason || String(response.code))
    return
  }
  const body = response.body as KubeList | undefined
  if (!body?.items) return
  // what a list tells after a time without answers is news
  if (informer.failures > 0 && world.context.housekeeping) world.context.quietly(false, () => listed(world, name, informer, body))
  else listed(world, name, informer, body)
}

function listed<S extends ClientState>(world: ClientWorld<S>, name: string, informer: InformerState, body: KubeList): void {
  if (!informer.synced) informer.failures = 0
  informer.resourceVersion = body.metadata.resourceVersion ?? ''
  replace(world, informer, body.items)
  if (!informer.synced) {
    informer.synced = true
    world.context.note('informer.synced', { resource: informer.scope.resource, objects: body.items.length })
    world.room.synced?.(world, name)
  }
  watch(world, name, informer)
}

function replace<S extends ClientState>(world: ClientWorld<S>, informer: InformerState, items: readonly KubeObject[]): void {
  const gone = new Set(informer.store.objects.keys())
  for (const object of items) {
    gone.delete(keyOf(object))
    const there = informer.store.objects.get(keyOf(object))
    if (there?.metadata.resourceVersion !== object.metadata.resourceVersion)
      change(world, informer, there ? 'MODIFIED' : 'ADDED', object)
  }
  for (const key of gone) {
    const object = informer.store.objects.get(key)
    if (object) change(world, informer, 'DELETED', object)
  }
}

/** One line of the informer's watch. */
export function informerEvent<S extends ClientState>(world: ClientWorld<S>, name: string, message: WatchEvent): void {
  const informer = informerOf(world, name)
  if (!informer || informer.request !== message.id) return
  if (message.event === 'ERROR') {
    world.state.requests.delete(message.id)
    retry(world, name, informer, (message.object as Status).reason ?? 'error')
    return
  }
  const object = message.object as KubeObject
  informer.resourceVersion = object.metadata.resourceVersion ?? informer.resourceVersion
  if (message.event !== 'BOOKMARK') change(world, informer, message.event, object)
}

/** The informer's watch is over: the next one goes on where it was. */
export function informerEnd<S extends ClientState>(world: ClientWorld<S>, name: string, id: number): void {
  const informer = informerOf(world, name)
  if (informer?.request === id) watch(world, name, informer)
}

const NONE: Readonly<Record<string, IndexFunction>> = {}

function change<S extends ClientState>(
  world: ClientWorld<S>,
  informer: InformerState,
  type: InformerEvent['type'],
  object: KubeObject,
): void {
  const spec = specOf(world, informer.template)
  const indexers = spec.indices ?? NONE
  const { store } = informer
  const old = type === 'DELETED' ? removeObject(store, indexers, keyOf(object)) : putObject(store, indexers, object)
  // an object that was known is modified, whatever the watch calls it, as in DeltaFIFO
  const told = type === 'DELETED' ? type : old ? 'MODIFIED' : 'ADDED'
  if (type === 'DELETED' && !old) return
  spec.on?.(world, old ? { type: told, object, old } : { type: told, object })
}

/** So long after the refusal of a streaming list comes the request of a plain one, as a kubelet's patch comes after its get in the recordings. */
const FALLBACK_MS = 6

/**
 * A list or a watch was refused: a list after a back-off. A first list is asked for again at once: a real reflector asks for a streaming
 * list first, and falls back to a plain one.
 */
function retry<S extends ClientState>(world: ClientWorld<S>, name: string, informer: InformerState, reason: string): void {
  const { synced, failures } = informer
  const isFirst = !synced && failures % 2 === 0
  const ms = synced ? nextBackOff(world, name, informer) : isFirst ? FALLBACK_MS : backOffAfter(failures >> 1)
  if (!synced) informer.failures++
  world.context.note('informer.relist', { resource: informer.scope.resource, reason, ms })
  world.context.after(ms, { type: 'client.relist', informer: name, watch: false } as RelistMessage)
}

/** Nobody listened to its list or its watch: the same again after a back-off. */
export function informerRefused<S extends ClientState>(
  world: ClientWorld<S>,
  name: string,
  { id, query }: HttpRequest,
  reason: string,
): void {
  const informer = informerOf(world, name)
  if (informer?.request !== id) return
  const { resource } = informer.scope
  const watch = query.watch === 'true'
  const ms = nextBackOff(world, name, informer)
  world.context.note(watch ? 'informer.rewatch' : 'informer.relist', { resource, reason, ms })
  world.context.after(ms, { type: 'client.relist', informer: name, watch } as RelistMessage, { housekeeping: true })
}

/** A back-off that was not needed for so long begins anew. */
const RESET_US = 120e6

const backOffAfter = (failures: number): number => Math.min(30_000, 800 << Math.min(failures, 6))

/**
 * The reflector's back-off: 0.8 s doubling to 30 s, and up to as much again by a chance of its own (wait.NewExponentialBackoffManager as
 * NewReflectorWithOptions makes it).
 */
function nextBackOff<S extends ClientState>({ room, context }: ClientWorld<S>, name: string, informer: InformerState): number {
  const { now } = context
  if (now - informer.backedOffAt > RESET_US) informer.failures = 0
  informer.backedOffAt = now
  const chance = hash32(`${room.id} ${name} ${now}`) / 2 ** 32
  return Math.round(backOffAfter(informer.failures++) * (1 + chance))
}

/** The back-off is over. */
export function relist<S extends ClientState>(world: ClientWorld<S>, { informer: name, watch: again }: RelistMessage): void {
  const informer = informerOf(world, name)
  if (informer && again) watch(world, name, informer)
  else list(world, name)
}
