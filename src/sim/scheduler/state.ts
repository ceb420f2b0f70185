/** State of kube-scheduler, and the few things that all its parts do with it. */

import type { KubeObject, Pod } from '../api/types'
import type { ClientProcedure } from '../client/effects'
import type { ClientState, ClientWorld } from '../client/room'
import { StateMap } from '../kernel/state-map'
import type { Message, Time, TimerId } from '../kernel/types'
import { newCache, type SchedulerCache } from './cache'
import type { WrittenEvents } from './event-recorder'
import type { Cluster } from './framework'
import { listersOf } from './listers'
import type { PodInfo } from './pod-info'
import { newQueue, type Occasion, type QueuedPod, type SchedulingQueue } from './queue'

export interface SchedulerState extends ClientState {
  readonly cache: SchedulerCache
  readonly queue: SchedulingQueue
  /** Pods between their cycle and the answer to their binding, by `namespace/name`. */
  readonly binding: Map<string, QueuedPod>
  /** Preemptions under way, by the uid of the pod that room is made for. */
  readonly preempting: Map<string, Preemption>
  /** Volumes and claims as they will be once the bindings under way stand, by `resource/key`: what cycles see instead. */
  readonly assumedObjects: Map<string, KubeObject>
  readonly written: WrittenEvents
  /** Where the next cycle begins its round of the nodes. */
  nextStart: number
  /** When all informers had their first list: from then on it schedules. */
  readyAt: Time | undefined
  /** The next cycle is on its way, or waits until a pod has been told why it was refused. */
  busy: boolean
  /** Timer that looks for pods whose back-off or whose five minutes are over, and when (µs). */
  flush: { readonly timer: TimerId; readonly at: number } | undefined
}

/** The evictions that a pod waits for. */
export interface Preemption {
  /** How many of the first victims are still being told to go. */
  left: number
  /** One of the evictions failed. */
  failed: boolean
  /** The last victim, once all others have been told: when its deletion has begun, the pod need not wait any more. */
  last: string | undefined
}
export type SchedulerWorld = ClientWorld<SchedulerState>
export type SchedulerProcedure<Result = void> = ClientProcedure<SchedulerState, Result>

/** The scheduler's own messages: its next cycle; a look at who has waited long enough. */
export interface SchedulerMessage extends Message {
  readonly type: 'scheduler.next' | 'scheduler.flush'
}

export const newSchedulerState = (): Omit<SchedulerState, keyof ClientState> => ({
  cache: newCache(),
  queue: newQueue(),
  binding: new Map(),
  preempting: new Map(),
  assumedObjects: new Map(),
  written: new StateMap(),
  nextStart: 0,
  readyAt: undefined,
  busy: false,
  flush: undefined,
})

/** What a cycle may look at. */
export function clusterOf({ state }: SchedulerWorld): Cluster {
  const known = clusters.get(state)
  if (known) return known
  const cluster: Cluster = {
    cache: state.cache,
    listers: listersOf(name => state.informers.peek(name)?.store, state.assumedObjects),
    isPreempting: pod => state.preempting.size > 0 && isPreempting(state, pod),
  }
  clusters.set(state, cluster)
  return cluster
}
/** It reads the state and keeps nothing: one for each state will do. */
const clusters = new WeakMap<SchedulerState, Cluster>()

/** What the queue has to know of now. */
export const occasionOf = (world: SchedulerWorld): Occasion => ({
  now: world.context.now,
  cause: world.context.cause,
  cluster: clusterOf(world),
})

/** Models IsPodRunningPreemption of framework/preemption/executor.go. */
function isPreempting(state: SchedulerState, { uid }: PodInfo): boolean {
  const preemption = state.preempting.get(uid)
  if (!preemption) return false
  if (preemption.last === undefined) return true
  const victim = knownPod({ state }, preemption.last)
  return victim !== undefined && victim.metadata.deletionTimestamp === undefined
}

/** A pod as the informer has it now. */
export const knownPod = ({ state }: Pick<SchedulerWorld, 'state'>, key: string): Pod | undefined =>
  state.informers.peek('pods')?.store.objects.get(key) as unknown as Pod | undefined

/** Objects of informers as pods. */
export const asPod = (object: KubeObject): Pod => object as unknown as Pod
