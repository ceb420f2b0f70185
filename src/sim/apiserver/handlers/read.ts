// Models k8s.io/apiserver/pkg/endpoints/handlers/get.go: GET of an object, LIST and WATCH of a collection.
import { etcdKey, type Resource } from '../../api/kinds'
import { badRequest, expired, notFound, tooOldResourceVersion } from '../../api/status'
import type { KubeObject } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { encode, encodeList, readingOf } from '../encoding'
import { refuse, respond } from '../respond'
import { type Call, type Serve, storedAs, type World } from '../state'
import { objectOf, range } from '../storage/etcd'
import { type CacheEvent, eventsAfter, sorted } from '../watch-cache/cacher'
import { cacherOf, ready, tell, tellError } from '../watch-cache/feed'
import { matches, type Selection, selectionOf } from '../watch-cache/selection'
import { addWatcher, seenBy, type Watcher } from '../watch-cache/watchers'

/** A quorum read of one object from etcd. */
export function* get(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const { kvs } = yield* range({ key: etcdKey(type, info.namespace, name) })
  const [kv] = kvs
  yield* perform<World, void>(world => {
    if (!kv) return refuse(world, call, notFound(type, name))
    respond(
      world,
      call,
      200,
      encode(world, readingOf(type.apiVersion, request.headers, request.query), objectOf(world, type, kv)),
    )
  })
}

/** Where a page of a list ended, as its continue token says it; upstream's is base64 of the same. */
interface Continue {
  readonly revision: number
  readonly start: string
}

/**
 * From the watch cache: at once with resourceVersion 0, else once the cache has seen all that etcd has now. A list that goes on with
 * a continue token is of the revision that it began with, which is etcd's to give.
 */
export function* list(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const { query } = request
  const wanted = selectionOf(type, info.namespace ?? '', info.name ?? '', query)
  if (wanted.value === undefined) return yield* perform<World, void>(world => refuse(world, call, badRequest(wanted.error)))
  const selection = wanted.value
  if (query.continue) return yield* listPage(call, type, selection, query.continue)
  const resource = storedAs(type)
  yield* ready(resource)
  if (query.resourceVersion !== '0') yield* upToDate(resource)
  yield* perform<World, void>(world => {
    const cacher = cacherOf(world, resource)
    const all = sorted(cacher, selection.namespace).filter(object => matches(object, selection))
    answerPage(world, call, type, all, cacher.revision, 0)
  })
}

/** Waits until the watch cache has seen all that etcd has now (a consistent list from the cache). */
function* upToDate(resource: string): Serve<void> {
  const [key, afterWatch] = yield* perform<World, readonly [string, number]>(world => {
    const { prefix, watch } = cacherOf(world, resource)
    return Object.freeze([prefix, watch] as const)
  })
  // one key suffices: the answer's revision is what counts. It comes on the stream of the watch, as a progress notification does.
  const { revision } = yield* range({ key, prefix: true, limit: 1, afterWatch })
  yield* perform<World, void>(world => {
    const cacher = cacherOf(world, resource)
    cacher.revision = Math.max(cacher.revision, revision)
  })
}

function answerPage(world: World, call: Call, type: Resource, all: readonly KubeObject[], revision: number, from: number): void {
  const { query, headers } = call.request
  const limit = Number(query.limit ?? 0)
  const items = limit > 0 ? all.slice(from, from + limit) : from > 0 ? all.slice(from) : all
  const rest = all.length - from - items.length
  const last = items[items.length - 1]
  const selective = Boolean(query.labelSelector || query.fieldSelector)
  const metadata = {
    resourceVersion: String(revision),
    ...(rest > 0 &&
      last && {
        continue: continueToken({ revision, start: `${etcdKey(type, last.metadata.namespace, last.metadata.name)}\0` }),
      }),
    ...(rest > 0 && !selective && { remainingItemCount: rest }),
  }
  respond(
    world,
    call,
    200,
    Object.freeze(encodeList(world, readingOf(type.apiVersion, headers, query), type.kind, items, metadata)),
  )
}

