/**
 * The chapters of the Story: found in the trace, not scripted. A chapter begins where a new kind of actor first does something of
 * weight after a command; it is dated back to the watch event (or command) that made it act, but not to before what the last chapter is
 * about. The first rounds of a command are told actor by actor; later ones are alike, and are told as turns, each of which holds more
 * than the one before (turns.ts).
 */
import type { Seq, TraceEntry } from '../sim/kernel/types'
import { answersLast, countTurn, isFull, newTurns, type Turns, takesTurn } from './turns'
import type { ChapterKind } from './types'

/** What has been seen since the last command (or the last new round of a rollout). */
export interface StoryState {
  readonly seen: Set<ChapterKind>
  /** What the last chapter is about: the next one begins after it. */
  lead: Seq
  current: ChapterKind | undefined
  /** kubectl has asked for a change. */
  asked: boolean
  /** ReplicaSets whose sync is creating Pods: the chapter goes on until all of them are created. */
  readonly creating: Set<string>
  /** Chapters that were due meanwhile, with the entry that opens each. */
  readonly due: Map<ChapterKind, Seq>
  /** Rounds since the command: of kubectl, which asks for one object after the other, and of the deployment controller. */
  rounds: number
  /** What is done over and over. */
  readonly turns: Turns
  /** When something other than housekeeping happened last. */
  last: number
}

/** So many rounds are told actor by actor. */
const TOLD_IN_FULL = 2
/** Virtual µs of rest after which a story begins anew: a schedule has come round, a back-off is over. */
const LULL = 30_000_000

export const newStory = (): StoryState => ({
  seen: new Set(),
  lead: 0 as Seq,
  current: undefined,
  asked: false,
  creating: new Set(),
  due: new Map(),
  rounds: 0,
  turns: newTurns(),
  last: 0,
})

/** A chapter that begins: at which entry, and which entry its caption is about. */
export interface ChapterStart {
  readonly kind: ChapterKind
  readonly from: Seq
  readonly lead: Seq
  /** Its actors began earlier, while the chapter before went on: what they have done since is told with it. */
  readonly since?: Seq
}

/** What becomes of Pods: no chapter of these begins while a sync is still creating them. */
const AFTER_CREATION: ReadonlySet<ChapterKind> = new Set(['scheduler', 'kubelet', 'endpoints', 'kube-proxy'])

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
/** What a kubelet asks its runtime to look at, or to do for a probe or for somebody. */
const LOOKS = new Set([
  'ContainerStatus',
  'Exec',
  'ExecSync',
  'ImageStatus',
  'ListContainerStats',
  'ListImages',
  'ListPodSandbox',
  'PortForward',
  'UnwatchLog',
  'WatchLog',
])
/** Whether a CRI call, by its arguments, is part of starting or stopping a Pod. */
export const isPodWork = ({ method }: Readonly<Record<string, unknown>>): boolean => !LOOKS.has(String(method))

/** Kinds that, when seen, mean that a round of the deployment controller has been carried out. */
const CARRIED_OUT: readonly ChapterKind[] = ['scheduler', 'kubelet']

const partOf = (room: string): string => room.slice(room.indexOf('/') + 1)

const CONTROLLERS: Readonly<Record<string, ChapterKind>> = {
  deployment: 'deployment',
  replicaset: 'replicaset',
  endpointslice: 'endpoints',
  endpoints: 'endpoints',
  'garbage-collector': 'garbage-collector',
}

