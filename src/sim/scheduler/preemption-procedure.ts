// Models pkg/scheduler/framework/preemption/executor.go: evictions, while the scheduling loop goes on.
import { deepFreeze } from '../api/deep'
import type { HttpResponse } from '../api/messages'
import type { Pod } from '../api/types'
import { call, perform, waitFor } from '../client/effects'
import { succeeded } from '../client/http'
import { deleteRequest } from '../client/requests'
import { answer, start } from '../client/room'
import { recordPodEvent } from './event-recorder'
import { noteMoves } from './handlers'
import { podKey } from './pod-info'
import { patchStatus, statusPatch } from './pod-status'
import { activate } from './queue'
import { occasionOf, type SchedulerProcedure, type SchedulerState, type SchedulerWorld } from './state'

/**
 * Evicts the victims of a pod: all but the last at once, then the last, which is the least important. Before that, less important
 * pods that hope for the same node are told that they need not. If an eviction fails, the pod gets its turn again at once.
 */
export function* preempt(
  key: string,
  uid: string,
  node: string,
  victims: readonly Pod[],
  hopeful: readonly Pod[],
): SchedulerProcedure {
  for (const pod of hopeful) {
    const body = yield* perform<SchedulerState, object | undefined>(({ context }) =>
      deepFreeze(statusPatch(pod, undefined, '', context.now)),
    )
    if (body) yield* call<SchedulerState>(patchStatus(pod, body))
  }
  const note = `Preempted by pod ${uid} on node ${node}`
  const last = victims[victims.length - 1]
  if (!last) return
  if (victims.length > 1)
    yield* waitFor<SchedulerState, undefined>((world, procedure) => {
      for (const victim of victims.slice(0, -1)) start(world, 'evict', [victim, note, uid, procedure])
    })
  const goesOn = yield* perform<SchedulerState, boolean>(({ state }) => {
    const preemption = state.preempting.get(uid)
    if (preemption && !preemption.failed) preemption.last = podKey(last)
    return preemption?.failed !== true
  })
  const done = goesOn && (yield* tellToGo(last, note))
  yield* perform<SchedulerState, void>(world => {
    world.state.preempting.delete(uid)
    if (!done) retry(world, key)
  })
}

function retry(world: SchedulerWorld, key: string): void {
  const moved = activate(world.state.queue, key, occasionOf(world))
  if (moved) noteMoves(world, [moved])
}

/** One of several evictions that go on at once; the last that ends tells the preemption. */
export function* evict(victim: Pod, note: string, uid: string, preemption: number): SchedulerProcedure {
  const done = yield* tellToGo(victim, note)
  yield* perform<SchedulerState, void>(world => {
    const under = world.state.preempting.get(uid)
    if (!under) return
    if (!done) under.failed = true
    under.left--
    if (under.left === 0) answer(world, preemption, 0, undefined)
  })
}

/** DeleteOptions without any option, as client-go sends them. */
const DELETE_OPTIONS = Object.freeze({ kind: 'DeleteOptions', apiVersion: 'v1' })

const DISRUPTION = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'PreemptionByScheduler',
  message: 'default-scheduler: preempting to accommodate a higher priority pod',
} as const

/** Says in the victim's status why it goes, deletes it and records that. A victim that is gone already is as good. False: an error. */
function* tellToGo(pod: Pod, note: string): SchedulerProcedure<boolean> {
  const { namespace = '', name } = pod.metadata
  const body = yield* perform<SchedulerState, object | undefined>(({ context }) =>
    deepFreeze(statusPatch(pod, DISRUPTION, undefined, context.now)),
  )
  if (body) {
    const patched = yield* call<SchedulerState>(patchStatus(pod, body))
    if (!succeeded(patched)) return isGone(patched)
  }
  const deleted = yield* call<SchedulerState>(deleteRequest('pods', namespace, name, DELETE_OPTIONS))
  if (!succeeded(deleted)) return isGone(deleted)
  yield* perform<SchedulerState, void>(world =>
    recordPodEvent(world, { pod, type: 'Normal', reason: 'Preempted', action: 'Preempting', note }),
  )
  return true
}

const isGone = ({ code }: HttpResponse): boolean => code === 404
