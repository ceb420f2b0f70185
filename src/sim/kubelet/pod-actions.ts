// Models pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions: what has to be done to bring a pod's containers to its spec.
import type { Container, Pod } from '../api/types'
import { failedProbe, isChanged, isRestartable, lastOf, shouldRestart } from './container-status'
import type { PodRuntime } from './state'

export interface PodActions {
  /** A sandbox has to be made; this many were made before. */
  readonly sandbox: { readonly attempt: number } | undefined
  /** Containers to start, in order. */
  readonly start: readonly string[]
  /** Nothing of the pod runs or ever will: its sandbox is to be stopped. */
  readonly kill: boolean
}

const NOTHING: PodActions = Object.freeze({ sandbox: undefined, start: Object.freeze([]), kill: false })

export const podActions = (pod: Pod, runtime: PodRuntime): PodActions => Object.freeze(actionsOf(pod, runtime))

function actionsOf(pod: Pod, runtime: PodRuntime): PodActions {
  const { sandbox } = runtime
  if (!sandbox?.ready) return withNewSandbox(pod, runtime, sandbox ? sandbox.attempt + 1 : 0)
  const next = nextInit(pod, runtime)
  if (next === 'failed') return { ...NOTHING, kill: true }
  if (next !== 'done') return { ...NOTHING, start: next }
  const start: string[] = []
  let alive = false
  for (const container of pod.spec.containers) {
    const last = lastOf(runtime, container.name)
    if (last?.state === 'running') alive = true
    const restarts = last !== undefined && (isChanged(container, last) || failedProbe(runtime, container) !== undefined)
    if (restarts || shouldRestart(pod, container, last)) start.push(container.name)
  }
  return { sandbox: undefined, start: [...sidecars(pod, runtime), ...start], kill: start.length === 0 && !alive }
}

/** Without a sandbox everything begins anew, but for what has run to its end. */
function withNewSandbox(pod: Pod, runtime: PodRuntime, attempt: number): PodActions {
  if (pod.spec.restartPolicy === 'Never' && attempt > 0 && runtime.containers.length > 0) return { ...NOTHING, kill: true }
  const init = pod.spec.initContainers?.[0]
  if (init) return { sandbox: { attempt }, start: [init.name], kill: false }
  const start = pod.spec.containers
    .filter(c => {
      const last = lastOf(runtime, c.name)
      return !(pod.spec.restartPolicy === 'OnFailure' && last?.state === 'exited' && last.exitCode === 0)
    })
    .map(c => c.name)
  return start.length === 0 ? { ...NOTHING, kill: true } : { sandbox: { attempt }, start, kill: false }
}

/** Init containers run one after the other: the one to start now, or none while one runs; `done` when all have. */
function nextInit(pod: Pod, runtime: PodRuntime): readonly string[] | 'done' | 'failed' {
  if (pod.spec.containers.some(c => lastOf(runtime, c.name) !== undefined)) return 'done'
  const again = sidecars(pod, runtime)
  for (const container of pod.spec.initContainers ?? []) {
    const last = lastOf(runtime, container.name)
    if (isRestartable(container)) {
      if (last?.state !== 'running') return [...again.filter(name => name !== container.name), container.name]
      // those after it wait until it has started
      if (!hasStarted(container, runtime)) return again
      continue
    }
    if (!last) return [...again, container.name]
    if (last.state === 'exited' && last.exitCode === 0) continue
    if (last.state !== 'exited') return again
    return pod.spec.restartPolicy === 'Never' ? 'failed' : [...again, container.name]
  }
  return 'done'
}

/** A sidecar that is running has also passed its startup probe; one that has not been probed yet has not. */
function hasStarted(container: Container, runtime: PodRuntime): boolean {
  if (!container.startupProbe) return true
  const known = runtime.probes?.[`startup ${container.name}`]
  return known?.result === 'success' && known.id === lastOf(runtime, container.name)?.id
}

/** Sidecars that ran and have ended, or are not well: they start again at any time. */
const sidecars = (pod: Pod, runtime: PodRuntime): readonly string[] =>
  (pod.spec.initContainers ?? [])
    .filter(
      (c: Container) =>
        isRestartable(c) && (lastOf(runtime, c.name)?.state === 'exited' || failedProbe(runtime, c) !== undefined),
    )
    .map(c => c.name)
