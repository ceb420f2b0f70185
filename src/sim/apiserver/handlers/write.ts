// Models k8s.io/apiserver/pkg/endpoints/handlers (create.go, update.go, patch.go) and pkg/registry/generic/registry/store.go
// (Create, Update) over etcd3's GuaranteedUpdate: optimistic concurrency on the mod revision.
import { deepEqual } from '../../api/deep'
import { etcdKey, type Resource } from '../../api/kinds'
import type { EtcdKeyValue, HttpResponse } from '../../api/messages'
import { alreadyExists, conflict, forbidden, generateNameConflict, notFound, uidConflict, unknownError } from '../../api/status'
import type { KubeObject, Status } from '../../api/types'
import { type Once, perform } from '../../kernel/procedure'
import { decide } from '../access'
import type { Operation } from '../attempt'
import { isApply } from '../decoding'
import { encode, readingOf } from '../encoding'
import { ask } from '../loopback'
import { type Draft, noteRefusal, noteStages, type Outcome, walk } from '../pipeline'
import { strategyOf } from '../registry'
import { scaleOf } from '../registry/scale'
import { refuse, respond } from '../respond'
import { type Call, type Serve, storedAs, type World } from '../state'
import { objectOf, put, range, remove, storedValue, written } from '../storage/etcd'
import { cached } from '../watch-cache/cacher'
import { pause } from '../watch-cache/fresh'

/** How often a generated name that is taken is generated anew (store.go, maxNameGenerationCreateAttempts). */
const NAME_TRIES = 8

export const isDryRun = ({ request }: Call): boolean => request.query.dryRun === 'All'

/** An attempt before its first stage. */
export function newAttempt(call: Call, operation: Operation, old: KubeObject | undefined, asked: readonly HttpResponse[]): Draft {
  const { info, request, user } = call
  const type = info.type as Resource
  const body = (request.body ?? {}) as Partial<KubeObject>
  const name = info.name ?? body.metadata?.name ?? ''
  return {
    call,
    user,
    operation,
    type,
    strategy: strategyOf(type),
    subresource: info.subresource,
    namespace: type.namespaced ? (info.namespace ?? '') : '',
    name: name || (body.metadata?.generateName ?? ''),
    object: undefined,
    old,
    asked,
    warnings: NO_WARNINGS,
  }
}

const NO_WARNINGS: readonly string[] = Object.freeze([])

type Settled = Exclude<Outcome, { readonly ask: unknown }>
type Asking = Extract<Outcome, { readonly ask: unknown }>

/** Walks down the stages; the trace shows how far it came. Most get all the way with nothing asked, so this is no procedure. */
export const pass = (
  call: Call,
  operation: Operation,
  old: KubeObject | undefined,
  asked: readonly HttpResponse[] = NOTHING_ASKED,
): Once<World, Outcome> => perform(walkDown, call, operation, old, asked)

function walkDown(
  world: World,
  call: Call,
  operation: Operation,
  old: KubeObject | undefined,
  asked: readonly HttpResponse[],
): Outcome {
  const result = walk(newAttempt(call, operation, old, asked), world)
  if ('refused' in result) noteRefusal(world, call, 'write', result.stage, result.refused)
  else if ('attempt' in result) noteStages(world, call, 'write')
  return result
}

const NOTHING_ASKED: readonly HttpResponse[] = Object.freeze([])

/** How often one plugin may ask in a try: more than any has reason to, however many quotas a namespace has. */
const MOST_QUESTIONS = 1000

/**
 * Asks what a stage has asked, and walks down the stages again with the answers, until none asks.
 * Throws when a plugin does not stop asking: it takes no notice of the answers.
 */
export function* passAsking(call: Call, operation: Operation, old: KubeObject | undefined, first: Asking): Serve<Settled> {
  const asked: HttpResponse[] = []
  const questions = new Map<string, number>()
  for (let outcome: Outcome = first; ; ) {
    if (!('ask' in outcome)) return outcome
    const count = (questions.get(outcome.by) ?? 0) + 1
    if (count > MOST_QUESTIONS) throw new Error(`the admission plugin ${outcome.by} has asked ${MOST_QUESTIONS} times`)
    questions.set(outcome.by, count)
    if (outcome.ask.afterMs) yield* pause(outcome.ask.afterMs)
    asked.push(yield* ask(outcome.ask))
    outcome = yield* pass(call, operation, old, asked.slice())
  }
}

/** The answer to a write: the object as it is now, or what its subresource shows of it. */
export function answer(world: World, call: Call, code: number, object: KubeObject, warnings?: readonly string[]): undefined {
  const type = call.info.type as Resource
  const shown = call.info.subresource === 'scale' ? scaleOf(type, object) : object
  respond(
    world,
    call,
    code,
    encode(
      world,
      readingOf(shown === object ? type.apiVersion : shown.apiVersion, call.request.headers, call.request.query),
      shown,
    ),
    warnings,
  )
}

/** Ends a write: says no. */
const refused = (call: Call, status: Status): Once<World, undefined> => perform(refuse, call, status)

