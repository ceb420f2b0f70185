// Models pkg/controller/statefulset/stateful_pod_control.go: what is done about one pod and its claims.
import type { HttpResponse } from '../../api/messages'
import type { KubeObject, Pod, StatefulSet } from '../../api/types'
import { type ControllerProcedure, type ControllerState, type ControllerWorld, cached } from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, DELETE_OPTIONS, type Failed, fail, failed, type Step, say } from '../ask'
import { alreadyExists, isDeleting, messageOf, namespaceIsTerminating } from '../objects'
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

/** Does one thing of a plan. */
export function* carryOut(key: string, set: StatefulSet, { act, pod }: Act): Step<void> {
  switch (act) {
    case 'delete':
      return yield* deletePod(set, pod)
    case 'create':
      return yield* createPod(key, set, pod)
    case 'claims':
      return yield* createMissingClaims(set, pod)
    case 'retain':
      return yield* matchPolicy(set, pod)
    case 'conform':
      return yield* conform(set, pod)
  }
}

function* deletePod(set: StatefulSet, { metadata }: Pod): Step<void> {
  const { namespace, name } = metadata
  const response = yield* ask(SELF, deleteRequest('pods', namespace, name, DELETE_OPTIONS))
  if (response.code === 404) return
  yield* podEvent(set, 'Delete', name, succeeded(response) ? undefined : messageOf(response))
  return succeeded(response) ? undefined : fail(response)
}

/** CreateStatefulPod: first the claims, then the pod. Where a claim of its predecessor still goes away, the pod waits. */
function* createPod(key: string, set: StatefulSet, pod: Pod): Step<void> {
  const { namespace, name } = pod.metadata
  for (const claim of yield* claimsThere(set, pod)) if (isStaleClaim(claim, set, pod)) return
  const errors = yield* createClaims(set, pod)
  if (errors) {
    yield* podEvent(set, 'Create', name, errors.retry)
    return errors
  }
  const response = yield* ask<KubeObject>(SELF, createRequest('pods', namespace, pod as KubeObject))
  if (succeeded(response)) yield* wrote(key, 'pods', response.body)
  if (alreadyExists(response) || namespaceIsTerminating(response)) return fail(response)
  const matched = yield* matchPolicy(set, pod)
  if (failed(matched)) return matched
  yield* podEvent(set, 'Create', name, succeeded(response) ? undefined : messageOf(response))
  if (!succeeded(response)) return fail(response)
}

/** createMissingPersistentVolumeClaims: a pod that waits may wait for a claim that somebody has deleted. */
function* createMissingClaims(set: StatefulSet, pod: Pod): Step<void> {
  return (yield* createClaims(set, pod)) ?? (yield* matchPolicy(set, pod))
}

/** UpdateStatefulPod: a pod that has not the name label of its ordinal, or whose claims have the wrong owners, is put right. */
function* conform(set: StatefulSet, pod: Pod): Step<void> {
  const claims = yield* claimsThere(set, pod)
  const right = claims.every(claim => claimIsRight(claim, set, pod))
  if (right && hasIdentity(set, pod)) return
  const matched = yield* matchPolicy(set, pod)
  if (failed(matched)) return matched
  const response: HttpResponse = yield* ask(SELF, updateRequest('pods', withIdentity(set, pod) as KubeObject))
  yield* podEvent(set, 'Update', pod.metadata.name, succeeded(response) ? undefined : messageOf(response))
  return succeeded(response) ? undefined : fail(response)
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

/** createPersistentVolumeClaims: the pod's claims, those that are not there yet. Returns what went wrong with any. */
function* createClaims(set: StatefulSet, pod: Pod): ControllerProcedure<Failed | undefined> {
  const errors: string[] = []
  const object = set as KubeObject
  for (const body of claimsOf(set, ordinalOf(set, pod as KubeObject))) {
    const { name } = body.metadata
    const there = yield* cached<KubeObject>(CLAIMS, keyOf(body))
    if (there) {
      if (isDeleting(there)) errors.push(`pvc ${name} is being deleted`)
      continue
    }
    const response = yield* ask(SELF, createRequest(CLAIMS, set.metadata.namespace, body))
    const where = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    if (succeeded(response))
      yield* say(SELF, {
        object,
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Create Claim ${name} ${where} success`,
      })
    else {
      errors.push(`failed to create PVC ${name}: ${messageOf(response)}`)
      if (alreadyExists(response)) continue
      const message = `Create Claim ${name} for ${where} failed error: ${messageOf(response)}`
      yield* say(SELF, { object, type: 'Warning', reason: 'FailedCreate', message })
    }
  }
  if (errors.length === 0) return undefined
  return { retry: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` }
}
