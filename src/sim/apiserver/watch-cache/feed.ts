// Models the reflector of k8s.io/apiserver/pkg/storage/cacher: a list of etcd fills the cache, one etcd watch keeps it, and every change
// goes on to the watchers.
import { RESOURCES, type Resource } from '../../api/kinds'
import type { EtcdRequest, EtcdWatchEvent, WatchEvent, WatchEventType } from '../../api/messages'
import { ROOMS } from '../../api/rooms'
import type { KubeObject, Status } from '../../api/types'
import { answerProcedure, awaitAll, perform } from '../../kernel/procedure'
import { addPod, hear } from '../authz/graph'
import { encode } from '../encoding'
import { RUNNER, startServing } from '../runner'
import type { Serve, World } from '../state'
import { storedAs } from '../state'
import { range } from '../storage/etcd'
import { applyDelete, applyPut, type CacheEvent, type Cacher, fill, newCacher, withRevision } from './cacher'
import { interested, seenAs, shownOf, type Watcher } from './watchers'

const BY_STORED = new Map<string, Resource>()
for (const type of RESOURCES) if (!BY_STORED.has(storedAs(type))) BY_STORED.set(storedAs(type), type)

/** The watch cache of a resource; when there is none yet, one that is being filled. */
export function cacherOf(world: World, resource: string): Cacher {
  const there = world.state.cachers.get(resource)
  if (there) return there
  const type = BY_STORED.get(resource)
  if (!type) throw new Error(`there is no resource ${resource}`)
  const cacher = newCacher(resource, type.prefix)
  world.state.cachers.set(resource, cacher)
  startServing(world, 'fill cache', [resource, type.prefix])
  return cacher
}

/** Waits until the watch cache of a resource can serve. */
export function* ready(resource: string): Serve<void> {
  const is = yield* perform(isReady, resource)
  if (!is) yield* awaitAll<World, void>(1, (world, procedure) => cacherOf(world, resource).waiting.push({ procedure, slot: 0 }))
}

const isReady = (world: World, resource: string): boolean => cacherOf(world, resource).ready

/** Lists etcd, then watches it from there. */
export function* fillCache(resource: string, prefix: string): Serve<void> {
  const { kvs, revision } = yield* range({ key: prefix, prefix: true })
  yield* perform<World, void>(world => {
    const cacher = cacherOf(world, resource)
    fill(
      cacher,
      kvs.map(kv => withRevision(kv.value, kv.modRevision)),
      revision,
    )
    if (resource === 'pods') for (const pod of world.list(resource)) addPod(world.state.graph, pod)
    watchEtcd(world, cacher)
    world.context.note('apiserver.cache.ready', { resource, objects: kvs.length, revision })
    const { waiting } = cacher
    cacher.waiting = []
    for (const { procedure, slot } of waiting)
      answerProcedure(RUNNER, world.state.procedures, world, procedure, slot, undefined, world.context.cause)
  })
}

function watchEtcd({ state, context }: World, cacher: Cacher): void {
  const { resource, prefix, revision } = cacher
  const id = state.etcd.next++
  cacher.watch = id
  state.etcd.watches.set(id, resource)
  const fromRevision = revision + 1
  const message: EtcdRequest = { type: 'etcd.watch', id, prefix, fromRevision }
  context.send(ROOMS.etcd, message, 'etcd.watch', { id, key: prefix, fromRevision })
}

/** A change that etcd tells: into the cache, then to all who watch. */
export function takeIn(world: World, message: EtcdWatchEvent): void {
  const { state } = world
  const resource = state.etcd.watches.get(message.id)
  const cacher = resource === undefined ? undefined : state.cachers.get(resource)
  if (!cacher) return
  const { kv, revision, event } = message
  if (event === 'DELETE') {
    state.written.delete(kv.key)
    tellAll(world, cacher, applyDelete(cacher, kv.value, revision))
    return
  }
  const known = state.written.get(kv.key)
  const isIt = known?.metadata.resourceVersion === String(revision)
  if (isIt) state.written.delete(kv.key)
  tellAll(world, cacher, applyPut(cacher, known && isIt ? known : withRevision(kv.value, revision), revision))
}

/** The Service `kubernetes` is the apiserver's own: its controller looks every ten seconds whether it is there. */
const isOwnService = ({ resource }: Cacher, { object: { metadata } }: CacheEvent): boolean =>
  resource === 'services' && metadata.name === 'kubernetes' && metadata.namespace === 'default'
const RECONCILE_MS = 10_000
/** It began before the rest of the control plane: as recorded, six seconds before the first node registered. */
const RECONCILING_SINCE_MS = -3500
const untilReconciled = (world: World): number => RECONCILE_MS - ((world.now() / 1000 - RECONCILING_SINCE_MS) % RECONCILE_MS)

function tellAll(world: World, cacher: Cacher, event: CacheEvent): void {
  if (cacher.resource === 'pods') hear(world.state.graph, event, world.now())
  else if (RBAC.has(cacher.resource)) world.state.rbacGeneration++
  if (event.type === 'DELETED' && isOwnService(cacher, event))
    world.context.after(untilReconciled(world), { type: 'apiserver.reconcile' })
  interested(cacher, event, watcher => {
    const seen = seenAs(watcher, event)
    if (seen) tell(world, watcher, cacher.resource, seen, shownOf(event, seen))
  })
}
const RBAC = new Set(
  ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(plural => `${plural}.rbac.authorization.k8s.io`),
)

/** One line of a watch's answer: one hop, on the watch's own stream. */
export function tell(world: World, watcher: Watcher, resource: string, event: WatchEventType, object: KubeObject): void {
  const { id, client, request } = watcher
  const shown = event === 'BOOKMARK' ? object : encode(world, watcher.reading, object)
  const message: WatchEvent = { type: 'watch-event', id, event, object: shown }
  const { name = '', namespace, resourceVersion = '' } = object.metadata
  const args = { id, request, event, resource, namespace, name, resourceVersion }
  world.context.send(client, message, 'watch.event', args, watcher.options)
}

/** Tells a watch how far it is: all changes up to `revision` have been told. */
export function tellBookmark(
  world: World,
  watcher: Watcher,
  resource: string,
  revision: number,
  annotations?: Readonly<Record<string, string>>,
): void {
  const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) } as KubeObject['metadata']
  tell(world, watcher, resource, 'BOOKMARK', Object.freeze({ kind: '', apiVersion: '', ...watcher.bookmark, metadata }))
}

/** The last line of a watch that can't go on. */
export function tellError({ context }: World, { id, client, request, options }: Watcher, resource: string, status: Status): void {
  const message: WatchEvent = { type: 'watch-event', id, event: 'ERROR', object: status }
  context.send(client, message, 'watch.event', { id, request, event: 'ERROR', resource, name: '', resourceVersion: '' }, options)
}
