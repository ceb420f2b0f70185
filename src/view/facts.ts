/** What a chapter's caption speaks of: names and counts that stand in its entries. */
import type { Seq, TraceEntry } from '../sim/kernel/types'
import { bodyFacts, wantedReplicas } from './body-facts'
import { isPodWork } from './chapters'
import type { Beat, ChapterKind } from './types'

type Facts = Record<string, string | number>
type Args = Readonly<Record<string, unknown>>

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** At most three names, then how many more. */
function names(all: ReadonlySet<string>): string {
  // Names that the apiserver will make up are told by what they begin with.
  const list = [...new Set([...all].map(name => name.replace(/#\d+$/, '…')))]
  return list.length <= 3 ? list.join(', ') : `${list.slice(0, 3).join(', ')} +${list.length - 3}`
}

/** Counts and names within a beat. */
interface Tally {
  readonly writes: Map<string, Set<string>>
  /** ReplicaSets that are updated, by their generation before; and those whose generation has grown by that: another number is asked for. */
  readonly generations: Map<string, number>
  readonly scaled: Set<string>
  readonly kept: Set<string>
  readonly nodes: Set<string>
  readonly bound: Set<string>
  readonly unschedulable: Set<string>
  readonly proxies: Set<string>
  /** How many Services' rules kube-proxies have written, and taken away. */
  ruled: number
  unruled: number
  readonly images: Set<string>
  /** Nodes whose kubelets are asked for logs. */
  readonly readers: Set<string>
  /** Nodes whose kubelets are asked to run a command in a container. */
  readonly runners: Set<string>
  /** Nodes whose kubelets lead to ports of Pods, the port that is asked, what is said of that, and where curl has connected to. */
  readonly forwarders: Set<string>
  forward: Args | undefined
  isOpened: boolean
  reply: Args | undefined
  connected: string | undefined
  /** Objects that kubectl asks to change, and how often it asks. */
  readonly given: Set<string>
  changes: number
  /** Containers that the kubelets start and stop, and sandboxes that they put away. */
  started: number
  stopped: number
  cleared: number
  /** Pods whose sandbox is asked for. */
  readonly sandboxes: Set<string>
  /** Pods that a controller asked for in vain, and the last refusal. */
  denied: number
  denial: string
  /** Requests of kubectl, and the last refusal of one. */
  asked: number
  /** A command of kubectl has ended. */
  exited: boolean
  /** What a runtime could not do. */
  trouble: string | undefined
  failed: Args | undefined
  /** The request that the chapter is about. */
  readonly request: unknown
}

/** Whose writes a chapter's caption speaks of; of chapters that are not named, everybody's. */
const WRITERS: Readonly<Partial<Record<ChapterKind, RegExp>>> = {
  kubectl: /^kubectl$/,
  deployment: /\/deployment$/,
  replicaset: /\/replicaset$/,
  endpoints: /\/endpoint(s|slice)$/,
  'garbage-collector': /\/garbage-collector$/,
  turn: /^controller-manager\//,
}

/** The facts of a beat: for chapters from all its entries, else those of its lead entry. */
export function factsOf(beat: Beat, lead: TraceEntry, entry: (seq: Seq) => TraceEntry): Facts {
  const facts: Facts = {}
  const args = lead.args as unknown as Args
  for (const [k, v] of Object.entries(args)) if (typeof v === 'string' || typeof v === 'number') facts[k] = v
  facts.room = lead.room
  Object.assign(facts, bodyFacts(lead, entry))
  if (!beat.chapter) return facts
  const tally: Tally = {
    writes: new Map(),
    generations: new Map(),
    scaled: new Set(),
    kept: new Set(),
    nodes: new Set(),
    bound: new Set(),
    unschedulable: new Set(),
    proxies: new Set(),
    ruled: 0,
    unruled: 0,
    images: new Set(),
    readers: new Set(),
    runners: new Set(),
    forwarders: new Set(),
    forward: undefined,
    isOpened: false,
    reply: undefined,
    connected: undefined,
    given: new Set(),
    changes: 0,
    started: 0,
    stopped: 0,
    cleared: 0,
    sandboxes: new Set(),
    denied: 0,
    denial: '',
    asked: 0,
    exited: false,
    trouble: undefined,
    failed: undefined,
    request: args.request,
  }
  for (let seq: number = beat.since ?? beat.from; seq < beat.from; seq++) {
    const e = entry(seq as Seq)
    if (isOf(beat.chapter, e)) count(tally, e, beat)
  }
  for (let seq: number = beat.from; seq <= beat.to; seq++) count(tally, entry(seq as Seq), beat)
  return { ...facts, ...told(tally), ...(beat.chapter === 'replicaset' && wantedReplicas(lead, entry)) }
}

/** What the actors of a chapter do that its caption counts. */
const ACTS: Readonly<Partial<Record<ChapterKind, RegExp>>> = {
  scheduler: /^scheduler\.cycle\./,
  kubelet: /^cri\./,
  'kube-proxy': /^kube-proxy\.sync$/,
}
const isOf = (chapter: ChapterKind, { reason }: TraceEntry): boolean => ACTS[chapter]?.test(reason) ?? false

const nodeOf = (room: string): string => room.slice(room.indexOf('/') + 1)

function count(tally: Tally, e: TraceEntry, beat: Beat): void {
  const args = e.args as unknown as Args
  switch (e.reason as string) {
    case 'http.request':
      if (e.room === 'kubectl') tally.asked++
      if (!beat.chapter || WRITERS[beat.chapter]?.test(e.room) !== false) countWrite(tally, e, args)
      return
    case 'etcd.txn':
      countGeneration(tally, e)
      return
    case 'http.response':
      if (Number(args.code) >= 400) countRefusal(tally, args, e.hop?.to, beat)
      return
    case 'scheduler.cycle.chosen':
      tally.bound.add(String(args.pod))
      tally.nodes.add(String(args.node))
      return
    case 'scheduler.cycle.unschedulable':
      tally.unschedulable.add(String(args.pod))
      return
    case 'cri.request':
      if (!isPodWork(args)) return
      if (beat.chapter === 'kubelet') tally.nodes.add(nodeOf(e.room))
      if (args.method === 'PullImage') tally.images.add(String(args.subject))
      if (args.method === 'RunPodSandbox') tally.sandboxes.add(String(args.subject))
      if (args.method === 'StartContainer') tally.started++
      if (args.method === 'StopContainer') tally.stopped++
      if (args.method === 'StopPodSandbox') tally.cleared++
      return
    case 'kubelet.request':
      if (e.hop) askedOf(tally, String(args.path)).add(nodeOf(e.hop.to))
      return
    case 'kubelet.response':
      tally.isOpened ||= args.code === 101 && String(args.path).startsWith('/portForward/')
      return
    case 'forward.data':
      tally.forward = args
      if (e.hop?.to.startsWith('kubelet/')) tally.forwarders.add(nodeOf(e.hop.to))
      return
    case 'forward.reply':
      tally.reply = args
      return
    case 'kubectl.connect':
      tally.connected = String(args.to)
      return
    case 'kubectl.exit':
      tally.exited = true
      return
    case 'cri.response':
      if (args.error && isPodWork(args)) tally.trouble = `${args.method} ${args.subject}`
      if (args.error && args.method === 'PullImage') tally.images.delete(String(args.subject))
      return
    case 'kube-proxy.sync':
      tally.proxies.add(nodeOf(e.room))
      tally.ruled += (args.changed as readonly string[]).length
      tally.unruled += (args.removed as readonly string[]).length
  }
}

/** Who is asked for what a kubelet's own server gives: by its path. */
function askedOf({ runners, forwarders, readers }: Tally, path: string): Set<string> {
  if (path.startsWith('/exec/')) return runners
  return path.startsWith('/portForward/') ? forwarders : readers
}

function countRefusal(tally: Tally, args: Args, to: string | undefined, beat: Beat): void {
  if (args.request === tally.request) tally.failed = args
  const isOwn = to?.startsWith('controller-manager/') && WRITERS[beat.chapter ?? 'other']?.test(to)
  if (!isOwn || args.resource !== 'pods' || args.verb !== 'create') return
  tally.denied++
  tally.denial = String(args.error ?? '')
}

/** A ReplicaSet is stored: the same generation says that its spec is what it was. */
function countGeneration({ generations, scaled, kept }: Tally, { message }: TraceEntry): void {
  const { key = '', then } = (message ?? {}) as {
    key?: string
    then?: { put?: { metadata: { name: string; generation?: number } } }
  }
  const stored = then?.put?.metadata
  const before = stored && generations.get(stored.name)
  if (!stored || before === undefined || !key.startsWith('/registry/replicasets/')) return
  if (stored.generation === before) kept.add(stored.name)
  else scaled.add(stored.name)
}

function countWrite(tally: Tally, e: TraceEntry, args: Args): void {
  const verb = String(args.verb)
  const resource = String(args.resource)
  if (!WRITES.has(verb) || resource === 'events') return
  const key = `${verb} ${resource}`
  const body = (e.message as { body?: { metadata?: { name?: string; generateName?: string; generation?: number } } } | undefined)
    ?.body
  const name = args.name ?? body?.metadata?.name ?? body?.metadata?.generateName ?? e.seq
  const set = tally.writes.get(key) ?? new Set()
  set.add(body?.metadata?.generateName && !args.name ? `${body.metadata.generateName}#${set.size}` : String(name))
  tally.writes.set(key, set)
  if (key === 'update replicasets' && body?.metadata?.generation) tally.generations.set(String(name), body.metadata.generation)
  if (e.room === 'kubectl') {
    tally.given.add(String(name))
    tally.changes++
  }
}

function told(tally: Tally): Facts {
  const facts: Facts = {}
  const tell = (name: string, set: ReadonlySet<string> | undefined) => {
    if (!set || set.size === 0) return
    facts[name] = names(set)
    facts[`${name}Count`] = set.size
  }
  tell('replicasets', tally.writes.get('create replicasets'))
  const updated = [...(tally.writes.get('update replicasets') ?? [])]
  const isKept = (name: string) => tally.kept.has(name) && !tally.scaled.has(name)
  tell('replicasetsChanged', new Set(updated.filter(name => !isKept(name))))
  tell('replicasetsKept', new Set(updated.filter(isKept)))
  const created = tally.writes.get('create pods')
  if (created && created.size > tally.denied) facts.podsCreated = created.size - tally.denied
  if (tally.denied > 0) Object.assign(facts, { podsDenied: tally.denied, denial: tally.denial })
  const deleted = tally.writes.get('delete pods')
  if (deleted) facts.podsDeleted = deleted.size
  tell('slices', tally.writes.get('create endpointslices') ?? tally.writes.get('update endpointslices'))
  tell('endpoints', tally.writes.get('create endpoints') ?? tally.writes.get('update endpoints'))
  tell('endpointsGone', tally.writes.get('delete endpoints'))
  tell('given', tally.given)
  if (tally.changes > 1) facts.changes = tally.changes
  tell('nodes', new Set([...tally.nodes].sort()))
  tell('bound', tally.bound)
  // what found a node later is told with that
  tell('unschedulable', new Set([...tally.unschedulable].filter(pod => !tally.bound.has(pod))))
  tell('proxies', new Set([...tally.proxies].sort()))
  if (tally.unruled > 0 && tally.ruled === 0) facts.unruled = tally.unruled
  tell('images', tally.images)
  tell('readers', tally.readers)
  tell('runners', tally.runners)
  tell('forwarders', tally.forwarders)
  if (tally.isOpened) facts.opened = 1
  if (tally.forward) facts.port = Number(tally.forward.port)
  if (tally.reply) facts[tally.reply.error === undefined ? 'replied' : 'unreached'] = 1
  if (tally.connected !== undefined) facts.connected = tally.connected
  if (tally.exited) facts.exited = 1
  if (tally.asked === 0) facts[tally.exited ? 'alone' : 'silent'] = 1
  if (tally.failed) Object.assign(facts, { failed: Number(tally.failed.code), error: String(tally.failed.error ?? '') })
  if (tally.trouble) facts.trouble = tally.trouble
  if (tally.sandboxes.size > 0) facts.sandboxes = tally.sandboxes.size
  if (tally.started > 0) facts.started = tally.started
  if (tally.stopped > 0) facts.stopped = tally.stopped
  if (tally.cleared > 0) facts.cleared = tally.cleared
  const gone = [...tally.writes].filter(([k]) => k.startsWith('delete ')).reduce((n, [, set]) => n + set.size, 0)
  if (gone > 0) facts.deleted = gone
  return facts
}
