// Models pkg/kubelet/kuberuntime/kuberuntime_container.go killContainersWithSyncResult and kuberuntime_termination_order.go: all containers of a pod
// are told to end at once, but sidecars only when those that they serve have ended, the last first.
import type { CriContainer } from '../api/cri'
import type { Container, Pod } from '../api/types'
import { perform } from '../client/effects'
import { answer, start } from '../client/room'
import { awaitAll } from '../kernel/procedure'
import { isRestartable } from './container-status'
import { cri, criAll, sendCall } from './cri-client'
import { fieldPathOf, recordPodEvent } from './events'
import { afterPreStop, LEAST_GRACE_SECONDS } from './kill-container'
import type { KubeletProcedure, KubeletWorld, PodRuntime } from './state'

/** Tells what runs of a pod to end. */
export function* killContainers(pod: Pod, runtime: PodRuntime, graceSeconds: number): KubeletProcedure {
  const uid = pod.metadata.uid ?? ''
  const running = runtime.containers.filter(c => c.state === 'running')
  for (const { name } of running) {
    const message = `Stopping container ${name}`
    yield* perform(recordPodEvent, pod, { type: 'Normal', reason: 'Killing', message }, fieldPathOf(pod, name))
  }
  const began = yield* perform(({ context }: KubeletWorld) => context.now)
  const sidecars = running.filter(({ name }) => pod.spec.initContainers?.some(c => c.name === name && isRestartable(c)))
  const others = running.filter(c => !sidecars.includes(c))
  const hooked = running.filter(c => specOf(pod, c.name)?.lifecycle?.preStop)
  const stop = (c: CriContainer) => ({ method: 'StopContainer', container: c.id, timeoutSeconds: least(graceSeconds) }) as const
  if (hooked.length === 0) yield* criAll(uid, others.map(stop))
  else {
    // each goes on by itself: whoever has no hook is told at once, and a sidecar's hook runs while the others end
    const parallel = [...others, ...hooked.filter(c => !others.includes(c))]
    yield* awaitAll<KubeletWorld, unknown>(parallel.length, (world, procedure) => {
      for (const [slot, container] of parallel.entries())
        if (!hooked.includes(container)) sendCall(world, procedure, slot, uid, stop(container))
        else start(world, STOP, [procedure, slot, pod, container, graceSeconds, others.includes(container)])
    })
  }
  const order = new Map((pod.spec.initContainers ?? []).map((c, i) => [c.name, i]))
  for (const { id } of sidecars.sort((a, b) => (order.get(b.name) ?? 0) - (order.get(a.name) ?? 0))) {
    const now = yield* perform(({ context }: KubeletWorld) => context.now)
    const timeoutSeconds = least(graceSeconds - Math.trunc((now - began) / 1e6))
    yield* cri(uid, { method: 'StopContainer', container: id, timeoutSeconds })
  }
}

const least = (seconds: number): number => Math.max(seconds, LEAST_GRACE_SECONDS)

const specOf = ({ spec }: Pod, name: string): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? [])].find(c => c.name === name)

/** The procedure of one container that has a hook: when that has ended, it is told to end, unless it has to wait for its turn. */
export const STOP = 'stop container'
export function* stopContainer(
  _procedure: number,
  _slot: number,
  pod: Pod,
  { id, name }: CriContainer,
  graceSeconds: number,
  isItsTurn: boolean,
): KubeletProcedure {
  const container = specOf(pod, name)
  if (!container) return
  const ip = yield* perform(({ state }: KubeletWorld) => state.workers.peek(pod.metadata.uid ?? '')?.runtime.sandbox?.ip ?? '')
  const grace = yield* afterPreStop(pod, container, { id, ip }, graceSeconds)
  if (isItsTurn) yield* cri(pod.metadata.uid ?? '', { method: 'StopContainer', container: id, timeoutSeconds: least(grace) })
}

/** One of them has ended: who waits for all of them is told. */
export function stopped(world: KubeletWorld, procedure: number, slot: number): void {
  answer(world, procedure, slot, undefined)
}
