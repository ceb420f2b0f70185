/**
 * The links of a run: connections that keep the order of what is sent on them, by sender, receiver and stream. What changes of a link
 * stands in columns, so that a snapshot copies two lists of numbers. A stream
 * that has ended keeps its place in them.
 */
import { hash32, randomOf } from './random'
import type { RoomId, Time } from './types'

/** Virtual microseconds that a message on a link needs; `chance` in [0, 1) is the message's own. Must be pure. */
export type Flight = (chance: number) => number
/** The flights of a link. Must be pure: it is asked once for each. */
export type Latency = (from: RoomId, to: RoomId) => Flight

/** What does not change of a link. */
export interface Link {
  /** Its place in the columns. */
  readonly number: number
  /** Of its chances. */
  readonly seed: number
  readonly flight: Flight
}

/** Links as a snapshot keeps them. */
export interface SavedLinks {
  readonly registry: Registry
  readonly last: Float64Array
  readonly count: Uint32Array
}

/** All links. A run and all that are restored from it share it: it only grows. */
class Registry {
  private links = 0
  private readonly known = new Map<RoomId, Map<RoomId, Map<string, Link>>>()

  constructor(
    private readonly seed: number,
    private readonly latency: Latency,
  ) {}

  link(from: RoomId, to: RoomId, stream: string): Link {
    return this.known.get(from)?.get(to)?.get(stream) ?? this.add(from, to, stream)
  }

  private add(from: RoomId, to: RoomId, stream: string): Link {
    const receivers = entry(this.known, from, () => new Map<RoomId, Map<string, Link>>())
    const streams = entry(receivers, to, () => new Map<string, Link>())
    const seed = hash32(stream === '' ? `${from}>${to}` : `${from}>${to}>${stream}`, this.seed)
    const link = { number: this.links++, seed, flight: this.latency(from, to) }
    streams.set(stream, link)
    return link
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

export class Links {
  private registry: Registry
  /** When the last message of the link arrives: the next can't be earlier. */
  private last = new Float64Array(64)
  /** How many messages have been sent on it. */
  private count = new Uint32Array(64)

  constructor(seed: number, latency: Latency) {
    this.registry = new Registry(seed, latency)
  }

  /** Sends the next message on a link, which leaves at `time`; `stream` is '' for the one without a name. Returns when it arrives. */
  arrival(from: RoomId, to: RoomId, stream: string, time: number): Time {
    const { number, seed, flight } = this.registry.link(from, to, stream)
    if (number >= this.last.length) this.grow(number + 1)
    const n = this.count[number] as number
    this.count[number] = n + 1
    const unhindered = time + Math.max(1, Math.round(flight(randomOf(seed, n))))
    const arrives = Math.max(unhindered, this.last[number] as number)
    this.last[number] = arrives
    return arrives as Time
  }

  save(): SavedLinks {
    return { registry: this.registry, last: this.last.slice(), count: this.count.slice() }
  }

  restore({ registry, last, count }: SavedLinks): void {
    this.registry = registry
    this.last = last.slice()
    this.count = count.slice()
  }

  private grow(length: number): void {
    const size = Math.max(length, 2 * this.last.length)
    const [last, count] = [this.last, this.count]
    this.last = new Float64Array(size)
    this.last.set(last)
    this.count = new Uint32Array(size)
    this.count.set(count)
  }
}
