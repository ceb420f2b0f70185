// Models pkg/controller/daemon/{daemon_controller,update}.go.
import { deepEqual } from '../../api/deep'
import { podTemplateHash } from '../../api/hash'
import type { DaemonSet, KubeObject, Node, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import {
  creationObserved,
  deletionObserved,
  type Expectations,
  expectBoth,
  forgetExpectations,
  newExpectations,
  satisfied,
} from '../../client/expectations'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, DELETE_OPTIONS, fail, failed, now, type Step, say } from '../ask'
import { claim } from '../claim'
import { byRevision, type ControllerRevision, newRevision, sameData, surplus } from '../history'
import { alreadyExists, isDeleting } from '../objects'
import { ownerKey, type Parents, parentKeys, selectsByLabels } from '../owners'
import { createPods, deletePods, podFromTemplate } from '../pod-control'
import { nextAvailabilityMs } from '../pods'
import { noteWrite, staleInformer, type Written } from '../staleness'
import { daemonTemplate, fitOf, HASH_LABEL, pinnedTo, sameForDaemons } from './nodes'
import { isPast, type Plan, planNodes, planUpdate, statusOf, type View } from './plan'

const SELF = { name: 'daemon-set-controller', part: 'daemonset', component: 'daemonset-controller' } as const
const SETS = 'daemonsets.apps'
const REVISIONS = 'controllerrevisions.apps'
const PARENTS: Parents = { informer: SETS, kind: 'DaemonSet', selects: selectsByLabels }
/** Daemons created or deleted in one sync at most. */
const BURST = 250

interface Own {
  readonly expectations: Expectations
  readonly written: Written
}
const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own

/** Runs a pod on every node that a DaemonSet selects. */
export const daemonset: Controller<Own> = {
  ...SELF,
  workers: 2,
  own: () => ({ expectations: newExpectations(), written: new Map() }),
  watches: {
    [SETS]: (_, { object }) => [keyOf(object)],
    pods: podChanged,
    nodes: nodeChanged,
    [REVISIONS]: () => [],
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

/** addNode, updateNode, deleteNode: the DaemonSets that run, or no longer run, on a node that changed. */
function nodeChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const [node, before] = [object as Node, old as Node | undefined]
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
    const managed = yield* carryOut(key, before, planNodes(before))
    if (failed(managed)) return yield* report(key, before, managed.retry)
    // what has just been made or deleted counts, as far as the caches know of it
    const now = yield* look(set, history.hash)
    if (failed(now)) return now
    if (set.spec.updateStrategy?.type !== 'OnDelete' && (yield* isSatisfied(key))) {
      const updated = yield* carryOut(key, now, planUpdate(now))
      if (failed(updated)) return yield* report(key, now, updated.retry)
    }
    const cleaned = yield* cleanUp(now, history)
    if (failed(cleaned)) return cleaned
  }
  const after = yield* look(set, history.hash)
  if (failed(after)) return after
  return yield* report(key, after)
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

interface History {
  readonly hash: string
  readonly all: readonly ControllerRevision[]
}

/** constructHistory: the revision of the template as it is, found or made; it is always the newest. */
function* syncHistory(key: string, set: DaemonSet): Step<History> {
  const found = yield* claim<ControllerRevision>({
    self: SELF,
    owner: set as KubeObject,
    ownerResource: SETS,
    childResource: REVISIONS,
    selects: revision => selectsByLabels(set as KubeObject, revision),
  })
  if ('retry' in found) return found
  const all = [...found.claimed].sort(byRevision)
  const hash = podTemplateHash(set.spec.template, set.status?.collisionCount)
  const current = all.filter(revision => sameData(revision, newRevision(set as KubeObject, HASH_LABEL, 0, { hash }))).at(-1)
  const next = all.reduce((max, r) => (r === current ? max : Math.max(max, r.revision)), 0) + 1
  if (current && current.revision >= next) return { hash: hashOf(current), all }
  const response = yield* ask<ControllerRevision>(
    SELF,
    current
      ? updateRequest(REVISIONS, { ...current, revision: next })
      : createRequest(
          REVISIONS,
          set.metadata.namespace,
          newRevision(set as KubeObject, HASH_LABEL, next, { hash, namespaced: true }),
        ),
  )
  if (!succeeded(response)) return alreadyExists(response) ? yield* collided(set, response) : fail(response)
  yield* perform<ControllerState, void>(world => noteWrite(ownOf(world).written, key, REVISIONS, response.body))
  return { hash: hashOf(response.body), all }
}
const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels?.[HASH_LABEL] ?? ''

/** Another template has this hash: the next one is made with a collision count. */
function* collided(set: DaemonSet, response: Parameters<typeof fail>[0]): Step<History> {
  const status = { ...set.status, collisionCount: (set.status?.collisionCount ?? 0) + 1 }
  yield* ask(SELF, updateRequest(SETS, { ...set, status } as KubeObject, 'status'))
  return fail(response)
}

/** cleanupHistory: former revisions that no pod has, beyond the limit. */
function* cleanUp({ set, claimed, hash }: View, { all }: History): Step<void> {
  const hashes = new Set([hash, ...claimed.map(pod => pod.metadata.labels?.[HASH_LABEL] ?? '')])
  const live = new Set(all.filter(revision => hashes.has(hashOf(revision))).map(({ metadata }) => metadata.name))
  for (const { metadata } of surplus(all, live, set.spec.revisionHistoryLimit ?? 10)) {
    const response = yield* ask(SELF, deleteRequest(REVISIONS, metadata.namespace, metadata.name, DELETE_OPTIONS))
    if (!succeeded(response) && response.code !== 404) return fail(response)
  }
}

/** updateDaemonSetStatus, tried once more on the apiserver's own version. After an error the generation is not said to be observed. */
function* report(key: string, view: View, error?: string): ControllerProcedure<Outcome> {
  const { set } = view
  const status = statusOf(view, error === undefined ? set.metadata.generation : set.status?.observedGeneration)
  let current: DaemonSet = set
  for (let tries = 0; !deepEqual(current.status, status); tries++) {
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
