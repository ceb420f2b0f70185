// Models pkg/controller/replicaset/{replica_set,replica_set_utils}.go, which serves ReplicaSets and ReplicationControllers alike.
import { getCondition, removeCondition, setCondition } from '../api/conditions'
import { deepEqual } from '../api/deep'
import { controllerOf } from '../api/owners'
import { rfc3339 } from '../api/time'
import type { KubeObject, Pod, ReplicaSet } from '../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  enqueueAfter,
  type Outcome,
  store,
} from '../client/controller'
import { perform } from '../client/effects'
import {
  creationObserved,
  deletionObserved,
  type Expectations,
  expectCreations,
  expectDeletions,
  forgetExpectations,
  newExpectations,
  satisfied,
} from '../client/expectations'
import { succeeded } from '../client/http'
import type { InformerEvent } from '../client/informer'
import { getRequest, updateRequest } from '../client/requests'
import { keyOf, objectsBy } from '../client/store'
import type { Time } from '../kernel/types'
import { ask, fail, failed, now, type Self, type Step } from './ask'
import { claim } from './claim'
import { isDeleting, omitEmpty, type StringMap } from './objects'
import { concerned, ownerKey, type Parents } from './owners'
import { createPods, deletePods, podFromTemplate } from './pod-control'
import { isPodActive, isPodAvailable, isPodReady, isPodTerminal, nextAvailabilityMs } from './pods'
import { podsToDelete } from './ranking'
import { noteWrite, staleInformer, type Written } from './staleness'

/** A kind that keeps a number of pods. */
export interface ReplicatedKind extends Self {
  readonly resource: string
  readonly kind: string
  readonly selects: (parent: KubeObject, child: KubeObject) => boolean
  /** ReplicaSets say how many pods are being deleted. */
  readonly countsTerminating: boolean
  /** A sync waits until the caches have its last one's writes. */
  readonly awaitsOwnWrites: boolean
}
interface Own {
  readonly expectations: Expectations
  readonly written: Written
}

type ReplicaStatus = ReplicaSet['status'] & { terminatingReplicas?: number }
/** Pods created or deleted in one sync at most. */
const BURST = 500

/** A controller that keeps the number of pods that its objects want. */
export function replicaController(kind: ReplicatedKind): Controller<Own> {
  const { name, part, resource } = kind
  const parents: Parents = { informer: resource, kind: kind.kind, selects: kind.selects }
  return {
    name,
    part,
    workers: 5,
    own: () => ({ expectations: newExpectations(), written: new Map() }),
    watches: {
      [resource]: (_, { object }) => [keyOf(object)],
      pods: (world, event) => podChanged(world, part, parents, event),
    },
    reconcile: key => reconcile(kind, key),
  }
}

const ownOf = (world: ControllerWorld, part: string): Own => world.state.own.get(part) as Own

/** addPod, updatePod, deletePod: what was expected is seen, and the owner is synced. */
function podChanged(world: ControllerWorld, part: string, parents: Parents, event: InformerEvent): readonly string[] {
  const { type, object, old } = event
  const owner = ownerKey(world, parents, object)
  if (owner) {
    const { expectations } = ownOf(world, part)
    if (type === 'DELETED' || object.metadata.deletionTimestamp) deletionObserved(expectations, owner, keyOf(object))
    else if (type === 'ADDED') creationObserved(expectations, owner)
    else if (old && !isPodReady(old as Pod) && isPodReady(object as Pod)) {
      const { minReadySeconds } = store(world, parents.informer).objects.get(owner)?.spec ?? {}
      if (minReadySeconds > 0) enqueueAfter(world, part, owner, (minReadySeconds + 1) * 1000)
    }
  }
  return concerned(world, parents, event, owner)
}

function* reconcile(kind: ReplicatedKind, key: string): ControllerProcedure<Outcome> {
  const { part, resource } = kind
  const found = yield* perform<ControllerState, { owner?: ReplicaSet; stale?: string; due: boolean }>(world => {
    const { expectations, written } = ownOf(world, part)
    const owner = store(world, resource).objects.get(key) as ReplicaSet | undefined
    if (!owner) forgetExpectations(expectations, key)
    const stale = kind.awaitsOwnWrites ? staleInformer(world, written, key) : undefined
    return Object.freeze({
      ...(owner && { owner }),
      ...(stale && { stale }),
      due: satisfied(expectations, key, world.context.now),
    })
  })
  const { owner, due } = found
  if (!owner) return
  if (found.stale) return { retry: `the cache of ${found.stale} is older than the last write` }
  const pods = yield* claim<Pod>({
    self: kind,
    owner,
    ownerResource: resource,
    childResource: 'pods',
    selects: child => kind.selects(owner, child),
    eligible: child => isPodActive(child as Pod),
  })
  if ('retry' in pods) return pods
  const active = pods.claimed.filter(isPodActive)
  const error = due && !isDeleting(owner) ? yield* manageReplicas(kind, key, owner, active) : undefined
  const at = yield* now()
  const terminating = pods.claimed.filter(pod => isDeleting(pod) && !isPodTerminal(pod)).length
  const status = replicaStatus(owner, active, kind.countsTerminating ? terminating : undefined, error, at)
  const updated = yield* writeStatus(kind, key, owner, status)
  if (failed(updated)) return updated
  if (error !== undefined) return { retry: error }
  const ms = nextAvailabilityMs(active, owner.spec.minReadySeconds ?? 0, at)
  if (ms !== undefined) return { againAfterMs: ms }
}

