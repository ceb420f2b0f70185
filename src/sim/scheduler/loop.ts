// Models pkg/scheduler/schedule_one.go (ScheduleOne): one pod at a time, from the queue to its binding or its refusal.

import type { Pod } from '../api/types'
import { start } from '../client/room'
import type { Seq } from '../kernel/types'
import { assumePod, nominate, withdraw } from './cache'
import { schedulePod, type Unschedulable } from './cycle'
import { recordPodEvent } from './event-recorder'
import type { Cluster } from './framework'
import { defaultBinder } from './plugins/default-binder/default-binder'
import { volumeDecisions } from './plugins/volume-binding/volume-binding'
import { type PodInfo, refreshPodInfo } from './pod-info'
import {
  addUnschedulable,
  flushBackoff,
  flushUnschedulable,
  hasTurn,
  nextBackoffEnd,
  nextTimeout,
  popPod,
  type QueuedPod,
} from './queue'
import { clusterOf, knownPod, occasionOf, type SchedulerMessage, type SchedulerWorld } from './state'

/** What one cycle takes. */
const CYCLE_MS = 1

/** Arms the next cycle if a pod waits for it, and otherwise the time when one will. */
export function wakeUp(world: SchedulerWorld): void {
  const { state, context } = world
  if (state.readyAt === undefined || state.busy) return
  if (!hasTurn(state.queue)) {
    armFlush(world)
    return
  }
  state.busy = true
  context.quietly(false, () => context.after(CYCLE_MS, { type: 'scheduler.next' } satisfies SchedulerMessage))
}

/** The scheduler's own messages. */
export function onMessage(world: SchedulerWorld, message: SchedulerMessage): void {
  const { state, context } = world
  if (message.type === 'scheduler.flush') state.flush = undefined
  else state.busy = false
  const moves = flushBackoff(state.queue, context.now)
  if (message.type === 'scheduler.flush') moves.push(...flushUnschedulable(state.queue, occasionOf(world)))
  context.quietly(false, () => {
    for (const { pod, from, to, event } of moves)
      context.because(pod.causes, () => context.note('scheduler.queue.move', { pod: pod.info.key, from, to, event }))
  })
  if (message.type === 'scheduler.next') scheduleOne(world)
  wakeUp(world)
}

/** How often it looks for pods that have waited too long for an event. */
const SWEEP_US = 30_000_000

/** One timer for whoever waits for a time: the end of a back-off after an error, or the sweep after five minutes without an event. */
function armFlush({ state, context }: SchedulerWorld): void {
  const backoff = nextBackoffEnd(state.queue)
  const timeout = nextTimeout(state.queue)
  const since = state.readyAt ?? 0
  const sweep =
    timeout === undefined ? Number.POSITIVE_INFINITY : since + (Math.floor((timeout - since) / SWEEP_US) + 1) * SWEEP_US
  const at = Math.min(backoff ?? Number.POSITIVE_INFINITY, sweep)
  if (state.flush?.at === at) return
  if (state.flush) context.cancel(state.flush.timer)
  state.flush = undefined
  if (at === Number.POSITIVE_INFINITY) return
  // a back-off ends soon; who waits for an event may wait for ever, and does not keep the clock running
  const delayMs = Math.max(0, at - context.now) / 1000
  const timer = context.quietly(false, () =>
    context.after(delayMs, { type: 'scheduler.flush' } satisfies SchedulerMessage, {
      housekeeping: at !== backoff || state.unanswered,
    }),
  )
  state.flush = { timer, at }
}

/** Takes the next pod and runs its cycle. */
function scheduleOne(world: SchedulerWorld): void {
  const { state, context } = world
  const queued = popPod(state.queue)
  if (!queued) return
  context.because(queued.causes, () => {
    const { info, attempts } = queued
    const { activeQ: active, backoffQ: backoff, unschedulablePods: unschedulable } = state.queue.sizes
    const pop = context.note('scheduler.queue.pop', { pod: info.key, attempt: attempts, active, backoff, unschedulable })
    // who is being deleted is not scheduled any more
    if (info.pod.metadata.deletionTimestamp !== undefined) return skip(world, info.pod)
    const cluster = clusterOf(world)
    const result = schedulePod(cluster, info, state.nextStart, () => context.random())
    state.nextStart = result.nextStart
    context.because(pop, () => {
      if (result.kind === 'unschedulable') return refuse(world, queued, result)
      const { node, table } = result
      const cycle = context.note('scheduler.cycle.chosen', { pod: info.key, node, table })
      context.because(cycle, () => bind(world, queued, node, cluster))
    })
  })
}

