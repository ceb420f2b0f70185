// Models pkg/controller/garbagecollector/graph.go and graph_builder.go: who is owned by whom, read off the informers' indices.
import { deepEqual } from '../../api/deep'
import { resourceByKind } from '../../api/kinds'
import type { KubeObject, OwnerReference } from '../../api/types'
import { type ControllerWorld, store } from '../../client/controller'
import type { InformerEvent } from '../../client/informer'
import { keyOf, objectsBy } from '../../client/store'

/** Finalizers that deletion with `propagationPolicy` puts on an owner. */
export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'
/** Index of the references that are not a controller's (those stand in the index `controller`). */
export const CO_OWNERS = 'co-owners'

/** What the garbage collector keeps: uids of owners that are known not to be, the last 500. */
export type AbsentOwners = Set<string>
const ABSENT_LIMIT = 500

/** An object in a work queue: what to do about it, and which it is. An owner that no cache has is looked up under its name. */
export interface Item {
  readonly task: 'delete' | 'orphan' | 'owner'
  readonly resource: string
  /** `namespace/name` or `name` */
  readonly key: string
  readonly uid: string
}
export const itemKey = ({ task, resource, key, uid }: Item): string => `${task} ${resource} ${key} ${uid}`
export function parseItem(text: string): Item {
  const [task, resource = '', key = '', uid = ''] = text.split(' ')
  return { task: task as Item['task'], resource, key, uid }
}

const toDelete = (resource: string, object: KubeObject): string =>
  itemKey({ task: 'delete', resource, key: keyOf(object), uid: object.metadata.uid ?? '' })

const NOTHING: readonly string[] = []
export const coOwners = (object: KubeObject): readonly string[] => {
  const references = object.metadata.ownerReferences
  if (!references || references.every(r => r.controller)) return NOTHING
  return references.filter(r => !r.controller).map(r => r.uid)
}

/** An owner's dependents, each with its resource. Upstream goes through a map, so any order is right; recordings have the latest first. */
export function dependentsOf(world: ControllerWorld, uid: string): { readonly resource: string; readonly object: KubeObject }[] {
  const found: { resource: string; object: KubeObject }[] = []
  for (const [resource, { store }] of world.state.informers)
    for (const index of ['controller', CO_OWNERS])
      for (const object of objectsBy(store, index, uid)) found.push({ resource, object })
  return found.reverse()
}

export const hasFinalizer = ({ metadata }: KubeObject, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) ?? false
/** Deletion in the foreground has begun: it goes when its dependents are gone. */
export const waitsForDependents = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, FOREGROUND)
const orphansDependents = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, ORPHAN)

/** The resource of an owner and its key, seen from an object of that namespace; undefined for a kind that nobody serves. */
export function ownerItem(reference: OwnerReference, namespace: string | undefined): Item | undefined {
  const resource = resourceByKind(reference.apiVersion, reference.kind)
  if (!resource) return undefined
  const key = resource.namespaced ? `${namespace ?? ''}/${reference.name}` : reference.name
  return { task: 'owner', resource: resource.groupResource, key, uid: reference.uid }
}

/** The owner that the caches hold for a reference. */
function ownerInCache(world: ControllerWorld, item: Item): KubeObject | undefined {
  const found = world.state.informers.peek(item.resource)?.store.objects.get(item.key)
  return found?.metadata.uid === item.uid ? found : undefined
}
/** True when no cache has the owner that an `owner` item names. */
export const isVirtual = (world: ControllerWorld, item: Item): boolean => !ownerInCache(world, item)

/** Notes that an owner is gone; whoever names it as owner is looked at. */
export function ownerIsAbsent(world: ControllerWorld, absent: AbsentOwners, uid: string): string[] {
  const dependents = dependentsOf(world, uid)
  if (dependents.length === 0) return []
  rememberAbsent(absent, uid)
  return dependents.map(({ resource, object }) => toDelete(resource, object))
}
export function rememberAbsent(absent: AbsentOwners, uid: string): void {
  absent.add(uid)
  if (absent.size > ABSENT_LIMIT) for (const first of absent) return void absent.delete(first)
}

/** processGraphChanges: the items that a change of any object makes worth a look. */
export function graphChanged(
  world: ControllerWorld,
  absent: AbsentOwners,
  resource: string,
  event: InformerEvent,
): readonly string[] {
  const { type, object, old } = event
  const { metadata } = object
  if (type === 'DELETED')
    return [...ownerIsAbsent(world, absent, metadata.uid ?? ''), ...waitingOwners(world, object, metadata.ownerReferences)]
  if (!old) {
    if (!metadata.ownerReferences && !metadata.deletionTimestamp) return NOTHING
    return [...virtualOwners(world, object, []), ...deletionBegan(world, resource, object)]
  }
  const before = old.metadata
  const sameOwners =
    metadata.ownerReferences === before.ownerReferences || deepEqual(metadata.ownerReferences, before.ownerReferences)
  if (
    sameOwners &&
    (!metadata.deletionTimestamp || (before.deletionTimestamp && deepEqual(before.finalizers, metadata.finalizers)))
  )
    return NOTHING
  const items = sameOwners
    ? []
    : [...virtualOwners(world, object, before.ownerReferences ?? []), ...unblocked(world, object, before.ownerReferences ?? [])]
  if (waitsForDependents(object) !== waitsForDependents(old) || orphansDependents(object) !== orphansDependents(old))
    items.push(...deletionBegan(world, resource, object))
  return items
}

/** Owners of a dependent that is gone, which may have waited for that. */
function waitingOwners(world: ControllerWorld, object: KubeObject, references: readonly OwnerReference[] | undefined): string[] {
  return (references ?? []).flatMap(reference => {
    const item = ownerItem(reference, object.metadata.namespace)
    const owner = item && ownerInCache(world, item)
    return item && owner && waitsForDependents(owner) ? [toDelete(item.resource, owner)] : []
  })
}

/** Owners that a change of the references no longer names, or no longer blocks. */
function unblocked(world: ControllerWorld, object: KubeObject, before: readonly OwnerReference[]): string[] {
  const now = object.metadata.ownerReferences ?? []
  const released = before.filter(b => b.blockOwnerDeletion && !now.some(n => n.uid === b.uid && n.blockOwnerDeletion))
  return waitingOwners(world, object, released)
}

/** New references to owners that no cache has: whether they are there has to be asked. */
function virtualOwners(world: ControllerWorld, object: KubeObject, before: readonly OwnerReference[]): string[] {
  const added = (object.metadata.ownerReferences ?? []).filter(n => !before.some(b => b.uid === n.uid))
  return added.flatMap(reference => {
    const item = ownerItem(reference, object.metadata.namespace)
    return item && !ownerInCache(world, item) ? [itemKey(item)] : []
  })
}

/** An owner's deletion has begun in a way that concerns its dependents. */
function deletionBegan(world: ControllerWorld, resource: string, object: KubeObject): string[] {
  const uid = object.metadata.uid ?? ''
  if (orphansDependents(object)) return [itemKey({ task: 'orphan', resource, key: keyOf(object), uid })]
  if (!waitsForDependents(object)) return []
  return [...dependentsOf(world, uid).map(d => toDelete(d.resource, d.object)), toDelete(resource, object)]
}

/** The cached object of an item; undefined when it is gone or another one of that name. */
export function cachedItem(world: ControllerWorld, { resource, key, uid }: Item): KubeObject | undefined {
  const found = store(world, resource).objects.get(key)
  return found?.metadata.uid === uid ? found : undefined
}
