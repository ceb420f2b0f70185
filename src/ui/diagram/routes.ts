/**
 * The way that a message takes across the stage, and where on it the message is at a moment of stage time. Pure arithmetic: the
 * same moment gives the same place, forwards and backwards.
 */
import type { BeatScene, ClusterView, Packet, RoomId } from '../session/types'
import {
  APISERVER,
  METRICS_SERVER,
  PIPELINE,
  type PipelineStage,
  type Point,
  REST,
  type Rect,
  type StageLayout,
  type Wire,
  wireId,
} from './layout'

/** A way with the fraction of the flight at which each point is reached, from 0 to 1. */
export interface Route {
  readonly points: readonly (Point & { readonly at: number })[]
  /** The wire that it runs on, if it runs on one that is drawn. */
  readonly wire: string | undefined
}

/** The room on this stage that stands for a room of the cluster: itself, or the house that holds it. */
export function standIn(layout: StageLayout, room: RoomId): RoomId | undefined {
  if (layout.rooms.has(room)) return room
  const [kind, name] = room.split('/')
  if (kind === 'controller-manager') return kind as RoomId
  return name !== undefined && layout.rest.includes(name) ? REST : undefined
}

/** Whether there is a metrics server to be drawn: the trace has named it by now, or does so in this scene. */
export const hasMetricsServer = (view: ClusterView, scene: BeatScene | undefined): boolean =>
  view.metricsServer !== undefined || (scene?.rooms ?? []).includes(METRICS_SERVER)

/** The wire between two rooms as they stand on this stage. */
export function wireBetween(layout: StageLayout, from: RoomId, to: RoomId): Wire | undefined {
  const a = standIn(layout, from)
  const b = standIn(layout, to)
  return a && b && (layout.wires.get(wireId(a, b)) ?? layout.wires.get(wireId(b, a)))
}

/** The way of a message. Undefined when it stays within one room of this stage, or its rooms are not on it. */
export function routeOf(layout: StageLayout, packet: Packet): Route | undefined {
  const wire = wireBetween(layout, packet.from, packet.to)
  if (!wire) return offWires(layout, packet)
  const forward = wire.from === standIn(layout, packet.from)
  const points = forward ? wire.points : wire.points.toReversed()
  const [start, end] = [points[0], points.at(-1)]
  if (!start || !end) return undefined
  const isSpine = wire.to === APISERVER
  if (isSpine && packet.kind === 'request' && forward)
    return { wire: wire.id, points: downThePipeline(layout, packet, start, end) }
  if (isSpine && packet.kind === 'watch' && !forward) return { wire: wire.id, points: outOfTheCache(layout, start, end) }
  return { wire: wire.id, points: evenly(points) }
}

/** The stages that a request walks through as far as it comes: admission and storage are for writes, reads come out of the watch cache. */
export function stagesOf({ label, refusedAt }: Pick<Packet, 'label' | 'refusedAt'>): readonly PipelineStage[] {
  const isRead = /^(GET|WATCH) /.test(label)
  const walk: readonly string[] = isRead ? PIPELINE.filter(stage => READ.has(stage)) : PIPELINE
  const end = refusedAt === undefined ? -1 : walk.indexOf(refusedAt)
  return (end < 0 ? walk : walk.slice(0, end + 1)) as readonly PipelineStage[]
}
const READ = new Set<PipelineStage>(['authentication', 'authorization'])

/** The fraction of its flight at which a request begins its walk down the pipeline. */
export const WALK = 0.66

/** Along the wire, into the spine, up to its first stage and down through those that it passes. */
function downThePipeline({ spine }: StageLayout, packet: Packet, start: Point, end: Point): Route['points'] {
  const x = end.x <= spine.rect.x ? spine.leftRail : spine.rightRail
  const walk = stagesOf(packet)
  const isRead = !walk.includes('storage') && packet.refusedAt === undefined
  const stops = [...walk.map(stage => centreOf(spine.stages[stage]).y), ...(isRead ? [spine.watchCache.y] : [])]
  const inside = stops.map((y, i) => ({ x, y, at: stops.length < 2 ? 1 : WALK + ((1 - WALK) * i) / (stops.length - 1) }))
  return [{ ...start, at: 0 }, { ...end, at: 0.5 }, { x, y: end.y, at: 0.55 }, ...inside]
}

