// Models nextBookmarkTime of k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go and its watcherBookmarkTimeBuckets: when each watch has
// its next bookmark, and when it ends. All of it is housekeeping.
import type { WatchEnd } from '../../api/messages'
import type { Message } from '../../kernel/types'
import type { WatchPlace, World } from '../state'
import { cacherOf, tellBookmark } from './feed'
import { removeWatcher, type Watcher, watcherAt } from './watchers'

/** The watches of one second are due. */
export interface WatchesDue extends Message {
  readonly type: 'apiserver.watches'
  /** Seconds since boot. */
  readonly second: number
}

const SECOND = 1e6
const BOOKMARK_EVERY = 60 * SECOND
/** A last bookmark just before a watch ends, so that the next one starts from where all is known. */
const BEFORE_END = 2 * SECOND

/** When a watch is to be looked at next. */
function nextAt({ deadline, bookmark }: Watcher, now: number): number {
  if (!bookmark) return deadline
  const at = Math.min(now + BOOKMARK_EVERY, deadline - BEFORE_END)
  return at > now ? at : deadline
}

/** Puts a watch into the bucket of the second when it is due; the first in a bucket sets its timer. */
export function plan({ state, context }: World, place: WatchPlace, watcher: Watcher): void {
  const second = Math.ceil(nextAt(watcher, context.now) / SECOND)
  const bucket = state.watchesDue.get(second)
  if (bucket) {
    bucket.push(place)
    return
  }
  state.watchesDue.set(second, [place])
  const message: WatchesDue = { type: 'apiserver.watches', second }
  context.after((second * SECOND - context.now) / 1000, message, { housekeeping: true })
}

/** A second has come: bookmarks for those of its watches that still stand, or their end. */
export function watchesDue(world: World, { second }: WatchesDue): void {
  const { state, context } = world
  const places = state.watchesDue.get(second) ?? []
  state.watchesDue.delete(second)
  for (const place of places) {
    const cacher = cacherOf(world, place.resource)
    const watcher = watcherAt(cacher, place)
    if (!watcher) continue
    context.because(watcher.request, () => {
      if (context.now >= watcher.deadline) {
        state.watches.get(watcher.client)?.delete(watcher.id)
        removeWatcher(cacher, place)
        tellEnd(world, watcher, place.resource)
        return
      }
      if (watcher.bookmark) tellBookmark(world, watcher, place.resource, Math.max(watcher.from, cacher.revision))
      plan(world, place, watcher)
    })
  }
}

/** The end of a watch's answer. */
export function tellEnd({ context }: World, { id, client, request, options }: Watcher, resource: string): void {
  const message: WatchEnd = { type: 'watch-end', id, event: 'END' }
  context.send(client, message, 'watch.end', { id, request, resource }, options)
}
