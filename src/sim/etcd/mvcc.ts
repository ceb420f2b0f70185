// Models server/storage/mvcc of etcd: keys with revisions, a history of changes, compaction.

import type { EtcdKeyValue } from '../api/messages'
import { append, itemsAfter, type Log, newLog } from '../kernel/log'
import { StateMap } from '../kernel/state-map'

/** One committed change. Frozen. */
export interface Change {
  readonly revision: number
  readonly event: 'PUT' | 'DELETE'
  /** The key as it is now; of a deletion, its last value with the revision of the deletion. */
  readonly kv: EtcdKeyValue
  readonly previous?: EtcdKeyValue
}

/** All that etcd stores. */
export interface Mvcc {
  /** The newest revision; 1 is that of the empty store. */
  revision: number
  /** History up to here is gone: it can't be read or watched any more. */
  compacted: number
  /** Living keys by bucket (`/registry/pods/`), so that a prefix is found without looking at other resources. */
  readonly buckets: Map<string, Map<string, EtcdKeyValue>>
  /** Changes since `compacted`, oldest first. */
  readonly history: Log<Change>
}

export const newMvcc = (): Mvcc => ({ revision: 1, compacted: 0, buckets: new Map(), history: newLog() })

/** Buckets met so far, by length: a key's bucket is one of them, so that Maps need not hash a new string for each key. */
const buckets: string[][] = []

/** The part of a key or prefix that names the resource: up to and with the slash after it. */
export function bucketOf(key: string): string {
  const end = key.indexOf('/', 10)
  if (end < 0) return key
  buckets[end] ??= []
  const alike = buckets[end]
  for (const bucket of alike) if (key.startsWith(bucket)) return bucket
  const bucket = key.slice(0, end + 1)
  alike.push(bucket)
  return bucket
}

/** The key as it stands. */
export const currentOf = (store: Mvcc, key: string): EtcdKeyValue | undefined => store.buckets.get(bucketOf(key))?.get(key)

/** Puts a value: one revision, one change. */
export function put(store: Mvcc, key: string, value: EtcdKeyValue['value']): Change {
  const name = bucketOf(key)
  let bucket = store.buckets.get(name)
  if (!bucket) {
    bucket = new StateMap()
    store.buckets.set(name, bucket)
  }
  const previous = bucket.get(key)
  const revision = ++store.revision
  const kv: EtcdKeyValue = Object.freeze({
    key,
    createRevision: previous?.createRevision ?? revision,
    modRevision: revision,
    version: (previous?.version ?? 0) + 1,
    value,
  })
  bucket.set(key, kv)
  return record(store, { revision, event: 'PUT', kv, previous })
}

/** Deletes a key; undefined when it is not there (no revision is spent then). */
export function remove(store: Mvcc, key: string): Change | undefined {
  const bucket = store.buckets.get(bucketOf(key))
  const previous = bucket?.get(key)
  if (!bucket || !previous) return undefined
  bucket.delete(key)
  const revision = ++store.revision
  return record(store, { revision, event: 'DELETE', kv: Object.freeze({ ...previous, modRevision: revision }), previous })
}

function record(store: Mvcc, change: Change): Change {
  append(store.history, Object.freeze(change))
  return change
}

/** Changes after `revision`, oldest first; undefined when some of them are compacted. */
export function changesAfter(store: Mvcc, revision: number): Change[] | undefined {
  if (revision < store.compacted) return undefined
  return itemsAfter(store.history, change => change.revision <= revision)
}

/** What a range asks for. */
export interface RangeQuery {
  readonly key: string
  readonly prefix?: boolean
  /** First key of the answer (a continued list); before it nothing is read. */
  readonly from?: string
  readonly limit?: number
  /** State at this revision instead of now. */
  readonly revision?: number
}

export type RangeResult = { readonly kvs: readonly EtcdKeyValue[]; readonly more: boolean } | { readonly compacted: true }

/** Reads one key, or all under a prefix in the order of their bytes. */
export function range(store: Mvcc, query: RangeQuery): RangeResult {
  const { key, prefix, from, limit, revision } = query
  if (!prefix && !revision) {
    const kv = currentOf(store, key)
    return { kvs: kv ? [kv] : [], more: false }
  }
  const changes = revision && revision < store.revision ? changesAfter(store, revision) : []
  if (!changes) return { compacted: true }
  const wanted = (k: string): boolean => (prefix ? k.startsWith(key) : k === key) && (from === undefined || k >= from)
  const state = new Map<string, EtcdKeyValue>()
  for (const [k, kv] of store.buckets.get(bucketOf(key)) ?? []) if (wanted(k)) state.set(k, kv)
  for (let i = changes.length - 1; i >= 0; i--) {
    const change = changes[i]
    if (!change || !wanted(change.kv.key)) continue
    if (change.previous) state.set(change.kv.key, change.previous)
    else state.delete(change.kv.key)
  }
  const kvs = [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  if (!limit || kvs.length <= limit) return { kvs, more: false }
  return { kvs: kvs.slice(0, limit), more: true }
}

/** Forgets the history up to `revision`; the living keys stay. */
export function compact(store: Mvcc, revision: number): void {
  store.compacted = Math.max(store.compacted, Math.min(revision, store.revision))
  const { history, compacted } = store
  while ((history.full[0]?.at(-1)?.revision ?? Number.POSITIVE_INFINITY) <= compacted) history.full.shift()
  history.tail = history.tail.filter(change => change.revision > compacted)
}
