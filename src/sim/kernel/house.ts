/**
 * The rooms of a run: their states and random streams. A snapshot copies those that have acted since the last one and shares the
 * copies of the others; a run that is restored copies a room's state when the room acts, not before.
 */
import { copySized } from './clone'
import { nextRandom, type RandomStream, randomStream } from './random'
import type { Room, RoomId } from './types'

/** A room as snapshots keep it. Nobody changes it: snapshots and restored runs share it. */
export interface SavedRoom {
  /** Undefined while it is not running. */
  readonly state: unknown
  readonly random: RandomStream | undefined
  /** How much there is to copy in the state. */
  readonly size: number
}

/** A room in a run. */
export interface Place {
  readonly room: Room
  state: unknown
  random: RandomStream | undefined
  /** The copy that snapshots have, as long as the room has not acted since. */
  saved: SavedRoom | undefined
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
      this.places.set(room.id, { room, state: undefined, random: undefined, saved: undefined })
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

  start(place: Place): void {
    wake(place)
    place.state = place.room.init()
    place.random ??= randomStream(this.seed, place.room.id)
  }

  stop(place: Place): void {
    wake(place)
    place.state = undefined
  }

  random(id: RoomId): number {
    return nextRandom(this.places.get(id)?.random as RandomStream)
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
      place.state = saved.state
      place.random = saved.random
      place.saved = saved
    }
  }
}

function savedOf({ state, random }: Place): SavedRoom {
  const { copy, size } = copySized(state)
  return { state: copy, random: random?.clone(), size }
}

/** The room will act: what it shares with snapshots becomes its own. */
export function wake(place: Place): void {
  const { saved } = place
  if (!saved) return
  place.saved = undefined
  if (place.state === saved.state) place.state = copySized(saved.state).copy
  if (place.random === saved.random) place.random = saved.random?.clone()
}