const continueToken = ({ revision, start }: Continue): string => `${revision}:${start}`

function* listPage(call: Call, type: Resource, selection: Selection, token: string): Serve<void> {
  const colon = token.indexOf(':')
  const revision = Number(token.slice(0, colon))
  if (colon < 1 || !Number.isInteger(revision))
    return yield* perform<World, void>(world => refuse(world, call, badRequest('continue key is not valid: invalid token')))
  const from = token.slice(colon + 1)
  const answer = yield* range({ key: etcdKey(type, selection.namespace || undefined), prefix: true, revision, from })
  yield* perform<World, void>(world => {
    if (answer.compacted)
      return refuse(
        world,
        call,
        expired(
          'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
        ),
      )
    const all = answer.kvs.map(kv => objectOf(world, type, kv)).filter(object => matches(object, selection))
    answerPage(world, call, type, all, revision, 0)
  })
}

/** A standing watch: what it asks for of the past first, then every change (cacher.go, Watch). */
export function* watch(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const { query, headers } = request
  const wanted = selectionOf(type, info.namespace ?? '', info.name ?? '', query)
  if (wanted.value === undefined) return yield* perform<World, void>(world => refuse(world, call, badRequest(wanted.error)))
  const selection = wanted.value
  const resource = storedAs(type)
  yield* ready(resource)
  const initial = query.sendInitialEvents === 'true' || !query.resourceVersion || query.resourceVersion === '0'
  if (initial && query.resourceVersion !== '0') yield* upToDate(resource)
  yield* perform<World, void>(world => {
    const cacher = cacherOf(world, resource)
    const asked = Number(query.resourceVersion ?? 0)
    const missed = initial ? undefined : eventsAfter(cacher, asked)
    respond(world, call, 200, undefined)
    const from = initial ? cacher.revision : Math.max(asked, cacher.revision)
    const watcher: Watcher = Object.freeze({
      id: request.id,
      client: call.client,
      request: call.seq,
      from,
      selection,
      reading: readingOf(type.apiVersion, headers, query),
      options: Object.freeze({ stream: `w${request.id}` }),
    })
    if (!initial && !missed) return tellError(world, watcher, info.resource, tooOldResourceVersion(asked, cacher.windowStart))
    const place = addWatcher(cacher, watcher)
    remember(world, call, place)
    if (!initial) for (const event of missed ?? []) replay(world, { ...watcher, from: asked }, resource, event)
    else sendInitial(world, watcher, type, sorted(cacher, selection.namespace), query)
  })
}

function remember({ state }: World, { client, request }: Call, place: NonNullable<ReturnType<typeof addWatcher>>): void {
  let watches = state.watches.get(client)
  if (!watches) {
    watches = new Map()
    state.watches.set(client, watches)
  }
  watches.set(request.id, place)
}

function replay(world: World, watcher: Watcher, resource: string, event: CacheEvent): void {
  const seen = seenBy(watcher, event)
  if (seen) tell(world, watcher, resource, seen.type, seen.object)
}

/** All that is there now as ADDED; with sendInitialEvents, then a bookmark that says that this was all. */
function sendInitial(
  world: World,
  watcher: Watcher,
  type: Resource,
  objects: readonly KubeObject[],
  query: Readonly<Record<string, string>>,
): void {
  const resource = storedAs(type)
  for (const object of objects) if (matches(object, watcher.selection)) tell(world, watcher, resource, 'ADDED', object)
  if (query.sendInitialEvents !== 'true' || query.allowWatchBookmarks !== 'true') return
  const annotations = { 'k8s.io/initial-events-end': 'true' }
  const metadata = { name: '', resourceVersion: String(watcher.from), annotations }
  tell(world, watcher, resource, 'BOOKMARK', Object.freeze({ kind: type.kind, apiVersion: type.apiVersion, metadata }))
}