/** manageReplicas: as many pods as are wanted. Returns the first error. */
function* manageReplicas(
  kind: ReplicatedKind,
  key: string,
  owner: ReplicaSet,
  active: readonly Pod[],
): ControllerProcedure<string | undefined> {
  const { part } = kind
  const missing = (owner.spec.replicas ?? 0) - active.length
  if (missing > 0) {
    const count = Math.min(missing, BURST)
    yield* perform<ControllerState, void>(world =>
      expectCreations(ownOf(world, part).expectations, key, count, world.context.now),
    )
    const body = podFromTemplate(owner, owner.spec.template ?? {})
    const created = yield* createPods(kind, owner, new Array<KubeObject>(count).fill(body))
    yield* perform<ControllerState, void>(world => {
      const { expectations, written } = ownOf(world, part)
      if (created.missing > 0) creationObserved(expectations, key, created.missing)
      for (const pod of created.made) noteWrite(written, key, 'pods', pod)
    })
    return created.error
  }
  if (missing === 0) return undefined
  const chosen = yield* perform<ControllerState, readonly Pod[]>(world => {
    const count = Math.min(-missing, BURST)
    const pods = podsToDelete(active, relatedPods(world, kind, owner), count, world.context.now)
    expectDeletions(ownOf(world, part).expectations, key, pods.map(keyOf), world.context.now)
    return Object.freeze(pods.slice())
  })
  const deleted = yield* deletePods(kind, owner, chosen)
  if (deleted.remaining.length > 0)
    yield* perform<ControllerState, void>(world => {
      for (const pod of deleted.remaining) deletionObserved(ownOf(world, part).expectations, key, keyOf(pod))
    })
  return deleted.error
}

/** getIndirectlyRelatedPods: the active pods of all that have the same owner, this one among them. */
function relatedPods(world: ControllerWorld, kind: ReplicatedKind, owner: ReplicaSet): Pod[] {
  const above = controllerOf(owner)
  const siblings = above ? objectsBy(store(world, kind.resource), 'controller', above.uid) : [owner]
  return siblings.flatMap(sibling =>
    (objectsBy(store(world, 'pods'), 'controller', sibling.metadata.uid ?? '') as Pod[]).filter(isPodActive),
  )
}

/** calculateStatus. `error` is that of this sync's creations or deletions. */
export function replicaStatus(
  owner: ReplicaSet,
  active: readonly Pod[],
  terminating: number | undefined,
  error: string | undefined,
  at: Time,
): ReplicaStatus {
  const template = owner.spec.template?.metadata?.labels
  const minReadySeconds = owner.spec.minReadySeconds ?? 0
  let labeled = 0
  let ready = 0
  let available = 0
  for (const pod of active) {
    if (hasLabels(pod, template)) labeled++
    if (!isPodReady(pod)) continue
    ready++
    if (isPodAvailable(pod, minReadySeconds, at)) available++
  }
  const before = owner.status?.conditions
  const failure = getCondition(before, 'ReplicaFailure')
  let conditions = before ?? []
  if (error !== undefined && !failure) {
    const reason = active.length < (owner.spec.replicas ?? 0) ? 'FailedCreate' : 'FailedDelete'
    const condition = { type: 'ReplicaFailure', status: 'True', lastTransitionTime: rfc3339(at), reason, message: error }
    conditions = setCondition(conditions, condition) as typeof conditions
  } else if (error === undefined && failure) conditions = removeCondition(conditions, 'ReplicaFailure') as typeof conditions
  return {
    replicas: active.length,
    ...omitEmpty({ fullyLabeledReplicas: labeled, readyReplicas: ready, availableReplicas: available }),
    ...(terminating !== undefined && { terminatingReplicas: terminating }),
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  }
}

function hasLabels({ metadata: { labels } }: Pod, wanted: StringMap | undefined): boolean {
  for (const name in wanted) if (labels?.[name] !== wanted[name]) return false
  return true
}

/** updateReplicaSetStatus: nothing when nothing changed; one more try on the apiserver's own version when the first is refused. */
function* writeStatus(kind: ReplicatedKind, key: string, owner: ReplicaSet, status: ReplicaStatus): Step<void> {
  if (deepEqual(owner.status, status)) return
  let current = owner
  for (let tries = 0; ; tries++) {
    const response = yield* ask<KubeObject>(kind, updateRequest(kind.resource, { ...current, status }, 'status'))
    if (succeeded(response)) {
      yield* perform<ControllerState, void>(world =>
        noteWrite(ownOf(world, kind.part).written, key, kind.resource, response.body),
      )
      return
    }
    if (tries === 1) return fail(response)
    const fresh = yield* ask<ReplicaSet>(kind, getRequest(kind.resource, owner.metadata.namespace, owner.metadata.name))
    if (!succeeded(fresh)) return fail(fresh)
    current = fresh.body
  }
}
