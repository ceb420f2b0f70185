/** What a scene lights: its rooms, its wires, and what is written on them when nothing moves. Pure. */

import type { BeatScene, Packet, PacketKind, RoomId } from '../session/types'
import type { Measure } from '../shared/measure'
import { SHORT_NAMES } from '../shared/objects'
import { type Point, type StageLayout, wireId } from './layout'
import { houseOf, standIn, wireBetween } from './routes'

/** A wire with all that travels on it in a scene. */
export interface LitWire {
  readonly id: string
  readonly kind: PacketKind
  /** Messages go along it from its first end, from its last, or both. */
  readonly forward: boolean
  readonly backward: boolean
  readonly failed: boolean
  /** What its label says, and which entry it stands for. */
  readonly label: Packet
  readonly text: string
  /** How many alike there are, and the answer: never cut off. */
  readonly suffix: string
  /** How much else was said in its direction. */
  readonly others: number
  /** All messages on it. */
  readonly packets: readonly Packet[]
}

export interface Lit {
  readonly rooms: ReadonlySet<RoomId>
  /** Houses in which a room acts. */
  readonly houses: ReadonlySet<RoomId>
  readonly wires: ReadonlyMap<string, LitWire>
}

/** What matters more on a wire that several kinds of messages use. */
const WEIGHT: Readonly<Record<PacketKind, number>> = { request: 5, watch: 4, etcd: 4, traffic: 3, local: 3, response: 1 }

/** An Event tells of what was done, and matters less than that. */
const isEvent = ({ label }: Packet): boolean => /^(POST|PATCH) events\b/.test(label)

/** What a scene lights on this stage. */
export function litBy(scene: BeatScene, layout: StageLayout): Lit {
  const rooms = new Set<RoomId>()
  const houses = new Set<RoomId>()
  for (const room of scene.rooms) {
    const here = standIn(layout, room)
    if (!here) continue
    rooms.add(here)
    houses.add(houseOf(here))
  }
  const byWire = new Map<string, Packet[]>()
  for (const [from, lists] of byEnds(scene.packets)) {
    for (const [to, packets] of lists) {
      const id = wireBetween(layout, from, to)?.id
      if (id === undefined) continue
      const list = byWire.get(id)
      byWire.set(id, list ? [...list, ...packets].sort((a, b) => a.seq - b.seq) : packets)
    }
  }
  const wires = new Map([...byWire].map(([id, packets]) => [id, litWire(id, packets, scene.lead.seq, layout)]))
  return { rooms, houses, wires }
}

/** Messages by who sends them and who hears them. */
function byEnds(packets: readonly Packet[]): ReadonlyMap<RoomId, ReadonlyMap<RoomId, Packet[]>> {
  const ends = new Map<RoomId, Map<RoomId, Packet[]>>()
  for (const packet of packets) {
    const lists = ends.get(packet.from) ?? new Map<RoomId, Packet[]>()
    ends.set(packet.from, lists)
    const list = lists.get(packet.to)
    if (list) list.push(packet)
    else lists.set(packet.to, [packet])
  }
  return ends
}

function litWire(id: string, packets: readonly Packet[], lead: number, layout: StageLayout): LitWire {
  const weight = (packet: Packet) =>
    (packet.seq === lead ? 100 : 0) + (packet.failed ? 10 : 0) + WEIGHT[packet.kind] - (isEvent(packet) ? 0.5 : 0)
  const most = packets.reduce((best, packet) => Math.max(best, weight(packet)), 0)
  const heaviest = mostSaid(packets.filter(packet => weight(packet) === most))
  // An answer is told with its question.
  const asked = heaviest.kind === 'response' && heaviest.seq !== lead ? requestOf(heaviest, packets) : undefined
  const label = asked ?? heaviest
  const alike = messagesIn(packets.filter(packet => packet.label === label.label))
  /** What else was said in its direction: answers go without saying. */
  const others = messagesIn(
    packets.filter(packet => packet.from === label.from && packet.kind !== 'response' && packet.label !== label.label),
  )
  const answer = asked ? heaviest : label.kind === 'request' && alike === 1 ? answerTo(label, packets) : undefined
  const isForward = (packet: Packet) => {
    const [a, b] = [standIn(layout, packet.from), standIn(layout, packet.to)]
    return a !== undefined && b !== undefined && wireId(a, b) === id
  }
  return {
    id,
    kind: label.kind,
    forward: packets.some(isForward),
    backward: packets.some(packet => !isForward(packet)),
    failed: packets.some(packet => packet.failed),
    label,
    text: shortLabel(label.label),
    suffix: [alike > 1 && `×${alike}`, answer && `· ${answer.label}`].filter(Boolean).join(' '),
    others,
    packets,
  }
}

