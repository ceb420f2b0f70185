// Models controller_utils.go's resolveControllerRef and the listers' Get…ForPod: whose syncs a change of a child concerns.
import { deepEqual } from '../api/deep'
import { controllerOf } from '../api/owners'
import { labelSelector } from '../api/selectors'
import type { KubeObject } from '../api/types'
import { type ControllerWorld, NO_KEYS, store } from '../client/controller'
import type { InformerEvent } from '../client/informer'
import { keyOf, objectsBy } from '../client/store'

/** A kind of controller that owns children: its informer and its kind. */
export interface Parents {
  readonly informer: string
  readonly kind: string
  /** Its selector; without one it does not adopt. */
  readonly selects?: (parent: KubeObject, child: KubeObject) => boolean
}

/** The usual selector: `spec.selector` as a LabelSelector; an empty one selects nothing. */
export const selectsByLabels = (parent: KubeObject, child: KubeObject): boolean => {
  const selector = labelSelector(parent.spec.selector)
  return !selector.empty && selector.matches(child.metadata.labels)
}

/** Key of the controller of that kind that owns an object; undefined when it is not the one in the cache. */
export function ownerKey(world: ControllerWorld, { informer, kind }: Parents, object: KubeObject): string | undefined {
  const reference = controllerOf(object)
  if (reference?.kind !== kind) return undefined
  const { namespace } = object.metadata
  const key = namespace ? `${namespace}/${reference.name}` : reference.name
  return store(world, informer).objects.get(key)?.metadata.uid === reference.uid ? key : undefined
}

/** Keys of the controllers that a changed child concerns: its owner, the owner it had, and for an orphan all that select it. */
export const parentKeys = (world: ControllerWorld, parents: Parents, event: InformerEvent): readonly string[] =>
  concerned(world, parents, event, ownerKey(world, parents, event.object))

/** The same where `key` is known to be that of its owner. */
export function concerned(
  world: ControllerWorld,
  parents: Parents,
  { type, object, old }: InformerEvent,
  key: string | undefined,
): readonly string[] {
  if (type === 'ADDED' || !old)
    return key ? [key] : controllerOf(object) || type === 'DELETED' ? NO_KEYS : adopters(world, parents, object)
  if (type === 'DELETED') return key ? [key] : NO_KEYS
  if (old.metadata.ownerReferences === object.metadata.ownerReferences) {
    if (key) return [key]
    // an orphan whose labels have changed may be somebody's now
    if (old.metadata.labels === object.metadata.labels) return NO_KEYS
  }
  return changedKeys(world, parents, object, old, key)
}

function changedKeys(
  world: ControllerWorld,
  parents: Parents,
  object: KubeObject,
  old: KubeObject,
  key: string | undefined,
): readonly string[] {
  const before = controllerOf(old)
  const now = controllerOf(object)
  const keys = new Set<string>()
  if (before?.uid !== now?.uid) {
    const former = ownerKey(world, parents, old)
    if (former) keys.add(former)
  }
  if (key) keys.add(key)
  else if (!now && (before || !deepEqual(old.metadata.labels, object.metadata.labels)))
    for (const adopter of adopters(world, parents, object)) keys.add(adopter)
  return [...keys]
}

/** Controllers in an orphan's namespace that select it. */
function adopters(world: ControllerWorld, { informer, selects }: Parents, orphan: KubeObject): readonly string[] {
  if (!selects || !orphan.metadata.labels) return NO_KEYS
  return objectsBy(store(world, informer), 'namespace', orphan.metadata.namespace ?? '')
    .filter(parent => selects(parent, orphan))
    .map(keyOf)
}
