/** What snapshots keep of rooms' states, and how a state is made of it again: see `clone.ts`. */
import { RecordMap, StateMap } from './state-map'

/** What has been loaded, by what it was loaded from. */
type Loaded = Map<Saved, unknown>

/** A mutable thing, saved: nobody changes it, and later savings share it. Whatever is not one of these is shared as it is. */
export abstract class Saved {
  abstract load(loaded: Loaded): unknown
}

/** Pairs of a Map in one of its chunks: a change copies only the chunk that it falls into. */
export const PAIRS = 32

export class SavedMap extends Saved {
  constructor(
    /** Keys and values by turns, `PAIRS` of them in each but the last. */
    readonly chunks: readonly (readonly unknown[])[],
  ) {
    super()
  }

  load(loaded: Loaded): unknown {
    const map = new Map()
    loaded.set(this, map)
    for (const chunk of this.chunks) for (let i = 0; i < chunk.length; i += 2) map.set(chunk[i], load(chunk[i + 1], loaded))
    return map
  }
}

/** In a saved log behind a key: it is not there any more. */
export const GONE: unique symbol = Symbol('gone')

/** A StateMap or RecordMap: what was done to it after it had been saved before, or all that is in it. */
export class SavedLog extends Saved {
  constructor(
    readonly make: () => StateMap<unknown, unknown>,
    readonly before: SavedLog | undefined,
    /** Keys and values by turns, in order; `GONE` is the value of a key that was taken out. */
    readonly log: readonly unknown[],
    /** Length of all logs that it takes to load it. */
    readonly length: number,
  ) {
    super()
  }

  load(loaded: Loaded): unknown {
    const map = this.make()
    loaded.set(this, map)
    const logs: (readonly unknown[])[] = []
    for (let step: SavedLog | undefined = this; step !== undefined; step = step.before) logs.push(step.log)
    const all = new Map<unknown, unknown>()
    for (let i = logs.length - 1; i >= 0; i--) replay(logs[i] as readonly unknown[], all)
    for (const [key, value] of all) map.set(key, load(value, loaded))
    map.kept(this)
    return map
  }
}

function replay(log: readonly unknown[], map: Map<unknown, unknown>): void {
  for (let i = 0; i < log.length; i += 2) {
    if (log[i + 1] === GONE) map.delete(log[i])
    else map.set(log[i], log[i + 1])
  }
}

export const newStateMap = (): StateMap<unknown, unknown> => new StateMap()
export const newRecordMap = (): StateMap<unknown, unknown> => new RecordMap<unknown, object>() as StateMap<unknown, unknown>

export class SavedSet extends Saved {
  constructor(readonly values: readonly unknown[]) {
    super()
  }

  load(loaded: Loaded): unknown {
    const set = new Set()
    loaded.set(this, set)
    for (const value of this.values) set.add(load(value, loaded))
    return set
  }
}

export class SavedList extends Saved {
  constructor(readonly values: readonly unknown[]) {
    super()
  }

  load(loaded: Loaded): unknown {
    const list: unknown[] = this.values.slice()
    loaded.set(this, list)
    for (let i = 0; i < list.length; i++) if (list[i] instanceof Saved) list[i] = load(list[i], loaded)
    return list
  }
}

export class SavedFields extends Saved {
  constructor(
    readonly names: readonly string[],
    readonly values: readonly unknown[],
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

export class SavedBytes extends Saved {
  constructor(private readonly bytes: Uint8Array) {
    super()
  }

  load(): unknown {
    return this.bytes.slice()
  }
}

export function load(saved: unknown, loaded: Loaded): unknown {
  if (!(saved instanceof Saved)) return saved
  return loaded.get(saved) ?? saved.load(loaded)
}
