// Models pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_pod_control}.go.
import { deepEqual } from '../../api/deep'
import type { KubeObject, Pod, StatefulSet } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  cachedBy,
  type Outcome,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, DELETE_OPTIONS, fail, failed, now, type Step, say } from '../ask'
import { claim } from '../claim'
import { byRevision, type ControllerRevision, newRevision, sameData, surplus, templateOf } from '../history'
import { alreadyExists, isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import { type Parents, parentKeys, selectsByLabels } from '../owners'
import { nextAvailabilityMs } from '../pods'
import { noteWrite, staleInformer, type Written } from '../staleness'
import { claimsOf, ordinalOf, podRevision } from './identity'
import { type Act, planSet, type Revision, type SetStatus, setStatus } from './plan'

const SELF = { name: 'statefulset-controller', part: 'statefulset' } as const
const SETS: Parents = { informer: 'statefulsets.apps', kind: 'StatefulSet', selects: selectsByLabels }
const REVISIONS = 'controllerrevisions.apps'
const HASH_LABEL = 'controller.kubernetes.io/hash'
const written = (world: ControllerWorld): Written => world.state.own.get(SELF.part) as Written

/** Gives each pod a name, a place in an order and claims of its own. */
export const statefulset: Controller<Written> = {
  ...SELF,
  workers: 5,
  own: () => new Map(),
  watches: {
    'statefulsets.apps': (_, { object }) => [keyOf(object)],
    pods: (world, event) => parentKeys(world, SETS, event),
    [REVISIONS]: () => [],
    persistentvolumeclaims: () => [],
  },
  reconcile,
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const set = yield* cached<StatefulSet>('statefulsets.apps', key)
  if (!set) return
  const stale = yield* perform<ControllerState, string | undefined>(world => staleInformer(world, written(world), key))
  if (stale) return { retry: `the cache of ${stale} is older than the last write` }
  const pods = yield* claim<Pod>({
    self: SELF,
    owner: set as KubeObject,
    ownerResource: 'statefulsets.apps',
    childResource: 'pods',
    selects: pod => selectsByLabels(set as KubeObject, pod) && ordinalOf(set, pod) >= 0,
  })
  if ('retry' in pods) return pods
  const revisions = yield* syncRevisions(key, set)
  if (failed(revisions)) return revisions
  const { current, update, collisionCount } = revisions
  const plan = planSet(set, pods.claimed, current, update, yield* now())
  let removed = 0
  let error: string | undefined
  for (const act of plan.acts) {
    const result = yield* carryOut(key, set, act)
    if (failed(result)) {
      error = result.retry
      break
    }
    if (act.isUpdate && podRevision(act.pod) === current.name) removed++
  }
  const at = yield* now()
  const status = setStatus(set, plan.counted, current, update, collisionCount, at)
  const currentReplicas = (status.currentReplicas ?? 0) - removed
  const { currentReplicas: _, ...others } = status
  const reported = yield* writeStatus(
    key,
    set,
    removed > 0 ? { ...others, ...(currentReplicas > 0 && { currentReplicas }) } : status,
  )
  if (failed(reported)) return reported
  if (error !== undefined) return { retry: error }
  const truncated = yield* truncateHistory(set, pods.claimed, revisions)
  if (failed(truncated)) return truncated
  const ms = nextAvailabilityMs(pods.claimed, set.spec.minReadySeconds ?? 0, at)
  if (ms !== undefined) return { againAfterMs: ms }
}

interface Revisions {
  readonly current: Revision
  readonly update: Revision
  readonly collisionCount: number
  readonly all: readonly ControllerRevision[]
}
const revisionOf = (revision: ControllerRevision): Revision => ({ name: revision.metadata.name, template: templateOf(revision) })

/** getStatefulSetRevisions: the revision of the template as it is (found, brought to the front again, or made) and the current one. */
function* syncRevisions(key: string, set: StatefulSet): Step<Revisions> {
  const found = yield* cachedBy<ControllerRevision>(REVISIONS, 'controller', set.metadata.uid ?? '')
  const all = [...found].sort(byRevision)
  const last = all.at(-1)
  let collisionCount = set.status?.collisionCount ?? 0
  const wanted = newRevision(set as KubeObject, HASH_LABEL, (last?.revision ?? 0) + 1, { collisionCount })
  const equal = all.filter(revision => sameData(revision, wanted)).at(-1)
  let update = equal
  if (equal && equal !== last) {
    const response = yield* ask<ControllerRevision>(SELF, updateRequest(REVISIONS, { ...equal, revision: wanted.revision }))
    if (!succeeded(response)) return fail(response)
    update = response.body
    yield* wrote(key, REVISIONS, update)
  }
  while (!update) {
    const body = newRevision(set as KubeObject, HASH_LABEL, wanted.revision, { collisionCount })
    const response = yield* ask<ControllerRevision>(SELF, createRequest(REVISIONS, set.metadata.namespace, body))
    if (succeeded(response)) {
      update = response.body
      yield* wrote(key, REVISIONS, update)
    } else if (alreadyExists(response)) collisionCount++
    else return fail(response)
  }
  const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update
  return { current: revisionOf(current), update: revisionOf(update), collisionCount, all }
}

function* wrote(key: string, informer: string, object: KubeObject): ControllerProcedure {
  yield* perform<ControllerState, void>(world => noteWrite(written(world), key, informer, object))
}

function* carryOut(key: string, set: StatefulSet, { act, pod, ordinal }: Act): Step<void> {
  const { namespace, name } = pod.metadata
  if (act === 'delete') {
    const response = yield* ask(SELF, deleteRequest('pods', namespace, name, DELETE_OPTIONS))
    if (response.code === 404) return
    yield* podEvent(set, 'Delete', name, succeeded(response) ? undefined : messageOf(response))
    return succeeded(response) ? undefined : fail(response)
  }
  const claims = yield* createClaims(set, name, ordinal)
  if (failed(claims)) return claims
  const response = yield* ask<KubeObject>(SELF, createRequest('pods', namespace, pod as KubeObject))
  if (succeeded(response)) yield* wrote(key, 'pods', response.body)
  if (alreadyExists(response) || namespaceIsTerminating(response)) return fail(response)
  yield* podEvent(set, 'Create', name, succeeded(response) ? undefined : messageOf(response))
  if (!succeeded(response)) return fail(response)
}

const podEvent = (set: StatefulSet, verb: 'Create' | 'Delete', pod: string, error: string | undefined) =>
  say(SELF, {
    object: set as KubeObject,
    type: error === undefined ? 'Normal' : 'Warning',
    reason: `${error === undefined ? 'Successful' : 'Failed'}${verb}`,
    message: `${verb} Pod ${pod} in StatefulSet ${set.metadata.name} ${error === undefined ? 'successful' : `failed error: ${error}`}`,
  })

/** createPersistentVolumeClaims: the pod's claims, those that are not there yet. */
function* createClaims(set: StatefulSet, pod: string, ordinal: number): Step<void> {
  for (const body of claimsOf(set, ordinal)) {
    if (yield* cached('persistentvolumeclaims', keyOf(body))) continue
    const response = yield* ask(SELF, createRequest('persistentvolumeclaims', set.metadata.namespace, body))
    if (alreadyExists(response)) continue
    const what = `Create Claim ${body.metadata.name} Pod ${pod} in StatefulSet ${set.metadata.name}`
    if (!succeeded(response)) {
      const message = `${what} failed error: ${messageOf(response)}`
      yield* say(SELF, { object: set as KubeObject, type: 'Warning', reason: 'FailedCreate', message })
      return fail(response)
    }
    yield* say(SELF, { object: set as KubeObject, type: 'Normal', reason: 'SuccessfulCreate', message: `${what} success` })
  }
}

function* writeStatus(key: string, set: StatefulSet, status: SetStatus): Step<void> {
  if (deepEqual(set.status, status)) return
  let current = set
  for (let tries = 0; ; tries++) {
    const response = yield* ask<KubeObject>(
      SELF,
      updateRequest('statefulsets.apps', { ...current, status } as KubeObject, 'status'),
    )
    if (succeeded(response)) return yield* wrote(key, 'statefulsets.apps', response.body)
    if (tries === 1) return fail(response)
    const fresh = yield* ask<StatefulSet>(SELF, getRequest('statefulsets.apps', set.metadata.namespace, set.metadata.name))
    if (!succeeded(fresh)) return fail(fresh)
    current = fresh.body
  }
}

/** truncateHistory: former revisions that no pod has, beyond the limit. */
function* truncateHistory(set: StatefulSet, pods: readonly Pod[], { current, update, all }: Revisions): Step<void> {
  const live = new Set([current.name, update.name, ...pods.map(podRevision)])
  if (isDeleting(set as KubeObject)) return
  for (const { metadata } of surplus(all, live, set.spec.revisionHistoryLimit ?? 10)) {
    const response = yield* ask(SELF, deleteRequest(REVISIONS, metadata.namespace, metadata.name, DELETE_OPTIONS))
    if (!succeeded(response) && response.code !== 404) return fail(response)
  }
}
