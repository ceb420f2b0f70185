// Models pkg/kubelet/kubelet_node_status.go (registerWithAPIServer, syncNodeStatus) and component-helpers/apimachinery/lease.
import { type HttpResponse, MEDIA } from '../api/messages'
import { rfc3339Micro } from '../api/time'
import type { KubeObject, Node } from '../api/types'
import { hasNoAnswer } from '../client/connection'
import { call, perform, sleep } from '../client/effects'
import { type RequestSpec, succeeded } from '../client/http'
import { createRequest, getRequest, patchRequest, updateRequest } from '../client/requests'
import { start } from '../client/room'
import { cri } from './cri-client'
import { recordNodeEvent } from './events'
import { csiNode, heartbeatPatch, initialNode, isStale, leaseOf } from './node-status'
import { runtimeProblem } from './runtime-gone'
import type { KubeletProcedure, KubeletState, KubeletWorld } from './state'

/** How often the node's lease is renewed, and its status looked at. */
const HEARTBEAT_MS = 10_000
/** The status is written at least so often, also when nothing changed (nodeStatusReportFrequency). */
const REPORT_US = 300 * 1_000_000
/** The client set of heartbeats. */
export const HEARTBEATS = 'heartbeats'
const beat = (spec: RequestSpec): RequestSpec => ({ ...spec, limiter: HEARTBEATS })
const PRESSURES = ['Memory', 'Disk', 'PID'] as const

/** Registers the node: its object, its volume drivers, then the first status that says it is ready. */
export function* registerNode(name: string): KubeletProcedure {
  yield* call(getRequest('csinodes.storage.k8s.io', undefined, name, { resourceVersion: '0' }))
  const images = (yield* cri('', { method: 'ListImages' })).images ?? []
  yield* perform((world: KubeletWorld) => {
    world.state.images = images
    recordNodeEvent(world, 'Starting', 'Starting kubelet.')
  })
  const node = yield* createNode(name)
  yield* perform((world: KubeletWorld) => firstEvents(world, name))
  const drivers = yield* call(getRequest('csinodes.storage.k8s.io', undefined, name))
  if (drivers.code === 404) yield* call(createRequest('csinodes.storage.k8s.io', undefined, csiNode(name, node)))
  const now = yield* perform(({ context }: KubeletWorld) => context.now)
  const patch = heartbeatPatch(node as Node, undefined, now)
  const patched = yield* call(patchRequest('nodes', undefined, name, patch, MEDIA.strategicMergePatch, 'status'))
  yield* perform((world: KubeletWorld) => {
    world.state.registered = true
    if (succeeded(patched)) world.state.statusAt = world.context.now
    world.context.note('kubelet.registered', { node: name })
    recordNodeEvent(world, 'NodeReady', `Node ${name} status is now: NodeReady`)
  })
}

function firstEvents(world: KubeletWorld, name: string): void {
  // nobody has counted yet how large the images' file system is
  recordNodeEvent(world, 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', 'Warning')
  for (const kind of PRESSURES) {
    const reason = kind === 'Disk' ? 'NodeHasNoDiskPressure' : `NodeHasSufficient${kind}`
    recordNodeEvent(world, reason, `Node ${name} status is now: ${reason}`)
  }
  recordNodeEvent(world, 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods')
}

/** Creates the node's object, or finds it there; tries again until one of the two works. */
function* createNode(name: string): KubeletProcedure<KubeObject> {
  for (let wait = 200; ; wait = Math.min(2 * wait, 7000)) {
    const known = yield* call<KubeletState, KubeObject>(getRequest('nodes', undefined, name))
    if (known.code === 200) return known.body
    if (known.code === 404) {
      const body = yield* perform(({ state, context }: KubeletWorld) =>
        Object.freeze(initialNode(state.profile, state.images, context.now)),
      )
      const created = yield* call<KubeletState, KubeObject>(createRequest('nodes', undefined, body))
      if (created.code === 201) return created.body
    }
    yield* sleep(wait)
  }
}

/** The two loops of a node at rest. They are housekeeping: they go on for ever and keep nobody busy. */
export function startHeartbeats(world: KubeletWorld): void {
  renewSoon(world, 0)
  const jitter = world.context.random() * 1000
  world.context.after(HEARTBEAT_MS + jitter, { type: 'kubelet.heartbeat' }, { housekeeping: true })
}

const renewSoon = (world: KubeletWorld, ms: number): void => {
  world.context.after(ms, { type: 'kubelet.lease' }, { housekeeping: true })
}

export function renewLease(world: KubeletWorld): void {
  renewSoon(world, HEARTBEAT_MS * (1 + world.context.random() * 0.04))
  const { state } = world
  // one that could not be renewed is still being tried
  if (state.renewing) return
  state.renewing = true
  start(world, 'renew lease', [state.profile.name])
}

export function heartbeat(world: KubeletWorld): void {
  world.context.after(HEARTBEAT_MS, { type: 'kubelet.heartbeat' }, { housekeeping: true })
  if (world.state.registered) start(world, 'update node status', [world.state.profile.name])
}

/** Renews the lease that the kubelet holds in memory; reads or creates it when that fails. Models component-helpers' lease controller. */
export function* renewNodeLease(name: string): KubeletProcedure {
  const held = yield* perform(({ state }: KubeletWorld) => state.lease)
  if (!held || !(yield* updateLease(name, held))) yield* ensureLease(name)
  yield* perform(({ state }: KubeletWorld) => {
    state.renewing = false
  })
}

const LEASES = 'leases.coordination.k8s.io'

/** Tries to renew a lease five times at once (maxUpdateRetries); after a conflict it has to be read. */
function* updateLease(name: string, held: KubeObject): KubeletProcedure<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    const renewTime = yield* perform(({ context }: KubeletWorld) => rfc3339Micro(context.now))
    const renewed = yield* call<KubeletState, KubeObject>(beat(updateRequest(LEASES, leaseOf(name, undefined, held, renewTime))))
    if (yield* keep(renewed)) return true
    if (!hasNoAnswer(renewed)) return false
  }
  return false
}

