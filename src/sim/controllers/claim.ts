// Models pkg/controller/controller_ref_manager.go: a controller takes the orphans that it selects and lets go of what it no longer selects.
import { MEDIA } from '../api/messages'
import { controllerOf, controllerRef } from '../api/owners'
import type { KubeObject } from '../api/types'
import { type ControllerProcedure, cachedBy } from '../client/controller'
import { succeeded } from '../client/http'
import { getRequest, patchRequest } from '../client/requests'
import { orphansIn } from '../client/store'
import { ask, type Self } from './ask'
import { isDeleting, messageOf } from './objects'

/** What claims: a controller, the object it acts for, and what that one selects. */
export interface Claimer {
  readonly self: Self
  readonly owner: KubeObject
  /** `replicasets.apps` */
  readonly ownerResource: string
  readonly childResource: string
  readonly selects: (child: KubeObject) => boolean
  /** Which children may be adopted or let go, besides. */
  readonly eligible?: (child: KubeObject) => boolean
  /** A finalizer that a child gets as it is adopted. */
  readonly finalizer?: string
}

/** Claimed children, in the order of the cache, or why claiming failed. */
export type Claimed<T> = { readonly claimed: readonly T[] } | { readonly retry: string }

/** All children that a controller owns: from the cache, with adoption and release where they are due. */
export function* claim<T extends KubeObject>(claimer: Claimer): ControllerProcedure<Claimed<T>> {
  const { owner, childResource, selects, eligible } = claimer
  const { namespace, uid } = owner.metadata
  const owned = yield* cachedBy<T>(childResource, 'controller', uid ?? '')
  const orphans = yield* cachedBy<T>(childResource, 'controller', orphansIn(namespace))
  const strangers = owned.filter(child => !selects(child) && (eligible?.(child) ?? true))
  const adoptable = isDeleting(owner)
    ? []
    : orphans.filter(child => !isDeleting(child) && selects(child) && (eligible?.(child) ?? true))
  if (strangers.length === 0 && adoptable.length === 0) return { claimed: owned }
  const claimed = owned.filter(selects)
  if (!isDeleting(owner)) {
    for (const child of strangers) {
      const error = yield* release(claimer, child)
      if (error) return { retry: error }
    }
  }
  return yield* adoptAll(claimer, adoptable, claimed)
}

/**
 * adoptOrphanRevisions of the StatefulSet controller: children without an owner are taken, those that it has are left as they are. It asks for
 * its owner also while that is being deleted, and then may not.
 */
export function* adoptOrphans<T extends KubeObject>(claimer: Claimer): ControllerProcedure<Claimed<T>> {
  const { owner, childResource, selects } = claimer
  const owned = yield* cachedBy<T>(childResource, 'controller', owner.metadata.uid ?? '')
  const orphans = yield* cachedBy<T>(childResource, 'controller', orphansIn(owner.metadata.namespace))
  return yield* adoptAll(claimer, orphans.filter(selects), [...owned])
}

function* adoptAll<T extends KubeObject>(claimer: Claimer, orphans: readonly T[], claimed: T[]): ControllerProcedure<Claimed<T>> {
  if (orphans.length === 0) return { claimed }
  const error = yield* mayAdopt(claimer)
  if (error) return { retry: error }
  for (const child of orphans) {
    const adopted = yield* adopt(claimer, child)
    if (adopted.error) return { retry: adopted.error }
    if (adopted.done) claimed.push(claimer.finalizer ? withFinalizer(child, claimer.finalizer) : child)
  }
  return { claimed }
}

/** RecheckDeletionTimestamp: asks the apiserver whether the owner is still there, before it adopts anything. */
function* mayAdopt({ self, owner, ownerResource }: Claimer): ControllerProcedure<string | undefined> {
  const { namespace, name, uid } = owner.metadata
  const response = yield* ask<KubeObject>(self, getRequest(ownerResource, namespace, name))
  if (!succeeded(response)) return `can't adopt: ${messageOf(response)}`
  const fresh = response.body
  if (fresh.metadata.uid !== uid)
    return `can't adopt: original ${owner.kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`
  return isDeleting(fresh)
    ? `can't adopt: ${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`
    : undefined
}

/** The child as its adoption leaves it. */
function withFinalizer<T extends KubeObject>(child: T, finalizer: string): T {
  const { finalizers = [] } = child.metadata
  const metadata = { ...child.metadata, finalizers: [...finalizers, finalizer] }
  return finalizers.includes(finalizer) ? child : { ...child, metadata }
}

function* adopt(
  { self, owner, childResource, finalizer }: Claimer,
  child: KubeObject,
): ControllerProcedure<{ done: boolean; error?: string }> {
  const references = { ownerReferences: [controllerRef(owner)], uid: child.metadata.uid }
  const body = { metadata: { ...references, ...(finalizer && { finalizers: [finalizer] }) } }
  const response = yield* ask(
    self,
    patchRequest(childResource, child.metadata.namespace, child.metadata.name, body, MEDIA.strategicMergePatch),
  )
  if (succeeded(response)) return { done: true }
  return response.code === 404 ? { done: false } : { done: false, error: messageOf(response) }
}

/** A 404 (it is gone) and a 422 (it is another of that name, or is owned no more) are as good as done. */
function* release({ self, owner, childResource }: Claimer, child: KubeObject): ControllerProcedure<string | undefined> {
  if (controllerOf(child)?.uid !== owner.metadata.uid) return undefined
  const body = { metadata: { ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }], uid: child.metadata.uid } }
  const response = yield* ask(
    self,
    patchRequest(childResource, child.metadata.namespace, child.metadata.name, body, MEDIA.strategicMergePatch),
  )
  return succeeded(response) || response.code === 404 || response.code === 422 ? undefined : messageOf(response)
}
