// Models server/storage/mvcc/watchable_store.go of etcd: standing watches on prefixes, first fed from history.
import { bucketOf, type Change, changesAfter, type Mvcc } from './mvcc'

/** A standing watch. Frozen. */
export interface EtcdWatch {
  readonly id: number
  readonly prefix: string
}

/** Standing watches by the bucket of their prefix. */
export type Watches = Map<string, readonly EtcdWatch[]>

const NONE: readonly EtcdWatch[] = Object.freeze([])

/** Adds a watch. Returns the changes since `fromRevision` that it has missed; undefined (and no watch) when they are compacted. */
export function addWatch(watches: Watches, store: Mvcc, watch: EtcdWatch, fromRevision: number): Change[] | undefined {
  const missed = changesAfter(store, fromRevision - 1)
  if (!missed) return undefined
  const bucket = bucketOf(watch.prefix)
  watches.set(bucket, Object.freeze([...(watches.get(bucket) ?? NONE), Object.freeze(watch)]))
  return missed.filter(change => change.kv.key.startsWith(watch.prefix))
}

/** The watches of the bucket of a key: those that hear of it, and others. */
export const watchesNear = (watches: Watches, key: string): readonly EtcdWatch[] => watches.get(bucketOf(key)) ?? NONE

export const hears = ({ prefix }: EtcdWatch, key: string): boolean => key.startsWith(prefix)
