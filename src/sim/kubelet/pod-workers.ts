// Models pkg/kubelet/pod_workers.go: a worker for each pod, one piece of work at a time; a pod that is to go is stopped, then cleaned up after.
import type { CriContainer } from '../api/cri'
import { deepEqual } from '../api/deep'
import type { Node, Pod } from '../api/types'
import { perform } from '../client/effects'
import { type InformerEvent, startInformer, storeOf } from '../client/informer'
import { answer, end, start } from '../client/room'
import type { Cause, Message } from '../kernel/types'
import { type AdmissionFailure, admit, admittingNode } from './admission'
import { cri, tellRuntime, withContainer } from './cri-client'
import { recordPodEvent } from './events'
import { isTerminal } from './pod-status'
import { referencesOf, unregisterReferences } from './references'
import { refresh } from './refresh'
import { newsAt, untilRelist } from './relist'
import { requestsOf } from './resources'
import {
  type KubeletProcedure,
  type KubeletWorld,
  NO_BACK_OFFS,
  NO_RUNTIME,
  type PodRuntime,
  type PodWorker,
  podKey,
  type WorkerPhase,
} from './state'
import { finishStatus, forgetStatus, setPodStatus, statusChanged } from './status-manager'
import { apiStatus, type SyncResult } from './sync-pod'
import { unsupportedFields } from './unsupported'

const PROCEDURES: Readonly<Record<Exclude<WorkerPhase, 'finished'>, string>> = {
  sync: 'sync pod',
  terminating: 'terminate pod',
  terminated: 'finish pod',
}
const PHASES = new Map(Object.entries(PROCEDURES).map(([phase, name]) => [name, phase as WorkerPhase]))

/** A timer that looks at a pod again. */
export interface AgainMessage extends Message {
  readonly type: 'kubelet.again' | 'kubelet.relist' | 'kubelet.stop'
  readonly uid: string
}

/** What the runtime has from before the kubelet came up; then the kubelet asks which pods it is to run. */
export function* findPods(): KubeletProcedure {
  const { pods = [] } = yield* cri('', { method: 'ListPodSandbox' })
  yield* perform((world: KubeletWorld) => {
    for (const { config, sandbox, containers } of pods)
      world.state.found.set(config.uid, Object.freeze({ sandbox, containers, failures: NO_RUNTIME.failures }))
    startInformer(world, 'pods')
  })
}

/** Pods that the runtime has and the apiserver does not know are killed (HandlePodCleanups). */
export function dropOrphans(world: KubeletWorld): void {
  for (const { sandbox } of world.state.found.values())
    if (sandbox) tellRuntime(world, { method: 'RemovePodSandbox', sandbox: sandbox.id })
  world.state.found.clear()
}

/** Handler of the pods' informer: HandlePodAdditions, HandlePodUpdates, HandlePodReconcile, HandlePodRemoves. */
export function onPod(world: KubeletWorld, { type, object, old }: InformerEvent): void {
  const pod = object as Pod
  const uid = pod.metadata.uid ?? ''
  if (type === 'DELETED') {
    removed(world, uid)
    return
  }
  const known = world.state.workers.get(uid)
  if (!known) {
    // another pod of the same name was here before
    const before = old?.metadata.uid
    if (before !== undefined && before !== uid) removed(world, before)
    added(world, pod, world.state.found.get(uid) ?? NO_RUNTIME)
    world.state.found.delete(uid)
    return
  }
  const before = known.pod
  known.pod = pod
  if (pod.metadata.deletionTimestamp) {
    deleted(world, known, before)
    return
  }
  if (before.status !== pod.status) statusChanged(world, uid, pod)
  if (!specChanged(before, pod)) return
  world.context.note('kubelet.pod', { pod: podKey(pod), change: 'updated' })
  wake(world, known)
}

/** A change of status alone is the kubelet's own doing. */
const specChanged = ({ metadata: a }: Pod, { metadata: b }: Pod): boolean =>
  a.generation !== b.generation || !deepEqual(a.labels, b.labels) || !deepEqual(a.annotations, b.annotations)

/** Between news of a pod and its worker's look at it: the configuration's channels, admission, the sync loop. Mostly short. */
const HAND_OVER_MS = [3, 50] as const
const handOver = ({ context }: KubeletWorld): number =>
  HAND_OVER_MS[0] + context.random() * context.random() * (HAND_OVER_MS[1] - HAND_OVER_MS[0])

