// Models pkg/controller/garbagecollector/garbagecollector.go.
import { deepEqual } from '../../api/deep'
import { type HttpResponse, MEDIA } from '../../api/messages'
import type { KubeObject, OwnerReference } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  enqueue,
  type Outcome,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { deleteRequest, getRequest, patchRequest } from '../../client/requests'
import { splitKey } from '../../client/store'
import { ask, askAll, fail, failed, type Step } from '../ask'
import { isConflict, isDeleting } from '../objects'
import { WATCHED } from '../watched'
import {
  type AbsentOwners,
  CO_OWNERS,
  cachedItem,
  coOwners,
  dependentsOf,
  FOREGROUND,
  graphChanged,
  hasFinalizer,
  type Item,
  isVirtual,
  itemKey,
  ORPHAN,
  ownerIsAbsent,
  ownerItem,
  parseItem,
  rememberAbsent,
  waitsForDependents,
} from './graph'

const SELF = { name: 'generic-garbage-collector', part: 'garbage-collector' } as const
const absentOwners = (world: ControllerWorld): AbsentOwners => world.state.own.get(SELF.part) as AbsentOwners

/** Deletes what has lost its owners. */
export const garbageCollector: Controller<AbsentOwners> = {
  ...SELF,
  workers: 20,
  // each deletion takes two requests, so upstream doubles this client's share
  rateLimit: { qps: 40, burst: 30 },
  own: () => new Set(),
  indices: Object.fromEntries(WATCHED.map(resource => [resource, { [CO_OWNERS]: coOwners }])),
  watches: Object.fromEntries(
    WATCHED.map(resource => [resource, (world, event) => graphChanged(world, absentOwners(world), resource, event)]),
  ),
  reconcile,
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const item = parseItem(key)
  if (item.task === 'owner') return yield* verifyOwner(item)
  const object = yield* perform<ControllerState, KubeObject | undefined>(world => cachedItem(world, item))
  if (!object) return
  const result = yield* item.task === 'orphan' ? orphanDependents(item, object) : attemptToDelete(item, object)
  if (failed(result)) return result
}

const read = (item: Item) =>
  ask<KubeObject>(SELF, getRequest(item.resource, splitKey(item.key).namespace, splitKey(item.key).name))

/** A virtual node: an owner that no cache has. If it is not there, its dependents are looked at. */
function* verifyOwner(item: Item): ControllerProcedure<Outcome> {
  const virtual = yield* perform<ControllerState, boolean>(world => isVirtual(world, item))
  if (!virtual) return
  const response = yield* read(item)
  if (response.code !== 404 && !succeeded(response)) return fail(response)
  if (succeeded(response) && response.body.metadata.uid === item.uid) return
  yield* enqueueAll(world => ownerIsAbsent(world, absentOwners(world), item.uid))
}

function* enqueueAll(keys: (world: ControllerWorld) => readonly string[]): ControllerProcedure {
  yield* perform<ControllerState, void>(world => {
    for (const key of keys(world)) enqueue(world, SELF.part, key)
  })
}

/** attemptToDeleteItem: what its owners' fate means for an object. */
function* attemptToDelete(item: Item, cached: KubeObject): Step<void> {
  if (isDeleting(cached) && !waitsForDependents(cached)) return
  const response = yield* read(item)
  if (response.code === 404) return
  if (!succeeded(response)) return fail(response)
  const latest = response.body
  if (latest.metadata.uid !== item.uid) return
  if (waitsForDependents(cached)) return yield* deleteDependents(item)
  const references = latest.metadata.ownerReferences ?? []
  if (references.length === 0) return
  const owners = yield* classify(references, latest.metadata.namespace)
  if (failed(owners)) return owners
  if (owners.solid.length > 0) return yield* dropReferences(item, [...owners.dangling, ...owners.waiting])
  const dependents = yield* perform<ControllerState, readonly KubeObject[]>(world =>
    Object.freeze(dependentsOf(world, item.uid).map(({ object }) => object)),
  )
  if (owners.waiting.length > 0 && dependents.length > 0) {
    if (dependents.some(waitsForDependents)) {
      const unblock = references.map(r => ({ ...r, blockOwnerDeletion: false }))
      const patched = yield* patch(item, { metadata: { ownerReferences: unblock, uid: item.uid } }, MEDIA.strategicMergePatch)
      if (!succeeded(patched) && patched.code !== 404) return fail(patched)
    }
    return yield* remove(item, latest, 'Foreground')
  }
  const policy = hasFinalizer(latest, ORPHAN) ? 'Orphan' : hasFinalizer(latest, FOREGROUND) ? 'Foreground' : 'Background'
  return yield* remove(item, latest, policy)
}

interface Owners {
  readonly solid: readonly OwnerReference[]
  readonly dangling: readonly OwnerReference[]
  /** Being deleted in the foreground: they wait for their dependents. */
  readonly waiting: readonly OwnerReference[]
}