/** Does this entry open a chapter? `entry(seq)` reads the trace, to look back for what made it happen. */
export function chapterAt(state: StoryState, e: TraceEntry, entry: (seq: Seq) => TraceEntry): ChapterStart | undefined {
  if (e.housekeeping) return undefined
  const args = e.args as unknown as Record<string, unknown>
  if (e.at - state.last > LULL) newRound(state, true)
  state.last = e.at
  if (e.reason === 'user.command') {
    newRound(state, true)
    return begin(state, commandKind(args), e.seq, e.seq)
  }
  const ended = state.creating.delete(createdFor(e, args)) && state.creating.size === 0
  const [due] = state.due
  // The first begins at once, whatever comes next: its actors may have done all by then.
  if (due && state.creating.size === 0 && !ended && state.current === 'replicaset') return begin(state, due[0], e.seq, due[1])
  const kind = kindOf(state, e, args, entry)
  if (!kind || (kind === 'kube-proxy' && isNewService(e, entry))) return undefined
  if (kind === 'replicaset' && (state.current === kind || !state.seen.has(kind))) creates(state, e, args)
  if (state.creating.size > 0 && AFTER_CREATION.has(kind) && !state.seen.has(kind)) {
    if (!state.due.has(kind)) state.due.set(kind, e.seq)
    return undefined
  }
  const opened = opens(state, kind, e, entry)
  if (opened) begin(state, opened.kind, opened.from, opened.lead)
  countTurn(state.turns, e)
  return opened
}

/** What a person does. */
function commandKind({ to, text, type }: Readonly<Record<string, unknown>>): ChapterKind {
  if (type === 'stop' || type === 'boot') return 'process'
  if (String(to).startsWith('network')) return 'traffic'
  return /^\s*curl(\s|$)/.test(String(text)) ? 'curl' : 'kubectl'
}

/** The chapter that an entry of weight opens, if it opens one. */
function opens(state: StoryState, kind: ChapterKind, e: TraceEntry, entry: (seq: Seq) => TraceEntry): ChapterStart | undefined {
  const since = state.due.get(kind)
  // until kubectl passes it on, a request to a forwarded port is curl's
  const from = kind === 'forward' ? e.seq : beginOf(e, entry, state.lead)
  const start = { kind, from, lead: e.seq, ...(since !== undefined && { since }) }
  const isCarriedOut = CARRIED_OUT.some(each => state.seen.has(each))
  const isRound = (kind === 'kubectl' && state.current !== 'kubectl') || (kind === 'deployment' && isCarriedOut)
  if (isRound && ++state.rounds < TOLD_IN_FULL) newRound(state, false)
  else if (isRound && kind === 'kubectl') return start
  if (!state.seen.has(kind)) return start
  const isTurn = isCarriedOut && takesTurn(kind, e, state.seen.has('deployment'))
  if (!isTurn || !isFull(state.turns) || !answersLast(entry(from))) return undefined
  state.turns.from = state.turns.acts
  return { ...start, kind: 'turn' }
}

/** What has been seen is over: after a command (or a lull) all of it, else what the next round will do again. */
function newRound(state: StoryState, isNewStory: boolean): void {
  state.seen.clear()
  state.due.clear()
  state.creating.clear()
  state.turns.from = state.turns.acts
  if (!isNewStory) return
  state.asked = false
  state.rounds = 0
  Object.assign(state.turns, newTurns())
}

function begin(state: StoryState, kind: ChapterKind, from: Seq, lead: Seq): ChapterStart {
  const since = state.due.get(kind)
  state.due.delete(kind)
  state.seen.add(kind)
  state.current = kind
  state.lead = Math.max(from, lead) as Seq
  return { kind, from, lead, ...(since !== undefined && { since }) }
}

function creates(state: StoryState, e: TraceEntry, args: Record<string, unknown>): void {
  const name = creatorOf(e, args)
  if (name !== '') state.creating.add(name)
}

/** The ReplicaSet that a Pod is created for: its name is what the Pod's begins with. */
function creatorOf(e: TraceEntry, args: Record<string, unknown>): string {
  if (args.verb !== 'create' || args.resource !== 'pods') return ''
  const { body } = e.message as { body?: { metadata?: { generateName?: string } } }
  return body?.metadata?.generateName?.replace(/-$/, '') ?? ''
}

/** The ReplicaSet whose sync has created what it wants: it reports its status then, or is over. '' if the entry says nothing of that. */
function createdFor({ room, reason }: TraceEntry, args: Record<string, unknown>): string {
  if (room !== 'controller-manager/replicaset') return ''
  if ((reason as string) === 'queue.done') return String(args.key).split('/')[1] ?? ''
  return (reason as string) === 'http.request' && args.resource === 'replicasets/status' ? String(args.name) : ''
}

