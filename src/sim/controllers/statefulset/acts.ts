// Models pkg/controller/statefulset/stateful_pod_control.go: what is done about one pod and its claims.
import type { HttpResponse } from '../../api/messages'
import type { KubeObject, Pod, StatefulSet } from '../../api/types'
import { type ControllerProcedure, type ControllerState, type ControllerWorld, cached } from '../../client/controller'
import { perform, sleep } from '../../client/effects'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, askAll, DELETE_OPTIONS, type Failed, fail, failed, type Step, say } from '../ask'
import { alreadyExists, isConflict, isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import { noteWrite, type Written } from '../staleness'
import { claimIsRight, hasOtherController, isStaleClaim, withOwners } from './claims'
import { claimsOf, hasIdentity, ordinalOf, withIdentity } from './identity'
import type { Act } from './plan'

export const SELF = { name: 'statefulset-controller', part: 'statefulset' } as const
const CLAIMS = 'persistentvolumeclaims'
export const written = (world: ControllerWorld): Written => world.state.own.get(SELF.part) as Written

/** Remembers a write, which the cache has to show before the next sync. */
export function* wrote(key: string, informer: string, object: KubeObject): ControllerProcedure {
  yield* perform<ControllerState, void>(world => noteWrite(written(world), key, informer, object))
}

/** Does one thing of a plan, or several that are alike at once: creations, or deletions. Returns what went wrong first. */
export function* carryOut(key: string, set: StatefulSet, acts: readonly Act[]): Step<void> {
  const [{ act, pod } = { act: undefined, pod: undefined }] = acts
  switch (act) {
    case undefined:
      return
    case 'delete':
      return yield* deletePods(set, acts)
    case 'create':
      return yield* createPods(
        key,
        set,
        acts.map(a => a.pod),
      )
    case 'claims':
      return yield* createMissingClaims(set, pod)
    case 'retain':
      return yield* matchPolicy(set, pod)
    case 'conform':
      return yield* conform(set, pod)
  }
}

/** DeleteStatefulPod: a pod that is gone already is an error like any other, but for an update. */
function* deletePods(set: StatefulSet, acts: readonly Act[]): Step<void> {
  const specs = acts.map(({ pod: { metadata } }) => deleteRequest('pods', metadata.namespace, metadata.name, DELETE_OPTIONS))
  let error: Failed | undefined
  for (const [i, response] of (yield* askAll(SELF, specs)).entries()) {
    const act = acts[i]
    yield* podEvent(set, 'Delete', act?.pod.metadata.name ?? '', succeeded(response) ? undefined : messageOf(response))
    if (!succeeded(response) && !(act?.isUpdate && response.code === 404)) error ??= fail(response)
  }
  return error
}

/** CreateStatefulPod: first the claims, then the pod. Where a claim of its predecessor still goes away, the pod waits. */
function* createPods(key: string, set: StatefulSet, wanted: readonly Pod[]): Step<void> {
  let error: Failed | undefined
  const waiting: Pod[] = []
  for (const pod of wanted) if (!(yield* claimsThere(set, pod)).some(claim => isStaleClaim(claim, set, pod))) waiting.push(pod)
  const lacking = yield* createClaims(set, waiting)
  for (const [pod, lack] of lacking) {
    yield* podEvent(set, 'Create', pod.metadata.name, lack.retry)
    error ??= lack
  }
  const pods = waiting.filter(pod => !lacking.has(pod))
  const specs = pods.map(pod => createRequest('pods', pod.metadata.namespace, pod as KubeObject))
  for (const [i, response] of (yield* askAll<KubeObject>(SELF, specs)).entries()) {
    const pod = pods[i]
    const created = pod && (yield* afterCreation(key, set, pod, response))
    if (failed(created)) error ??= created
  }
  return error
}

function* afterCreation(key: string, set: StatefulSet, pod: Pod, response: HttpResponse<KubeObject>): Step<void> {
  if (succeeded(response)) yield* wrote(key, 'pods', response.body)
  if (alreadyExists(response) || namespaceIsTerminating(response)) return fail(response)
  const matched = yield* matchPolicy(set, pod)
  if (failed(matched)) return matched
  yield* podEvent(set, 'Create', pod.metadata.name, succeeded(response) ? undefined : messageOf(response))
  if (!succeeded(response)) return fail(response)
}

/** createMissingPersistentVolumeClaims: a pod that waits may wait for a claim that somebody has deleted. */
function* createMissingClaims(set: StatefulSet, pod: Pod): Step<void> {
  return (yield* createClaims(set, [pod])).get(pod) ?? (yield* matchPolicy(set, pod))
}

/** An update that meets another version is tried again after so long (retry.DefaultBackoff). */
const UPDATE_AGAIN_MS = [10, 50, 250] as const

/** UpdateStatefulPod: a pod that has not the name label of its ordinal, or whose claims have the wrong owners, is put right. */
function* conform(set: StatefulSet, pod: Pod): Step<void> {
  const { name } = pod.metadata
  let current = pod
  for (let tries = 0; ; tries++) {
    const claims = yield* claimsThere(set, current)
    const right = claims.every(claim => claimIsRight(claim, set, current))
    if (right && hasIdentity(set, current)) return tries === 0 ? undefined : yield* podEvent(set, 'Update', name, undefined)
    const matched = yield* matchPolicy(set, current)
    if (failed(matched)) return matched
    const response: HttpResponse = yield* ask(SELF, updateRequest('pods', withIdentity(set, current) as KubeObject))
    const pauseMs = UPDATE_AGAIN_MS[tries]
    if (succeeded(response) || !isConflict(response) || pauseMs === undefined) {
      yield* podEvent(set, 'Update', name, succeeded(response) ? undefined : messageOf(response))
      return succeeded(response) ? undefined : fail(response)
    }
    current = (yield* cached<Pod>('pods', keyOf(current as KubeObject))) ?? current
    yield* sleep<ControllerState>(pauseMs)
  }
}

/** The claims of a pod that the cache has. */
function* claimsThere(set: StatefulSet, pod: Pod): ControllerProcedure<readonly KubeObject[]> {
  const found: KubeObject[] = []
  for (const claim of claimsOf(set, ordinalOf(set, pod as KubeObject))) {
    const there = yield* cached<KubeObject>(CLAIMS, keyOf(claim))
    if (there) found.push(there)
  }
  return found
}

/** UpdatePodClaimForRetentionPolicy: the owners of the claims are such that they go when the policy says so. */
function* matchPolicy(set: StatefulSet, pod: Pod): Step<void> {
  for (const claim of yield* claimsThere(set, pod)) {
    const { name } = claim.metadata
    if (hasOtherController(claim, set, pod)) {
      // the typing error is upstream's
      const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`
      yield* say(SELF, { object: set as KubeObject, type: 'Warning', reason: 'ConflictingController', message })
    }
    if (claimIsRight(claim, set, pod)) continue
    const response = yield* ask(SELF, updateRequest(CLAIMS, withOwners(claim, set, pod)))
    if (succeeded(response)) continue
    const error = `could not update claim ${name} for delete policy ownerRefs: ${messageOf(response)}`
    yield* podEvent(set, 'Update', pod.metadata.name, error)
    return { retry: error }
  }
}

type Verb = 'Create' | 'Delete' | 'Update'
const podEvent = (set: StatefulSet, verb: Verb, pod: string, error: string | undefined) =>
  say(SELF, {
    object: set as KubeObject,
    type: error === undefined ? 'Normal' : 'Warning',
    reason: `${error === undefined ? 'Successful' : 'Failed'}${verb}`,
    message: `${verb} Pod ${pod} in StatefulSet ${set.metadata.name} ${error === undefined ? 'successful' : `failed error: ${error}`}`,
  })

/** createPersistentVolumeClaims: the pods' claims, those that are not there yet: of each pod one after the other. Returns what went wrong, by pod. */
function* createClaims(set: StatefulSet, pods: readonly Pod[]): ControllerProcedure<ReadonlyMap<Pod, Failed>> {
  const errors = new Map<Pod, string[]>()
  const wrong = (pod: Pod, error: string) => errors.set(pod, [...(errors.get(pod) ?? []), error])
  const bodies = pods.map(pod => claimsOf(set, ordinalOf(set, pod as KubeObject)))
  for (let nth = 0; nth < (bodies[0]?.length ?? 0); nth++) {
    const missing: { readonly pod: Pod; readonly body: KubeObject }[] = []
    for (const [i, pod] of pods.entries()) {
      const body = bodies[i]?.[nth]
      const there = body && (yield* cached<KubeObject>(CLAIMS, keyOf(body)))
      if (body && !there) missing.push({ pod, body })
      else if (there && isDeleting(there)) wrong(pod, `pvc ${there.metadata.name} is being deleted`)
    }
    const specs = missing.map(({ body }) => createRequest(CLAIMS, set.metadata.namespace, body))
    for (const [i, response] of (yield* askAll(SELF, specs)).entries()) {
      const { pod, body } = missing[i] ?? {}
      if (!pod || !body) continue
      if (!succeeded(response)) wrong(pod, `failed to create PVC ${body.metadata.name}: ${messageOf(response)}`)
      if (!alreadyExists(response)) yield* claimEvent(set, pod, body.metadata.name, response)
    }
  }
  const joined = (all: readonly string[]) => (all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}]`)
  return new Map([...errors].map(([pod, all]) => [pod, { retry: joined(all) }]))
}

function* claimEvent(set: StatefulSet, pod: Pod, name: string, response: HttpResponse): ControllerProcedure {
  const where = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
  const made = { type: 'Normal', reason: 'SuccessfulCreate', message: `Create Claim ${name} ${where} success` } as const
  const message = `Create Claim ${name} for ${where} failed error: ${messageOf(response)}`
  const event = succeeded(response) ? made : ({ type: 'Warning', reason: 'FailedCreate', message } as const)
  yield* say(SELF, { object: set as KubeObject, ...event })
}