function* keep({ code, body }: HttpResponse): KubeletProcedure<boolean> {
  const lease = code < 300 ? (body as KubeObject) : undefined
  yield* perform(({ state }: KubeletWorld) => {
    state.lease = lease
  })
  return lease !== undefined
}

/** Reads the lease and renews it, or creates it; tries until one of the two works (backoffEnsureLease). */
function* ensureLease(name: string): KubeletProcedure {
  for (let wait = 200; ; wait = Math.min(2 * wait, 7000)) {
    const known = yield* call<KubeletState, KubeObject>(beat(getRequest(LEASES, 'kube-node-lease', name)))
    if (known.code === 200) {
      yield* updateLease(name, known.body)
      return
    }
    if (known.code === 404) {
      const node = yield* perform(({ state }: KubeletWorld) => state.informers.peek('nodes')?.store.objects.get(name))
      const renewTime = yield* perform(({ context }: KubeletWorld) => rfc3339Micro(context.now))
      const lease = leaseOf(name, node, undefined, renewTime)
      if (yield* keep(yield* call(beat(createRequest(LEASES, 'kube-node-lease', lease))))) return
    }
    yield* sleep(wait)
  }
}

/** An Event where the kubelet says otherwise than was said before whether its node is ready (ReadyCondition's recordEventFunc). */
function sayReadiness(world: KubeletWorld, name: string, node: Node, problem: string | undefined): void {
  const was = node.status.conditions?.find(c => c.type === 'Ready')?.status
  const reason = problem === undefined ? 'NodeReady' : 'NodeNotReady'
  if (was !== (problem === undefined ? 'True' : 'False')) recordNodeEvent(world, reason, `Node ${name} status is now: ${reason}`)
}

/** Looks at the node's status, and writes it when it is due or wrong. */
export function* updateNodeStatus(name: string): KubeletProcedure {
  // nodeStatusUpdateRetry
  for (let tries = 0; tries < 5; tries++) if (!(yield* tryUpdateNodeStatus(name))) return
}

/** Returns whether it is to be tried again at once. */
function* tryUpdateNodeStatus(name: string): KubeletProcedure<boolean> {
  const got = yield* call<KubeletState, Node>(beat(getRequest('nodes', undefined, name, { timeout: '10s' })))
  if (got.code !== 200) return hasNoAnswer(got)
  const due = yield* perform(({ state, context }: KubeletWorld) => {
    const problem = runtimeProblem(state, context.now)
    const reports = state.profile.reportsImages && !state.imagesReported && !state.runtimeGone
    return Object.freeze({
      images: reports,
      status: reports || isStale(got.body, problem) || context.now - state.statusAt >= REPORT_US,
      now: context.now,
      problem,
    })
  })
  if (!due.status) return false
  const images = due.images ? (yield* cri('', { method: 'ListImages' })).images : undefined
  yield* perform(sayReadiness, name, got.body, due.problem)
  const patch = heartbeatPatch(got.body, images, due.now, due.problem)
  const patched = yield* call(beat(patchRequest('nodes', undefined, name, patch, MEDIA.strategicMergePatch, 'status')))
  yield* perform(({ state, context }: KubeletWorld) => {
    if (patched.code >= 300) return
    state.statusAt = context.now
    if (images) {
      state.images = images
      state.imagesReported = true
    }
  })
  return hasNoAnswer(patched)
}
