// Models pkg/scheduler/backend/queue/scheduling_queue.go, active_queue.go and backoff_queue.go.
import type { Cause, Seq, Time } from '../kernel/types'
import type { Cluster, Plugin } from './framework'
import { heapPop, heapPush } from './heap'
import type { PodInfo } from './pod-info'
import { PLUGINS } from './profile'
import type { QueueEvent, QueueName } from './reasons'

const SECOND_US = 1_000_000
const INITIAL_BACKOFF_US = SECOND_US
const MAX_BACKOFF_US = 10 * SECOND_US
/** Nobody waits longer than this for an event. */
const MAX_UNSCHEDULABLE_US = 300 * SECOND_US

/** A pod that waits for its turn. */
export interface QueuedPod {
  info: PodInfo
  queue: QueueName
  /** Number of the heap entry that stands for it; older entries are void. */
  ticket: number
  /** When it entered the queue, or was found unschedulable last. */
  at: Time
  /** Scheduling cycles that it has had. */
  attempts: number
  /** How often no node would do, and how often in a row something went wrong: each has its back-off. */
  unschedulableCount: number
  errorCount: number
  backoffUntil: Time
  /** The plugins that refused it; what they wait for can wake it. */
  rejectedBy: readonly string[]
  /** The plugin that keeps it out of the queue (PreEnqueue). */
  gate: string | undefined
  /** What it stands for: its arrival, or its last cycle and the event that woke it. */
  causes: Seq[]
}

/** An entry of a heap. Frozen. */
interface Ticket {
  readonly key: string
  readonly ticket: number
  readonly priority: number
  readonly at: Time
  /** When its back-off ends. */
  readonly until: Time
}

/** State of the queue: plain data. */
export interface SchedulingQueue {
  /** All pods that wait, by `namespace/name`. */
  readonly pods: Map<string, QueuedPod>
  /** Heaps. */
  readonly active: Ticket[]
  readonly backoff: Ticket[]
  /** Pods that failed by an error wait out their back-off; the others need not when there is nothing else to do. */
  readonly errorBackoff: Ticket[]
  /** Pods that no node would take, or that are gated, in order of arrival. */
  readonly unschedulable: Set<string>
  nextTicket: number
  readonly sizes: Record<QueueName, number>
}

export const newQueue = (): SchedulingQueue => ({
  pods: new Map(),
  active: [],
  backoff: [],
  errorBackoff: [],
  unschedulable: new Set(),
  nextTicket: 1,
  sizes: { activeQ: 0, backoffQ: 0, unschedulablePods: 0, gated: 0 },
})

/** A pod that has changed place. */
export interface Move {
  readonly pod: QueuedPod
  readonly from: QueueName
  readonly to: QueueName
  readonly event: QueueEvent
}

const sort = PLUGINS.find(p => p.compare)
const byTurn = (a: Ticket, b: Ticket): number => sort?.compare?.(a, b) || a.ticket - b.ticket
const byExpiry = (a: Ticket, b: Ticket): number => a.until - b.until || byTurn(a, b)
const seqs = (cause: Cause): readonly Seq[] => (typeof cause === 'number' ? [cause] : cause)

/** The queue's place in the world: now, why, and what PreEnqueue may look at. */
export interface Occasion {
  readonly now: Time
  readonly cause: Cause
  readonly cluster: Cluster
}

const GATES = PLUGINS.filter(p => p.preEnqueue)

/** The plugin that keeps a pod out of the queue (PreEnqueue): the one that did so before is asked first. */
function gateOf({ info, gate }: QueuedPod, cluster: Cluster): string | undefined {
  const closed = (p: Plugin | undefined): boolean => p?.preEnqueue?.(info, cluster) !== undefined
  const before = gate === undefined ? undefined : GATES.find(p => p.name === gate)
  return closed(before) ? before?.name : GATES.find(closed)?.name
}

/** A pod without a node has arrived. */
export function addPod(queue: SchedulingQueue, info: PodInfo, { now, cause, cluster }: Occasion): QueueName {
  const pod: QueuedPod = {
    info,
    queue: 'gated',
    ticket: 0,
    at: now,
    attempts: 0,
    unschedulableCount: 0,
    errorCount: 0,
    backoffUntil: 0 as Time,
    rejectedBy: [],
    gate: undefined,
    causes: [...seqs(cause)],
  }
  enter(queue, pod, 'activeQ', cluster)
  return pod.queue
}

