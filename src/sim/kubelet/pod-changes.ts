// Models the configuration's side of pkg/kubelet/kubelet.go (HandlePodAdditions and the like, HandlePodCleanups): what the kubelet hears of pods.
import { deepEqual } from '../api/deep'
import type { Node, Pod } from '../api/types'
import { perform } from '../client/effects'
import { type InformerEvent, startInformer, storeOf } from '../client/informer'
import { end } from '../client/room'
import { type AdmissionFailure, admit, admittingNode } from './admission'
import { cri, tellRuntime } from './cri-client'
import { recordPodEvent } from './events'
import { isTerminal } from './pod-status'
import { type AgainMessage, forget, run, stop, wake } from './pod-workers'
import { referencesOf } from './references'
import { requestsOf } from './resources'
import {
  type KubeletProcedure,
  type KubeletWorld,
  NO_BACK_OFFS,
  NO_RUNTIME,
  type PodRuntime,
  type PodWorker,
  podKey,
} from './state'
import { finishStatus, setPodStatus, statusChanged } from './status-manager'
import { apiStatus } from './sync-pod'
import { unsupportedFields } from './unsupported'

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
  if (isHurried(worker, before)) {
    // what it is at is given up and begun anew with the time that is left
    end(world, worker.procedure)
    worker.procedure = 0
    run(world, worker, world.context.cause)
    return
  }
  if (worker.phase !== 'finished') {
    if (news) world.context.after(handOver(world), { type: 'kubelet.stop', uid: worker.uid } as AgainMessage)
    return
  }
  if (news) finishStatus(world, pod, apiStatus(world, worker, true))
}

/** Whether a pod that is being stopped is given less time than before (wasGracePeriodShortened). */
function isHurried({ phase, procedure, pod }: PodWorker, before: Pod): boolean {
  const [now, then] = [pod, before].map(({ metadata }) => metadata.deletionGracePeriodSeconds)
  return phase === 'terminating' && procedure > 0 && now !== undefined && then !== undefined && now < then
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
