/**
 * Rooms' states, saved for snapshots. Frozen values are immutable throughout and are shared; Maps, Sets, arrays and plain objects are
 * saved and loaded as new ones; two paths to one mutable thing still lead to one thing. What has not changed since the last time is
 * not saved again: it is compared, place by place, and nothing new is kept.
 */

import {
  GONE,
  load,
  newRecordMap,
  newStateMap,
  PAIRS,
  type Saved,
  SavedBytes,
  SavedFields,
  SavedList,
  SavedLog,
  SavedMap,
  SavedSet,
} from './saved'
import { RecordMap, StateMap, TAKEN } from './state-map'

/** What stands under this symbol in a state is a cache beside the data: it is not saved. */
export const LIVE: unique symbol = Symbol('live')

/** Copies a state. */
export function cloneState<T>(value: T): T {
  return loadState<T>(new StateSaver().save(value))
}

/** A state of one's own, of a saved one. */
export function loadState<T>(saved: unknown): T {
  return load(saved, new Map()) as T
}

/** Deeper than any state: one that contains itself can't be saved. */
const DEPTH = 200
const NOTHING: readonly unknown[] = []
const NO_CHUNKS: readonly (readonly unknown[])[] = []

/** What was kept of a mutable thing, and in which saving that was. */
interface Known {
  /** Undefined while it is saved for the first time. */
  saved: Saved | undefined
  round: number
}

/** Saves one state again and again, and shares with the last time what is still the same. */
export class StateSaver {
  /** How many places the state had when it was last saved. */
  size = 0
  /** Mutable things of the state, and a few that are not in it any more. */
  private readonly known = new Map<object, Known>()
  /** How many savings there have been, with this one. */
  private round = 0
  /** How many mutable things were met in this one. */
  private met = 0
  private depth = 0

  /** The state as a snapshot keeps it. */
  save(state: unknown): unknown {
    this.round++
    this.met = 0
    this.size = 0
    const kept = this.part(state)
    if (this.known.size > 2 * this.met + 64) this.forgetGone()
    return kept
  }

  private forgetGone(): void {
    this.known.forEach(({ round }, value) => {
      if (round !== this.round) this.known.delete(value)
    })
  }

  /** What is kept of a value. Callers ask only where it is not what was kept in its place: a mutable thing is never kept as itself. */
  private part(value: unknown): unknown {
    if (typeof value === 'object') return value === null || Object.isFrozen(value) ? value : this.container(value)
    if (typeof value === 'function') throw new Error('state must be plain data: a function waits in it')
    return value
  }

  private container(value: object): Saved {
    const known = this.known.get(value) ?? this.meet(value)
    // another path has led here
    if (known.round === this.round) return known.saved as Saved
    if (++this.depth > DEPTH) throw new Error('state must be plain data: it contains itself')
    known.saved = this.saved(value, known.saved)
    known.round = this.round
    this.depth--
    this.met++
    return known.saved
  }

  private meet(value: object): Known {
    const known = { saved: undefined, round: 0 }
    this.known.set(value, known)
    return known
  }

