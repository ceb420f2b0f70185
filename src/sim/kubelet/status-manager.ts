// Models pkg/kubelet/status/status_manager.go: one loop sends the statuses of all pods, one after the other: get, patch, and at the end delete.
import { copyWith, deepEqual } from '../api/deep'
import { MEDIA } from '../api/messages'
import { rfc3339 } from '../api/time'
import type { Pod, PodCondition } from '../api/types'
import { call, perform } from '../client/effects'
import { deleteRequest, getRequest, patchRequest } from '../client/requests'
import { start } from '../client/room'
import type { Cause, Message, Time } from '../kernel/types'
import { isOwn, isTerminal } from './pod-status'
import { untilStatuses } from './relist'
import type { KubeletProcedure, KubeletWorld, Outgoing, PodStatus, StatusEntry } from './state'
import { podStatusPatch } from './status-patch'

/** Sets a pod's status; it is sent when its turn comes. A status that says nothing new is not. */
export function setPodStatus(world: KubeletWorld, pod: Pod, wanted: PodStatus): void {
  const { state, context } = world
  const uid = pod.metadata.uid ?? ''
  const known = state.statuses.get(uid)
  const status = Object.freeze(stampTimes(known?.status ?? pod.status, wanted, context.now))
  if (known && deepEqual(known.status, status)) return
  if (known) {
    known.status = status
    known.version++
    known.cause = context.cause
  } else {
    const { name, namespace = '' } = pod.metadata
    state.statuses.set(uid, { name, namespace, status, version: 1, sent: 0, finished: false, cause: context.cause })
  }
  send(world, uid)
}

/** Nothing of the pod is left on the node: its object may go. Models TerminatePod. */
export function finishStatus(world: KubeletWorld, pod: Pod, wanted: PodStatus): void {
  setPodStatus(world, pod, wanted)
  const uid = pod.metadata.uid ?? ''
  const entry = world.state.statuses.get(uid)
  if (!entry) return
  entry.finished = true
  entry.version++
  entry.cause = world.context.cause
  send(world, uid)
}

/** The pod's object is gone: nothing is to be sent any more. */
export function forgetStatus(world: KubeletWorld, uid: string): void {
  world.state.statuses.delete(uid)
  world.state.unsent.delete(uid)
  world.state.failed.delete(uid)
}

/** Times of transitions stand as long as a condition does; so does the start time. Models updateStatusInternal. */
export function stampTimes(old: PodStatus, wanted: PodStatus, now: Time): PodStatus {
  const time = rfc3339(now)
  const startTime = old.startTime ?? time
  if (!wanted.conditions) return copyWith(wanted, { startTime })
  const conditions = wanted.conditions.map(c => (isOwn(c.type) ? stampCondition(old, c, time) : c))
  return copyWith(wanted, { startTime, conditions })
}

function stampCondition(old: PodStatus, condition: PodCondition, now: string): PodCondition {
  const before = conditionIn(old.conditions, condition.type)
  const time = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now
  if (condition.lastTransitionTime === time) return condition
  return before && saysTheSame(before, condition) ? before : { ...condition, lastTransitionTime: time }
}

/** Mostly a condition is what it was: then it stays the same object, with its time. */
function saysTheSame(before: PodCondition, condition: PodCondition): boolean {
  for (const key in before)
    if (key !== 'lastTransitionTime' && before[key as keyof PodCondition] !== condition[key as keyof PodCondition]) return false
  for (const key in condition) if (!(key in before)) return false
  return true
}

function conditionIn(conditions: readonly PodCondition[] | undefined, type: string): PodCondition | undefined {
  if (!conditions) return undefined
  // frozen lists have no fast iterator
  for (let i = 0; i < conditions.length; i++) if (conditions[i]?.type === type) return conditions[i]
  return undefined
}

function send(world: KubeletWorld, uid: string): void {
  world.state.unsent.add(uid)
  sendNext(world)
}

/**
 * Starts sending the next status, unless one is under way. Statuses go in batches: all that have changed by now, and all that could not be
 * sent before, as they are when the batch begins. Models syncBatch.
 */
export function sendNext(world: KubeletWorld): void {
  const { state } = world
  if (state.sending !== 0) return
  if (state.batch.length === 0) beginBatch(world)
  const next = state.batch.shift()
  if (!next) return
  // the procedure may end at once, so it is told apart from a free line before it starts
  state.sending = -1
  const id = start(world, 'send status', [next.uid, next], world.room.id, next.cause)
  if (state.sending === -1) state.sending = id
}

function beginBatch({ state: { batch, statuses, unsent, failed } }: KubeletWorld): void {
  if (unsent.size === 0) return
  for (const uid of failed) unsent.add(uid)
  for (const uid of unsent) {
    const entry = statuses.peek(uid)
    if (entry) batch.push(outgoingOf(uid, entry))
  }
  unsent.clear()
  failed.clear()
}

