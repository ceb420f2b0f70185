// Models pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer: an Event, the preStop hook, SIGTERM.
import type { Container, Pod } from '../api/types'
import { perform, sleep } from '../client/effects'
import { failedProbe, isChanged, lastOf } from './container-status'
import { cri } from './cri-client'
import { fieldPathOf, recordPodEvent } from './events'
import { hookError } from './probe'
import type { KubeletProcedure, KubeletWorld } from './state'

/** The least time that a container gets to end by itself (minimumGracePeriodInSeconds). */
export const LEAST_GRACE_SECONDS = 2

/** A container whose image was changed, or which is not well, is stopped before it is started anew. */
export function* stopWrong(pod: Pod, container: Container): KubeletProcedure {
  const wrong = yield* perform(wrongOf, pod, container)
  if (!wrong) return
  const own = wrong.probe && container[`${wrong.probe}Probe`]?.terminationGracePeriodSeconds
  const grace = own ?? pod.spec.terminationGracePeriodSeconds ?? 30
  yield* killContainer(pod, container, wrong, grace, wrong.message)
}

/** Which container is to be stopped, and why. */
function wrongOf({ state }: KubeletWorld, pod: Pod, container: Container) {
  const runtime = state.workers.peek(pod.metadata.uid ?? '')?.runtime
  const last = runtime && lastOf(runtime, container.name)
  if (!last) return undefined
  const probe = failedProbe(runtime, container)
  if (!probe && !isChanged(container, last)) return undefined
  const why = probe ? `failed ${probe} probe` : 'definition changed'
  const message = `Container ${container.name} ${why}, will be restarted`
  return Object.freeze({ id: last.id, ip: runtime.sandbox?.ip ?? '', probe, message })
}

/** An Event, the container's hook where it has one, and SIGTERM. Models kuberuntime_container.go killContainer. */
export function* killContainer(
  pod: Pod,
  container: Container,
  { id, ip }: { readonly id: string; readonly ip: string },
  graceSeconds: number,
  message: string,
): KubeletProcedure {
  const uid = pod.metadata.uid ?? ''
  yield* perform(recordPodEvent, pod, { type: 'Normal', reason: 'Killing', message }, fieldPathOf(pod, container.name))
  const grace = yield* afterPreStop(pod, container, { id, ip }, graceSeconds)
  yield* cri(uid, { method: 'StopContainer', container: id, timeoutSeconds: Math.max(grace, LEAST_GRACE_SECONDS) })
}

/** Runs a container's preStop hook; the seconds of its grace period that are left then (executePreStopHook). */
export function* afterPreStop(
  pod: Pod,
  container: Container,
  { id, ip }: { readonly id: string; readonly ip: string },
  graceSeconds: number,
): KubeletProcedure<number> {
  const hook = container.lifecycle?.preStop
  const real = yield* perform(({ state }: KubeletWorld) => state.profile.probes)
  if (!hook || graceSeconds <= 0 || !real) return graceSeconds
  const began = yield* perform(({ context }: KubeletWorld) => context.now)
  if (hook.sleep) yield* sleep(Math.min(hook.sleep.seconds, graceSeconds) * 1000)
  else {
    const target = { pod, container, id, ip, timeoutSeconds: graceSeconds }
    const error = yield* hookError(hook, target, 'preStop')
    if (error !== undefined)
      yield* perform((world: KubeletWorld) =>
        recordPodEvent(
          world,
          pod,
          { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed' },
          fieldPathOf(pod, container.name),
        ),
      )
  }
  const ended = yield* perform(({ context }: KubeletWorld) => context.now)
  return graceSeconds - Math.trunc((ended - began) / 1e6)
}