/** A pod that the node is to run. `runtime` is what is left of it from before the kubelet came up. */
function added(world: KubeletWorld, pod: Pod, runtime: PodRuntime): void {
  const { state, context } = world
  const uid = pod.metadata.uid ?? ''
  if (isTerminal(pod.status.phase) && !pod.metadata.deletionTimestamp) return
  const worker: PodWorker = {
    uid,
    pod,
    phase: 'sync',
    procedure: 0,
    stop: undefined,
    gone: false,
    pending: undefined,
    mounted: false,
    look: undefined,
    deadline: undefined,
    probes: undefined,
    addedAt: context.now,
    workedAt: 0,
    relisted: false,
    again: undefined,
    runtime,
    references: referencesOf(pod),
    requests: requestsOf(pod),
    backOffs: NO_BACK_OFFS,
  }
  const known = pod.metadata.deletionTimestamp || runtime.sandbox
  const refused = known
    ? undefined
    : admit(pod, worker.requests, () => occupantsOf(state.workers), state.workers.size, ownNode(world))
  state.workers.set(uid, worker)
  if (refused) {
    reject(world, worker, refused)
    return
  }
  context.note('kubelet.pod', { pod: podKey(pod), change: 'added' })
  const fields = unsupportedFields(pod)
  if (fields.length > 0) context.note('kubelet.unsupported', { pod: podKey(pod), fields })
  if (pod.metadata.deletionTimestamp) {
    stop(world, worker)
    return
  }
  worker.again = context.after(handOver(world), { type: 'kubelet.again', uid } as AgainMessage)
}

/** The pods that take room on the node: until their containers have ended. */
function* occupantsOf(workers: ReadonlyMap<string, PodWorker>): Generator<PodWorker> {
  for (const worker of workers.values())
    if ((worker.phase === 'sync' || worker.phase === 'terminating') && !isTerminal(worker.pod.status.phase)) yield worker
}

const ownNode = (world: KubeletWorld) =>
  admittingNode(storeOf(world, 'nodes').objects.get(world.state.profile.name) as Node | undefined, world.state.profile)

/** The node can't run the pod, which has failed before it began (rejectPod). */
function reject(world: KubeletWorld, worker: PodWorker, { reason, message }: AdmissionFailure): void {
  const { pod } = worker
  worker.phase = 'finished'
  world.context.note('kubelet.rejected', { pod: podKey(pod), reason })
  recordPodEvent(world, pod, { type: 'Warning', reason, message })
  const { generation: observedGeneration } = pod.metadata
  setPodStatus(world, pod, {
    ...(observedGeneration !== undefined && { observedGeneration }),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
  })
}

function deleted(world: KubeletWorld, worker: PodWorker, before: Pod): void {
  const { pod } = worker
  const news = before.metadata.deletionTimestamp === undefined
  if (news) world.context.note('kubelet.pod', { pod: podKey(pod), change: 'deleted' })
  if (worker.phase !== 'finished') {
    if (news) world.context.after(handOver(world), { type: 'kubelet.stop', uid: worker.uid } as AgainMessage)
    return
  }
  if (news) finishStatus(world, pod, apiStatus(world, worker, true))
}

/** The pod's object is gone; what is left of the pod on the node goes too. */
function removed(world: KubeletWorld, uid: string): void {
  const { state, context } = world
  const worker = state.workers.get(uid)
  if (!worker) return
  worker.gone = true
  context.note('kubelet.pod', { pod: podKey(worker.pod), change: 'removed' })
  if (worker.phase === 'finished') forget(world, worker)
  else stop(world, worker)
}

/** The worker is done with, and its sandbox is collected. */
function forget(world: KubeletWorld, worker: PodWorker): void {
  const { state } = world
  state.workers.delete(worker.uid)
  forgetStatus(world, worker.uid)
  if (worker.runtime.sandbox) tellRuntime(world, { method: 'RemovePodSandbox', sandbox: worker.runtime.sandbox.id })
}

/** The pod is to be looked at: now, or when what is being done for it is done. */
export function wake(world: KubeletWorld, worker: PodWorker): void {
  const { cause } = world.context
  if (worker.phase === 'finished') return
  if (worker.procedure !== 0) {
    worker.pending = worker.pending === undefined ? cause : joined(worker.pending, cause)
    return
  }
  run(world, worker, cause)
}
const joined = (a: Cause, b: Cause): Cause => Object.freeze([...new Set([a, b].flat())].slice(-8)) as Cause

/** A timer of a pod: it is looked at again. */
export function again(world: KubeletWorld, { type, uid }: AgainMessage): void {
  const worker = world.state.workers.get(uid)
  if (!worker) return
  if (type === 'kubelet.stop') {
    stop(world, worker)
    return
  }
  if (type === 'kubelet.again') worker.again = undefined
  wake(world, worker)
}

/**
 * The pod is to go. A worker that waits for volumes waits no longer; where they are set up, the sync that has begun goes on to its end, and
 * starts what it was to start (UpdatePod cancels the sync's context, which only the volume manager heeds).
 */
function stop(world: KubeletWorld, worker: PodWorker): void {
  const { context } = world
  if (worker.phase !== 'sync') return
  worker.stop = worker.stop === undefined ? context.cause : joined(worker.stop, context.cause)
  if (worker.again !== undefined) context.cancel(worker.again)
  worker.again = undefined
  if (worker.procedure !== 0) {
    if (worker.look !== undefined) {
      context.cancel(worker.look)
      worker.look = undefined
      answer(world, worker.procedure, 0, undefined)
      return
    }
    if (worker.mounted) return
    end(world, worker.procedure)
    worker.procedure = 0
    worker.workedAt = context.now
  }
  run(world, worker, worker.stop)
}

