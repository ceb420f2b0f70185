// Models pkg/kubelet/cri: calls to the runtime of the node, and what the kubelet learns from the answers.
import {
  type CriCall,
  type CriContainer,
  type CriMethod,
  type CriRequest,
  type CriResponse,
  type CriResult,
  containerOf,
  subjectOf,
} from '../api/cri'
import { nodeRoom } from '../api/rooms'
import type { ClientEffect } from '../client/effects'
import { answer } from '../client/room'
import { awaitAll, awaitOne } from '../kernel/procedure'
import { instancesOf } from './container-status'
import type { KubeletProcedure, KubeletState, KubeletWorld, PodRuntime, PodWorker } from './state'

/** What a call brought. */
export interface CriAnswer extends CriResult {
  readonly error?: string
}

/** Calls the runtime for a pod and waits for its answer; what it says of the pod is in the worker's cache by then. */
export const cri = (uid: string, call: CriCall): ClientEffect<KubeletState, CriAnswer> => awaitOne(sendCall, 0, uid, call)

/** Several calls at once; their answers, in the order of the calls. */
export function* criAll(uid: string, calls: readonly CriCall[]): KubeletProcedure<readonly CriAnswer[]> {
  return yield* awaitAll<KubeletWorld, CriAnswer>(calls.length, (world, procedure) => {
    for (const [slot, call] of calls.entries()) sendCall(world, procedure, slot, uid, call)
  })
}

/** Puts a call under way; the answer goes into a slot of what a procedure waits for. */
export function sendCall(world: KubeletWorld, procedure: number, slot: number, uid: string, call: CriCall): void {
  const { state } = world
  const id = state.nextCall++
  state.calls.set(id, Object.freeze({ procedure, slot, call: Object.freeze(call), uid }))
  if (!state.runtimeGone || !waits(call.method)) sendRequest(world, id, uid, call)
}

/** Calls that can wait for the runtime; behind the others a client waits, and they fail. */
export const waits = (method: CriMethod): boolean => !FAILING.has(method)
const FAILING: ReadonlySet<CriMethod> = new Set([
  'ContainerStatus',
  'WatchLog',
  'UnwatchLog',
  'ListContainerStats',
  'Exec',
  'ExecSync',
  'PortForward',
])

/** Puts a call under way. */
export function sendRequest({ state, context }: KubeletWorld, id: number, uid: string, call: CriCall): void {
  const request: CriRequest = { type: 'cri.request', id, call }
  const of = containerOf(call)
  const known = of === undefined ? undefined : state.workers.peek(uid)?.runtime.containers.find(c => c.id === of)
  context.send(nodeRoom('runtime', state.profile.name), request, 'cri.request', {
    id,
    method: call.method,
    subject: known?.name ?? subjectOf(call),
  })
}

/** A call that nobody waits for. */
export function tellRuntime(world: KubeletWorld, call: CriCall): void {
  sendCall(world, 0, 0, '', call)
}

/** The runtime's answer: the cache learns first, then the procedure goes on. */
export function receiveCri(world: KubeletWorld, { id, result, error }: CriResponse): void {
  const { state } = world
  const call = state.calls.get(id)
  if (!call) return
  state.calls.delete(id)
  const worker = state.workers.get(call.uid)
  if (worker) learn(worker, result)
  if (call.procedure <= 0) return
  answer(world, call.procedure, call.slot, error === undefined ? result : Object.freeze({ ...result, error }))
}

/** Puts what the runtime said into the pod's cache. */
function learn(worker: PodWorker, { sandbox, container }: CriResult): void {
  if (sandbox) worker.runtime = Object.freeze({ ...worker.runtime, sandbox })
  if (container) worker.runtime = withContainer(worker.runtime, container)
}

/** The cache with a container's newest state. Of one name, the last two instances are kept: the one that counts, and the one before. */
export function withContainer(runtime: PodRuntime, container: CriContainer): PodRuntime {
  const place = runtime.containers.findIndex(c => c.id === container.id)
  if (place >= 0) return Object.freeze({ ...runtime, containers: runtime.containers.with(place, container) })
  const [oldest, ...others] = instancesOf(runtime, container.name)
  const kept = others.length > 0 ? runtime.containers.filter(c => c !== oldest) : runtime.containers
  return Object.freeze({ ...runtime, containers: [...kept, container] })
}
