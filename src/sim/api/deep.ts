/**
 * Comparing and freezing plain data.
 */

/** Equal as JSON: a missing field is the same as an undefined one. The same reference costs nothing, so share what does not change. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(a, b, deepEqual)
  return !Array.isArray(b) && mapsEqual(a as Fields, b as Fields, deepEqual)
}

/**
 * Equal to Kubernetes: besides, a missing field, null and an empty list are the same.
 * Models apimachinery's equality.Semantic; quantities are compared as text, because stored ones are canonical.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(a, b, semanticEqual)
  return !Array.isArray(b) && mapsEqual(a as Fields, b as Fields, semanticEqual)
}

type Fields = Readonly<Record<string, unknown>>
type Equal = (a: unknown, b: unknown) => boolean

const isNothing = (value: unknown) => value === undefined || value === null || (Array.isArray(value) && value.length === 0)

function listsEqual(a: readonly unknown[], b: readonly unknown[], equal: Equal): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false
  return true
}
function mapsEqual(a: Fields, b: Fields, equal: Equal): boolean {
  for (const key in a) if (!equal(a[key], b[key])) return false
  for (const key in b) if (!(key in a) && !equal(undefined, b[key])) return false
  return true
}

/**
 * A copy with some fields changed, in their places; new ones come last. Where the copy will be frozen or given more fields, this and not
 * a spread: what V8 has spread gets a hidden class of its own with each such step, which takes more room than the fields and slows down
 * whoever reads them.
 */
export const copyWith = <T extends object>(object: T, changes?: Partial<T>): T => Object.assign({}, object, changes)

/** A copy without a field. Not by `delete`, which makes a slow object. */
export function without<T extends object>(object: T, field: keyof T): T {
  const copy = {} as T
  for (const key in object) if (key !== field) copy[key] = object[key]
  return copy
}

/** Freezes a value and all that is in it; what is frozen already is taken to be so all through. Returns the value. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
