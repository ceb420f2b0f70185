// Models server/storage/mvcc/watchable_store.go of etcd: standing watches on prefixes, first fed from history.
import { bucketOf, type Change, changesAfter, type Mvcc } from './mvcc'

/** A standing watch. Frozen. */
export interface EtcdWatch {
  readonly id: number
  readonly prefix: string
}

/** Standing watches by the bucket of their prefix. */
export type Watches = Map<string, Map<number, EtcdWatch>>

/** Adds a watch. Returns the changes since `fromRevision` that it has missed; undefined (and no watch) when they are compacted. */
export function addWatch(watches: Watches, store: Mvcc, watch: EtcdWatch, fromRevision: number): Change[] | undefined {
  const missed = changesAfter(store, fromRevision - 1)
  if (!missed) return undefined
  const bucket = bucketOf(watch.prefix)
  let there = watches.get(bucket)
  if (!there) {
    there = new Map()
    watches.set(bucket, there)
  }
  there.set(watch.id, Object.freeze(watch))
  return missed.filter(change => change.kv.key.startsWith(watch.prefix))
}

/** The watches that hear of a key. */
export function* watchesOf(watches: Watches, key: string): Generator<EtcdWatch> {
  for (const watch of watches.get(bucketOf(key))?.values() ?? []) if (key.startsWith(watch.prefix)) yield watch
}
