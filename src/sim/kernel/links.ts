/**
 * The links of a run: connections that keep the order of what is sent on them, by sender, receiver and stream. What changes of a link
 * stands in columns, so that a snapshot copies two lists of numbers. A stream
 * that has ended keeps its place in them.
 */
import { hash32, randomOf } from './random'
import type { RoomId, Time } from './types'

/** Links as a snapshot keeps them. */
export interface SavedLinks {
  readonly registry: Registry
  readonly last: Float64Array
  readonly count: Uint32Array
}

/** Numbers of links, and the seeds of their chances. A run and all that are restored from it share it: it only grows. */
class Registry {
  readonly seeds: number[] = []
  private readonly numbers = new Map<RoomId, Map<RoomId, Map<string, number>>>()

  constructor(private readonly seed: number) {}

  numberOf(from: RoomId, to: RoomId, stream: string): number {
    const number = this.numbers.get(from)?.get(to)?.get(stream)
    return number ?? this.add(from, to, stream)
  }

  private add(from: RoomId, to: RoomId, stream: string): number {
    const receivers = entry(this.numbers, from, () => new Map<RoomId, Map<string, number>>())
    const streams = entry(receivers, to, () => new Map<string, number>())
    const number = this.seeds.length
    streams.set(stream, number)
    this.seeds.push(hash32(stream === '' ? `${from}>${to}` : `${from}>${to}>${stream}`, this.seed))
    return number
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

  constructor(seed: number) {
    this.registry = new Registry(seed)
  }

  /** The number of a link; `stream` is '' for the one without a name. */
  numberOf(from: RoomId, to: RoomId, stream: string): number {
    const link = this.registry.numberOf(from, to, stream)
    if (link >= this.last.length) this.grow(link + 1)
    return link
  }

  /** The chance in [0, 1) of the next message on a link. */
  nextChance(link: number): number {
    const n = this.count[link] as number
    this.count[link] = n + 1
    return randomOf(this.registry.seeds[link] as number, n)
  }

  /** When a message arrives that would need until `time` if none were before it. */
  arrival(link: number, time: number): Time {
    const arrives = Math.max(time, this.last[link] as number)
    this.last[link] = arrives
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
