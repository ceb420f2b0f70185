/**
 * The inside of a room at the cursor. Most of it is what the room itself holds then: a run is taken to the cursor (see kernel/history)
 * and its state read.
 */
import type { ControllerState } from '../sim/client/controller'
import type { ClientState } from '../sim/client/room'
import type { Simulation } from '../sim/kernel/simulation'
import type { RoomId, Seq, TraceEntry } from '../sim/kernel/types'
import type { FoldState } from '../view/fold'
import { stageEntry } from '../view/scene'
import type { StageEntry } from '../view/types'
import type { RoomDetail, RoomSection } from './protocol'
import type { Session } from './session'

const RECENT = 30
/** How far back the last entries of a room are looked for. */
const BACK = 20_000
const ROWS = 100

const argsOf = (e: TraceEntry): Record<string, unknown> => e.args as unknown as Record<string, unknown>

/** What a room holds at the cursor, and what it did last. */
export function roomDetail(session: Session, room: RoomId): RoomDetail {
  const { cursor } = session.place
  const fold = session.foldAt(cursor)
  const run = session.simulationAt(cursor)
  return { room, sections: sectionsOf(room, run, fold, session), recent: recentOf(session, room, cursor) }
}

function recentOf(session: Session, room: RoomId, cursor: Seq): StageEntry[] {
  const { trace } = session.simulation
  const recent: StageEntry[] = []
  for (let seq: number = cursor; seq > Math.max(0, cursor - BACK) && recent.length < RECENT; seq--) {
    const e = trace.entry(seq as Seq)
    if (!e.housekeeping && (belongs(room, e.room) || (e.hop && belongs(room, e.hop.to)))) recent.push(stageEntry(e))
  }
  return recent
}

const belongs = (room: RoomId, other: RoomId): boolean => other === room || other.startsWith(`${room}/`)

function sectionsOf(room: RoomId, run: Simulation, fold: FoldState, session: Session): RoomSection[] {
  const [kind, rest] = room.split('/') as [string, string | undefined]
  if (room === 'etcd') return [etcdKeys(fold)]
  if (room === 'apiserver') return [watchers(fold), pipelines(session)]
  if (room === 'scheduler') return [schedulerQueue(fold), ...informersOf(run, room)]
  if (kind === 'controller-manager' && rest) return [queueOf(run, rest), ...informersOf(run, 'controller-manager' as RoomId)]
  if (kind === 'kube-proxy' && rest) return [...proxyRules(session, rest), ...informersOf(run, room)]
  if (kind === 'runtime' && rest) return [images(fold, rest), containers(fold, rest)]
  if (kind === 'node' && rest) return [containers(fold, rest), images(fold, rest)]
  if (kind === 'kubelet' && rest) return [containers(fold, rest), ...informersOf(run, room)]
  return informersOf(run, room)
}

function etcdKeys(fold: FoldState): RoomSection {
  const rows = [...fold.objects].sort(([, a], [, b]) => b.revision - a.revision).slice(0, ROWS)
  return {
    title: 'room.keys',
    columns: ['room.key', 'room.revision'],
    rows: rows.map(([key, { revision }]) => [key, revision]),
    keys: rows.map(([key]) => key),
  }
}

function watchers(fold: FoldState): RoomSection {
  const by = new Map<string, string[]>()
  for (const [watcher, resource] of fold.watches) {
    const room = watcher.slice(0, watcher.lastIndexOf(' '))
    by.set(resource, [...(by.get(resource) ?? []), room])
  }
  const rows = [...by].sort(([, a], [, b]) => b.length - a.length)
  return {
    title: 'room.watchers',
    columns: ['room.resource', 'room.watchers', 'room.who'],
    rows: rows.map(([r, w]) => [r, w.length, [...w.slice(0, 6), ...(w.length > 6 ? [`+${w.length - 6}`] : [])].join(', ')]),
  }
}

