// Models pkg/kubelet/kubelet.go SyncPod, SyncTerminatingPod and SyncTerminatedPod, and kuberuntime_manager.go SyncPod: what a pod's worker does.
import type { ContainerConfig } from '../api/cri'
import type { Container, Pod } from '../api/types'
import { perform } from '../client/effects'
import { armDeadline, evictionOf } from './active-deadline'
import { backOffLeft, nextBackOff } from './back-off'
import { isChanged, lastOf, lostStatus } from './container-status'
import { cri, criAll } from './cri-client'
import { fieldPathOf, goDuration, recordPodEvent } from './events'
import { ensureImage } from './images'
import { type PodActions, podActions } from './pod-actions'
import { isTerminal, lastStatus, podStatus, withSandboxReady } from './pod-status'
import { environmentError } from './references'
import { newerStatus } from './relist'
import { type KubeletProcedure, type KubeletWorld, type PodStatus, type PodWorker, podKey, type StartFailure } from './state'
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
  const begun = yield* perform((world: KubeletWorld) => beginSync(world, uid))
  if (!begun) return DONE
  const { pod, terminal } = begun
  if (terminal) return { terminal: true }
  let { actions } = begun
  if (!actions) {
    yield* mountVolumes(pod)
    actions = yield* perform((world: KubeletWorld) => mountedActions(world, uid, pod))
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
  const status = apiStatus(world, worker, false)
  setPodStatus(world, pod, status)
  armDeadline(world, pod)
  return Object.freeze({ pod, terminal: isTerminal(status.phase), actions: mounted ? podActions(pod, runtime) : undefined })
}

/** The volumes are set up: what to do now. */
function mountedActions(world: KubeletWorld, uid: string, pod: Pod): PodActions | undefined {
  const worker = workerOf(world, uid)
  if (!worker) return undefined
  worker.mounted = true
  return podActions(pod, worker.runtime)
}

/** The sandbox holds the pod's network namespace; containers come into it. */
function* makeSandbox(pod: Pod, attempt: number): KubeletProcedure<string | undefined> {
  const { name, namespace = '', uid = '' } = pod.metadata
  const config = Object.freeze({ name, namespace, uid, attempt, hostNetwork: pod.spec.hostNetwork === true })
  const made = yield* cri(uid, { method: 'RunPodSandbox', pod: config })
  return yield* perform((world: KubeletWorld): string | undefined => {
    if (made.error !== undefined) {
      const message = `Failed to create pod sandbox: ${made.error}`
      recordPodEvent(world, pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message })
      return made.error
    }
    const status = world.state.statuses.get(uid)?.status
    if (status) setPodStatus(world, pod, withSandboxReady(status))
    return undefined
  })
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
    const left = yield* perform((world: KubeletWorld) => crashBackOff(world, pod, container))
    if (!left) yield* stopChanged(pod, container)
    const failure = left ? left.failure : yield* startContainer(pod, container)
    if (failure) yield* perform((world: KubeletWorld) => remember(world, uid, name, failure))
    if (!failure) started = true
    else error = `${failure.reason}: ${failure.message}`
    if (failure?.reason === 'RunContainerError') made = true
    if (left) backOffMs = Math.min(backOffMs ?? left.ms, left.ms)
    // an init container that can't start holds up those after it
    if (failure && pod.spec.initContainers?.includes(container)) break
  }
  return Object.freeze({ started, made, error, backOffMs })
}

function containerOf({ spec }: Pod, name: string): Container | undefined {
  const named = (container: Container): boolean => container.name === name
  return spec.initContainers?.find(named) ?? spec.containers.find(named)
}

/** Notes why a container could not be started, or that it was (reason_cache.go). */
function remember(world: KubeletWorld, uid: string, name: string, failure: StartFailure | undefined): void {
  const worker = workerOf(world, uid)
  if (!worker || (!failure && !worker.runtime.failures[name])) return
  const { [name]: _, ...others } = worker.runtime.failures
  worker.runtime = Object.freeze({
    ...worker.runtime,
    failures: Object.freeze(failure ? { ...others, [name]: failure } : others),
  })
}

interface HeldBack {
  readonly ms: number
  readonly failure: StartFailure
}

/** A container that has ended waits longer with each time. Models doBackOff. */
function crashBackOff(world: KubeletWorld, pod: Pod, container: Container): HeldBack | undefined {
  const worker = workerOf(world, pod.metadata.uid ?? '')
  const last = worker && lastOf(worker.runtime, container.name)
  if (!worker || last?.state !== 'exited') return undefined
  const key = `container ${container.name}`
  const now = world.context.now
  const known = worker.backOffs[key]
  const ms = backOffLeft(known, last.finishedAt, now)
  if (ms <= 0) {
    worker.backOffs = { ...worker.backOffs, [key]: nextBackOff(known, last.finishedAt, now) }
    return undefined
  }
  const { name, namespace, uid } = pod.metadata
  const id = `${name}_${namespace}(${uid})`
  const message = `Back-off restarting failed container ${container.name} in pod ${id}`
  recordPodEvent(world, pod, { type: 'Warning', reason: 'BackOff', message }, fieldPathOf(pod, container.name))
  world.context.note('kubelet.backoff', { pod: podKey(pod), container: container.name, reason: 'CrashLoopBackOff', ms })
  const why = `back-off ${goDuration(known?.ms ?? 0)} restarting failed container=${container.name} pod=${id}`
  return Object.freeze({ ms, failure: Object.freeze({ reason: 'CrashLoopBackOff', message: why }) })
}

