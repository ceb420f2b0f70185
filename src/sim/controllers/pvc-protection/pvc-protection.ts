// Models pkg/controller/volume/pvcprotection/pvc_protection_controller.go: a claim that a pod uses is not gone before the pod is.
import { claimNames } from '../../api/claim-names'
import type { KubeList, KubeObject, Pod } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, cachedBy, NO_KEYS, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { request, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, fail, type Step } from '../ask'
import { withMetadata } from '../objects'
import { isPodTerminal } from '../pods'

const SELF = { name: 'pvc-protection-controller', part: 'pvc-protection' } as const
const FINALIZER = 'kubernetes.io/pvc-protection'
const CLAIMS = 'persistentvolumeclaims'

/** Keys of the claims that a pod's volumes name, its own ephemeral ones among them. */
export function claimsOf(pod: KubeObject): readonly string[] {
  const names = claimNames(pod as Pod)
  return names.length === 0 ? names : names.map(name => `${pod.metadata.namespace}/${name}`)
}

/** Lets claims go that are to be deleted and that no pod uses any more. */
export const pvcProtection: Controller = {
  ...SELF,
  workers: 5,
  indices: { pods: { claim: claimsOf } },
  watches: {
    [CLAIMS]: (_, { type, object }) => (type !== 'DELETED' && isDue(object) ? [keyOf(object)] : []),
    pods: podChanged,
  },
  reconcile,
}

/** To be deleted and still held, or not held yet. */
function isDue({ metadata }: KubeObject): boolean {
  return (metadata.finalizers?.includes(FINALIZER) ?? false) === (metadata.deletionTimestamp !== undefined)
}

/** podAddedDeletedUpdated: a pod lets go of its claims when it has ended, was deleted, or was replaced by another of its name. */
function podChanged(_: unknown, { type, object, old }: InformerEvent): readonly string[] {
  const keys = type === 'DELETED' || isPodTerminal(object as Pod) || !object.spec?.nodeName ? claimsOf(object) : NO_KEYS
  return old && old.metadata.uid !== object.metadata.uid ? [...new Set([...keys, ...claimsOf(old)])] : keys
}

const uses = (pod: Pod, key: string): boolean => Boolean(pod.spec.nodeName) && claimsOf(pod).includes(key)

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const claim = yield* cached(CLAIMS, key)
  if (!claim || !isDue(claim)) return
  const finalizers = claim.metadata.finalizers ?? []
  if (!claim.metadata.deletionTimestamp) return yield* write(claim, [...finalizers, FINALIZER])
  const pods = yield* cachedBy<Pod>('pods', 'claim', key)
  if (pods.some(pod => uses(pod, key))) return
  // the caches may be behind
  const list = yield* ask<KubeList<Pod>>(SELF, request('list', 'GET', 'pods', claim.metadata.namespace, undefined))
  if (!succeeded(list)) return fail(list)
  if (list.body.items.some(pod => uses(pod, key))) return
  return yield* write(
    claim,
    finalizers.filter(f => f !== FINALIZER),
  )
}

function* write(claim: KubeObject, finalizers: string[]): Step<void> {
  const { finalizers: _, ...metadata } = claim.metadata
  const body = finalizers.length > 0 ? withMetadata(claim, { finalizers }) : { ...claim, metadata }
  const response = yield* ask(SELF, updateRequest(CLAIMS, body))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}
