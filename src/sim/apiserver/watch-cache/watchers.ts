// Models the indexed dispatch of k8s.io/apiserver/pkg/storage/cacher/cacher.go (indexedTrigger, namespacedName scopes): a change is shown
// only to the watchers that can want it, so that a pod's change costs as much with 5,000 kubelets as with one.
import type { KubeObject } from '../../api/types'
import type { RoomId, SendOptions, Seq } from '../../kernel/types'
import type { Reading } from '../encoding'
import type { WatchPlace } from '../state'
import { type CacheEvent, type Cacher, withRevision } from './cacher'
import { exact, matches, type Selection } from './selection'

/** A client's standing watch. Frozen. */
export interface Watcher {
  /** Of the client's request. */
  readonly id: number
  readonly client: RoomId
  readonly request: Seq
  /** Changes up to this revision are not its business. */
  readonly from: number
  /** When it ends (virtual µs). */
  readonly deadline: number
  /** Set when it wants bookmarks: what their objects are. */
  readonly bookmark: { readonly kind: string; readonly apiVersion: string } | undefined
  readonly selection: Selection
  readonly reading: Reading
  /** The stream of its events. */
  readonly options: SendOptions
}

/** Watchers by serial. */
type Standing = Map<number, Watcher>

/** Watchers, each in the narrowest of these that holds all it can want. */
export interface Watchers {
  readonly all: Map<'', Standing>
  readonly namespace: Map<string, Standing>
  /** By `<namespace>/<name>`; of those of the cluster, `/<name>`. */
  readonly name: Map<string, Standing>
  readonly node: Map<string, Standing>
}

/** A watcher's place in the index. */
export function scopeOf(resource: string, selection: Selection): WatchPlace['scope'] {
  const { namespace } = selection
  const name = exact(selection, 'metadata.name')
  if (name !== undefined) return { of: 'name', key: `${namespace}/${name}` }
  const node = resource === 'pods' ? exact(selection, 'spec.nodeName') : undefined
  if (node) return { of: 'node', key: node }
  return namespace ? { of: 'namespace', key: namespace } : { of: 'all', key: '' }
}

const scopesOf = ({ watchers }: Cacher, { of }: WatchPlace['scope']): Map<string, Standing> => watchers[of]

/** Adds a watcher to the index. Returns its place in it. */
export function addWatcher(cacher: Cacher, watcher: Watcher): WatchPlace {
  const scope = scopeOf(cacher.resource, watcher.selection)
  const scopes = scopesOf(cacher, scope)
  let there = scopes.get(scope.key)
  if (!there) {
    there = new Map()
    scopes.set(scope.key, there)
  }
  const serial = cacher.nextWatcher++
  there.set(serial, watcher)
  return Object.freeze({ resource: cacher.resource, scope: Object.freeze(scope), serial })
}

/** The watcher of a place, if it still stands. */
export const watcherAt = (cacher: Cacher, { scope, serial }: WatchPlace): Watcher | undefined =>
  scopesOf(cacher, scope).get(scope.key)?.get(serial)

export function removeWatcher(cacher: Cacher, { scope, serial }: WatchPlace): void {
  const scopes = scopesOf(cacher, scope)
  const there = scopes.get(scope.key)
  there?.delete(serial)
  if (there?.size === 0) scopes.delete(scope.key)
}

/** Calls `tell` with every watcher that can want a change of that object. */
export function interested({ resource, watchers }: Cacher, event: CacheEvent, tell: (watcher: Watcher) => void): void {
  const { all, namespace: namespaces, name: names, node: nodes } = watchers
  const { metadata, spec } = event.object
  const { name, namespace = '' } = metadata
  all.get('')?.forEach(tell)
  if (namespaces.size > 0) namespaces.get(namespace)?.forEach(tell)
  if (names.size > 0) {
    names.get(`${namespace}/${name}`)?.forEach(tell)
    if (namespace) names.get(`/${name}`)?.forEach(tell)
  }
  if (resource !== 'pods' || nodes.size === 0) return
  const node: string | undefined = spec?.nodeName
  const before: string | undefined = event.previous?.spec?.nodeName
  if (node) nodes.get(node)?.forEach(tell)
  if (before && before !== node) nodes.get(before)?.forEach(tell)
}

/** As what a watcher hears of a change: an object that leaves its selection is deleted to it, one that enters is added. */
export function seenAs({ from, selection }: Watcher, event: CacheEvent): CacheEvent['type'] | undefined {
  if (event.revision <= from) return undefined
  const was = event.previous !== undefined && matches(event.previous, selection)
  if (event.type !== 'DELETED' && matches(event.object, selection)) return was ? 'MODIFIED' : 'ADDED'
  return was ? 'DELETED' : undefined
}

/** The object that it hears of. */
export const shownOf = ({ type, object, previous, revision }: CacheEvent, seen: CacheEvent['type']): KubeObject =>
  seen === 'DELETED' && type !== 'DELETED' ? withRevision(previous as KubeObject, revision) : object
