/**
 * Rooms' states, saved for snapshots. Frozen values are immutable throughout and are shared; Maps, Sets, arrays and plain objects are
 * saved and loaded as new ones; two paths to one mutable thing still lead to one thing. A Map is saved as two lists, which costs a
 * fifth of another Map, because far more is saved than is ever loaded.
 */

/** What stands under this symbol in a state is a cache beside the data: it is not saved. */
export const LIVE: unique symbol = Symbol('live')

/** Copies a state. */
export function cloneState<T>(value: T): T {
  return loadState<T>(saveState(value).saved)
}

/** A state as a snapshot keeps it, and how many places it has: what saving it costs. */
export function saveState(value: unknown): { readonly saved: unknown; readonly size: number } {
  const saver: Saver = { seen: new Map(), size: 0 }
  return { saved: save(value, saver), size: saver.size }
}

/** A state of one's own, of a saved one. */
export function loadState<T>(saved: unknown): T {
  return load(saved, new Map()) as T
}

interface Saver {
  readonly seen: Map<object, Saved>
  size: number
}
/** What has been loaded, by what it was loaded from. */
type Loaded = Map<Saved, unknown>

/** A mutable thing, saved. Whatever is not one of these is shared. */
abstract class Saved {
  abstract load(loaded: Loaded): unknown
}

class SavedMap extends Saved {
  readonly keys: unknown[]
  readonly values: unknown[]

  constructor(size: number) {
    super()
    this.keys = new Array(size)
    this.values = new Array(size)
  }

  load(loaded: Loaded): unknown {
    const { keys, values } = this
    const map = new Map()
    loaded.set(this, map)
    for (let i = 0; i < keys.length; i++) map.set(keys[i], load(values[i], loaded))
    return map
  }
}

class SavedSet extends Saved {
  constructor(readonly values: unknown[]) {
    super()
  }

  load(loaded: Loaded): unknown {
    const set = new Set()
    loaded.set(this, set)
    for (const value of this.values) set.add(load(value, loaded))
    return set
  }
}

class SavedList extends Saved {
  constructor(readonly values: unknown[]) {
    super()
  }

  load(loaded: Loaded): unknown {
    const list: unknown[] = this.values.slice()
    loaded.set(this, list)
    for (let i = 0; i < list.length; i++) if (list[i] instanceof Saved) list[i] = load(list[i], loaded)
    return list
  }
}

class SavedFields extends Saved {
  constructor(
    readonly names: readonly string[],
    readonly values: unknown[],
  ) {
    super()
  }

  load(loaded: Loaded): unknown {
    const { names, values } = this
    const fields: Record<string, unknown> = {}
    loaded.set(this, fields)
    for (let i = 0; i < names.length; i++) fields[names[i] as string] = load(values[i], loaded)
    return fields
  }
}

class SavedBytes extends Saved {
  constructor(private readonly bytes: Uint8Array) {
    super()
  }

  load(): unknown {
    return this.bytes.slice()
  }
}

function load(saved: unknown, loaded: Loaded): unknown {
  if (!(saved instanceof Saved)) return saved
  return loaded.get(saved) ?? saved.load(loaded)
}

function save(value: unknown, saver: Saver): unknown {
  if (typeof value === 'object')
    return value === null || Object.isFrozen(value) ? value : (saver.seen.get(value) ?? saveContainer(value, saver))
  if (typeof value === 'function') throw new Error('state must be plain data: a function waits in it')
  return value
}

function saveContainer(value: object, saver: Saver): Saved {
  if (value instanceof Map) return saveMap(value, saver)
  if (value instanceof Set) return saveSet(value, saver)
  if (Array.isArray(value)) {
    const list = new SavedList(value.slice())
    saver.seen.set(value, list)
    saver.size += value.length
    for (let i = 0; i < value.length; i++) list.values[i] = save(value[i], saver)
    return list
  }
  if (ArrayBuffer.isView(value)) return new SavedBytes((value as Uint8Array).slice())
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error(`state must be plain data: a ${prototype?.constructor?.name} waits in it`)
  return saveFields(value, saver)
}

function saveFields(value: object, saver: Saver): Saved {
  // what stands under a symbol is none of the names
  const names = namesOf(value)
  const saved = new SavedFields(names, new Array(names.length))
  saver.seen.set(value, saved)
  saver.size += names.length
  for (let i = 0; i < names.length; i++) saved.values[i] = save((value as Record<string, unknown>)[names[i] as string], saver)
  return saved
}

/** Lists of names by their first one: thousands of objects have the same few. */
const known = new Map<string, (readonly string[])[]>()

function namesOf(value: object): readonly string[] {
  const names = Object.keys(value)
  const first = names[0] ?? ''
  let alike = known.get(first)
  if (alike === undefined) {
    alike = []
    known.set(first, alike)
  }
  const there = alike.find(other => other.length === names.length && other.every((name, i) => name === names[i]))
  if (there) return there
  if (alike.length < 8) alike.push(names)
  return names
}

function saveMap(value: Map<unknown, unknown>, saver: Saver): Saved {
  const saved = new SavedMap(value.size)
  saver.seen.set(value, saved)
  saver.size += value.size
  let i = 0
  value.forEach((part, key) => {
    saved.keys[i] = key
    saved.values[i++] = save(part, saver)
  })
  return saved
}

function saveSet(value: Set<unknown>, saver: Saver): Saved {
  const saved = new SavedSet([...value])
  saver.seen.set(value, saved)
  saver.size += value.size
  saved.values.forEach((part, i) => {
    saved.values[i] = save(part, saver)
  })
  return saved
}

/** Freezes a value and all that it holds; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const k in value) deepFreeze(value[k])
  return value
}