/** From the watch cache to the wire's height, and out to the watcher. */
function outOfTheCache({ spine }: StageLayout, start: Point, end: Point): Route['points'] {
  const rail = start.x <= spine.rect.x ? spine.leftRail : spine.rightRail
  return [
    { x: rail, y: centreOf(spine.watchCache).y, at: 0 },
    { x: rail, y: start.y, at: 0.26 },
    { ...start, at: 0.32 },
    { ...end, at: 1 },
  ]
}

/** The pod network from node to node runs right of the nodes; so does what a runtime tells the metrics server whose program it started. */
function offWires(layout: StageLayout, { from, to }: Packet): Route | undefined {
  const [a, b] = [standIn(layout, from), standIn(layout, to)]
  if (!a || !b || a === b) return undefined
  const [start, end] = [layout.rooms.get(a), layout.rooms.get(b)]
  if (!start || !end) return undefined
  const lane = Math.max(start.x + start.width, end.x + end.width) + 16
  const y = (rect: Rect) => rect.y + rect.height / 2
  if (![a, b].every(isBesideNodes)) return { wire: undefined, points: evenly([centreOf(start), centreOf(end)]) }
  return {
    wire: undefined,
    points: evenly([
      { x: start.x + start.width, y: y(start) },
      { x: lane, y: y(start) },
      { x: lane, y: y(end) },
      { x: end.x + end.width, y: y(end) },
    ]),
  }
}

const isBesideNodes = (room: RoomId): boolean => /^(network|runtime)\//.test(room) || room === METRICS_SERVER

const centreOf = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 })

/** Reaches points at a constant speed. */
function evenly(points: readonly Point[]): Route['points'] {
  const lengths = [0]
  points.forEach((point, i) => {
    const before = points[i - 1]
    if (before) lengths.push((lengths[i - 1] ?? 0) + Math.abs(point.x - before.x) + Math.abs(point.y - before.y))
  })
  const total = lengths.at(-1) || 1
  return points.map((point, i) => ({ ...point, at: (lengths[i] ?? 0) / total }))
}

/** Where on its way a message is after a fraction (0 to 1) of its flight; written into `out`. */
export function pointAt({ points }: Route, fraction: number, out: { x: number; y: number } = { x: 0, y: 0 }): Point {
  let i = 0
  while (i < points.length - 1 && fraction > (points[i] as Route['points'][number]).at) i++
  const [before, point] = [points[Math.max(0, i - 1)], points[i]]
  if (!before || !point) return out
  const span = point.at - before.at
  const part = span > 0 ? Math.min(1, (fraction - before.at) / span) : 1
  out.x = before.x + (point.x - before.x) * part
  out.y = before.y + (point.y - before.y) * part
  return out
}

/** Stage milliseconds that a flight takes at least, so that it can be seen. */
const LEAST_FLIGHT = 260

/** When a message is seen: its own time, stretched backwards within the beat where it is too short for the eye. */
export function seen(packet: Packet, duration: number): { readonly start: number; readonly end: number } {
  const least = Math.min(LEAST_FLIGHT, duration)
  if (packet.end - packet.start >= least) return packet
  const end = Math.max(packet.end, Math.min(duration, packet.start + least))
  return { start: Math.max(0, Math.min(packet.start, end - least)), end }
}

/** Whether a room is one of a house's own: `kubelet/node-1` of `node/node-1`, `controller-manager/deployment` of its manager. */
export function houseOf(room: RoomId): RoomId {
  const [kind, name] = room.split('/')
  if (kind === 'controller-manager') return kind as RoomId
  if (name === undefined) return room
  return `node/${name}` as RoomId
}

/** When each house has its last message of a beat, in stage ms: from then on it shows its new state. */
export function arrivals(packets: readonly Packet[], duration: number): ReadonlyMap<RoomId, number> {
  const rooms = new Map<RoomId, number>()
  const hears = (room: RoomId, end: number) => {
    if (end >= (rooms.get(room) ?? 0)) rooms.set(room, end)
  }
  for (const packet of packets) {
    const { end } = seen(packet, duration)
    hears(packet.from, end)
    hears(packet.to, end)
  }
  const times = new Map<RoomId, number>()
  for (const [room, end] of rooms) {
    const house = houseOf(room)
    times.set(house, Math.max(times.get(house) ?? 0, end))
  }
  return times
}
