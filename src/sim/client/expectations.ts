// Models pkg/controller/controller_utils.go ControllerExpectations: what a controller has asked for and not yet seen in its cache.

/** What one key still waits to see. */
interface Expected {
  creations: number
  deletions: number
  /** Keys of the pods whose deletion is awaited (UIDTrackingControllerExpectations). */
  readonly deleting: Set<string>
  /** Virtual µs; expectations that are not met within five minutes lapse. */
  readonly since: number
}

/** Expectations by controller key. */
export type Expectations = Map<string, Expected>

export const newExpectations = (): Expectations => new Map()

const LAPSE_US = 5 * 60 * 1_000_000

/** True when the key's cache has caught up (or never will), so that a sync may count what it sees. */
export function satisfied(expectations: Expectations, key: string, now: number): boolean {
  const e = expectations.get(key)
  return !e || (e.creations <= 0 && e.deletions <= 0) || now - e.since > LAPSE_US
}

export function expectCreations(expectations: Expectations, key: string, count: number, now: number): void {
  expectations.set(key, { creations: count, deletions: 0, deleting: new Set(), since: now })
}

export function expectDeletions(expectations: Expectations, key: string, objects: readonly string[], now: number): void {
  expectations.set(key, { creations: 0, deletions: objects.length, deleting: new Set(objects), since: now })
}

/** Both at once: for a controller that makes and deletes in one sync. */
export function expectBoth(
  expectations: Expectations,
  key: string,
  creations: number,
  objects: readonly string[],
  now: number,
): void {
  expectations.set(key, { creations, deletions: objects.length, deleting: new Set(objects), since: now })
}

/** `count` awaited creations were seen, or will not come. */
export function creationObserved(expectations: Expectations, key: string, count = 1): void {
  const e = expectations.get(key)
  if (e) e.creations -= count
}

/** An awaited deletion was seen, or will not come. */
export function deletionObserved(expectations: Expectations, key: string, object: string): void {
  const e = expectations.get(key)
  if (e?.deleting.delete(object)) e.deletions--
}

export const forgetExpectations = (expectations: Expectations, key: string): void => {
  expectations.delete(key)
}