/** Puts a pod that is in no queue where it wants to, or where its gate keeps it. */
function enter(queue: SchedulingQueue, pod: QueuedPod, name: 'activeQ' | 'backoffQ', cluster: Cluster): void {
  pod.gate = gateOf(pod, cluster)
  if (pod.gate !== undefined && !pod.rejectedBy.includes(pod.gate)) pod.rejectedBy = [...pod.rejectedBy, pod.gate]
  put(queue, pod, pod.gate === undefined ? name : 'gated')
}

function put(queue: SchedulingQueue, pod: QueuedPod, name: QueueName): void {
  const { key, priority } = pod.info
  pod.queue = name
  pod.ticket = queue.nextTicket++
  queue.pods.set(key, pod)
  queue.sizes[name]++
  const ticket = Object.freeze({ key, ticket: pod.ticket, priority, at: pod.at, until: pod.backoffUntil })
  if (name === 'activeQ') heapPush(queue.active, ticket, byTurn)
  else if (name === 'backoffQ') heapPush(isError(pod) ? queue.errorBackoff : queue.backoff, ticket, byExpiry)
  else queue.unschedulable.add(key)
}

/** Takes a pod out of wherever it is; its heap entry becomes void. */
function take(queue: SchedulingQueue, pod: QueuedPod): void {
  queue.pods.delete(pod.info.key)
  queue.unschedulable.delete(pod.info.key)
  queue.sizes[pod.queue]--
  pod.ticket = 0
}

const isError = (pod: QueuedPod): boolean => pod.rejectedBy.length === 0

/** A pod is deleted, or has a node. True if it was waiting. */
export function removePod(queue: SchedulingQueue, key: string): boolean {
  const pod = queue.pods.get(key)
  if (pod) take(queue, pod)
  return pod !== undefined
}

/** A waiting pod has a new version. It moves if that may let it fit (`wakes`), and if no gate keeps it. */
export function updatePod(
  queue: SchedulingQueue,
  info: PodInfo,
  occasion: Occasion,
  wakes: (plugin: string) => boolean,
): Move | undefined {
  const pod = queue.pods.get(info.key)
  if (!pod) return undefined
  pod.info = info
  if (!queue.unschedulable.has(info.key) || !pod.rejectedBy.some(wakes)) return undefined
  return wake(queue, pod, occasion, 'pod-updated')
}

/** What an event means to the plugins: whether it may open the gate of one, and whether it may help a pod that one has refused. */
export interface Hints {
  readonly opens: (plugin: string) => boolean
  readonly wakes: (plugin: string, pod: PodInfo) => boolean
}

/** Something has happened: pods move for which one of the plugins that refused them says that it may help. */
export function moveOnEvent(queue: SchedulingQueue, event: QueueEvent, occasion: Occasion, { opens, wakes }: Hints): Move[] {
  const moves: Move[] = []
  for (const key of [...queue.unschedulable]) {
    const pod = queue.pods.get(key)
    if (!pod || (pod.gate !== undefined && !opens(pod.gate))) continue
    if (!pod.rejectedBy.some(plugin => wakes(plugin, pod.info))) continue
    const move = wake(queue, pod, occasion, event)
    if (move) moves.push(move)
  }
  return moves
}

/**
 * To the active queue, or to the back-off queue while the pod's back-off lasts (a second's window counts as one time); a closed
 * gate keeps it out of both. undefined: it stays where it was.
 */
function wake(queue: SchedulingQueue, pod: QueuedPod, { now, cause, cluster }: Occasion, event: QueueEvent): Move | undefined {
  const from = pod.queue
  take(queue, pod)
  enter(queue, pod, pod.backoffUntil > alignToWindow(now) ? 'backoffQ' : 'activeQ', cluster)
  if (from === 'gated' && pod.queue === 'gated') return undefined
  pod.causes.push(...seqs(cause))
  return { pod, from, to: pod.queue, event }
}

/** A pod shall have its turn at once, back-off or not: what it has begun has failed (Activate). */
export function activate(queue: SchedulingQueue, key: string, { cause, cluster }: Occasion): Move | undefined {
  const pod = queue.pods.get(key)
  if (!pod || pod.queue === 'activeQ') return undefined
  const from = pod.queue
  take(queue, pod)
  enter(queue, pod, 'activeQ', cluster)
  pod.causes.push(...seqs(cause))
  return { pod, from, to: pod.queue, event: 'force-activate' }
}

