/**
 * The rooms of a run: their states and random streams. A snapshot saves those that have acted since the last one and shares with it
 * what was saved of the others; a run that is restored loads a room's state when the room acts, not before.
 */
import { cloneState, loadState, StateSaver } from './clone'
import { type RandomStream, randomStream } from './random'
import type { Room, RoomId } from './types'

/** A room as snapshots keep it. Nobody changes it: snapshots and restored runs share it. */
export interface SavedRoom {
  /** Saved by a `StateSaver`: its state, or what it has left. */
  readonly state: unknown
  readonly isRunning: boolean
  readonly random: RandomStream | undefined
  /** How much there is to save in the state. */
  readonly size: number
}

/** A room in a run. */
export interface Place {
  readonly room: Room
  /** Undefined while it is not running, or not loaded yet. */
  state: unknown
  /** What the process that ended has left, until the next one begins. */
  left: unknown
  random: RandomStream | undefined
  /** What snapshots have of it, as long as the room has not acted since. */
  saved: SavedRoom | undefined
  /** The state, or what is left, stands only in `saved`. */
  asleep: boolean
  readonly saver: StateSaver
}

export class House {
  private readonly places = new Map<RoomId, Place>()
  private readonly owners = new Map<RoomId, Place | undefined>()

  constructor(
    rooms: readonly Room[],
    private readonly seed: number,
  ) {
    for (const room of rooms) {
      if (this.places.has(room.id)) throw new Error(`two rooms are named ${room.id}`)
      this.places.set(room.id, {
        room,
        state: undefined,
        left: undefined,
        random: undefined,
        saved: undefined,
        asleep: false,
        saver: new StateSaver(),
      })
    }
  }

  /** The place of a room; undefined where there is none of that address. */
  at(id: RoomId): Place | undefined {
    return this.places.get(id)
  }

  /** The place that an address belongs to: the room's, or the longest address before a slash. */
  owner(address: RoomId): Place | undefined {
    const known = this.owners.get(address)
    if (known) return known
    let text: string = address
    let place = this.places.get(address)
    while (place === undefined && text.includes('/')) {
      text = text.slice(0, text.lastIndexOf('/'))
      place = this.places.get(text as RoomId)
    }
    this.owners.set(address, place)
    return place
  }

  /** All places, in boot order. */
  all(): Iterable<Place> {
    return this.places.values()
  }

  /** A process begins. */
  start(place: Place): void {
    wake(place)
    // as it would be loaded: code that has learned its hidden classes need not learn others after a seek
    place.state = cloneState(place.room.init(place.left))
    place.left = undefined
    place.random ??= randomStream(this.seed, place.room.id)
  }

  stop(place: Place): void {
    wake(place)
    if (place.state !== undefined) place.left = place.room.leaves?.(place.state)
    place.state = undefined
  }

  save(): ReadonlyMap<RoomId, SavedRoom> {
    const rooms = new Map<RoomId, SavedRoom>()
    for (const [id, place] of this.places) {
      place.saved ??= savedOf(place)
      rooms.set(id, place.saved)
    }
    return rooms
  }

  restore(rooms: ReadonlyMap<RoomId, SavedRoom>): void {
    for (const [id, saved] of rooms) {
      const place = this.places.get(id)
      if (!place) throw new Error(`the snapshot has a room ${id} that the run has not`)
      place.saved = saved
      place.asleep = true
    }
  }
}

function savedOf({ state, left, random, saver }: Place): SavedRoom {
  const isRunning = state !== undefined
  const saved = saver.save(isRunning ? state : left)
  return { state: saved, isRunning, random: random?.clone(), size: saver.size }
}

/** The state of a room, to read. */
export function stateOf(place: Place): unknown {
  const { saved } = place
  if (place.asleep && saved) {
    place.asleep = false
    const loaded = loadState(saved.state)
    place.state = saved.isRunning ? loaded : undefined
    place.left = saved.isRunning ? undefined : loaded
    place.random = saved.random?.clone()
  }
  return place.state
}

/** The room will act: what snapshots have of it is not its state any more. */
export function wake(place: Place): void {
  stateOf(place)
  place.saved = undefined
}
