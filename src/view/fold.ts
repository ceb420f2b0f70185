/**
 * The cluster as a fold of a prefix of the trace: objects are the fold of etcd's writes, queues and watches the fold of notes.
 * The state is plain data in Maps, so that the worker can keep copies along the way.
 */
import type { ProcessMessage } from '../sim/api/aggregation'
import type { EtcdRequest } from '../sim/api/messages'
import type { KubeObject } from '../sim/api/types'
import type { Seq, Time, TraceEntry } from '../sim/kernel/types'
import type { CycleTable } from '../sim/scheduler/table'
import type { TerminalLine } from './types'

/** What stands under a key of etcd. */
export interface Stored {
  readonly object: KubeObject
  readonly revision: number
}

export interface QueueFold {
  waiting: number
  active: number
  /** Keys whose last sync failed: they wait for their next one, or are in it. */
  readonly failed: Set<string>
}

export interface MetricsFold {
  /** The trace has named it. */
  named: boolean
  /** Nodes on which its program runs, by container; '' for the control plane's machine. */
  readonly processes: Map<string, string>
  /** Nodes that have told it what is used there. */
  readonly answered: Set<string>
}

export interface FoldState {
  seq: Seq
  at: Time
  revision: number
  /** By etcd key: `/registry/pods/default/web-…`. */
  readonly objects: Map<string, Stored>
  /** Writes that etcd has not answered yet, by id. */
  readonly writing: Map<number, { readonly key: string; readonly object?: KubeObject }>
  /** Standing watches: who and which id, to the resource. */
  readonly watches: Map<string, string>
  requests: number
  underway: number
  /** By part of the controller manager. */
  readonly queues: Map<string, QueueFold>
  readonly syncedInformers: Set<string>
  /** Pods in the scheduler's queue, by the part of it. */
  readonly scheduling: Map<string, string>
  lastCycle: { seq: Seq; pod: string; feasible: number; nodes: number; chosen?: string; total?: number } | undefined
  /** Sandboxes that stand, by their id: the pod of each. */
  readonly sandboxes: Map<string, string>
  readonly images: Map<string, Set<string>>
  /** Fields of pods that their kubelet does not simulate. */
  readonly unsupported: Map<string, readonly string[]>
  /** Ports of Services that each node's kube-proxy has programmed. */
  readonly rules: Map<string, number>
  readonly metrics: MetricsFold
  /** Rooms whose process a person has stopped. */
  readonly stopped: Set<string>
  /** Pods that each node's kubelet has taken over and not yet heard to be gone. */
  readonly kubelets: Map<string, Set<string>>
  readonly terminal: TerminalLine[]
  /** Commands that run, by their ids: what was typed. */
  readonly commands: Map<number, string>
}

export const newFold = (): FoldState => ({
  seq: 0 as Seq,
  at: 0 as Time,
  revision: 0,
  objects: new Map(),
  writing: new Map(),
  watches: new Map(),
  requests: 0,
  underway: 0,
  queues: new Map(),
  syncedInformers: new Set(),
  scheduling: new Map(),
  lastCycle: undefined,
  sandboxes: new Map(),
  images: new Map(),
  unsupported: new Map(),
  rules: new Map(),
  metrics: { named: false, processes: new Map(), answered: new Set() },
  stopped: new Set(),
  kubelets: new Map(),
  terminal: [],
  commands: new Map(),
})

type Rule = (state: FoldState, entry: TraceEntry, args: Record<string, unknown>) => void

/** Lines that the terminal keeps. */
const SCROLLBACK = 2000

const etcdRules: Record<string, Rule> = {
  'etcd.txn': (state, entry, args) => {
    const txn = entry.message as EtcdRequest | undefined
    if (txn?.type !== 'etcd.txn') return
    state.writing.set(
      args.id as number,
      Object.freeze('put' in txn.then ? { key: txn.key, object: txn.then.put } : { key: txn.key }),
    )
  },
  'etcd.txn.answer': (state, _entry, args) => {
    const id = args.id as number
    const write = state.writing.get(id)
    if (!write) return
    state.writing.delete(id)
    if (!args.succeeded) return
    store(state, write.key, write.object, args.revision as number)
  },
  'etcd.load': (state, entry) => {
    const load = entry.message as EtcdRequest | undefined
    if (load?.type !== 'etcd.load') return
    for (const { key, value } of load.values) store(state, key, value, state.revision + 1)
  },
}

