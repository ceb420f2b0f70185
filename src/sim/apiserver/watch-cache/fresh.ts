// Models waitUntilFreshAndBlock of k8s.io/apiserver/pkg/storage/cacher/watch_cache.go: who waits for how new a watch cache is.
import { tooLargeResourceVersion } from '../../api/status'
import type { Status } from '../../api/types'
import { awaitOne, perform } from '../../kernel/procedure'
import type { Serve, WakeMessage, World } from '../state'
import { range } from '../storage/etcd'
import { cacherOf } from './feed'

/** Waits until the watch cache has seen all that etcd has now (a consistent list from the cache). Returns the cache's revision. */
export function* upToDate(resource: string): Serve<number> {
  const [key, afterWatch] = yield* perform<World, readonly [string, number]>(world => {
    const { prefix, watch } = cacherOf(world, resource)
    return Object.freeze([prefix, watch] as const)
  })
  // one key suffices: the answer's revision is what counts. It comes on the stream of the watch, as a progress notification does.
  const { revision } = yield* range({ key, prefix: true, limit: 1, afterWatch })
  return yield* perform<World, number>(world => {
    const cacher = cacherOf(world, resource)
    cacher.revision = Math.max(cacher.revision, revision)
    return cacher.revision
  })
}

/** How long a request waits for a revision that is not here yet (blockTimeout), looking each time after a pause. */
const LONGEST_MS = 3000
const PAUSE_MS = 100

/** Waits until a watch cache is at least as new as `revision`. Returns what to say when it did not come to be: 504. */
export function* waitUntilFresh(resource: string, revision: number): Serve<Status | undefined> {
  let at = yield* revisionOf(resource)
  if (at < revision) at = yield* upToDate(resource)
  for (let waited = 0; at < revision && waited < LONGEST_MS; waited += PAUSE_MS) {
    yield* pause(PAUSE_MS)
    at = yield* revisionOf(resource)
  }
  return at < revision ? tooLargeResourceVersion(revision, at) : undefined
}

const revisionOf = (resource: string) => perform<World, number>(world => cacherOf(world, resource).revision)

/** Waits so many virtual ms. */
export const pause = (ms: number) =>
  awaitOne<World, void>(({ context }, procedure) => context.after(ms, { type: 'apiserver.wake', procedure } as WakeMessage))