/** How many messages packets stand for. */
export const messagesIn = (packets: readonly Packet[]): number => packets.reduce((sum, { count = 1 }) => sum + count, 0)

/** The first of those whose label is said most often. */
function mostSaid(packets: readonly Packet[]): Packet {
  const counts = new Map<string, number>()
  for (const { label, count = 1 } of packets) counts.set(label, (counts.get(label) ?? 0) + count)
  const said = ({ label }: Packet) => counts.get(label) ?? 0
  return packets.reduce((best, packet) => (said(packet) > said(best) ? packet : best))
}

const requestOf = (answer: Packet, packets: readonly Packet[]): Packet | undefined =>
  packets.find(packet => packet.seq === answer.answers)
const answerTo = (request: Packet, packets: readonly Packet[]): Packet | undefined =>
  packets.find(packet => packet.answers === request.seq)

/** What a packet's label says on the stage: without the API group, which the inspector tells. */
export const shortLabel = (label: string): string => label.replace(/^(\S+ [a-z]+)\.[a-z0-9.-]+$/, '$1')

/** A label that stands on a lit wire. */
export interface StillLabel {
  readonly wire: LitWire
  readonly centre: Point
  readonly width: number
  /** Beside the wire instead of on it. */
  readonly beside: boolean
}

/** Where the labels of lit wires stand. Every wire has its own height, so they cannot meet. */
export function stillLabels(lit: Lit, layout: StageLayout): readonly StillLabel[] {
  return [...lit.wires.values()].flatMap((wire): StillLabel[] => {
    const points = layout.wires.get(wire.id)?.points
    const [a, b] = [points?.[0], points?.[1]]
    if (!a || !b || !isBetweenHouses(wire.id)) return []
    if (a.x === b.x) return [{ wire, centre: { x: a.x + 12, y: (a.y + b.y) / 2 }, width: 220, beside: true }]
    const [left, right] = [outer(layout, a, b), Math.max(a.x, b.x)]
    return [{ wire, centre: { x: (left + right) / 2, y: a.y }, width: right - left - 22, beside: false }]
  })
}

/** Pixels of a label beside its words: icon and padding. */
const AROUND = 27
/** Between words and what follows them. */
const BETWEEN = 5

/**
 * What a label says in so many pixels: as much as fits. First what else was said is left out, then the resource stands there by
 * kubectl's short name, then how many alike there are is left out: the answer stays. The tooltip tells all.
 */
export function labelIn(
  { text, suffix, others }: Pick<LitWire, 'text' | 'suffix' | 'others'>,
  width: number,
  measure: Measure,
): { text: string; suffix: string } {
  const more = others > 0 ? `+${others}` : ''
  const short = shorter(text)
  const answer = suffix.replace(/^×\d+ ?(?=· )/, '')
  const ways = [
    { text, suffix: [suffix, more].filter(Boolean).join(' ') },
    { text, suffix },
    { text: short, suffix },
    { text: short, suffix: answer },
    { text: shortest(short), suffix: answer },
  ]
  const fits = (way: { readonly text: string; readonly suffix: string }) =>
    AROUND + measure(way.text) + (way.suffix === '' ? 0 : BETWEEN + measure(way.suffix)) <= width
  return ways.find(fits) ?? { text: shortest(short), suffix: answer }
}

/** The resource by its short name; of a path, its last part. */
const shorter = (text: string): string =>
  text.replace(/(?<= )[a-z]+/, resource => SHORT_NAMES[resource] ?? resource).replace(/(?<= )\/.+(?=\/)/, '…')
/** Without the subresource; of what a container runtime is asked and answers, what is to be done and a tick. */
const shortest = (text: string): string =>
  text
    .replace(/(?<= [a-z]+)\/\w+/, '')
    .replace(/(?<= )endpoint(?=slices$)/, '')
    .replace(/(?<=^[A-Z][a-z]+)(?:PodSandbox|Container|Image|Status)\b/, '')
    .replace(/: done$/, ' ✓')

/** All that was said on a wire, for a tooltip: each with how often. */
export function saidOn({ packets }: LitWire): string {
  const counts = new Map<string, number>()
  for (const { label, count = 1 } of packets) counts.set(label, (counts.get(label) ?? 0) + count)
  return [...counts].map(([label, count]) => (count > 1 ? `${label} ×${count}` : label)).join('\n')
}

/** Local wires are short: what travels on them is told by the rooms at their ends. */
const isBetweenHouses = (id: string): boolean => id.includes('apiserver')

/** Where the wire is free of its own house: wires of rooms inside a house begin within it. */
function outer(layout: StageLayout, a: Point, b: Point): number {
  const left = Math.min(a.x, b.x)
  const house = layout.controllerManager
  return Math.max(left, left < house.x + house.width ? house.x + house.width : left)
}
