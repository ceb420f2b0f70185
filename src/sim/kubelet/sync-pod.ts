// Models pkg/kubelet/kubelet.go SyncPod, SyncTerminatingPod and SyncTerminatedPod, and kuberuntime_manager.go SyncPod: what a pod's worker does.
import type { Container, Pod } from '../api/types'
import { perform } from '../client/effects'
import { armDeadline, evictionOf } from './active-deadline'
import { cri } from './cri-client'
import { recordPodEvent } from './events'
import { stopWrong } from './kill-container'
import { killContainers } from './kill-pod'
import { type PodActions, podActions } from './pod-actions'
import { isTerminal, lastStatus, podStatus, withSandboxReady } from './pod-status'
import { addProbes, askUnready } from './prober'
import { registerReferences } from './references'
import { newerStatus } from './relist'
import { crashBackOff, remember, startContainer } from './start-container'
import { type KubeletProcedure, type KubeletWorld, type PodStatus, type PodWorker, podKey } from './state'
import { finishStatus, setPodStatus } from './status-manager'
import { mountVolumes, unmountVolumes } from './volumes'

/** How a sync ended: `terminal` when the pod is complete; `started` when containers were started, so that their state is to be looked at. */
export interface SyncResult {
  readonly terminal?: boolean
  readonly started?: boolean
  /** A sandbox or a container was made that runs nothing yet. */
  readonly made?: boolean
  readonly error?: string
  /** Milliseconds of the shortest back-off that is in the way. */
  readonly backOffMs?: number
}
const DONE: SyncResult = Object.freeze({})

const workerOf = ({ state }: KubeletWorld, uid: string): PodWorker | undefined => state.workers.get(uid)

/** What is to be said of a worker's pod, with what was said of it before, and its deadline (generateAPIPodStatus). */
export function apiStatus(world: KubeletWorld, { uid, pod, runtime }: PodWorker, terminal: boolean): PodStatus {
  const { statuses, profile } = world.state
  return podStatus(pod, runtime, profile, terminal, statuses.peek(uid)?.status ?? pod.status, evictionOf(world, pod))
}

/** Brings a pod's containers to what its spec says. */
export function* syncPod(uid: string): KubeletProcedure<SyncResult> {
  yield* newerStatus(uid)
  const begun = yield* perform(beginSync, uid)
  if (!begun) return DONE
  const { pod, terminal } = begun
  if (terminal) return { terminal: true }
  let { actions } = begun
  if (!actions) {
    yield* mountVolumes(pod)
    actions = yield* perform(mountedActions, uid, pod)
  }
  if (!actions) return DONE
  if (actions.kill) return { terminal: true }
  if (actions.sandbox) {
    const error = yield* makeSandbox(pod, actions.sandbox.attempt)
    if (error !== undefined) return { error }
  }
  const result = yield* startContainers(pod, actions.start)
  return actions.sandbox ? Object.freeze({ ...result, made: true }) : result
}

interface Begun {
  readonly pod: Pod
  readonly terminal: boolean
  /** What to do; known at once where the volumes are set up. */
  readonly actions: PodActions | undefined
}

/** The status comes first; what is done about the pod comes after. */
function beginSync(world: KubeletWorld, uid: string): Begun | undefined {
  const worker = workerOf(world, uid)
  if (!worker || worker.stop) return undefined
  const { pod, runtime, mounted } = worker
  worker.beganAt = world.context.now
  const status = apiStatus(world, worker, false)
  setPodStatus(world, pod, status)
  armDeadline(world, pod)
  if (worker.probes) askUnready(world, worker)
  if (worker.workedAt === 0) registerReferences(world, worker)
  return Object.freeze({ pod, terminal: isTerminal(status.phase), actions: mounted ? podActions(pod, runtime) : undefined })
}

/** The volumes are set up: what to do now. */
function mountedActions(world: KubeletWorld, uid: string, pod: Pod): PodActions | undefined {
  const worker = workerOf(world, uid)
  if (!worker) return undefined
  worker.mounted = true
  addProbes(world, worker)
  return podActions(pod, worker.runtime)
}