const outgoingOf = (uid: string, { name, namespace, status, version, sent, finished, cause }: StatusEntry): Outgoing =>
  Object.freeze({ uid, name, namespace, status, version, sent, finished, cause })

/** A status has been sent, or could not be: the next one's turn. */
export function statusSent(world: KubeletWorld, uid: string, outcome: SendOutcome): void {
  const { state, context } = world
  state.sending = 0
  if (outcome === 'failed' && state.statuses.has(uid)) {
    state.failed.add(uid)
    context.after(untilStatuses(world), { type: 'kubelet.status', uid } as StatusRetry, { housekeeping: true })
  }
  sendNext(world)
}

export type SendOutcome = 'sent' | 'failed' | 'gone'

/** A status that could not be sent is tried again with the next that is sent, at the latest with the manager's next round. */
export interface StatusRetry extends Message {
  readonly type: 'kubelet.status'
  readonly uid: string
}
export function retryStatus(world: KubeletWorld, { uid }: StatusRetry): void {
  const { state } = world
  const entry = state.statuses.get(uid)
  if (!entry || !(state.failed.has(uid) || needsReconcile(entry, state.workers.get(uid)?.pod))) return
  entry.cause = joined(entry.cause, world.context.cause)
  send(world, uid)
}
const joined = (a: Cause, b: Cause): Cause => [...new Set([a, b].flat())] as Cause

/** Whether the apiserver says otherwise than what it was told (a node that was lost has its pods marked as not ready). Models needsReconcile. */
function needsReconcile({ status, sent, version }: StatusEntry, pod: Pod | undefined): boolean {
  const said = pod?.status.conditions
  if (sent !== version || !said || !status.conditions) return false
  for (const { type, status: is } of status.conditions)
    if (isOwn(type)) {
      const there = conditionIn(said, type)
      if (there && there.status !== is) return true
    }
  return false
}

/** A pod has changed: where its status is not the kubelet's any more, the manager's next round puts that right. */
export function statusChanged(world: KubeletWorld, uid: string, pod: Pod): void {
  const entry = world.state.statuses.get(uid)
  if (!entry || !needsReconcile(entry, pod)) return
  world.context.after(untilStatuses(world), { type: 'kubelet.status', uid } as StatusRetry)
}

/** Containers may still run: the pod can't be in its last phase yet. */
function isAlive({ state }: KubeletWorld, uid: string): boolean {
  const phase = state.workers.peek(uid)?.phase
  return phase === 'sync' || phase === 'terminating'
}

/** The procedure that sends one pod's status. Models syncPod. */
export function* sendStatus(uid: string, outgoing: Outgoing): KubeletProcedure<SendOutcome> {
  const { name, namespace, status } = outgoing
  const got = yield* call<KubeletWorld['state'], Pod>(getRequest('pods', namespace, name))
  if (got.code !== 200) return 'failed'
  if (got.body.metadata.uid !== uid) {
    yield* perform(forgetStatus, uid)
    return 'gone'
  }
  const alive = yield* perform(isAlive, uid)
  const patch = podStatusPatch(got.body.status, mergeStatus(got.body.status, { status, alive }), uid)
  let pod = got.body
  if (patch) {
    const patched = yield* call<KubeletWorld['state'], Pod>(
      patchRequest('pods', namespace, name, patch, MEDIA.strategicMergePatch, 'status'),
    )
    if (patched.code !== 200) return 'failed'
    pod = patched.body
  }
  yield* perform(noteSent, uid, outgoing.version)
  if (pod.metadata.deletionTimestamp && outgoing.finished) {
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, preconditions: { uid } }
    const deleted = yield* call(deleteRequest('pods', namespace, name, options))
    if (deleted.code >= 300 && deleted.code !== 404) return 'failed'
  }
  return 'sent'
}

function noteSent({ state }: KubeletWorld, uid: string, version: number): void {
  const entry = state.statuses.get(uid)
  if (entry) entry.sent = version
}

/** The phase as it was, and why. */
function putPhase(status: PodStatus, { phase, reason, message }: PodStatus): void {
  if (phase) status.phase = phase
  delete status.reason
  delete status.message
  if (reason) status.reason = reason
  if (message) status.message = message
}

/** What the apiserver has, with the kubelet's view laid over it. Models mergePodStatus. */
export function mergeStatus(
  old: PodStatus,
  { status, alive }: { readonly status: PodStatus; readonly alive: boolean },
): PodStatus {
  const own = status.conditions ?? []
  const others = old.conditions?.filter(c => !isOwn(c.type) && !conditionIn(own, c.type)) ?? []
  const early = alive && isTerminal(status.phase) && !isTerminal(old.phase)
  if (others.length === 0 && !early && (old.qosClass ?? status.qosClass) === status.qosClass) return status
  const conditions = [...others, ...own]
  const merged: PodStatus = { ...status }
  if (conditions.length > 0) merged.conditions = conditions
  if (early) putPhase(merged, old)
  if (old.qosClass) merged.qosClass = old.qosClass
  return merged
}