/** The chapter that an entry of weight belongs to. */
function kindOf(
  state: StoryState,
  e: TraceEntry,
  args: Record<string, unknown>,
  entry: (seq: Seq) => TraceEntry,
): ChapterKind | undefined {
  switch (e.reason as string) {
    case 'apiserver.pipeline':
      return pipelineKind(state, args, entry)
    case 'http.response':
      return e.hop?.to === 'kubectl' && !state.seen.has('apiserver') && !state.seen.has('refused') && isAboutObjects(args)
        ? 'answer'
        : undefined
    case 'http.request':
      return requestKind(state, e, args)
    case 'scheduler.cycle.chosen':
    case 'scheduler.cycle.unschedulable':
      return 'scheduler'
    case 'cri.request':
      return isPodWork(args) ? 'kubelet' : undefined
    case 'kubelet.request':
      return 'kubelet'
    case 'forward.data':
      return e.room === 'kubectl' ? 'forward' : undefined
    case 'kube-proxy.sync':
      return 'kube-proxy'
    default:
      return undefined
  }
}

/** Discovery has paths for resources: it is not what the person asked for. */
const isAboutObjects = (args: Record<string, unknown>): boolean => args.resource !== '' && !String(args.resource).startsWith('/')

/** What becomes of kubectl's own request; others' pass the apiserver at the same time. */
function pipelineKind(
  state: StoryState,
  args: Record<string, unknown>,
  entry: (seq: Seq) => TraceEntry,
): ChapterKind | undefined {
  if (entry(args.request as Seq).room !== 'kubectl') return undefined
  if (state.current !== 'kubectl' && state.current !== 'answer') return undefined
  if (args.refused) return 'refused'
  return WRITES.has(String(args.verb)) ? 'apiserver' : undefined
}

function requestKind(state: StoryState, e: TraceEntry, args: Record<string, unknown>): ChapterKind | undefined {
  const resource = String(args.resource)
  if (!WRITES.has(String(args.verb)) || resource === 'events' || resource.endsWith('/token')) return undefined
  const room: string = e.room
  if (room === 'kubectl') {
    const isFirst = !state.asked
    state.asked = true
    return isFirst && !isApart(state) ? undefined : 'kubectl'
  }
  if (room === 'scheduler') return 'scheduler'
  if (room.startsWith('kubelet/')) return resource.startsWith('nodes') ? 'other' : 'kubelet'
  if (!room.startsWith('controller-manager') || resource.endsWith('/status')) return undefined
  return CONTROLLERS[partOf(room)] ?? 'controller'
}

/** Others have been told of since the command: it was given while they were at work, before kubectl had started up. */
const isApart = ({ seen }: StoryState): boolean => [...seen].some(kind => kind !== 'kubectl' && kind !== 'answer')

/** kube-proxy hears of a new Service before it has endpoints: it rejects what comes. What it does with the endpoints is the chapter. */
function isNewService(e: TraceEntry, entry: (seq: Seq) => TraceEntry): boolean {
  return causesOf(e).every(cause => {
    const { reason, args } = entry(beginOf(entry(cause), entry, 0 as Seq))
    const { resource, event } = args as unknown as Record<string, unknown>
    return reason === 'watch.event' && resource === 'services' && event === 'ADDED'
  })
}

const causesOf = (e: TraceEntry): readonly Seq[] => (typeof e.cause === 'number' ? [e.cause] : e.cause)

/**
 * Where what led to an entry begins: at the nearest watch event or command along its causes. Where that is not after `after`, as far back
 * as its actor has been at it since, without a message from elsewhere.
 */
function beginOf(e: TraceEntry, entry: (seq: Seq) => TraceEntry, after: Seq): Seq {
  let at: TraceEntry = e
  let own = e.seq
  let isOwn = true
  for (let steps = 0; steps < 40; steps++) {
    if (at.reason === 'watch.event' || at.reason === 'user.command') return at.seq
    const cause = causesOf(at)[0]
    if (!cause || cause <= after) return own
    at = entry(cause)
    isOwn &&= at.hop === undefined
    if (isOwn) own = at.seq
  }
  return own
}
