/** What stands under this name in a state is a cache beside the data: a copy does without it. */
export const LIVE: unique symbol = Symbol('live')

/**
 * Copies a room's state for a snapshot. Frozen values are immutable throughout and are shared; Maps, Sets, arrays and plain
 * objects are copied; two paths to one mutable thing still lead to one thing in the copy.
 */
export function cloneState<T>(value: T): T {
  return copySized(value).copy
}

/** The same, and how many places were copied: what the copy costs. */
export function copySized<T>(value: T): { readonly copy: T; readonly size: number } {
  const copier: Copier = { seen: new Map(), size: 0 }
  return { copy: copyOf(value, copier) as T, size: copier.size }
}

interface Copier {
  readonly seen: Map<object, unknown>
  size: number
}

/** What a copy shares with the original. */
const isShared = (value: unknown): boolean => typeof value !== 'object' || value === null || Object.isFrozen(value)

function copyOf(value: unknown, copier: Copier): unknown {
  if (typeof value === 'function') throw new Error('state must be plain data: a function waits in it')
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  return copier.seen.get(value) ?? copyContainer(value, copier)
}

function copyContainer(value: object, copier: Copier): unknown {
  if (value instanceof Map) return copyMap(value, copier)
  if (value instanceof Set) return copySet(value, copier)
  if (Array.isArray(value)) return copyArray(value, copier)
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice()
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error(`state must be plain data: a ${prototype?.constructor?.name} waits in it`)
  // a copy by spreading has the original's hidden class at once
  const copy: Record<string, unknown> & { [LIVE]?: unknown } = { ...value }
  if (LIVE in copy) copy[LIVE] = null
  copier.seen.set(value, copy)
  for (const k in copy) {
    const part = copy[k]
    copier.size++
    if (typeof part === 'function' || !isShared(part)) copy[k] = copyOf(part, copier)
  }
  return copy
}

function copyMap(value: Map<unknown, unknown>, copier: Copier): unknown {
  const copy = new Map(value)
  copier.seen.set(value, copy)
  copier.size += value.size
  value.forEach((part, key) => {
    if (typeof part === 'function' || !isShared(part)) copy.set(key, copyOf(part, copier))
  })
  return copy
}

function copySet(value: Set<unknown>, copier: Copier): unknown {
  copier.size += value.size
  let plain = true
  for (const part of value) if (typeof part !== 'string' && typeof part !== 'number') plain = false
  const copy = plain ? new Set(value) : new Set<unknown>()
  copier.seen.set(value, copy)
  if (!plain) for (const part of value) copy.add(copyOf(part, copier))
  return copy
}

function copyArray(value: readonly unknown[], copier: Copier): unknown {
  const copy = value.slice()
  copier.seen.set(value, copy)
  copier.size += value.length
  for (let i = 0; i < copy.length; i++) {
    const part = copy[i]
    if (typeof part === 'function' || !isShared(part)) copy[i] = copyOf(part, copier)
  }
  return copy
}

/** Freezes a value and all that it holds; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const k in value) deepFreeze(value[k])
  return value
}
