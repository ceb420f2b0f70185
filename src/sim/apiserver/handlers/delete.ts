// Models Delete, DeleteCollection and updateForGracefulDeletionAndFinalizers of k8s.io/apiserver/pkg/registry/generic/registry/store.go,
// rest.BeforeDelete, and pkg/registry/core/namespace/storage/storage.go.
import { etcdKey, type Resource, resourceByPlural } from '../../api/kinds'
import { badRequest, forbidden, notFound, preconditionConflict, success } from '../../api/status'
import { parseTime, rfc3339 } from '../../api/time'
import type { KubeList, KubeObject, Status, Table } from '../../api/types'
import { perform } from '../../kernel/procedure'
import type { Time } from '../../kernel/types'
import { encode, encodeList, readingOf } from '../encoding'
import { deleteOptionsOf } from '../options'
import { strategyOf } from '../registry'
import type { DeleteOptions, Strategy } from '../registry/strategy'
import { refuse, respond } from '../respond'
import { type Call, type Serve, storedAs, type World } from '../state'
import { put, remove, storedValue, written } from '../storage/etcd'
import { sorted } from '../watch-cache/cacher'
import { cacherOf, ready } from '../watch-cache/feed'
import { matches, selectionOf } from '../watch-cache/selection'
import { listOptionsOf } from './list-options'
import { type Current, currentOf, fromEtcd, isDryRun, isQuiet, pass, passAsking, revisionOf, told } from './write'

/** What a DELETE has made of an object: it is gone, or marked, or there was a reason not to. */
type Deleted = { readonly object: KubeObject; readonly gone: boolean } | { readonly refused: Status }

/** DELETE of one object. */
export function* deleteOne(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const kept = strategyOf(type).undeletable?.(name)
  if (kept !== undefined) return yield* perform<World, void>(world => refuse(world, call, forbidden(type, name, kept)))
  const done = yield* deleteObject(call, type, info.namespace, name, deleteOptionsOf(request))
  yield* perform<World, void>(world => {
    if ('refused' in done) return refuse(world, call, done.refused)
    const { object, gone } = done
    const shown =
      gone && !strategyOf(type).returnsDeleted
        ? success(type, object.metadata.name, object.metadata.uid ?? '')
        : encode(world, readingOf(type.apiVersion, request.headers, request.query), object)
    respond(world, call, 200, shown)
  })
}

/** DELETE of a collection: each object that the selectors want, one after the other. */
export function* deleteCollection(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const read = listOptionsOf(request.query, false)
  if ('refused' in read) return yield* perform<World, void>(world => refuse(world, call, read.refused))
  const wanted = selectionOf(type, info.namespace ?? '', '', request.query)
  if (wanted.value === undefined) return yield* perform<World, void>(world => refuse(world, call, badRequest(wanted.error)))
  const selection = wanted.value
  yield* ready(storedAs(type))
  const found = yield* perform<World, readonly KubeObject[]>(world =>
    Object.freeze(sorted(cacherOf(world, storedAs(type)), selection.namespace).filter(object => matches(object, selection))),
  )
  const options = deleteOptionsOf(request)
  for (const { metadata } of found) yield* deleteObject(call, type, metadata.namespace, metadata.name, options)
  yield* perform<World, void>(world => {
    const metadata = { resourceVersion: String(cacherOf(world, storedAs(type)).revision) }
    respond(
      world,
      call,
      200,
      untyped(encodeList(world, readingOf(type.apiVersion, request.headers, request.query), type.kind, found, metadata)),
    )
  })
}

/** What kind the items of a list are is said by its own. */
function untyped(list: KubeList | Table): KubeList | Table {
  if (!('items' in list)) return Object.freeze(list)
  return Object.freeze({ ...list, items: list.items.map(({ kind: _, apiVersion: __, ...rest }) => rest as KubeObject) })
}

/** Deletes one object, or marks it as on its way out. */
export function* deleteObject(
  call: Call,
  type: Resource,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): Serve<Deleted> {
  const key = etcdKey(type, namespace, name)
  const strategy = strategyOf(type)
  let admitted = false
  let marked = false
  let current: Current = yield* currentOf(type, namespace, name)
  for (;;) {
    const { object } = current
    if (!object) return { refused: notFound(type, name) }
    if (!admitted) {
      const first = yield* pass(call, 'DELETE', object)
      const outcome = 'ask' in first ? yield* passAsking(call, 'DELETE', object, first) : first
      if ('refused' in outcome) return { refused: outcome.refused }
      admitted = true
    }
    const failed = marked ? undefined : preconditionFailure(type, object, options)
    if (failed && current.certain) return { refused: failed }
    if (failed) {
      current = yield* fromEtcd(type, namespace, name)
      continue
    }
    const now = yield* perform<World, Time>(world => world.now())
    const plan = marked ? DELETE_NOW : planDeletion(type, strategy, object, options, now)
    if (plan.do === 'nothing' || isDryRun(call) || options.dryRun?.includes('All')) return { object, gone: false }
    const quiet = isQuiet(type, object, undefined)
    if (plan.do === 'mark') {
      const value = storedValue(plan.object)
      const txn = yield* put(key, revisionOf(object), value, quiet)
      if (txn.succeeded) {
        const after: KubeObject = yield* perform<World, KubeObject>(world => written(world, type, key, value, txn.revision))
        if (!plan.thenDelete) return { object: after, gone: false }
        marked = true
        current = { object: after, certain: true }
        continue
      }
      current = yield* told(type, txn.current)
      continue
    }
    const txn = yield* remove(key, revisionOf(object), quiet)
    if (txn.succeeded) {
      for (const resource of strategy.takesAlong ?? []) yield* takeAlong(resource, namespace, name)
      return { object, gone: true }
    }
    if (!txn.current) return marked ? { object, gone: true } : { refused: notFound(type, name) }
    current = yield* told(type, txn.current)
  }
}

