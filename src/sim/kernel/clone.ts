/**
 * Copies a room's state for a snapshot. Frozen values are immutable throughout and are shared; Maps, Sets, arrays and plain
 * objects are copied; two paths to one mutable thing still lead to one thing in the copy.
 */
export function cloneState<T>(value: T, seen: Map<object, unknown> = new Map()): T {
  if (typeof value === 'function') throw new Error('state must be plain data: a function waits in it')
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const known = seen.get(value)
  if (known !== undefined) return known as T
  return cloneContainer(value, seen) as T
}

function cloneContainer(value: object, seen: Map<object, unknown>): unknown {
  if (value instanceof Map) {
    const copy = new Map()
    seen.set(value, copy)
    for (const [k, v] of value) copy.set(k, cloneState(v, seen))
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set()
    seen.set(value, copy)
    for (const v of value) copy.add(cloneState(v, seen))
    return copy
  }
  if (Array.isArray(value)) {
    const copy: unknown[] = new Array(value.length)
    seen.set(value, copy)
    for (let i = 0; i < value.length; i++) copy[i] = cloneState(value[i], seen)
    return copy
  }
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice()
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error(`state must be plain data: a ${prototype?.constructor?.name} waits in it`)
  const copy: Record<string, unknown> = {}
  seen.set(value, copy)
  const source = value as Record<string, unknown>
  for (const k in source) copy[k] = cloneState(source[k], seen)
  return copy
}

/** Freezes a value and all that it holds; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const k in value) deepFreeze(value[k])
  return value
}