/** A container whose image was changed is stopped before it is started anew. */
function* stopChanged(pod: Pod, container: Container): KubeletProcedure {
  const uid = pod.metadata.uid ?? ''
  const running = yield* perform((world: KubeletWorld): string | undefined => {
    const runtime = workerOf(world, uid)?.runtime
    const last = runtime && lastOf(runtime, container.name)
    if (!last || !isChanged(container, last)) return undefined
    const message = `Container ${container.name} definition changed, will be restarted`
    recordPodEvent(world, pod, { type: 'Normal', reason: 'Killing', message }, fieldPathOf(pod, container.name))
    return last.id
  })
  if (running === undefined) return
  const timeoutSeconds = pod.spec.terminationGracePeriodSeconds ?? 30
  yield* cri(uid, { method: 'StopContainer', container: running, timeoutSeconds })
}

/** Image, create, start; an Event for each. Models kuberuntime_container.go startContainer. */
function* startContainer(pod: Pod, container: Container): KubeletProcedure<StartFailure | undefined> {
  const uid = pod.metadata.uid ?? ''
  const path = fieldPathOf(pod, container.name)
  const failed = function* (failure: StartFailure, message: string): KubeletProcedure<StartFailure> {
    yield* perform((world: KubeletWorld) => recordPodEvent(world, pod, { type: 'Warning', reason: 'Failed', message }, path))
    return failure
  }
  const missing = yield* ensureImage(pod, container)
  if (missing) return yield* failed(missing, `Error: ${missing.reason}`)
  const plan = yield* perform((world: KubeletWorld) => planContainer(world, pod, container))
  if ('wrong' in plan) return yield* failed({ reason: 'CreateContainerConfigError', message: plan.wrong }, `Error: ${plan.wrong}`)
  const created = yield* cri(uid, {
    method: 'CreateContainer',
    sandbox: plan.sandbox,
    container: plan.config,
  })
  if (created.error !== undefined)
    return yield* failed({ reason: 'CreateContainerError', message: created.error }, `Error: ${created.error}`)
  yield* perform((world: KubeletWorld) =>
    recordPodEvent(world, pod, { type: 'Normal', reason: 'Created', message: 'Container created' }, path),
  )
  const startedAs = yield* cri(uid, { method: 'StartContainer', container: created.container?.id ?? '' })
  if (startedAs.error !== undefined)
    return yield* failed({ reason: 'RunContainerError', message: startedAs.error }, `Error: ${startedAs.error}`)
  yield* perform((world: KubeletWorld) => {
    remember(world, uid, container.name, undefined)
    recordPodEvent(world, pod, { type: 'Normal', reason: 'Started', message: 'Container started' }, path)
    world.context.note('kubelet.pleg', { pod: podKey(pod), event: 'ContainerStarted', container: container.name })
  })
  return undefined
}

/** Where a container goes and what it is made of; or what is wrong with it. */
function planContainer(
  world: KubeletWorld,
  pod: Pod,
  container: Container,
): { readonly wrong: string } | { readonly sandbox: string; readonly config: ContainerConfig } {
  const wrong = environmentError(world, pod, container)
  if (wrong !== undefined) return Object.freeze({ wrong })
  const runtime = workerOf(world, pod.metadata.uid ?? '')?.runtime
  const last = runtime && lastOf(runtime, container.name)
  const attempt = last ? last.attempt + 1 : (lostStatus(pod, container.name)?.restartCount ?? 0)
  return Object.freeze({ sandbox: runtime?.sandbox?.id ?? '', config: configOf(container, attempt) })
}

const configOf = ({ name, image = '', command = [], args = [], ports = [] }: Container, attempt: number): ContainerConfig =>
  Object.freeze({ name, image, command, args, attempt, ports: ports.map(p => p.containerPort) })

/** The least time that a container gets to end by itself (minimumGracePeriodInSeconds). */
const LEAST_GRACE_SECONDS = 2

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
  const timeoutSeconds = Math.max(
    metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30,
    LEAST_GRACE_SECONDS,
  )
  const running = runtime.containers.filter(c => c.state === 'running')
  const sidecarNames = new Set((spec.initContainers ?? []).map(c => c.name))
  // sidecars go on until the containers that they serve have ended
  for (const group of [running.filter(c => !sidecarNames.has(c.name)), running.filter(c => sidecarNames.has(c.name))]) {
    for (const { name } of group) {
      const message = `Stopping container ${name}`
      yield* perform((world: KubeletWorld) =>
        recordPodEvent(world, pod, { type: 'Normal', reason: 'Killing', message }, fieldPathOf(pod, name)),
      )
    }
    yield* criAll(
      uid,
      group.map(c => ({ method: 'StopContainer', container: c.id, timeoutSeconds }) as const),
    )
  }
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
    finishStatus(world, worker.pod, lastStatus(worker.pod, status))
  })
}