const alignToWindow = (time: number): Time => (Math.floor(time / SECOND_US) * SECOND_US) as Time

/** Pods whose back-off is over move to the active queue. */
export function flushBackoff(queue: SchedulingQueue, now: Time): Move[] {
  const moves: Move[] = []
  for (const heap of [queue.backoff, queue.errorBackoff])
    for (;;) {
      dropVoid(queue, heap, byExpiry)
      const [first] = heap
      const pod = first && queue.pods.get(first.key)
      if (!pod || first.until > now) break
      heapPop(heap, byExpiry)
      take(queue, pod)
      put(queue, pod, 'activeQ')
      moves.push({ pod, from: 'backoffQ', to: 'activeQ', event: 'backoff-complete' })
    }
  return moves
}

/** Removes entries at the top of a heap that stand for nothing any more. */
function dropVoid(queue: SchedulingQueue, heap: Ticket[], compare: (a: Ticket, b: Ticket) => number): void {
  for (let first = heap[0]; first && queue.pods.get(first.key)?.ticket !== first.ticket; first = heap[0]) heapPop(heap, compare)
}

/** Pods that have waited for five minutes for an event move, whatever refused them. */
export function flushUnschedulable(queue: SchedulingQueue, occasion: Occasion): Move[] {
  const moves: Move[] = []
  for (const key of [...queue.unschedulable]) {
    const pod = queue.pods.get(key)
    if (pod?.queue !== 'unschedulablePods' || occasion.now - pod.at <= MAX_UNSCHEDULABLE_US) continue
    const move = wake(queue, pod, occasion, 'timeout')
    if (move) moves.push(move)
  }
  return moves
}

/** The pod whose turn it is: of the active queue; if that is empty, of the back-off queue. It is in no queue then. */
export function popPod(queue: SchedulingQueue): QueuedPod | undefined {
  const pod = popFrom(queue, queue.active, byTurn) ?? popFrom(queue, queue.backoff, byExpiry)
  if (!pod) return undefined
  take(queue, pod)
  pod.attempts++
  return pod
}

function popFrom(queue: SchedulingQueue, heap: Ticket[], compare: (a: Ticket, b: Ticket) => number): QueuedPod | undefined {
  dropVoid(queue, heap, compare)
  const first = heapPop(heap, compare)
  return first && queue.pods.get(first.key)
}

/** Whether `popPod` would find one. */
export function hasTurn(queue: SchedulingQueue): boolean {
  dropVoid(queue, queue.active, byTurn)
  dropVoid(queue, queue.backoff, byExpiry)
  return queue.active.length > 0 || queue.backoff.length > 0
}

/** When the first pod that failed by an error has waited out its back-off; undefined: there is none. */
export function nextBackoffEnd(queue: SchedulingQueue): Time | undefined {
  dropVoid(queue, queue.errorBackoff, byExpiry)
  return queue.errorBackoff[0]?.until
}

/** When the first pod will have waited for five minutes; undefined: none waits. */
export function nextTimeout(queue: SchedulingQueue): Time | undefined {
  for (const key of queue.unschedulable) {
    const pod = queue.pods.get(key)
    // in order of arrival: the first has waited longest
    if (pod?.queue === 'unschedulablePods') return (pod.at + MAX_UNSCHEDULABLE_US) as Time
  }
  return undefined
}

/** A pod comes back from its cycle. Refused by plugins, it waits for what they wait for; after an error, for its back-off. */
export function addUnschedulable(
  queue: SchedulingQueue,
  pod: QueuedPod,
  rejectedBy: readonly string[],
  { now, cause, cluster }: Occasion,
): QueueName {
  pod.at = now
  pod.rejectedBy = rejectedBy
  pod.gate = undefined
  pod.causes = [...seqs(cause)]
  if (isError(pod)) pod.errorCount++
  else {
    pod.unschedulableCount++
    pod.errorCount = 0
  }
  pod.backoffUntil = alignToWindow(now + backoffUs(pod))
  if (isError(pod)) enter(queue, pod, 'backoffQ', cluster)
  else put(queue, pod, 'unschedulablePods')
  return pod.queue
}

/** 1, 2, 4, 8, 10, 10 … seconds. */
function backoffUs({ errorCount, unschedulableCount }: QueuedPod): number {
  const times = errorCount > 0 ? errorCount : unschedulableCount
  return times > 4 ? MAX_BACKOFF_US : Math.min(INITIAL_BACKOFF_US << (times - 1), MAX_BACKOFF_US)
}
