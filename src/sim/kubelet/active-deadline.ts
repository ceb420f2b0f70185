// Models pkg/kubelet/active_deadline.go: a pod may be active on its node only for so long.
import { parseTime } from '../api/time'
import type { Pod } from '../api/types'
import type { Message } from '../kernel/types'
import { recordPodEvent } from './events'
import type { Eviction } from './pod-status'
import type { KubeletWorld, PodStatus } from './state'

const PAST: Eviction = Object.freeze({
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
})

/** When a pod's active deadline is over, in virtual µs; undefined where it has none, or has not started. */
export function activeDeadline({ spec }: Pod, { startTime }: PodStatus): number | undefined {
  const started = startTime === undefined ? undefined : parseTime(startTime)
  if (spec.activeDeadlineSeconds === undefined || started === undefined) return undefined
  return started + spec.activeDeadlineSeconds * 1_000_000
}

/** Whether a pod is past its deadline. Each time that it is found to be, an Event says so (ShouldEvict). */
export function evictionOf(world: KubeletWorld, pod: Pod): Eviction | undefined {
  if (pod.spec.activeDeadlineSeconds === undefined) return undefined
  const status = world.state.statuses.peek(pod.metadata.uid ?? '')?.status ?? pod.status
  const due = activeDeadline(pod, status)
  if (due === undefined || world.context.now < due) return undefined
  recordPodEvent(world, pod, { type: 'Normal', ...PAST })
  return PAST
}

/** Arms the look, one in every second, that will find a pod past its deadline; the one that was armed before is off (ShouldSync). */
export function armDeadline({ state, context }: KubeletWorld, pod: Pod): void {
  if (pod.spec.activeDeadlineSeconds === undefined) return
  const uid = pod.metadata.uid ?? ''
  const worker = state.workers.get(uid)
  const due = activeDeadline(pod, state.statuses.peek(uid)?.status ?? pod.status)
  if (!worker || due === undefined) return
  if (worker.deadline !== undefined) context.cancel(worker.deadline)
  const look = due + ((state.tick - (due % SECOND) + SECOND) % SECOND)
  const ms = Math.max(0, look - context.now) / 1000
  worker.deadline = context.after(ms, { type: 'kubelet.relist', uid } as Message, { housekeeping: true })
}
const SECOND = 1_000_000
