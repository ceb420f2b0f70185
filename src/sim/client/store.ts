// Models client-go/tools/cache/thread_safe_store.go: objects by key, with indices.

import { once } from '../api/once'
import { controllerOf } from '../api/owners'
import type { KubeObject } from '../api/types'
import { StateMap } from '../kernel/state-map'

/** `namespace/name`, or `name` for what has no namespace. */
export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name

/** A key's namespace ('' for what has none) and name. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The value of an index that an object stands under; a list where it can be several, or none. */
export type IndexFunction = (object: KubeObject) => string | readonly string[]

/** State of a store: references to immutable objects, never copies. Iteration is in order of arrival. */
export interface Store {
  readonly objects: Map<string, KubeObject>
  /** By name of the index, then by value: the keys that stand under it. */
  readonly indices: Map<string, Map<string, StateMap<string, true>>>
}

export const newStore = (): Store => ({ objects: new StateMap(), indices: new Map() })

/** Indices that the informers of every controller share. */
export const INDICES: Readonly<Record<string, IndexFunction>> = {
  namespace: o => o.metadata.namespace ?? '',
  /** By the uid of the controlling owner; orphans stand together by namespace. */
  controller: o => controllerOf(o)?.uid ?? orphansIn(o.metadata.namespace),
}

/** Where the objects of a namespace that have no controller stand in the index `controller`. */
export const orphansIn = (namespace = ''): string => orphans(namespace)
const orphans = once(namespace => `orphans in ${namespace}`)

/** Puts an object in place of the one with its key, which is returned. */
export function putObject(
  store: Store,
  indexers: Readonly<Record<string, IndexFunction>>,
  object: KubeObject,
): KubeObject | undefined {
  const key = keyOf(object)
  const old = store.objects.get(key)
  store.objects.set(key, object)
  for (const name in indexers) reindex(store, name, indexers[name] as IndexFunction, key, old, object)
  return old
}

/** Takes the object with this key out; it is returned. */
export function removeObject(
  store: Store,
  indexers: Readonly<Record<string, IndexFunction>>,
  key: string,
): KubeObject | undefined {
  const old = store.objects.get(key)
  if (!old) return undefined
  store.objects.delete(key)
  for (const name in indexers) reindex(store, name, indexers[name] as IndexFunction, key, old, undefined)
  return old
}

function reindex(
  store: Store,
  name: string,
  index: IndexFunction,
  key: string,
  old: KubeObject | undefined,
  object: KubeObject | undefined,
): void {
  const before = old ? index(old) : NOTHING
  const after = object ? index(object) : NOTHING
  if (same(before, after)) return
  let values = store.indices.get(name)
  if (!values) {
    values = new Map()
    store.indices.set(name, values)
  }
  for (const v of valuesOf(before)) {
    const keys = values.get(v)
    keys?.delete(key)
    if (keys?.size === 0) values.delete(v)
  }
  for (const v of valuesOf(after)) {
    let keys = values.get(v)
    if (keys === undefined) {
      keys = new StateMap()
      values.set(v, keys)
    }
    keys.set(key, true)
  }
}
const NOTHING: readonly string[] = []

const valuesOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

function same(a: string | readonly string[], b: string | readonly string[]): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The objects that stand under a value of an index. */
export function objectsBy(store: Store, index: string, value: string): KubeObject[] {
  const keys = store.indices.get(index)?.get(value)
  if (!keys) return []
  // as long as it will be, for most are short
  const found = new Array<KubeObject>(keys.size)
  let n = 0
  for (const key of keys.keys()) {
    const object = store.objects.get(key)
    if (object) found[n++] = object
  }
  found.length = n
  return found
}