/** Removes what goes with an object, straight from storage: no request, no admission. */
function* takeAlong(resource: string, namespace: string | undefined, name: string): Serve<void> {
  const type = resourceByPlural(resource)
  if (!type) return
  const { object } = yield* currentOf(type, namespace, name)
  if (object) yield* remove(etcdKey(type, namespace, name), revisionOf(object), false)
}

function preconditionFailure(type: Resource, { metadata }: KubeObject, { preconditions }: DeleteOptions): Status | undefined {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid && uid !== metadata.uid) return preconditionConflict(type, metadata.name, 'UID', uid, metadata.uid ?? '')
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    return preconditionConflict(type, metadata.name, 'ResourceVersion', resourceVersion, metadata.resourceVersion ?? '')
  return undefined
}

type Plan =
  | { readonly do: 'nothing' }
  | { readonly do: 'delete' }
  | { readonly do: 'mark'; readonly object: KubeObject; readonly thenDelete: boolean }
const NOTHING: Plan = { do: 'nothing' }
const DELETE_NOW: Plan = { do: 'delete' }

/** What a deletion does with an object now. Pure. */
export function planDeletion(type: Resource, strategy: Strategy, object: KubeObject, options: DeleteOptions, now: Time): Plan {
  const { metadata } = object
  const finalizers = finalizersFor(metadata.finalizers ?? [], strategy, options)
  if (type.kind === 'Namespace') return planNamespace(object, finalizers, now)
  if (strategy.graceSeconds) return planGraceful(object, strategy.graceSeconds(object, options) ?? 0, finalizers, options, now)
  if (finalizers.length === 0) return DELETE_NOW
  if (metadata.deletionTimestamp && same(finalizers, metadata.finalizers)) return NOTHING
  return { do: 'mark', object: marking(object, 0, finalizers, now), thenDelete: false }
}

const same = (a: readonly string[], b: readonly string[] = []): boolean => a.length === b.length && a.every((x, i) => x === b[i])

function marking(object: KubeObject, seconds: number, finalizers: readonly string[], now: Time): KubeObject {
  const { metadata } = object
  const first = metadata.deletionTimestamp === undefined
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(first && metadata.generation && { generation: metadata.generation + 1 }),
      ...(first && { deletionTimestamp: rfc3339((now + seconds * 1_000_000) as Time), deletionGracePeriodSeconds: seconds }),
      ...(finalizers.length > 0 ? { finalizers: [...finalizers] } : { finalizers: undefined }),
    },
  }
}

/** An object with grace is marked; whoever runs it (a kubelet) deletes it for good, with no grace. */
function planGraceful(
  object: KubeObject,
  seconds: number,
  finalizers: readonly string[],
  options: DeleteOptions,
  now: Time,
): Plan {
  const { metadata } = object
  const pending = metadata.deletionGracePeriodSeconds
  if (!metadata.deletionTimestamp)
    return { do: 'mark', object: marking(object, seconds, finalizers, now), thenDelete: seconds === 0 && finalizers.length === 0 }
  if (pending === undefined) return finalizers.length === 0 ? DELETE_NOW : NOTHING
  const wanted = options.gracePeriodSeconds
  if (wanted === undefined || wanted >= pending)
    return pending === 0 && wanted === 0 && finalizers.length === 0 ? DELETE_NOW : NOTHING
  // a shorter grace counts from when the deletion began
  const shorter = {
    ...metadata,
    deletionTimestamp: earlier(metadata.deletionTimestamp as string, pending - wanted, now),
    deletionGracePeriodSeconds: wanted,
  }
  return { do: 'mark', object: { ...object, metadata: shorter }, thenDelete: wanted === 0 && finalizers.length === 0 }
}

/** A Namespace is marked, and terminates until its controller has emptied it. */
function planNamespace(object: KubeObject, finalizers: readonly string[], now: Time): Plan {
  if (object.metadata.deletionTimestamp)
    return object.spec?.finalizers?.length > 0 || finalizers.length > 0 ? NOTHING : DELETE_NOW
  const metadata = {
    ...object.metadata,
    deletionTimestamp: rfc3339(now),
    ...(finalizers.length > 0 && { finalizers: [...finalizers] }),
  }
  return { do: 'mark', object: { ...object, metadata, status: { ...object.status, phase: 'Terminating' } }, thenDelete: false }
}

function earlier(timestamp: string, seconds: number, now: Time): string {
  const at = parseTime(timestamp)
  return at === undefined ? rfc3339(now) : rfc3339((at - seconds * 1_000_000) as Time)
}

/** deletionFinalizersForGarbageCollection: what is to become of dependents is said by finalizers. */
function finalizersFor(
  finalizers: readonly string[],
  strategy: Strategy,
  { propagationPolicy, orphanDependents }: DeleteOptions,
): readonly string[] {
  const policy =
    propagationPolicy ??
    (orphanDependents !== undefined ? (orphanDependents ? 'Orphan' : 'Background') : undefined) ??
    (finalizers.includes('orphan')
      ? 'Orphan'
      : finalizers.includes('foregroundDeletion')
        ? 'Foreground'
        : (strategy.propagation ?? 'Background'))
  const others = finalizers.filter(finalizer => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion')
  const wanted =
    policy === 'Orphan' ? [...others, 'orphan'] : policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others
  return same([...wanted].sort(), [...finalizers].sort()) ? finalizers : wanted
}