/** Ends a write that has put nothing into etcd. */
const answered = (call: Call, code: number, object: KubeObject, warnings: readonly string[]): Once<World, undefined> =>
  perform(answer, call, code, object, warnings)

/** Ends a write that has put a value into etcd: with the object as it is at that revision. */
const stored = (call: Call, code: number, put: Put, warnings: readonly string[]): Once<World, undefined> =>
  perform(answerStored, call, code, put, warnings)

interface Put {
  readonly key: string
  readonly value: KubeObject
  readonly revision: number
}

function answerStored(
  world: World,
  call: Call,
  code: number,
  { key, value, revision }: Put,
  warnings: readonly string[],
): undefined {
  answer(world, call, code, written(world, call.info.type as Resource, key, value, revision), warnings)
}

/** POST to a collection. */
export function* create(call: Call): Serve<void> {
  const type = call.info.type as Resource
  for (let tries = 1; ; tries++) {
    const first = yield* pass(call, 'CREATE', undefined)
    const outcome = 'ask' in first ? yield* passAsking(call, 'CREATE', undefined, first) : first
    if ('refused' in outcome) return yield* refused(call, outcome.refused)
    const object = outcome.attempt.object as KubeObject
    const { warnings } = outcome.attempt
    const { name, namespace, generateName } = object.metadata
    if (isDryRun(call)) return yield* createdDry(call, type, object, warnings)
    if (hasVersion(call)) return yield* refused(call, unknownError('resourceVersion should not be set on objects to be created'))
    const key = etcdKey(type, namespace, name)
    const value = storedValue(object)
    const txn = yield* put(key, 0, value, isQuiet(type, object, undefined))
    if (txn.succeeded) return yield* stored(call, 201, { key, value, revision: txn.revision }, warnings)
    const generated = Boolean(generateName) && !(call.request.body as KubeObject).metadata.name
    if (generated && tries < NAME_TRIES) continue
    const deleting = Boolean(txn.current?.value.metadata.deletionTimestamp)
    return yield* refused(call, taken(type, name, generated, deleting))
  }
}

/** Whether a request says which version its new object has (storage.ErrResourceVersionSetOnCreate). */
function hasVersion({ request }: Call): boolean {
  const version = (request.body as Partial<KubeObject>).metadata?.resourceVersion
  return version !== undefined && version !== '' && version !== '0'
}

/** A dry run creates what is not there yet, but for the writing. */
function* createdDry(call: Call, type: Resource, object: KubeObject, warnings: readonly string[]): Serve<void> {
  const { name, namespace } = object.metadata
  const { object: there } = yield* fromEtcd(type, namespace, name)
  if (!there) return yield* answered(call, 201, object, warnings)
  return yield* refused(call, taken(type, name, false, Boolean(there.metadata.deletionTimestamp)))
}

function taken(type: Resource, name: string, generated: boolean, deleting: boolean): Status {
  if (generated) return generateNameConflict(type, name)
  const status = alreadyExists(type, name)
  return deleting ? { ...status, message: `object is being deleted: ${status.message}` } : status
}

/** A change of a Scale names the subresource, every other one the object (scaleUpdatedObjectInfo's UpdatedObject). */
function missing({ info: { subresource } }: Call, type: Resource, name: string): Status {
  if (subresource !== 'scale') return notFound(type, name)
  const plural = `${type.plural}/scale`
  return notFound({ group: type.group, plural, groupResource: type.group === '' ? plural : `${plural}.${type.group}` }, name)
}

/** The object of a key: from the watch cache where it is there, which may be late; else from etcd. */
export interface Current {
  readonly object: KubeObject | undefined
  /** It is what etcd has said. */
  readonly certain: boolean
}

/** What the watch cache has of an object, where it is ready (GuaranteedUpdate's cachedExistingObject). */
export const cachedObject = (type: Resource, namespace: string | undefined, name: string): Once<World, KubeObject | undefined> =>
  perform(inCache, type, namespace, name)

function inCache({ state }: World, type: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
  const cacher = state.cachers.peek(storedAs(type))
  return cacher?.ready ? cached(cacher, type.namespaced ? namespace : undefined, name) : undefined
}

/** An object as far as one knows. */
export function* currentOf(type: Resource, namespace: string | undefined, name: string): Serve<Current> {
  const object = yield* cachedObject(type, namespace, name)
  return object ? { object, certain: false } : yield* fromEtcd(type, namespace, name)
}

/** What etcd has of an object. */
export function* fromEtcd(type: Resource, namespace: string | undefined, name: string): Serve<Current> {
  const { kvs } = yield* range({ key: etcdKey(type, namespace, name) })
  return yield* told(type, kvs[0])
}

/** What etcd has just told of an object. */
export const told = (type: Resource, kv: EtcdKeyValue | undefined): Once<World, Current> => perform(read, type, kv)

const read = (world: World, type: Resource, kv: EtcdKeyValue | undefined): Current =>
  Object.freeze({ object: kv && objectOf(world, type, kv), certain: true })

/** The revision that an object was read at. */
export const revisionOf = (object: KubeObject): number => Number(object.metadata.resourceVersion)

