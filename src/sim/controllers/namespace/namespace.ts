// Models pkg/controller/namespace/namespace_controller.go and deletion/namespaced_resources_deleter.go.
import { setCondition } from '../../api/conditions'
import { deepEqual } from '../../api/deep'
import { MEDIA } from '../../api/messages'
import { rfc3339 } from '../../api/time'
import type { KubeList, KubeObject, Namespace } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, enqueueAfter, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { getRequest, request, updateRequest } from '../../client/requests'
import { ask, fail, failed, now, type Step } from '../ask'
import { isConflict } from '../objects'
import { contentConditions, type Remaining } from './conditions'
import { NAMESPACED } from './resources'

const SELF = { name: 'namespace-controller', part: 'namespace' } as const
/** Time for caches everywhere to hear that the namespace goes away, before its contents do (namespaceDeletionGracePeriod). */
const GRACE_MS = 5000

/** Empties namespaces that are being deleted, then lets them go. */
export const namespace: Controller = {
  ...SELF,
  workers: 10,
  rateLimit: { qps: 400, burst: 3000 },
  watches: {
    namespaces: (world, { type, object }) => {
      if (type !== 'DELETED' && object.metadata.deletionTimestamp) enqueueAfter(world, SELF.part, object.metadata.name, GRACE_MS)
      return []
    },
  },
  reconcile,
}

function* reconcile(name: string): ControllerProcedure<Outcome> {
  if (!(yield* cached('namespaces', name))) return
  const response = yield* ask<Namespace>(SELF, getRequest('namespaces', undefined, name))
  if (response.code === 404) return
  if (!succeeded(response)) return fail(response)
  const found = response.body
  if (!found.metadata.deletionTimestamp || !found.spec.finalizers?.length) return
  const left = yield* deleteContent(name)
  if (failed(left)) return left
  const written = yield* report(found, left)
  if (failed(written)) return written
  // its own status comes back as a change of the namespace, and with it the next look
  if (left.total > 0) return { againAfterMs: (Math.floor(left.seconds / 2) + 1) * 1000 }
  const finalized = yield* finalize(found)
  if (failed(finalized)) return finalized
}

/** deleteAllContent: pods first; the rest only when none is left. */
function* deleteContent(name: string): Step<Remaining> {
  const pods = yield* deleteAll(name, 'pods')
  if (failed(pods)) return pods
  if (pods.length > 0) {
    const seconds = pods.reduce((most, pod) => Math.max(most, pod.metadata.deletionGracePeriodSeconds ?? 0), 0)
    return { total: pods.length, seconds, counts: [], finalizers: [] }
  }
  const counts = new Map<string, number>()
  const finalizers = new Map<string, number>()
  for (const resource of NAMESPACED) {
    const left = yield* deleteAll(name, resource)
    if (failed(left)) return left
    if (left.length > 0) counts.set(resource, left.length)
    for (const object of left) for (const f of object.metadata.finalizers ?? []) finalizers.set(f, (finalizers.get(f) ?? 0) + 1)
  }
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0)
  return { total, seconds: finalizers.size > 0 ? 15 : 0, counts: [...counts], finalizers: [...finalizers] }
}

/** deleteAllContentForGroupVersionResource: everything of a kind; what is there still is returned. */
function* deleteAll(namespace: string, resource: string): Step<readonly KubeObject[]> {
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }
  const more = { body, contentType: MEDIA.json }
  const response = yield* ask(SELF, request('deletecollection', 'DELETE', resource, namespace, undefined, more))
  if (!succeeded(response) && response.code !== 404) return fail(response)
  const list = yield* ask<KubeList>(SELF, request('list', 'GET', resource, namespace, undefined))
  return succeeded(list) ? list.body.items : []
}

/** Says in the status what is left; nothing when it is said already. */
function* report(found: Namespace, left: Remaining): Step<void> {
  const at = rfc3339(yield* now())
  const before = found.status.conditions ?? []
  let conditions: typeof before = before
  for (const condition of contentConditions(left))
    conditions = setCondition(conditions, { ...condition, lastTransitionTime: at }) as typeof before
  if (deepEqual(before, conditions)) return
  const body = { ...found, status: { ...found.status, conditions } } as KubeObject
  const response = yield* ask(SELF, updateRequest('namespaces', body, 'status'))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}

/** finalizeNamespace: takes the controller's finalizer off, tried again on a conflict. */
function* finalize(found: Namespace): Step<void> {
  let current = found
  for (;;) {
    const { apiVersion, kind, metadata, spec } = current
    const finalizers = (spec.finalizers ?? []).filter(f => f !== 'kubernetes')
    const body = { apiVersion, kind, metadata, spec: finalizers.length > 0 ? { finalizers } : {}, status: {} }
    const response = yield* ask(SELF, updateRequest('namespaces', body, 'finalize'))
    if (succeeded(response) || response.code === 404) return
    if (!isConflict(response)) return fail(response)
    const fresh = yield* ask<Namespace>(SELF, getRequest('namespaces', undefined, metadata.name))
    if (!succeeded(fresh)) return fresh.code === 404 ? undefined : fail(fresh)
    current = fresh.body
  }
}
