// Models Watch of k8s.io/apiserver/pkg/storage/cacher/cacher.go, and how long one stands (pkg/endpoints/handlers/get.go).
import type { Resource } from '../../api/kinds'
import { badRequest, tooOldResourceVersion } from '../../api/status'
import type { KubeObject, Status } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { hash32 } from '../../kernel/random'
import { StateMap } from '../../kernel/state-map'
import { readingOf } from '../encoding'
import { refuse, respond } from '../respond'
import { type Call, type Serve, storedAs, type World } from '../state'
import { type CacheEvent, eventsAfter, sorted } from '../watch-cache/cacher'
import { plan, tellEnd } from '../watch-cache/clock'
import { cacherOf, ready, tell, tellBookmark, tellError } from '../watch-cache/feed'
import { upToDate, waitUntilFresh } from '../watch-cache/fresh'
import { matches, type Selection, selectionOf } from '../watch-cache/selection'
import { addWatcher, seenAs, shownOf, type Watcher } from '../watch-cache/watchers'
import { type ListOptions, listOptionsOf } from './list-options'

/** A standing watch: what it asks for of the past first, then every change. */
export function* watch(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const read = listOptionsOf(request.query, true)
  if ('refused' in read) return yield* refused(call, read.refused)
  const { options } = read
  const wanted = selectionOf(type, info.namespace ?? '', info.name ?? '', request.query)
  if (wanted.value === undefined) return yield* refused(call, badRequest(wanted.error))
  const selection = wanted.value
  const resource = storedAs(type)
  yield* ready(resource)
  const { resourceVersion, sendInitialEvents } = options
  if (resourceVersion === undefined) yield* upToDate(resource)
  // what is there is told at its revision or later; a watch without it may wait for a revision that is not here yet
  else if (sendInitialEvents) {
    const tooNew = yield* waitUntilFresh(resource, resourceVersion)
    if (tooNew) return yield* refused(call, tooNew)
  }
  yield* perform<World, void>(world => begin(world, call, type, selection, options))
}

const refused = (call: Call, status: Status) => perform<World, void>(world => refuse(world, call, status))

function begin(world: World, call: Call, type: Resource, selection: Selection, options: ListOptions): void {
  const resource = storedAs(type)
  const cacher = cacherOf(world, resource)
  const { resourceVersion: asked = 0, sendInitialEvents } = options
  respond(world, call, 200, undefined)
  const withAll = sendInitialEvents ?? asked === 0
  const missed = withAll || asked === 0 ? [] : eventsAfter(cacher, asked)
  const watcher = watcherOf(world, call, type, selection, options, Math.max(asked, cacher.revision))
  if (!missed) {
    tellError(world, watcher, call.info.resource, tooOldResourceVersion(asked, cacher.windowStart))
    tellEnd(world, watcher, resource)
    return
  }
  const place = addWatcher(cacher, watcher)
  remember(world, call, place)
  plan(world, place, watcher)
  if (withAll) tellAll(world, watcher, resource, sorted(cacher, selection.namespace))
  if (sendInitialEvents && watcher.bookmark) tellBookmark(world, watcher, resource, watcher.from, LAST_INITIAL)
  // changes are news even to a client that starts its next watch in peace
  if (missed.length > 0) world.context.quietly(false, () => replay(world, { ...watcher, from: asked }, resource, missed))
}

const LAST_INITIAL = Object.freeze({ 'k8s.io/initial-events-end': 'true' })

/** --min-request-timeout: a watch that sets no time limit stands this long, up to twice as long by chance. */
const MIN_REQUEST_SECONDS = 1800

function watcherOf(
  world: World,
  { request, client, seq }: Call,
  type: Resource,
  selection: Selection,
  { timeoutSeconds, bookmarks }: ListOptions,
  from: number,
): Watcher {
  // the chance is the watch's own, so that it moves nobody else's
  const seconds = timeoutSeconds > 0 ? timeoutSeconds : MIN_REQUEST_SECONDS * (1 + hash32(`${client} ${request.id}`) / 2 ** 32)
  return Object.freeze({
    id: request.id,
    client,
    request: seq,
    from,
    deadline: world.now() + Math.round(seconds * 1e6),
    bookmark: bookmarks ? Object.freeze({ kind: type.kind, apiVersion: type.apiVersion }) : undefined,
    selection,
    reading: readingOf(type.apiVersion, request.headers, request.query),
    options: Object.freeze({ stream: `w${request.id}` }),
  })
}

function remember({ state }: World, { client, request }: Call, place: ReturnType<typeof addWatcher>): void {
  let watches = state.watches.get(client)
  if (!watches) {
    watches = new StateMap()
    state.watches.set(client, watches)
  }
  watches.set(request.id, place)
}

function replay(world: World, watcher: Watcher, resource: string, missed: readonly CacheEvent[]): void {
  for (const event of missed) {
    const seen = seenAs(watcher, event)
    if (seen) tell(world, watcher, resource, seen, shownOf(event, seen))
  }
}

/** All that is there now, as ADDED. */
function tellAll(world: World, watcher: Watcher, resource: string, objects: readonly KubeObject[]): void {
  for (const object of objects) if (matches(object, watcher.selection)) tell(world, watcher, resource, 'ADDED', object)
}