/** PUT and PATCH of an object or of a subresource that is stored in it. */
export function* change(call: Call): Serve<void> {
  const { info } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const key = etcdKey(type, info.namespace, name)
  const there = yield* cachedObject(type, info.namespace, name)
  let current: Current = there ? { object: there, certain: false } : yield* fromEtcd(type, info.namespace, name)
  for (;;) {
    const old = current.object
    if (!old && info.subresource === '' && (isApply(call.request) || mayCreate(call, type))) {
      const quicker = yield* createByUpdate(call)
      if (!quicker) return
      current = quicker
      continue
    }
    if (!old) return yield* refused(call, strangeUid(call, type, key) ?? missing(call, type, name))
    const first = yield* pass(call, 'UPDATE', old)
    const outcome = 'ask' in first ? yield* passAsking(call, 'UPDATE', old, first) : first
    const object = 'attempt' in outcome ? (outcome.attempt.object as KubeObject) : undefined
    const isSame = !object || deepEqual(object, old)
    if (!current.certain && isSame) {
      current = yield* fromEtcd(type, info.namespace, name)
      if (current.object?.metadata.resourceVersion !== old.metadata.resourceVersion) continue
    }
    if ('refused' in outcome) return yield* refused(call, outcome.refused)
    const { warnings } = outcome.attempt
    if (isSame || isDryRun(call)) return yield* answered(call, 200, object ?? old, warnings)
    const value = storedValue(object)
    const gone = isFinished(type, object, old)
    const quiet = isQuiet(type, object, old)
    const txn = gone ? yield* remove(key, revisionOf(old), quiet) : yield* put(key, revisionOf(old), value, quiet)
    if (txn.succeeded)
      return yield* gone
        ? answered(call, 200, object, warnings)
        : stored(call, 200, { key, value, revision: txn.revision }, warnings)
    current = yield* told(type, txn.current)
  }
}

/** A PUT that names a uid is of an object that is there (storage.Preconditions). */
function strangeUid({ info, request }: Call, type: Resource, key: string): Status | undefined {
  const { uid } = (request.body as KubeObject | undefined)?.metadata ?? {}
  return info.verb === 'update' && info.subresource !== 'scale' && uid
    ? uidConflict(type, info.name ?? '', key, uid, '')
    : undefined
}

/** A PUT to a resource that can be created so (store.go, Update). */
const mayCreate = ({ info }: Call, type: Resource): boolean => info.verb === 'update' && strategyOf(type).createsOnUpdate === true

/**
 * An apply of what is not there creates it (patch.go, applyPatcher.createNewObject), and a PUT of some resources. Returns what somebody else
 * was quicker to create.
 */
function* createByUpdate(call: Call): Serve<Current | undefined> {
  const { info, user } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const why = yield* perform<World, string | undefined>(world => decide(world, user, { ...info, verb: 'create' }))
  if (why !== undefined) return yield* refused(call, forbidden(type, name, why))
  const strange = strangeUid(call, type, etcdKey(type, info.namespace, name))
  if (strange) return yield* refused(call, strange)
  const { uid } = (call.request.body as KubeObject | undefined)?.metadata ?? {}
  if (uid) {
    const text = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    return yield* refused(call, conflict(type, name, text))
  }
  const first = yield* pass(call, 'CREATE', undefined)
  const outcome = 'ask' in first ? yield* passAsking(call, 'CREATE', undefined, first) : first
  if ('refused' in outcome) return yield* refused(call, outcome.refused)
  const object = outcome.attempt.object as KubeObject
  const { warnings } = outcome.attempt
  if (isDryRun(call)) return yield* answered(call, 201, object, warnings)
  const key = etcdKey(type, info.namespace, name)
  const value = storedValue(object)
  const txn = yield* put(key, 0, value, isQuiet(type, object, undefined))
  if (txn.succeeded) return yield* stored(call, 201, { key, value, revision: txn.revision }, warnings)
  return yield* told(type, txn.current)
}

/** store.go, ShouldDeleteDuringUpdate: who takes the last finalizer off an object that is being deleted, deletes it. */
function isFinished(type: Resource, { metadata, spec }: KubeObject, { metadata: old }: KubeObject): boolean {
  if (type.kind === 'Namespace' && spec?.finalizers?.length > 0) return false
  return old.deletionTimestamp !== undefined && !old.deletionGracePeriodSeconds && (metadata.finalizers?.length ?? 0) === 0
}

/** Whether a write is what a cluster at rest does all the time: leases, and nodes' heartbeats that say nothing new. */
export function isQuiet(type: Resource, object: KubeObject, old: KubeObject | undefined): boolean {
  if (type.plural === 'leases') return true
  if (type.plural !== 'nodes' || !old) return false
  if (!deepEqual(object.spec, old.spec) || !deepEqual(object.metadata, old.metadata)) return false
  return deepEqual(withoutHeartbeats(object), withoutHeartbeats(old))
}

const withoutHeartbeats = ({ status }: KubeObject): unknown => ({
  ...status,
  conditions: (status?.conditions as { lastHeartbeatTime?: string }[] | undefined)?.map(c => ({ ...c, lastHeartbeatTime: '' })),
})
