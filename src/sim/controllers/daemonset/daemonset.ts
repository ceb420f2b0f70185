// Models pkg/controller/daemon/{daemon_controller,update}.go.
import { deepEqual } from '../../api/deep'
import { controllerOf } from '../../api/owners'
import type { DaemonSet, KubeObject, Node, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import {
  creationObserved,
  deletionObserved,
  expectBoth,
  forgetExpectations,
  newExpectations,
  satisfied,
} from '../../client/expectations'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { getRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, fail, failed, now, type Step, say } from '../ask'
import { claim } from '../claim'
import { isDeleting } from '../objects'
import { ownerKey, type Parents, parentKeys, selectsByLabels } from '../owners'
import { createPods, deletePods, podFromTemplate } from '../pod-control'
import { nextAvailabilityMs } from '../pods'
import { noteWrite, staleInformer } from '../staleness'
import { daemonTemplate, fitOf, pinnedTo, sameForDaemons } from './nodes'
import { type Own, ownOf, REVISIONS, SELF, SETS } from './own'
import { failedNodes, isPast, type Plan, planNodes, planUpdate, statusOf, type View } from './plan'
import { cleanUp, syncHistory } from './revisions'

const PARENTS: Parents = { informer: SETS, kind: 'DaemonSet', selects: selectsByLabels }
/** Daemons created or deleted in one sync at most. */
const BURST = 250
/** How long a daemon that has failed is left alone, so that a node that refuses it is not asked without a pause. */
const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 15 * 60_000
/** A failure is forgotten after so long: the next one there is the first again. */
const FORGOTTEN_US = 2 * MAX_BACKOFF_MS * 1000
const NOBODY: ReadonlySet<string> = new Set()

/** Runs a pod on every node that a DaemonSet selects. */
export const daemonset: Controller<Own> = {
  ...SELF,
  workers: 2,
  own: () => ({ expectations: newExpectations(), written: new Map(), backoffs: new Map() }),
  watches: {
    [SETS]: (_, { object }) => [keyOf(object)],
    pods: podChanged,
    nodes: nodeChanged,
    [REVISIONS]: revisionChanged,
  },
  reconcile,
}

function podChanged(world: ControllerWorld, event: InformerEvent): readonly string[] {
  const { type, object } = event
  const owner = ownerKey(world, PARENTS, object)
  if (owner) {
    const { expectations } = ownOf(world)
    if (type === 'DELETED' || isDeleting(object)) deletionObserved(expectations, owner, keyOf(object))
    else if (type === 'ADDED') creationObserved(expectations, owner)
  }
  return parentKeys(world, PARENTS, event)
}

/** addHistory, updateHistory, deleteHistory: a revision that has just been made is no news to the one who made it. */
function revisionChanged(world: ControllerWorld, event: InformerEvent): readonly string[] {
  return event.type === 'ADDED' && controllerOf(event.object) ? NO_KEYS : parentKeys(world, PARENTS, event)
}

/** addNode, updateNode: the DaemonSets that run, or no longer run, on a node that changed. Of one that is gone nobody is told. */
function nodeChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const [node, before] = [object as Node, old as Node | undefined]
  if (type === 'DELETED') return NO_KEYS
  if (type === 'MODIFIED' && before && sameForDaemons(node, before)) return []
  const keys: string[] = []
  for (const [key, found] of store(world, SETS).objects) {
    const set = found as DaemonSet
    const is = fitOf(set, node)
    const was = type === 'MODIFIED' && before ? fitOf(set, before) : { comes: false, stays: false }
    if (is.comes !== was.comes || is.stays !== was.stays) keys.push(key)
  }
  return keys
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const found = yield* perform<ControllerState, { set?: DaemonSet; stale?: string }>(world => {
    const { expectations, written } = ownOf(world)
    const set = store(world, SETS).objects.get(key) as DaemonSet | undefined
    if (!set) forgetExpectations(expectations, key)
    const stale = staleInformer(world, written, key)
    return Object.freeze({ ...(set && { set }), ...(stale && { stale }) })
  })
  const { set } = found
  if (!set || isDeleting(set as KubeObject)) return
  if (found.stale) return { retry: `the cache of ${found.stale} is older than the last write` }
  const history = yield* syncHistory(key, set)
  if (failed(history)) return history
  const ready = yield* isSatisfied(key)
  if (ready) {
    const before = yield* look(set, history.hash)
    if (failed(before)) return before
    const held = yield* holdFailed(key, before)
    const managed = yield* carryOut(key, before, planNodes(before, held))
    if (failed(managed)) return yield* reportAfter(key, set, history.hash, managed.retry)
    // what has just been made or deleted counts, as far as the caches know of it
    const now = yield* look(set, history.hash)
    if (failed(now)) return now
    if (set.spec.updateStrategy?.type !== 'OnDelete' && (yield* isSatisfied(key))) {
      const updated = yield* carryOut(key, now, planUpdate(now))
      if (failed(updated)) return yield* reportAfter(key, set, history.hash, updated.retry)
    }
    const cleaned = yield* cleanUp(now, history)
    if (failed(cleaned)) return cleaned
  }
  return yield* reportAfter(key, set, history.hash, undefined, ready)
}

/** Says how things are now. What has not been looked at, because creations or deletions are still awaited, has not been observed. */
function* reportAfter(
  key: string,
  set: DaemonSet,
  hash: string,
  error?: string,
  isObserved = true,
): ControllerProcedure<Outcome> {
  const after = yield* look(set, hash)
  return failed(after) ? after : yield* report(key, after, isObserved, error)
}

