// Models k8s.io/apiserver/pkg/storage/cacher: per resource one etcd watch, all objects as they are now, and a window of late changes.

import { copyWith } from '../../api/deep'
import type { WatchEventType } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import { append, CHUNK, itemsAfter, type Log, newLog } from '../../kernel/log'
import { StateMap } from '../../kernel/state-map'
import type { Waiter } from '../state'
import type { Watchers } from './watchers'

/** One change that the cache has seen. Frozen. */
export interface CacheEvent {
  readonly type: Exclude<WatchEventType, 'BOOKMARK' | 'ERROR'>
  /** The object now; of a deletion, as it was last, with the deletion's resourceVersion. */
  readonly object: KubeObject
  readonly previous?: KubeObject
  readonly revision: number
}

/** The watch cache of one resource. */
export interface Cacher {
  /** `pods`, `deployments.apps` */
  readonly resource: string
  readonly prefix: string
  ready: boolean
  /** The watch on etcd that feeds it. */
  watch: number
  /** Everything up to this revision is in the cache. */
  revision: number
  /** Objects by namespace ('' for those of the cluster), then by name. */
  readonly objects: Map<string, Map<string, KubeObject>>
  /** Late changes, oldest first; those up to `windowStart` have been dropped. */
  readonly events: Log<CacheEvent>
  windowStart: number
  readonly watchers: Watchers
  nextWatcher: number
  /** Procedures that wait for the cache to be ready. */
  waiting: Waiter[]
}

/** Changes that a watch can start from, in chunks: upstream's capacity follows the load; this is its usual size. */
const WINDOW = 1024 / CHUNK

export const newCacher = (resource: string, prefix: string): Cacher => ({
  resource,
  prefix,
  ready: false,
  watch: 0,
  revision: 0,
  objects: new Map(),
  events: newLog(),
  windowStart: 0,
  watchers: { all: new Map(), namespace: new Map(), name: new Map(), node: new Map() },
  nextWatcher: 1,
  waiting: [],
})

/** The object of that name, as the cache has it. */
export const cached = (cacher: Cacher, namespace: string | undefined, name: string): KubeObject | undefined =>
  cacher.objects.get(namespace ?? '')?.get(name)

/** Stores what a list of etcd found. */
export function fill(cacher: Cacher, objects: readonly KubeObject[], revision: number): void {
  for (const object of objects) store(cacher, object)
  cacher.revision = revision
  cacher.windowStart = revision
  cacher.ready = true
}

function store(cacher: Cacher, object: KubeObject): KubeObject | undefined {
  const { namespace = '', name } = object.metadata
  let space = cacher.objects.get(namespace)
  if (!space) {
    space = new StateMap()
    cacher.objects.set(namespace, space)
  }
  const previous = space.get(name)
  space.set(name, object)
  return previous
}

/** Takes in a put. Returns the event. */
export function applyPut(cacher: Cacher, object: KubeObject, revision: number): CacheEvent {
  const previous = store(cacher, object)
  return remember(cacher, previous ? { type: 'MODIFIED', object, previous, revision } : { type: 'ADDED', object, revision })
}

/** Takes in a deletion of `last`; the event's object has the resourceVersion of the deletion. */
export function applyDelete(cacher: Cacher, last: KubeObject, revision: number): CacheEvent {
  const { namespace = '', name } = last.metadata
  const space = cacher.objects.get(namespace)
  const previous = space?.get(name) ?? last
  space?.delete(name)
  if (space?.size === 0) cacher.objects.delete(namespace)
  return remember(cacher, { type: 'DELETED', object: withRevision(previous, revision), previous, revision })
}

function remember(cacher: Cacher, event: CacheEvent): CacheEvent {
  cacher.revision = event.revision
  const { full } = cacher.events
  append(cacher.events, Object.freeze(event))
  if (full.length === 2 * WINDOW) {
    full.splice(0, WINDOW)
    cacher.windowStart = (full[0]?.[0]?.revision ?? cacher.windowStart + 1) - 1
  }
  return event
}

/** The object with another resourceVersion. Frozen, and sharing everything but its metadata. */
export const withRevision = (object: KubeObject, revision: number): KubeObject =>
  Object.freeze(copyWith(object, { metadata: { ...object.metadata, resourceVersion: String(revision) } }))

/** All objects of a namespace, or of all, in the order of their etcd keys. */
export function sorted(cacher: Cacher, namespace: string | undefined): KubeObject[] {
  const spaces = namespace ? [namespace] : [...cacher.objects.keys()].sort(byText)
  const found: KubeObject[] = []
  for (const space of spaces) {
    const names = cacher.objects.get(space)
    if (!names) continue
    for (const name of [...names.keys()].sort(byText)) found.push(names.get(name) as KubeObject)
  }
  return found
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The changes after `revision`; undefined when the window does not reach back so far. */
export function eventsAfter(cacher: Cacher, revision: number): readonly CacheEvent[] | undefined {
  if (revision < cacher.windowStart) return undefined
  return itemsAfter(cacher.events, event => event.revision <= revision)
}