  private saved(value: object, before: Saved | undefined): Saved {
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) return this.fields(value as Record<string, unknown>, before as SavedFields | undefined)
    if (value instanceof StateMap) return this.stateMap(value)
    if (value instanceof Map)
      return value.size === 0 ? emptyMap(before as SavedMap | undefined) : this.map(value, before as SavedMap | undefined)
    if (value instanceof Set) {
      const last = (before as SavedSet | undefined)?.values
      const values = this.list(value.size === 0 ? NOTHING : [...value], last)
      return before && values === last ? before : new SavedSet(values)
    }
    if (Array.isArray(value)) {
      const last = (before as SavedList | undefined)?.values
      const values = this.list(value, last)
      return before && values === last ? before : new SavedList(values)
    }
    if (ArrayBuffer.isView(value)) return new SavedBytes((value as Uint8Array).slice())
    if (prototype !== null) throw new Error(`state must be plain data: a ${prototype?.constructor?.name} waits in it`)
    return this.fields(value as Record<string, unknown>, before as SavedFields | undefined)
  }

  private stateMap(map: StateMap<unknown, unknown>): Saved {
    const before = map.saved as SavedLog | undefined
    if (before && map.log.length === 0) return before
    // logs that are longer than two of the whole are put together
    const whole = before === undefined || before.length + 2 * map.log.length > 4 * map.size + 64
    const log = whole ? this.contents(map) : this.changes(map)
    this.size += log.length / 2
    const make = map instanceof RecordMap ? newRecordMap : newStateMap
    const saved = new SavedLog(make, whole ? undefined : before, log, log.length + (whole ? 0 : before.length))
    map.kept(saved)
    return saved
  }

  private contents(map: StateMap<unknown, unknown>): readonly unknown[] {
    const log = new Array<unknown>(2 * map.size)
    let n = 0
    map.forEach((value, key) => {
      log[n++] = key
      log[n++] = this.entry(map, key, value)
    })
    return log
  }

  private changes(map: StateMap<unknown, unknown>): readonly unknown[] {
    const { log } = map
    const done = new Array<unknown>(2 * log.length)
    let n = 0
    for (let i = 0; i < log.length; i++) {
      const isTaken = log[i] === TAKEN
      const key = isTaken ? log[++i] : log[i]
      // what was put in and is not there any more is taken out later in the log
      if (!isTaken && !map.has(key)) continue
      done[n++] = key
      done[n++] = isTaken ? GONE : this.entry(map, key, map.peek(key))
    }
    done.length = n
    return done
  }

  private entry(map: StateMap<unknown, unknown>, key: unknown, value: unknown): unknown {
    const kept = this.part(value)
    if (kept !== value && !(map instanceof RecordMap))
      throw new Error(`a StateMap holds what is immutable: ${String(key)} is not`)
    return kept
  }

  private fields(value: Record<string, unknown>, before: SavedFields | undefined): Saved {
    const known = before !== undefined && hasNames(value, before.names)
    // what stands under a symbol is none of the names
    const names = known ? before.names : namesOf(value)
    const last = known ? before.values : NOTHING
    this.size += names.length
    let fresh = known ? undefined : new Array<unknown>(names.length).fill(undefined)
    for (let i = 0; i < names.length; i++) {
      const part = value[names[i] as string]
      if (part === last[i]) continue
      const kept = this.part(part)
      if (kept === last[i]) continue
      fresh ??= last.slice()
      fresh[i] = kept
    }
    return fresh === undefined && known ? before : new SavedFields(names, fresh ?? NOTHING)
  }

  /** What is kept of the items: `last` itself where they are the same. */
  private list(items: readonly unknown[], last: readonly unknown[] = NOTHING): readonly unknown[] {
    this.size += items.length
    const both = Math.min(items.length, last.length)
    let fresh = items.length === last.length ? undefined : last.slice(0, both)
    for (let i = 0; i < both; i++) {
      if (items[i] === last[i]) continue
      const kept = this.part(items[i])
      if (kept === last[i]) continue
      fresh ??= last.slice()
      fresh[i] = kept
    }
    for (let i = both; i < items.length; i++) fresh?.push(this.part(items[i]))
    return fresh ?? last
  }

  private map(value: Map<unknown, unknown>, before: SavedMap | undefined): Saved {
    this.size += value.size
    const whole = Math.ceil(value.size / PAIRS)
    const chunks = new Array<readonly unknown[]>(whole)
    let changed = before?.chunks.length !== whole
    let at = 0
    let last = before?.chunks[0] ?? NOTHING
    let fresh: unknown[] | undefined
    let n = 0
    const end = (): void => {
      if (fresh === undefined && last.length > n) fresh = last.slice(0, n)
      if (fresh !== undefined) changed = true
      chunks[at++] = fresh ?? last
      last = before?.chunks[at] ?? NOTHING
      fresh = undefined
      n = 0
    }
    value.forEach((part, key) => {
      const kept = part === last[n + 1] ? part : this.part(part)
      if (fresh === undefined && (n >= last.length || key !== last[n] || kept !== last[n + 1])) fresh = last.slice(0, n)
      if (fresh !== undefined) fresh.push(key, kept)
      n += 2
      if (n === 2 * PAIRS) end()
    })
    if (n > 0) end()
    return before && !changed ? before : new SavedMap(chunks)
  }
}

const emptyMap = (before: SavedMap | undefined): Saved => (before?.chunks.length === 0 ? before : new SavedMap(NO_CHUNKS))

/** An object has these names, in this order, and no other. */
function hasNames(value: object, names: readonly string[]): boolean {
  let i = 0
  for (const name in value) if (names[i++] !== name) return false
  return i === names.length
}

/** Lists of names by their first one: thousands of objects have the same few. */
const known = new Map<string, (readonly string[])[]>()

function namesOf(value: object): readonly string[] {
  const first = firstName(value)
  let alike = known.get(first)
  if (alike === undefined) {
    alike = []
    known.set(first, alike)
  }
  const there = alike.find(names => hasNames(value, names))
  if (there) return there
  const names = Object.keys(value)
  if (alike.length < 8) alike.push(names)
  return names
}

function firstName(value: object): string {
  for (const name in value) return name
  return ''
}

/** Freezes a value and all that it holds; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const k in value) deepFreeze(value[k])
  return value
}