/** The last requests that walked down the pipeline, and how far they got. */
function pipelines(session: Session): RoomSection {
  const { cursor } = session.place
  const rows: (string | number)[][] = []
  const seqs: Seq[] = []
  for (let seq: number = cursor; seq > Math.max(0, cursor - BACK) && rows.length < 20; seq--) {
    const e = session.simulation.trace.entry(seq as Seq)
    if (e.reason !== 'apiserver.pipeline' || e.housekeeping) continue
    const { verb, resource, name, stages, refused } = argsOf(e) as {
      verb: string
      resource: string
      name?: string
      stages: readonly string[]
      refused?: { stage: string; message: string }
    }
    rows.push([
      `${verb} ${resource}`,
      name ?? '',
      refused ? `✗ ${refused.stage}: ${refused.message}` : `✓ ${stages[stages.length - 1] ?? ''}`,
    ])
    seqs.push(e.seq)
  }
  return { title: 'room.pipeline', columns: ['room.request', 'room.name', 'room.stage'], rows, seqs }
}

function schedulerQueue(fold: FoldState): RoomSection {
  return {
    title: 'room.queue',
    columns: ['room.pod', 'room.queue'],
    rows: [...fold.scheduling].slice(0, ROWS).map(([pod, queue]) => [pod, queue]),
  }
}

function queueOf(run: Simulation, part: string): RoomSection {
  const state = run.state('controller-manager' as RoomId) as ControllerState | undefined
  const queue = state?.queues.get(part)
  const rows: (string | number)[][] = []
  for (const key of queue?.processing ?? []) rows.push([key, 'room.processing', queue?.failures.get(key) ?? 0])
  for (const key of queue?.waiting.keys() ?? []) rows.push([key, 'room.waiting', queue?.failures.get(key) ?? 0])
  return { title: 'room.workqueue', columns: ['room.key', 'room.state', 'room.retries'], rows: rows.slice(0, ROWS) }
}

function informersOf(run: Simulation, room: RoomId): RoomSection[] {
  const state = run.state(room) as ClientState | undefined
  if (!(state?.informers instanceof Map) || state.informers.size === 0) return []
  const rows = [...state.informers.values()].map(i => [
    i.scope.resource,
    i.scope.fieldSelector ?? i.scope.labelSelector ?? '',
    i.store.objects.size,
    i.resourceVersion,
  ])
  return [{ title: 'room.informers', columns: ['room.resource', 'room.selector', 'room.objects', 'room.revision'], rows }]
}

/** The rules as the last sync of the node's kube-proxy said them. */
function proxyRules(session: Session, node: string): RoomSection[] {
  const { cursor } = session.place
  for (let seq: number = cursor; seq > 0; seq--) {
    const e = session.simulation.trace.entry(seq as Seq)
    if (e.room !== `kube-proxy/${node}` || e.reason !== 'kube-proxy.sync') continue
    return [{ title: 'room.rules', text: JSON.stringify(argsOf(e), undefined, 2), seqs: [seq as Seq] }]
  }
  return []
}

function images(fold: FoldState, node: string): RoomSection {
  return { title: 'room.images', columns: ['room.image'], rows: [...(fold.images.get(node) ?? [])].map(i => [i]) }
}

function containers(fold: FoldState, node: string): RoomSection {
  const rows: (string | number)[][] = []
  const keys: string[] = []
  for (const [key, { object }] of fold.objects) {
    if (object.kind !== 'Pod' || object.spec?.nodeName !== node) continue
    for (const c of object.status?.containerStatuses ?? []) {
      rows.push([object.metadata.name, c.name, Object.keys(c.state ?? {})[0] ?? 'waiting', c.restartCount ?? 0])
      keys.push(key)
    }
    if (rows.length >= ROWS) break
  }
  return { title: 'room.containers', columns: ['room.pod', 'room.container', 'room.state', 'room.restarts'], rows, keys }
}