/** Starts the worker's next piece of work. */
function run(world: KubeletWorld, worker: PodWorker, cause: Cause): void {
  if (worker.phase === 'sync' && worker.stop !== undefined) worker.phase = 'terminating'
  if (worker.phase === 'finished') return
  worker.pending = undefined
  const { phase } = worker
  const seq = world.context.because(cause, () => world.context.note('kubelet.sync', { pod: podKey(worker.pod), phase }))
  // the procedure may end at once, so the worker is busy before it starts
  worker.procedure = -1
  const id = start(world, PROCEDURES[phase as Exclude<WorkerPhase, 'finished'>], [worker.uid], world.room.id, seq)
  if (worker.procedure === -1) worker.procedure = id
}

/** A piece of a pod's work has ended: what comes next. Models completeWork and the transitions of the pod workers. */
export function workEnded(world: KubeletWorld, name: string, uid: string, cause: Cause, result: unknown): void {
  const worker = world.state.workers.get(uid)
  const phase = PHASES.get(name)
  if (!worker || worker.phase !== phase) return
  worker.procedure = 0
  worker.workedAt = world.context.now
  worker.relisted = false
  if (phase === 'sync') {
    refresh(world, worker)
    const { started, error } = result as SyncResult
    worker.relisted = started === true && error === undefined
    syncEnded(world, worker, cause, result as SyncResult)
    return
  }
  if (phase === 'terminating') {
    worker.phase = 'terminated'
    run(world, worker, cause)
    return
  }
  worker.phase = 'finished'
  unregisterReferences(world, worker)
  if (worker.gone) forget(world, worker)
}

/** A failed sync is tried again after so long, and half as long again by chance (backOffPeriod). */
const RETRY_MS = 10_000
/** No pod is left alone for longer than this, and half as much by chance (resyncInterval). */
const RESYNC_MS = 60_000

function syncEnded(world: KubeletWorld, worker: PodWorker, cause: Cause, result: SyncResult): void {
  const { context } = world
  if (worker.stop !== undefined) {
    run(world, worker, joined(worker.stop, cause))
    return
  }
  if (result.terminal) {
    worker.stop = cause
    run(world, worker, cause)
    return
  }
  if (result.started || result.made) {
    worker.madeFrom = worker.beganAt ?? context.now
    worker.madeTo = context.now
  }
  // the pod lifecycle event generator sees what was made when it next lists
  if (result.backOffMs === undefined && result.made && !result.started) {
    const ms = untilRelist(world)
    const tick = context.now + ms * 1000
    const failed = worker.runtime.containers.some(c => c.state === 'exited' && Math.max(c.createdAt, c.finishedAt) > tick - 1e6)
    const news = newsAt(world, worker, tick) + (failed ? 1 : 0)
    for (let i = 0; i < Math.max(1, Math.min(2, news)); i++)
      context.after(ms, { type: 'kubelet.relist', uid: worker.uid } as AgainMessage)
  }
  if (result.error !== undefined) lookAgain(world, worker, result.error, Math.min(result.backOffMs ?? RETRY_MS, RESYNC_MS))
  // containers that were started are looked at at once; what has come meanwhile waits for news
  const { pending } = worker
  if (result.started) {
    run(world, worker, cause)
    if (pending === undefined) return
    if (worker.procedure === 0) run(world, worker, pending)
    else worker.pending = worker.pending === undefined ? pending : joined(worker.pending, pending)
  } else if (pending !== undefined) run(world, worker, joined(pending, cause))
}

function lookAgain(world: KubeletWorld, worker: PodWorker, error: string, least: number): void {
  const { context } = world
  const ms = Math.round(least * (1 + context.random() * 0.5))
  context.note('kubelet.again', { pod: podKey(worker.pod), ms, error })
  if (worker.again !== undefined) context.cancel(worker.again)
  worker.again = context.after(ms, { type: 'kubelet.again', uid: worker.uid } as AgainMessage, { housekeeping: true })
}

/** The pod lifecycle event generator sees that a container has ended by itself. */
export function sawExit(world: KubeletWorld, worker: PodWorker, container: CriContainer): void {
  worker.runtime = withContainer(worker.runtime, container)
  world.context.note('kubelet.pleg', { pod: podKey(worker.pod), event: 'ContainerDied', container: container.name })
  wake(world, worker)
  if (newsAt(world, worker, world.context.now) > 0) wake(world, worker)
}

/** A probe's result has changed: the status says so, and the worker looks what is to be done about it (handleProbeSync). */
export function probeChanged(world: KubeletWorld, worker: PodWorker): void {
  world.context.quietly(false, () => {
    if (worker.phase === 'sync') setPodStatus(world, worker.pod, apiStatus(world, worker, false))
    wake(world, worker)
  })
}
