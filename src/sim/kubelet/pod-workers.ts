// Models pkg/kubelet/pod_workers.go: a worker for each pod, one piece of work at a time; a pod that is to go is stopped, then cleaned up after.
import type { CriContainer } from '../api/cri'
import { answer, end, start } from '../client/room'
import type { Cause, Message } from '../kernel/types'
import { tellRuntime, withContainer } from './cri-client'
import { unregisterReferences } from './references'
import { refresh } from './refresh'
import { newsAt, untilRelist } from './relist'
import { type KubeletWorld, type PodWorker, podKey, type WorkerPhase } from './state'
import { forgetStatus, setPodStatus } from './status-manager'
import { apiStatus, type SyncResult } from './sync-pod'

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

/** The worker is done with, and its sandbox is collected. */
export function forget(world: KubeletWorld, worker: PodWorker): void {
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
export function stop(world: KubeletWorld, worker: PodWorker): void {
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
export function run(world: KubeletWorld, worker: PodWorker, cause: Cause): void {
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