function store(state: FoldState, key: string, object: KubeObject | undefined, revision: number): void {
  state.revision = Math.max(state.revision, revision)
  if (object) state.objects.set(key, Object.freeze({ object, revision }))
  else state.objects.delete(key)
}

const httpRules: Record<string, Rule> = {
  'http.request': (state, entry) => {
    state.requests++
    state.underway++
    if (entry.room === METRICS_SERVER && state.metrics.processes.size === 0) beginMetrics(state, 'process', '')
  },
  'http.response': (state, entry, args) => {
    state.underway--
    if (args.verb === 'watch' && (args.code as number) < 300)
      state.watches.set(`${entry.hop?.to} ${args.id}`, args.resource as string)
  },
  'watch.end': (state, entry, args) => {
    state.watches.delete(`${entry.hop?.to} ${args.id}`)
  },
  'http.cancel': (state, entry, args) => {
    state.watches.delete(`${entry.room} ${args.id}`)
  },
}

const APISERVER = 'apiserver'
/** Whose watch a key of `watches` is, and whether it is one of the room's. */
const isOf = (key: string, room: string): boolean => key.startsWith(`${room} `) || key.startsWith(`${room}/`)

const connectionRules: Record<string, Rule> = {
  'kernel.refused': (state, _entry, args) => {
    if (args.type === 'request') state.underway = Math.max(0, state.underway - 1)
  },
  'kernel.closed': (state, entry, args) => {
    const client = entry.room === APISERVER ? (args.to as string) : args.to === APISERVER ? entry.room : undefined
    if (client === undefined) return
    for (const key of [...state.watches.keys()]) if (isOf(key, client)) state.watches.delete(key)
    if (entry.room === APISERVER) state.underway = 0
  },
}

const partOf = (room: string): string => room.slice(room.indexOf('/') + 1)

/** What a process knew ends with it. */
function forget(state: FoldState, room: string): void {
  if (room === 'scheduler') state.scheduling.clear()
  if (room === 'controller-manager') {
    state.syncedInformers.clear()
    for (const part of state.queues.keys()) state.queues.set(part, newQueue())
  }
  if (room.startsWith('kubelet/')) state.kubelets.delete(partOf(room))
}

const processRules: Record<string, Rule> = {
  'user.command': (state, _entry, { to, type }) => {
    if (type === 'boot') state.stopped.delete(String(to))
    if (type !== 'stop') return
    state.stopped.add(String(to))
    forget(state, String(to))
  },
}

const newQueue = (): QueueFold => ({ waiting: 0, active: 0, failed: new Set() })

function queueOf(state: FoldState, room: string): QueueFold {
  const part = partOf(room)
  let queue = state.queues.get(part)
  if (!queue) {
    queue = newQueue()
    state.queues.set(part, queue)
  }
  return queue
}

const queueRules: Record<string, Rule> = {
  'queue.add': (state, entry, args) => {
    queueOf(state, entry.room).waiting = args.length as number
  },
  'queue.take': (state, entry, args) => {
    const queue = queueOf(state, entry.room)
    queue.waiting = args.length as number
    queue.active++
  },
  'queue.done': (state, entry, args) => {
    const queue = queueOf(state, entry.room)
    queue.active = Math.max(0, queue.active - 1)
    // a sync that failed says so right after it is over
    queue.failed.delete(args.key as string)
    queue.waiting = args.length as number
  },
  'queue.retry': (state, entry, args) => {
    queueOf(state, entry.room).failed.add(args.key as string)
  },
  'informer.synced': (state, entry, args) => {
    if (entry.room === 'controller-manager') state.syncedInformers.add(args.resource as string)
  },
}

function cycle(state: FoldState, entry: TraceEntry, args: Record<string, unknown>): void {
  const { pod, node, table } = args as unknown as { pod: string; node?: string; table: CycleTable }
  const { totals } = table
  const total = typeof totals === 'object' ? Math.max(...totals) : totals
  state.lastCycle = {
    seq: entry.seq,
    pod,
    feasible: table.feasible,
    nodes: table.all,
    ...(node && { chosen: node }),
    ...(total !== undefined && { total }),
  }
}