function skip(world: SchedulerWorld, pod: Pod): void {
  const { namespace, name } = pod.metadata
  const note = `skip schedule deleting pod: ${namespace}/${name}`
  recordPodEvent(world, { pod, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note })
}

/** Assumes the pod on its node and sends the binding on its way; the next cycle does not wait for the answer. */
function bind(world: SchedulerWorld, queued: QueuedPod, node: string, cluster: Cluster): void {
  const { state, context } = world
  const { info } = queued
  const nodeInfo = state.cache.nodes.peek(node)
  const volumes = nodeInfo ? volumeDecisions(info, nodeInfo, cluster) : []
  for (const { key, object } of volumes) state.assumedObjects.set(key, object)
  withdraw(state.cache, info.key)
  assumePod(state.cache, info, node)
  state.binding.set(info.key, queued)
  const assumed = context.note('scheduler.cache.assumed', { pod: info.key, node })
  start(world, 'bind', [info.key, node, defaultBinder.bind(info, node), info.pod, Object.freeze(volumes)], context.room, assumed)
}

/** No node would do: back to the queue; the pod is told, and room is made for it where that is possible. The next cycle waits for that. */
function refuse(world: SchedulerWorld, queued: QueuedPod, result: Unschedulable): void {
  const { info } = queued
  const { message, rejectedBy, table, nomination, clearNomination } = result
  const cycle = world.context.note('scheduler.cycle.unschedulable', { pod: info.key, message, rejectedBy, table })
  world.context.because(cycle, () => {
    const nominated = nomination?.node ?? (clearNomination ? '' : undefined)
    const preemption = nomination && prepare(world, queued, nomination.node, nomination.victims)
    world.state.busy = true
    fail(world, queued, cycle, { reason: 'Unschedulable', message, rejectedBy, nominated, inCycle: true })
    // the evictions are others' work, which begins while the loop tells the pod
    if (preemption) start(world, 'preempt', preemption.args, world.context.room, preemption.seq)
  })
}

/** Who is to be told to go, so that the pod gets its place; undefined where all are going already. */
function prepare(
  world: SchedulerWorld,
  { info }: QueuedPod,
  node: string,
  victims: readonly PodInfo[],
): { args: readonly unknown[]; seq: Seq } | undefined {
  const { state, context } = world
  const pods = victims.filter(v => v.pod.metadata.deletionTimestamp === undefined).map(v => v.pod)
  const keys = Object.freeze(victims.map(v => v.key))
  const seq = context.note('scheduler.preemption', { pod: info.key, node, victims: keys })
  if (pods.length === 0) return undefined
  state.preempting.set(info.uid, { left: pods.length - 1, failed: false, last: undefined })
  const hopeful = [...(state.cache.nominated.get(node)?.values() ?? [])].filter(p => p.priority < info.priority).map(p => p.pod)
  return { args: [info.key, info.uid, node, Object.freeze(pods), Object.freeze(hopeful)], seq }
}

/** Why a pod could not be scheduled or bound. */
export interface Failure {
  readonly reason: 'Unschedulable' | 'SchedulerError'
  readonly message: string
  /** Plugins whose events wake the pod; none after an error. */
  readonly rejectedBy: readonly string[]
  /** Node that is being emptied for it; '' takes that back. */
  readonly nominated?: string | undefined
  /** The scheduling cycle is not over before the pod has been told; a failed binding holds nobody up. */
  readonly inCycle?: boolean
}

/** Puts the pod back, if it is still there and unbound, and tells it why. Models handleSchedulingFailure. */
export function fail(world: SchedulerWorld, queued: QueuedPod, cause: Seq, failure: Failure): void {
  const { state, context } = world
  const { info } = queued
  const { rejectedBy, nominated } = failure
  const known = knownPod(world, info.key)
  if (known && !known.spec.nodeName && known.metadata.uid === info.uid) {
    queued.info = refreshPodInfo(info, known)
    const queue = addUnschedulable(state.queue, queued, rejectedBy, occasionOf(world))
    context.note('scheduler.queue.add', { pod: info.key, queue })
    if (nominated !== undefined) nominate(state.cache, queued.info, nominated)
  }
  // told is the pod as it was when its turn came
  start(world, 'report', [info.pod, Object.freeze(failure)], context.room, cause)
}
