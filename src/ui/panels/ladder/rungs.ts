/** The ladder as data: lanes from left to right, a rung for each message from top to bottom. */
import { packetKind } from '../../../view/scene'
import type { PacketKind, Seq, StageEntry } from '../../session/types'

export interface Rung {
  readonly seq: Seq
  readonly from: string
  readonly to: string
  readonly kind: PacketKind
  readonly isRefused: boolean
  /** Virtual ms of nothing before it, where that is long enough to be told. */
  readonly gap?: number
  readonly entry: StageEntry
}
export interface Ladder {
  readonly lanes: readonly string[]
  readonly rungs: readonly Rung[]
  /** Messages that are not drawn. */
  readonly left: number
}

/** More are not drawn. */
const MOST = 160
/** A gap of at least so many virtual µs is told. */
const TOLD = 200_000

/** Rooms as the map has them: you and the control plane's clients, the apiserver, etcd, then node by node. */
const ORDER = [
  'kubectl',
  'scheduler',
  'controller-manager',
  'apiserver',
  'etcd',
  'metrics-server',
  'kubelet',
  'runtime',
  'network',
  'kube-proxy',
]

function rank(room: string): string {
  const [kind = '', part = ''] = room.split('/')
  const place = ORDER.indexOf(kind)
  const isOfNode = place > ORDER.indexOf('metrics-server')
  return `${isOfNode ? `1 ${part.padStart(12)}` : '0'} ${String(place).padStart(2)} ${part}`
}

const isRefused = ({ args }: StageEntry): boolean =>
  (typeof args.code === 'number' && args.code >= 400) ||
  args.succeeded === false ||
  (args.error !== undefined && args.error !== '')

/** The ladder of some entries: those that are messages, housekeeping left out. */
export function ladderOf(entries: readonly StageEntry[], most = MOST): Ladder {
  const messages = entries.filter(entry => entry.hop && !entry.housekeeping)
  const drawn = messages.slice(-most)
  const lanes = new Set<string>()
  let last: StageEntry | undefined
  const rungs = drawn.map((entry): Rung => {
    const to = String(entry.hop?.to)
    lanes.add(entry.room).add(to)
    const gap = last ? entry.at - last.at : 0
    last = entry
    const kind = packetKind({ reason: entry.reason, room: entry.room, ...(entry.hop && { hop: entry.hop }) }) ?? 'local'
    return {
      seq: entry.seq,
      from: entry.room,
      to,
      kind,
      isRefused: isRefused(entry),
      entry,
      ...(gap >= TOLD && { gap: gap / 1000 }),
    }
  })
  return { lanes: [...lanes].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)), rungs, left: messages.length - drawn.length }
}