/** The sandbox holds the pod's network namespace; containers come into it. */
function* makeSandbox(pod: Pod, attempt: number): KubeletProcedure<string | undefined> {
  const { name, namespace = '', uid = '' } = pod.metadata
  const config = Object.freeze({ name, namespace, uid, attempt, hostNetwork: pod.spec.hostNetwork === true })
  const made = yield* cri(uid, { method: 'RunPodSandbox', pod: config })
  return yield* perform(sandboxMade, pod, made.error)
}

function sandboxMade(world: KubeletWorld, pod: Pod, error: string | undefined): string | undefined {
  if (error !== undefined) {
    const message = `Failed to create pod sandbox: ${error}`
    recordPodEvent(world, pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message })
    return error
  }
  const worker = workerOf(world, pod.metadata.uid ?? '')
  if (worker) worker.sandboxAt = world.context.now
  const status = world.state.statuses.peek(pod.metadata.uid ?? '')?.status
  if (status) setPodStatus(world, pod, withSandboxReady(status))
  return undefined
}

function* startContainers(pod: Pod, names: readonly string[]): KubeletProcedure<SyncResult> {
  const uid = pod.metadata.uid ?? ''
  let started = false
  let made = false
  let error: string | undefined
  let backOffMs: number | undefined
  for (const name of names) {
    const container = containerOf(pod, name)
    if (!container) break
    const left = yield* perform(crashBackOff, pod, container)
    yield* stopWrong(pod, container)
    const failure = left ? left.failure : yield* startContainer(pod, container)
    if (failure) yield* perform(remember, uid, name, failure)
    if (!failure) started = true
    else error = `${failure.reason}: ${failure.message}`
    if (failure?.reason === 'RunContainerError' || failure?.reason === 'PostStartHookError') made = true
    if (left) backOffMs = Math.min(backOffMs ?? left.ms, left.ms)
    // an init container that can't start holds up those after it
    if (failure && pod.spec.initContainers?.includes(container)) break
  }
  return Object.freeze({ started, made, error, backOffMs })
}

/** A container of a pod by its name. */
function containerOf({ spec }: Pod, name: string): Container | undefined {
  const named = (container: Container): boolean => container.name === name
  return spec.initContainers?.find(named) ?? spec.containers.find(named)
}

/** Stops what runs of a pod: its containers, then its sandbox. */
export function* terminatePod(uid: string): KubeletProcedure {
  yield* newerStatus(uid)
  const begun = yield* perform((world: KubeletWorld) => {
    const worker = workerOf(world, uid)
    if (!worker) return undefined
    const { pod, runtime } = worker
    setPodStatus(world, pod, apiStatus(world, worker, false))
    return Object.freeze({ pod, runtime })
  })
  if (!begun) return
  const { pod, runtime } = begun
  const { metadata, spec } = pod
  // no pod is given less than a second (calculateEffectiveGracePeriod)
  const graceSeconds = Math.max(metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30, 1)
  yield* killContainers(pod, runtime, graceSeconds)
  if (runtime.sandbox?.ready) yield* cri(uid, { method: 'StopPodSandbox', sandbox: runtime.sandbox.id })
}

/** Says how a pod ended, cleans up after it, and lets its object go. */
export function* finishPod(uid: string): KubeletProcedure {
  const begun = yield* perform((world: KubeletWorld) => {
    const worker = workerOf(world, uid)
    if (!worker) return undefined
    setPodStatus(world, worker.pod, apiStatus(world, worker, true))
    return Object.freeze({ pod: worker.pod, ended: world.context.now })
  })
  if (!begun) return
  yield* newerStatus(uid)
  yield* unmountVolumes(begun.pod, begun.ended)
  yield* perform((world: KubeletWorld) => {
    const worker = workerOf(world, uid)
    if (!worker) return
    world.context.note('kubelet.finished', { pod: podKey(worker.pod) })
    const status = apiStatus(world, worker, true)
    finishStatus(world, worker.pod, lastStatus(worker.pod, status, world.state.profile.hollow))
  })
}