const schedulerRules: Record<string, Rule> = {
  'scheduler.queue.add': (state, _entry, args) => {
    state.scheduling.set(args.pod as string, args.queue as string)
  },
  'scheduler.queue.move': (state, _entry, args) => {
    state.scheduling.set(args.pod as string, args.to as string)
  },
  'scheduler.queue.pop': (state, _entry, args) => {
    state.scheduling.delete(args.pod as string)
  },
  'scheduler.queue.remove': (state, _entry, args) => {
    state.scheduling.delete(args.pod as string)
  },
  'scheduler.cycle.chosen': cycle,
  'scheduler.cycle.unschedulable': cycle,
}

const nodeRules: Record<string, Rule> = {
  'runtime.sandbox': (state, _entry, args) => {
    state.sandboxes.set(args.sandbox as string, args.pod as string)
  },
  'cri.request': (state, _entry, args) => {
    if (args.method === 'StopPodSandbox' || args.method === 'RemovePodSandbox') state.sandboxes.delete(args.subject as string)
  },
  'runtime.image': (state, entry, args) => {
    const node = partOf(entry.room)
    const images = state.images.get(node)
    if (images) images.add(args.image as string)
    else state.images.set(node, new Set([args.image as string]))
  },
  'kubelet.unsupported': (state, _entry, args) => {
    const before = state.unsupported.get(args.pod as string) ?? []
    state.unsupported.set(args.pod as string, [...new Set([...before, ...(args.fields as readonly string[])])])
  },
  'kubelet.pod': (state, { room }, { pod, change }) => {
    const node = partOf(room)
    const pods = state.kubelets.get(node) ?? new Set()
    state.kubelets.set(node, pods)
    if (change === 'removed') pods.delete(String(pod))
    else pods.add(String(pod))
  },
  'kube-proxy.sync': (state, entry, args) => {
    state.rules.set(partOf(entry.room), Number(args.services))
  },
}

const METRICS_SERVER = 'metrics-server'

/** Without a container it is a process beside the control plane. */
function beginMetrics({ metrics }: FoldState, container: string, node: string): void {
  metrics.named = true
  metrics.processes.set(container, node)
}

const metricsRules: Record<string, Rule> = {
  'runtime.process': (state, entry) => {
    const { container, running } = entry.message as ProcessMessage
    if (running) return beginMetrics(state, container, partOf(entry.room))
    state.metrics.processes.delete(container)
    if (state.metrics.processes.size === 0) state.metrics.answered.clear()
  },
  'aggregator.request': state => {
    state.metrics.named = true
  },
  'kubelet.response': (state, entry, args) => {
    if (entry.hop?.to !== METRICS_SERVER) return
    const { answered } = state.metrics
    if (args.code === 200) answered.add(partOf(entry.room))
    else answered.delete(partOf(entry.room))
  },
}

const terminalRules: Record<string, Rule> = {
  'kubectl.command': (state, entry, args) => {
    print(state, entry.seq, args, 'command', args.line as string)
    state.commands.set(args.id as number, args.line as string)
  },
  'kubectl.exit': (state, _entry, args) => {
    state.commands.delete(args.id as number)
  },
  'kubectl.interrupted': (state, entry, args) => print(state, entry.seq, args, 'stderr', '^C\n'),
  'kubectl.output': (state, entry, args) =>
    print(state, entry.seq, args, args.stream as 'stdout' | 'stderr', args.text as string),
}

function print(state: FoldState, seq: Seq, args: Record<string, unknown>, kind: TerminalLine['kind'], text: string): void {
  state.terminal.push(Object.freeze({ seq, id: args.id as number, kind, text }))
  if (state.terminal.length > SCROLLBACK) state.terminal.splice(0, state.terminal.length - SCROLLBACK)
}

const RULES: Readonly<Record<string, Rule>> = {
  ...etcdRules,
  ...httpRules,
  ...connectionRules,
  ...processRules,
  ...queueRules,
  ...schedulerRules,
  ...nodeRules,
  ...metricsRules,
  ...terminalRules,
}

/** Takes one more entry into the fold. Entries must come in order. */
export function foldEntry(state: FoldState, entry: TraceEntry): void {
  RULES[entry.reason]?.(state, entry, entry.args as unknown as Record<string, unknown>)
  state.seq = entry.seq
  state.at = entry.at
}
