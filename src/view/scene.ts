/**
 * A beat, made ready to be played: its packets on stage time. Stage time is a monotone function of virtual time within the beat:
 * short gaps keep their proportion, long ones are squeezed and said.
 */
import type { Seq, TraceEntry } from '../sim/kernel/types'
import { factsOf } from './facts'
import type { Beat, BeatScene, Depth, Packet, PacketKind, StageEntry } from './types'

/** A scene has at most so many packets one by one. In a larger one, those that would lie over each other travel as one, counted. */
const SINGLE = 400
/** Stage milliseconds that messages lie apart at most which travel as one: about a glyph with its number on a wire. */
const TOGETHER = 90
/** Of more messages than this, those that lie twice as far apart: nobody can tell them, and the page has fewer to carry. */
const CROWD = 5000
/** Virtual µs of gap that count in full; what is longer is squeezed. */
const FULL = 400
const SQUEEZED = 20_000
/** A gap of at least so many µs is said: "+1.8 s". */
const SAID = 200_000

/** The entry without its message. */
export function stageEntry(e: TraceEntry): StageEntry {
  const { seq, at, room, cause, reason, args, hop, housekeeping } = e
  return {
    seq,
    at,
    room,
    cause,
    reason,
    args: args as unknown as Record<string, unknown>,
    ...(hop && { hop }),
    ...(housekeeping && { housekeeping }),
  }
}

const REQUESTS = new Set([
  'http.request',
  'http.cancel',
  'kubelet.request',
  'kubelet.cancel',
  'forward.data',
  'metrics.scrape',
  'aggregator.request',
  'health.request',
])
const RESPONSES = new Set([
  'kernel.refused',
  'http.response',
  'http.chunk',
  'kubelet.response',
  'kubelet.chunk',
  'forward.reply',
  'aggregator.response',
  'health.response',
])

/** What kind of message an entry's hop is; undefined for what is not drawn. */
export function packetKind(e: Pick<TraceEntry, 'reason' | 'room' | 'hop'>): PacketKind | undefined {
  if (!e.hop) return undefined
  const { reason } = e as { reason: string }
  if (reason === 'kernel.closed') return closedKind(e.room, e.hop.to)
  if (REQUESTS.has(reason)) return 'request'
  if (RESPONSES.has(reason)) return 'response'
  if (reason === 'watch.event' || reason === 'watch.end') return 'watch'
  if (reason.startsWith('etcd.')) return 'etcd'
  if (reason.startsWith('network.')) return 'traffic'
  return 'local'
}

/** A connection that closes is one of those that went on between the two. */
function closedKind(from: string, to: string): PacketKind {
  const ends = [from, to]
  if (ends.includes('etcd')) return 'etcd'
  return ends.includes('apiserver') ? 'watch' : 'local'
}

const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

/** What stands beside a packet: `POST deployments`, `MODIFIED pods web-…`, `201`. */
export function packetLabel(e: TraceEntry): string {
  const args = e.args as unknown as Record<string, string | number | undefined>
  switch (e.reason as string) {
    case 'http.request':
      return `${METHODS[String(args.verb)] ?? args.verb} ${args.resource}`
    case 'kubelet.request':
      return `${args.method} ${args.path}`
    case 'metrics.scrape':
    case 'aggregator.request':
    case 'health.request':
      return `GET ${args.path}`
    case 'http.response':
    case 'kubelet.response':
    case 'aggregator.response':
      return String(args.code)
    case 'health.response':
      return 'ok'
    case 'watch.event':
      return `${args.event} ${args.resource}`
    case 'watch.end':
      return `end ${args.resource}`
    case 'http.chunk':
    case 'kubelet.chunk':
      return chunkLabel(args)
    case 'forward.data':
      return `GET ${args.path} :${args.port}`
    case 'forward.reply':
      return args.error === undefined ? String(args.status ?? 'answer') : 'no connection'
    case 'http.cancel':
      return `close ${args.resource}`
    case 'etcd.txn':
      return args.event === 'DELETE' ? 'txn delete' : 'txn put'
    case 'etcd.txn.answer':
      return (args.succeeded as unknown) === false ? 'compare failed' : `revision ${args.revision}`
    case 'etcd.watch.event':
      return `${args.event} @${args.revision}`
    case 'cri.request':
      return String(args.method)
    case 'cri.response':
      return `${args.method}: ${args.error === undefined ? 'done' : 'failed'}`
    case 'cni.request':
      return `CNI ${args.verb}`
    case 'cni.result':
      return String(args.error ?? args.ip)
    case 'netfilter.restore':
      return 'rules'
    default:
      return (e.reason as string).slice((e.reason as string).indexOf('.') + 1)
  }
}

function chunkLabel({ last, path = '', resource = '' }: Readonly<Record<string, string | number | undefined>>): string {
  const about = `${path} ${resource}`
  if (/^\/portForward|portforward$/.test(about)) return 'connection lost'
  if (/^\/exec|exec$/.test(about)) return 'output'
  return last ? 'end of log' : 'log'
}

/** What a message shares with those that it can travel with: its label without what only it has. */
function sharedLabel(e: TraceEntry): string {
  const args = e.args as unknown as Record<string, string | number | undefined>
  switch (e.reason as string) {
    case 'etcd.txn.answer':
      return (args.succeeded as unknown) === false ? packetLabel(e) : 'revision'
    case 'etcd.watch.event':
      return String(args.event)
    case 'cni.result':
      return String(args.error ?? 'IP')
    default:
      return packetLabel(e)
  }
}

