/** Lists that only grow at their end and are cut at their beginning, in chunks: the full ones are frozen, so that snapshots share them. */

export interface Log<T> {
  /** The oldest first. */
  readonly full: (readonly T[])[]
  /** What has come since. */
  tail: T[]
}

/** Items of a full chunk. */
export const CHUNK = 64

export const newLog = <T>(): Log<T> => ({ full: [], tail: [] })

/** Adds an item, which must be immutable. */
export function append<T>(log: Log<T>, item: T): void {
  log.tail.push(item)
  if (log.tail.length < CHUNK) return
  log.full.push(Object.freeze(log.tail))
  log.tail = []
}

/** All behind the last item that is `passed`, oldest first; no item is passed behind one that is not. */
export function itemsAfter<T>({ full, tail }: Log<T>, passed: (item: T) => boolean): T[] {
  const found: T[] = []
  for (const chunk of [...full, tail]) {
    const last = chunk[chunk.length - 1]
    if (last === undefined || passed(last)) continue
    for (const item of chunk) if (!passed(item)) found.push(item)
  }
  return found
}
