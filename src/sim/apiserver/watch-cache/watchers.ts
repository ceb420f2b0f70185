// Models the indexed dispatch of k8s.io/apiserver/pkg/storage/cacher/cacher.go (indexedTrigger, namespacedName scopes): a change is shown
// only to the watchers that can want it, so that a pod's change costs as much with 5,000 kubelets as with one.
import type { WatchEventType } from '../../api/messages'
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

/** A watcher's place in the index: the narrowest scope that holds all it can want. */
export function scopeOf(resource: string, selection: Selection): string {
  const { namespace } = selection
  const name = exact(selection, 'metadata.name')
  if (name !== undefined) return `name/${namespace}/${name}`
  const node = resource === 'pods' ? exact(selection, 'spec.nodeName') : undefined
  if (node) return `node/${node}`
  return namespace ? `namespace/${namespace}` : ''
}

/** Adds a watcher to the index. Returns its place in it. */
export function addWatcher(cacher: Cacher, watcher: Watcher): WatchPlace {
  const scope = scopeOf(cacher.resource, watcher.selection)
  let there = cacher.scopes.get(scope)
  if (!there) {
    there = new Map()
    cacher.scopes.set(scope, there)
  }
  const serial = cacher.nextWatcher++
  there.set(serial, watcher)
  return Object.freeze({ resource: cacher.resource, scope, serial })
}

/** The watcher of a place, if it still stands. */
export const watcherAt = ({ scopes }: Cacher, { scope, serial }: WatchPlace): Watcher | undefined =>
  scopes.get(scope)?.get(serial)

export function removeWatcher(cacher: Cacher, { scope, serial }: WatchPlace): void {
  const there = cacher.scopes.get(scope)
  there?.delete(serial)
  if (there?.size === 0) cacher.scopes.delete(scope)
}

/** Calls `tell` with every watcher that can want a change of that object. */
export function interested(cacher: Cacher, event: CacheEvent, tell: (watcher: Watcher) => void): void {
  const { scopes } = cacher
  const { metadata, spec } = event.object
  const visit = (scope: string): void => scopes.get(scope)?.forEach(tell)
  visit('')
  if (scopes.size === 0 || (scopes.size === 1 && scopes.has(''))) return
  const { name, namespace = '' } = metadata
  visit(`namespace/${namespace}`)
  visit(`name/${namespace}/${name}`)
  if (namespace) visit(`name//${name}`)
  if (cacher.resource !== 'pods') return
  const node: string | undefined = spec?.nodeName
  const before: string | undefined = event.previous?.spec?.nodeName
  if (node) visit(`node/${node}`)
  if (before && before !== node) visit(`node/${before}`)
}

/** What a watcher hears of a change: an object that leaves its selection is deleted to it, one that enters is added. */
export function seenBy(watcher: Watcher, event: CacheEvent): { type: WatchEventType; object: KubeObject } | undefined {
  if (event.revision <= watcher.from) return undefined
  const { selection } = watcher
  const is = event.type !== 'DELETED' && matches(event.object, selection)
  const was = event.previous !== undefined && matches(event.previous, selection)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: event.object }
  if (!was) return undefined
  if (event.type === 'DELETED') return { type: 'DELETED', object: event.object }
  return { type: 'DELETED', object: withRevision(event.previous as KubeObject, event.revision) }
}
