/**
 * All flights of a scene across a stage, worked out once: what is under way at a moment is then read off, and nothing is made for
 * it. Pure: the same moment gives the same picture, forwards and backwards.
 */
import type { Packet } from '../session/types'
import { PIPELINE, type PipelineStage, type StageLayout } from './layout'
import { pointAt, type Route, routeOf, seen, stagesOf, WALK } from './routes'

/** What a packet looks like; many look alike. */
export type PacketLook = Pick<Packet, 'kind' | 'label' | 'count' | 'failed'>

/** Flights in columns, in the order in which they begin: all that a painter needs. Times in stage ms. */
export interface FlightColumns {
  readonly start: Float64Array
  readonly end: Float64Array
  /** When the last of the flights up to this one ends: it only grows. */
  readonly last: Float64Array
  /** Its way and its look: places in `ways` and `looks`. */
  readonly way: Uint32Array
  readonly ways: readonly Route[]
  readonly look: Uint32Array
  readonly looks: readonly PacketLook[]
}
export interface Flights extends FlightColumns {
  readonly packets: readonly Packet[]
}

/** What is under way at a moment: so many, which, and where. Used again for the next moment. */
export interface Moment {
  count: number
  readonly flight: Int32Array
  readonly x: Float64Array
  readonly y: Float64Array
}

export const NO_FLIGHTS: Flights = {
  packets: [],
  start: new Float64Array(),
  end: new Float64Array(),
  last: new Float64Array(),
  way: new Uint32Array(),
  ways: [],
  look: new Uint32Array(),
  looks: [],
}

/** The flights of packets that have a way on this stage. */
export function flightsOf(layout: StageLayout, packets: readonly Packet[], duration: number): Flights {
  const ways = gatherer<Route | undefined>()
  const looks = gatherer<PacketLook>()
  const flights = packets
    .flatMap(packet => {
      const { kind, from, to, label, count, failed, refusedAt } = packet
      const way = ways.place(`${from} ${to} ${kind === 'request' ? `${label} ${refusedAt}` : kind}`, () =>
        routeOf(layout, packet),
      )
      if (!ways.all[way]) return []
      const look = looks.place(`${kind} ${failed} ${count} ${label}`, () => ({
        kind,
        label,
        ...(count !== undefined && { count }),
        ...(failed && { failed }),
      }))
      const { start, end } = seen(packet, duration)
      return [{ packet, way, look, start, end }]
    })
    .sort((a, b) => a.start - b.start || a.packet.seq - b.packet.seq)
  let latest = 0
  return {
    packets: flights.map(({ packet }) => packet),
    // Nothing flies on a way that is none.
    ways: ways.all.map(route => route ?? NOWHERE),
    way: Uint32Array.from(flights, ({ way }) => way),
    looks: looks.all,
    look: Uint32Array.from(flights, ({ look }) => look),
    start: Float64Array.from(flights, ({ start }) => start),
    end: Float64Array.from(flights, ({ end }) => end),
    last: Float64Array.from(flights, ({ end }) => {
      latest = Math.max(latest, end)
      return latest
    }),
  }
}

const NOWHERE: Route = { points: [], wire: undefined }

/** Keeps one of what has the same key, and says at which place it is. */
function gatherer<T>(): { readonly all: T[]; place(key: string, make: () => T): number } {
  const places = new Map<string, number>()
  const all: T[] = []
  return {
    all,
    place(key, make) {
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, all.length)
      return all.push(make()) - 1
    },
  }
}

/** Room for all flights of a scene at one moment. */
export const momentFor = ({ start }: FlightColumns): Moment => ({
  count: 0,
  flight: new Int32Array(start.length),
  x: new Float64Array(start.length),
  y: new Float64Array(start.length),
})

/** How many of the ascending numbers are at most `limit`. */
export function upTo(ascending: ArrayLike<number>, limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

const point = { x: 0, y: 0 }

/** Who is under way at `time` (stage ms), and where: written into `moment`. */
export function flyingAt({ ways, way, start, end, last }: FlightColumns, time: number, moment: Moment): Moment {
  const { flight, x, y } = moment
  let count = 0
  const begun = upTo(start, time)
  for (let i = upTo(last, time); i < begun; i++) {
    const [from, to] = [start[i] as number, end[i] as number]
    if (time >= to) continue
    pointAt(ways[way[i] as number] as Route, (time - from) / (to - from), point)
    flight[count] = i
    x[count] = point.x
    y[count] = point.y
    count++
  }
  moment.count = count
  return moment
}

/** When a stage of the pipeline has a request in it: begins and ends in turn, ascending. */
export type Passages = Readonly<Record<PipelineStage, Float64Array>>

/** World pixels above and below a stage within which a request counts as in it. */
const ABOVE = 6
const BELOW = 2

/** When requests walk through the stages of the pipeline. */
export function passagesOf({ spine }: StageLayout, { packets, ways, way, start, end }: Flights): Passages {
  const spans = new Map<PipelineStage, [number, number][]>(PIPELINE.map(stage => [stage, []]))
  const parts = new Map<Route, readonly (readonly [number, number] | undefined)[]>()
  const partsOf = (route: Route) => {
    const known = parts.get(route)
    if (known) return known
    const found = PIPELINE.map(stage => {
      const { y, height } = spine.stages[stage]
      return partWithin(route, spine.leftRail, spine.rightRail, y - ABOVE, y + height + BELOW)
    })
    parts.set(route, found)
    return found
  }
  packets.forEach((packet, i) => {
    if (packet.kind !== 'request') return
    const found = partsOf(ways[way[i] as number] as Route)
    const [from, length] = [start[i] as number, (end[i] as number) - (start[i] as number)]
    for (const stage of stagesOf(packet)) {
      const part = found[PIPELINE.indexOf(stage)]
      if (part) spans.get(stage)?.push([from + part[0] * length, from + part[1] * length])
    }
  })
  return Object.fromEntries([...spans].map(([stage, list]) => [stage, merged(list)])) as unknown as Passages
}

/** Whether a stage has a request in it. */
export const isPassing = (spans: Float64Array, time: number): boolean => upTo(spans, time) % 2 === 1

/** The part of a request's walk down the pipeline (fractions of the flight) that lies within a box. */
function partWithin(
  { points }: Route,
  left: number,
  right: number,
  top: number,
  bottom: number,
): readonly [number, number] | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  points.forEach((b, i) => {
    const a = points[i - 1]
    // On its way up to the first stage it is not in those that it comes by.
    if (!a || a.at < WALK) return
    let [from, to] = [0, 1]
    for (const [p, q, least, most] of [
      [a.x, b.x, left, right],
      [a.y, b.y, top, bottom],
    ] as const) {
      if (p === q) {
        if (p < least || p > most) return
        continue
      }
      const [s, e] = [(least - p) / (q - p), (most - p) / (q - p)]
      from = Math.max(from, Math.min(s, e))
      to = Math.min(to, Math.max(s, e))
    }
    if (from > to) return
    first = Math.min(first, a.at + from * (b.at - a.at))
    last = Math.max(last, a.at + to * (b.at - a.at))
  })
  return first < last ? [first, last] : undefined
}

/** Stage milliseconds: a stage stays lit between requests that follow each other so closely. Else it would flicker. */
export const STAYS = 140

/** Spans that lie so closely together are one. */
function merged(spans: readonly [number, number][]): Float64Array {
  const bounds: number[] = []
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const open = bounds.at(-1)
    if (open !== undefined && from <= open + STAYS) bounds[bounds.length - 1] = Math.max(open, to)
    else bounds.push(from, to)
  }
  return Float64Array.from(bounds)
}
