/** State of kube-scheduler, and the few things that all its parts do with it. */

import type { KubeObject, Pod } from '../api/types'
import type { ClientProcedure } from '../client/effects'
import type { ClientState, ClientWorld } from '../client/room'
import { StateMap } from '../kernel/state-map'
import type { Message, TimerId } from '../kernel/types'
import { newCache, type SchedulerCache } from './cache'
import type { WrittenEvents } from './event-recorder'
import type { Cluster } from './framework'
import { listersOf } from './listers'
import { newQueue, type QueuedPod, type SchedulingQueue } from './queue'

export interface SchedulerState extends ClientState {
  readonly cache: SchedulerCache
  readonly queue: SchedulingQueue
  /** Pods between their cycle and the answer to their binding, by `namespace/name`. */
  readonly binding: Map<string, QueuedPod>
  /** Pods whose victims are being told to go: events do not wake them yet. */
  readonly preempting: Set<string>
  /** Volumes that are being bound to the claims of pods on their way to a node. */
  readonly claimed: Set<string>
  readonly written: WrittenEvents
  /** Where the next cycle begins its round of the nodes. */
  nextStart: number
  /** All informers have their first list. */
  ready: boolean
  /** The next cycle is on its way. */
  busy: boolean
  /** Timer that looks for pods whose back-off or whose five minutes are over, and when (µs). */
  flush: { readonly timer: TimerId; readonly at: number } | undefined
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
  preempting: new Set(),
  claimed: new Set(),
  written: new StateMap(),
  nextStart: 0,
  ready: false,
  busy: false,
  flush: undefined,
})

/** What a cycle may look at. */
export const clusterOf = ({ state }: SchedulerWorld): Cluster => ({
  cache: state.cache,
  listers: listersOf(name => state.informers.get(name)?.store, state.claimed),
})

/** A pod as the informer has it now. */
export const knownPod = ({ state }: SchedulerWorld, key: string): Pod | undefined =>
  state.informers.get('pods')?.store.objects.get(key) as unknown as Pod | undefined

/** Objects of informers as pods. */
export const asPod = (object: KubeObject): Pod => object as unknown as Pod