/** classifyReferences: each owner is asked for, unless it is known to be gone. */
function* classify(references: readonly OwnerReference[], namespace: string | undefined): Step<Owners> {
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  for (const reference of references) {
    const known = yield* perform<ControllerState, boolean>(world => absentOwners(world).has(reference.uid))
    if (known) {
      dangling.push(reference)
      continue
    }
    const item = ownerItem(reference, namespace)
    if (!item) return { retry: `no resource for ${reference.apiVersion} ${reference.kind}` }
    const response = yield* read(item)
    if (response.code === 404 || (succeeded(response) && response.body.metadata.uid !== reference.uid)) {
      yield* perform<ControllerState, void>(world => rememberAbsent(absentOwners(world), reference.uid))
      dangling.push(reference)
    } else if (!succeeded(response)) return fail(response)
    else if (waitsForDependents(response.body)) waiting.push(reference)
    else solid.push(reference)
  }
  return { solid, dangling, waiting }
}

const patch = (item: Item, body: unknown, type: string) =>
  ask<KubeObject>(SELF, patchRequest(item.resource, splitKey(item.key).namespace, splitKey(item.key).name, body, type))

const withoutOwners = (item: Item, uids: readonly string[]) => ({
  metadata: { ownerReferences: uids.map(uid => ({ $patch: 'delete', uid })), uid: item.uid },
})

/** An object that still has an owner only loses its references to the others. */
function* dropReferences(item: Item, references: readonly OwnerReference[]): Step<void> {
  if (references.length === 0) return
  const uids = references.map(({ uid }) => uid)
  const response = yield* patch(item, withoutOwners(item, uids), MEDIA.strategicMergePatch)
  if (!succeeded(response)) return fail(response)
}

/** deleteObject: only the version that was looked at; if it has changed since but its owners have not, any version. */
function* remove(item: Item, latest: KubeObject, propagationPolicy: string): Step<void> {
  const { namespace, name } = splitKey(item.key)
  const { uid, resourceVersion, ownerReferences } = latest.metadata
  const options = (preconditions: object) => ({ kind: 'DeleteOptions', apiVersion: 'v1', preconditions, propagationPolicy })
  const response = yield* ask(SELF, deleteRequest(item.resource, namespace, name, options({ uid, resourceVersion })))
  if (succeeded(response) || response.code === 404) return
  if (!isConflict(response)) return fail(response)
  const live = yield* read(item)
  if (live.code === 404) return
  if (!succeeded(live)) return fail(live)
  if (live.body.metadata.uid !== uid || !deepEqual(live.body.metadata.ownerReferences, ownerReferences)) return fail(response)
  const again = yield* ask(SELF, deleteRequest(item.resource, namespace, name, options({ uid })))
  if (!succeeded(again) && again.code !== 404) return fail(again)
}

/** processDeletingDependentsItem: the dependents that block it go first; when none is left, it may go itself. */
function* deleteDependents(item: Item): Step<void> {
  const blocking = yield* perform<ControllerState, readonly string[]>(world =>
    Object.freeze(
      dependentsOf(world, item.uid).flatMap(({ resource, object }) => {
        const { uid = '', namespace, name, ownerReferences } = object.metadata
        if (!ownerReferences?.some(r => r.uid === item.uid && r.blockOwnerDeletion)) return []
        const key = namespace ? `${namespace}/${name}` : name
        return [waitsForDependents(object) ? '' : itemKey({ task: 'delete', resource, key, uid })]
      }),
    ),
  )
  if (blocking.length === 0) return yield* removeFinalizer(item, FOREGROUND)
  yield* enqueueAll(() => blocking.filter(key => key !== ''))
}

/** attemptToOrphanWorker: the dependents forget their owner, then it may go. */
function* orphanDependents(item: Item, owner: KubeObject): Step<void> {
  if (!hasFinalizer(owner, ORPHAN)) return
  const dependents = yield* perform<ControllerState, readonly Item[]>(world =>
    Object.freeze(
      dependentsOf(world, item.uid).map(({ resource, object: { metadata } }) => ({
        task: 'delete' as const,
        resource,
        key: metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name,
        uid: metadata.uid ?? '',
      })),
    ),
  )
  const responses: readonly HttpResponse[] = yield* askAll(
    SELF,
    dependents.map(d => {
      const { namespace, name } = splitKey(d.key)
      return patchRequest(d.resource, namespace, name, withoutOwners(d, [item.uid]), MEDIA.strategicMergePatch)
    }),
  )
  const refused = responses.find(r => !succeeded(r) && r.code !== 404 && r.code !== 422)
  if (refused) return fail(refused)
  return yield* removeFinalizer(item, ORPHAN)
}

/** removeFinalizer, tried again on a conflict. */
function* removeFinalizer(item: Item, finalizer: string): Step<void> {
  for (let tries = 0; ; tries++) {
    const live = yield* read(item)
    if (live.code === 404) return
    if (!succeeded(live)) return fail(live)
    const { resourceVersion, finalizers = [] } = live.body.metadata
    if (!finalizers.includes(finalizer)) return
    const body = { metadata: { resourceVersion, finalizers: finalizers.filter(f => f !== finalizer) } }
    const response = yield* patch(item, body, MEDIA.mergePatch)
    if (succeeded(response) || response.code === 404) return
    if (!isConflict(response) || tries === 4) return fail(response)
  }
}