const failed = (e: TraceEntry): boolean => {
  const args = e.args as unknown as Record<string, unknown>
  return (
    (typeof args.code === 'number' && args.code >= 400) ||
    args.succeeded === false ||
    args.error !== undefined ||
    args.outcome === 'refused' ||
    e.reason === 'kernel.refused'
  )
}

/** The scene of a beat. */
export function sceneOf(beat: Beat, depth: Depth, entry: (seq: Seq) => TraceEntry): BeatScene {
  const hops: TraceEntry[] = []
  const rooms = new Set<TraceEntry['room']>([entry(beat.lead).room])
  /** Requests that were refused, with the stage. */
  const refused = new Map<Seq, string>()
  for (let seq: number = beat.from; seq <= beat.to; seq++) {
    const e = entry(seq as Seq)
    if (e.housekeeping) continue
    if (depth !== 'story') rooms.add(e.room)
    if (packetKind(e)) hops.push(e)
    if ((e.reason as string) === 'apiserver.pipeline') {
      const { request, refused: no } = e.args as unknown as { request: Seq; refused?: { stage: string } }
      if (no) refused.set(request, no.stage)
    }
  }
  for (const e of hops) {
    rooms.add(e.room)
    if (e.hop) rooms.add(e.hop.to)
  }
  const clock = stageClock(hops, depth)
  const packets = hops.length > SINGLE ? bundlesOf(hops, clock.map, refused) : hops.map(e => packetOf(e, clock.map, refused))
  const lead = entry(beat.lead)
  return {
    beat,
    lead: stageEntry(lead),
    facts: factsOf(beat, lead, entry),
    packets,
    duration: clock.duration,
    rooms: [...rooms],
    skips: clock.skips,
  }
}

function packetOf(e: TraceEntry, map: (at: number) => number, refused: ReadonlyMap<Seq, string>): Packet {
  const answers = e.reason === 'http.response' ? (e.args as { request: Seq }).request : undefined
  const refusedAt = refused.get(e.seq)
  return {
    seq: e.seq,
    kind: packetKind(e) ?? 'local',
    from: e.room,
    to: e.hop?.to ?? e.room,
    label: packetLabel(e),
    start: map(e.at),
    end: map(e.hop?.arrives ?? e.at),
    ...(failed(e) && { failed: true }),
    ...(answers !== undefined && { answers }),
    ...(refusedAt !== undefined && { refusedAt }),
  }
}

/**
 * The packets of many messages: those of one kind that go the same way, begin together and arrive together are one packet that says
 * how many they are. Each message is in exactly one.
 */
function bundlesOf(hops: readonly TraceEntry[], map: (at: number) => number, refused: ReadonlyMap<Seq, string>): Packet[] {
  const together = hops.length > CROWD ? 2 * TOGETHER : TOGETHER
  const bundles = new Map<string, { first: TraceEntry; start: number; end: number; count: number }>()
  for (const e of hops) {
    const [start, end] = [map(e.at), map(e.hop?.arrives ?? e.at)]
    const [slot, arrival] = [Math.floor(start / together), Math.floor(end / together)]
    const key = `${e.room} ${e.hop?.to} ${sharedLabel(e)} ${e.reason} ${failed(e)} ${refused.get(e.seq)} ${slot} ${arrival}`
    const bundle = bundles.get(key)
    if (!bundle) {
      bundles.set(key, { first: e, start, end, count: 1 })
      continue
    }
    bundle.count++
    bundle.end = Math.max(bundle.end, end)
  }
  return [...bundles.values()].map(({ first, start, end, count }) => {
    const packet = packetOf(first, map, refused)
    return count === 1 ? packet : { ...packet, label: sharedLabel(first), start, end, count }
  })
}

/** Stage milliseconds at 1× for the moments at which the hops begin and end. */
function stageClock(
  hops: readonly TraceEntry[],
  depth: Depth,
): { map: (at: number) => number; duration: number; skips: { at: number; ms: number }[] } {
  const moments = [...new Set(hops.flatMap(e => [e.at as number, e.hop?.arrives as number]))].sort((a, b) => a - b)
  if (moments.length < 2) return { map: () => 0, duration: 700, skips: [] }
  const weights = [0]
  const gaps: { index: number; ms: number }[] = []
  for (let i = 1; i < moments.length; i++) {
    const gap = (moments[i] as number) - (moments[i - 1] as number)
    const weight = gap <= FULL ? gap / FULL : 1 + Math.min(1, (gap - FULL) / SQUEEZED)
    weights.push((weights[i - 1] as number) + weight)
    if (gap >= SAID) gaps.push({ index: i - 1, ms: Math.round(gap / 1000) })
  }
  const total = weights[weights.length - 1] as number
  const duration = Math.round(
    depth === 'story' ? Math.min(9000, Math.max(1600, total * 420)) : Math.min(2400, Math.max(700, total * 500)),
  )
  const scaled = new Map(moments.map((at, i) => [at, ((weights[i] as number) / total) * duration]))
  return {
    map: at => scaled.get(at) ?? 0,
    duration,
    skips: gaps.map(({ index, ms }) => ({ at: scaled.get(moments[index] as number) ?? 0, ms })),
  }
}