/** failedPodsBackoff: nodes whose failed daemon is not yet to be deleted: a second after the first failure, twice as long after each one more. */
function* holdFailed(key: string, view: View): ControllerProcedure<ReadonlySet<string>> {
  const nodes = failedNodes(view)
  if (nodes.length === 0) return NOBODY
  return yield* perform<ControllerState, ReadonlySet<string>>(world => {
    const { backoffs } = ownOf(world)
    const { now } = world.context
    const held = new Set<string>()
    for (const [name, { since }] of backoffs) if (now - since > FORGOTTEN_US) backoffs.delete(name)
    for (const node of nodes) {
      const name = `${view.set.metadata.uid}/${view.set.status?.observedGeneration ?? 0}/${node}`
      const before = backoffs.get(name)
      if (before && now - before.since < before.ms * 1000) {
        held.add(node)
        enqueueAfter(world, SELF.part, key, before.ms)
      } else
        backoffs.set(name, Object.freeze({ ms: before ? Math.min(MAX_BACKOFF_MS, before.ms * 2) : FIRST_BACKOFF_MS, since: now }))
    }
    return Object.freeze(held)
  })
}

function* isSatisfied(key: string): ControllerProcedure<boolean> {
  return yield* perform<ControllerState, boolean>(world => satisfied(ownOf(world).expectations, key, world.context.now))
}

/** The caches as they are now. */
function* look(set: DaemonSet, hash: string): Step<View> {
  const pods = yield* claim<Pod>({
    self: SELF,
    owner: set as KubeObject,
    ownerResource: SETS,
    childResource: 'pods',
    selects: pod => selectsByLabels(set as KubeObject, pod),
  })
  if ('retry' in pods) return pods
  const nodes = yield* perform<ControllerState, readonly Node[]>(
    world => Object.freeze([...store(world, 'nodes').objects.values()]) as unknown as readonly Node[],
  )
  const { claimed } = pods
  return { set, nodes, pods: claimed.filter(pod => !isPast(pod)), claimed, hash, now: yield* now() }
}

/** syncNodes: makes and deletes what a plan says, no more than the burst at a time. */
function* carryOut(key: string, { set, hash }: View, { create, remove, ended }: Plan): Step<void> {
  const nodes = create.slice(0, BURST)
  const pods = remove.slice(0, BURST)
  for (const { pod, node } of ended) {
    const isFailed = pod.status.phase === 'Failed'
    const message = `Found ${isFailed ? 'failed' : 'succeeded'} daemon pod ${keyOf(pod as KubeObject)} on node ${node}, will try to ${isFailed ? 'kill' : 'delete'} it`
    const reason = isFailed ? 'FailedDaemonPod' : 'SucceededDaemonPod'
    yield* say(SELF, { object: set as KubeObject, type: isFailed ? 'Warning' : 'Normal', reason, message })
  }
  if (nodes.length + pods.length === 0) return
  yield* perform<ControllerState, void>(world =>
    expectBoth(
      ownOf(world).expectations,
      key,
      nodes.length,
      pods.map(pod => keyOf(pod as KubeObject)),
      world.context.now,
    ),
  )
  const template = daemonTemplate(set, hash)
  const created = yield* createPods(
    SELF,
    set as KubeObject,
    nodes.map(node => podFromTemplate(set as KubeObject, pinnedTo(template, node))),
  )
  const deleted = yield* deletePods(SELF, set as KubeObject, pods)
  yield* perform<ControllerState, void>(world => {
    const { expectations, written } = ownOf(world)
    if (created.missing > 0) creationObserved(expectations, key, created.missing)
    for (const pod of deleted.remaining) deletionObserved(expectations, key, keyOf(pod as KubeObject))
    for (const pod of created.made) noteWrite(written, key, 'pods', pod as KubeObject)
  })
  const error = created.error ?? deleted.error
  if (error !== undefined) return { retry: error }
}

/** updateDaemonSetStatus, tried once more on the apiserver's own version. A generation that is yet to be observed is written about even so. */
function* report(key: string, view: View, isObserved: boolean, error?: string): ControllerProcedure<Outcome> {
  const { set } = view
  const status = statusOf(view, isObserved ? set.metadata.generation : set.status?.observedGeneration)
  const isBehind = (set.status?.observedGeneration ?? 0) < (set.metadata.generation ?? 0)
  let current: DaemonSet = set
  for (let tries = 0; isBehind || !deepEqual(set.status, status); tries++) {
    const response = yield* ask<KubeObject>(SELF, updateRequest(SETS, { ...current, status } as KubeObject, 'status'))
    if (succeeded(response)) {
      yield* perform<ControllerState, void>(world => noteWrite(ownOf(world).written, key, SETS, response.body))
      break
    }
    if (tries === 1) return fail(response)
    const fresh = yield* ask<DaemonSet>(SELF, getRequest(SETS, set.metadata.namespace, set.metadata.name))
    if (!succeeded(fresh)) return fail(fresh)
    current = fresh.body
  }
  if (error !== undefined) return { retry: error }
  const ms = nextAvailabilityMs(view.pods, set.spec.minReadySeconds ?? 0, view.now)
  if (ms !== undefined) return { againAfterMs: ms }
}
