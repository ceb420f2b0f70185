// Models client-go/util/workqueue: keys that are waited for once however often they are added, with back-off per key.
import type { Cause, Seq } from '../kernel/types'

/** State of a queue. A key that is added while it is processed comes again when it is done. */
export interface WorkQueue {
  /** Keys in their order, each with the entries that it stands for. */
  readonly waiting: Map<string, Seq[]>
  readonly processing: Set<string>
  /** Added while processed. */
  readonly dirty: Map<string, Seq[]>
  readonly failures: Map<string, number>
}

export const newWorkQueue = (): WorkQueue => ({
  waiting: new Map(),
  processing: new Set(),
  dirty: new Map(),
  failures: new Map(),
})

/** A key may stand for very many events; the first and the last ones are enough to ask why. */
const CAUSES = 32

/** Adds a key; true if that made it wait. */
export function addKey(queue: WorkQueue, key: string, cause: Cause): boolean {
  const place = queue.processing.has(key) ? queue.dirty : queue.waiting
  const causes = place.get(key)
  if (causes) {
    if (typeof cause === 'number') join(causes, cause)
    else for (const c of cause) join(causes, c)
    return false
  }
  place.set(key, typeof cause === 'number' ? [cause] : [...cause])
  return place === queue.waiting
}

function join(causes: Seq[], cause: Seq): void {
  if (causes[causes.length - 1] === cause) return
  if (causes.length < CAUSES) causes.push(cause)
  else causes[CAUSES - 1] = cause
}

/** Takes the first key, which is being processed from now on. */
export function takeKey(queue: WorkQueue): { key: string; cause: Cause } | undefined {
  for (const [key, causes] of queue.waiting) {
    queue.waiting.delete(key)
    queue.processing.add(key)
    return { key, cause: causes.length === 1 ? (causes[0] as Seq) : Object.freeze(causes) }
  }
  return undefined
}

/** The key has been processed; true if it waits again because it was added meanwhile. */
export function keyDone(queue: WorkQueue, key: string): boolean {
  queue.processing.delete(key)
  const causes = queue.dirty.get(key)
  if (!causes) return false
  queue.dirty.delete(key)
  queue.waiting.set(key, causes)
  return true
}

/** A back-off that doubles, in milliseconds. */
export type BackOff = readonly [first: number, most: number]
const DEFAULT_BACK_OFF: BackOff = Object.freeze([5, 1_000_000])

/** A failed key's delay in ms: 5 ms doubling to 1,000 s, unless the queue has a back-off of its own (ItemExponentialFailureRateLimiter). */
export function failKey(
  queue: WorkQueue,
  key: string,
  [first, most]: BackOff = DEFAULT_BACK_OFF,
): { failures: number; ms: number } {
  const failures = (queue.failures.get(key) ?? 0) + 1
  queue.failures.set(key, failures)
  return { failures, ms: failures > 18 ? most : Math.min(first * (1 << (failures - 1)), most) }
}

/** A key succeeded: its back-off starts over. */
export const forgetKey = (queue: WorkQueue, key: string): void => {
  queue.failures.delete(key)
}
