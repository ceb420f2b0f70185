// Models pkg/scheduler/schedule_one.go (bindingCycle, handleSchedulingFailure): what the scheduler asks of the apiserver when a cycle is over.
import { deepFreeze } from '../api/deep'
import type { HttpResponse } from '../api/messages'
import type { KubeObject, Pod, Status } from '../api/types'
import { call, perform } from '../client/effects'
import { succeeded } from '../client/http'
import { createSubresourceRequest } from '../client/requests'
import { forgetPod } from './cache'
import { recordPodEvent, writeEvent } from './event-recorder'
import { tell } from './handlers'
import { type Failure, fail, wakeUp } from './loop'
import type { Binding } from './plugins/default-binder/default-binder'
import type { VolumeDecision } from './plugins/volume-binding/volume-binding'
import { patchStatus, statusPatch } from './pod-status'
import { evict, preempt } from './preemption-procedure'
import type { SchedulerProcedure, SchedulerState, SchedulerWorld } from './state'
import { bindVolumes } from './volume-procedure'

/** Posts the binding; the cache has the pod on its node already. */
function* bind(key: string, node: string, binding: Binding, pod: Pod, volumes: readonly VolumeDecision[]): SchedulerProcedure {
  const { namespace, name } = binding.metadata
  if (volumes.length > 0) yield* expect(pod, node)
  const error = yield* bindVolumes(pod, volumes, node)
  if (error !== undefined) {
    yield* perform<SchedulerState, void>(world =>
      refused(world, key, node, pod, `running PreBind plugin "VolumeBinding": ${error}`),
    )
    return
  }
  const answer = yield* call<SchedulerState>(createSubresourceRequest('pods', namespace, name, 'binding', binding))
  yield* perform(posted, answer, key, node, pod)
}

function posted(world: SchedulerWorld, answer: HttpResponse, key: string, node: string, pod: Pod): void {
  if (succeeded(answer)) bound(world, key, node, pod)
  else refused(world, key, node, pod, `running Bind plugin "DefaultBinder": ${messageOf(answer)}`)
}

/** PreBind will take its time: others shall know where the pod will be (NominatedNodeNameForExpectation). */
function* expect(pod: Pod, node: string): SchedulerProcedure {
  const body = yield* perform<SchedulerState, object | undefined>(world =>
    deepFreeze(statusPatch(pod, undefined, node, world.context.now)),
  )
  if (body) yield* call<SchedulerState>(patchStatus(pod, body))
}

const messageOf = ({ body, code }: HttpResponse): string => (body as Status | undefined)?.message ?? String(code)

function bound(world: SchedulerWorld, key: string, node: string, pod: Pod): void {
  if (world.state.binding.get(key)?.info.uid === pod.metadata.uid) world.state.binding.delete(key)
  recordPodEvent(world, {
    pod,
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    note: `Successfully assigned ${key} to ${node}`,
  })
}

/** The pod is taken off the node that it was assumed on, and tried again after a back-off. */
function refused(world: SchedulerWorld, key: string, node: string, pod: Pod, message: string): void {
  const { state, context } = world
  const queued = state.binding.get(key)
  if (!queued || queued.info.uid !== pod.metadata.uid) return
  state.binding.delete(key)
  forgetPod(state.cache, key)
  const seq = context.note('scheduler.cache.forgotten', { pod: key, node, error: message })
  context.because(seq, () => {
    tell(world, 'assigned-pod-deleted', { kind: 'assigned-pod', old: queued.info.pod as unknown as KubeObject })
    fail(world, queued, seq, { reason: 'SchedulerError', message, rejectedBy: [], nominated: '' })
    wakeUp(world)
  })
}

/** Says why a pod is not scheduled: an Event, and the condition PodScheduled, where these are news. */
function* report(pod: Pod, { reason, message, nominated, inCycle }: Failure): SchedulerProcedure {
  const body = yield* perform<SchedulerState, object | undefined>(world => {
    recordPodEvent(world, { pod, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: message })
    return deepFreeze(statusPatch(pod, { type: 'PodScheduled', status: 'False', reason, message }, nominated, world.context.now))
  })
  if (body) yield* call<SchedulerState>(patchStatus(pod, body))
  if (!inCycle) return
  yield* perform<SchedulerState, void>(world => {
    world.state.busy = false
    wakeUp(world)
  })
}

/** The scheduler's procedures, by name. */
export const PROCEDURES = { bind, report, preempt, evict, event: writeEvent<SchedulerState> }
