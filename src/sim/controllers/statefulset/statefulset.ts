// Models pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_pod_control}.go.
import { deepEqual } from '../../api/deep'
import type { KubeObject, Pod, StatefulSet } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  type Outcome,
  store,
} from '../../client/controller'
import { perform, sleep } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import { ask, DELETE_OPTIONS, fail, failed, now, type Step } from '../ask'
import { adoptOrphans, claim } from '../claim'
import { byRevision, type ControllerRevision, newRevision, sameData, surplus, templateOf } from '../history'
import { alreadyExists, isConflict, isDeleting } from '../objects'
import { type Parents, parentKeys, selectsByLabels } from '../owners'
import { nextAvailabilityMs } from '../pods'
import { staleInformer, type Written } from '../staleness'
import { carryOut, SELF, written, wrote } from './acts'
import { isClaimOf, ordinalOf, podRevision } from './identity'
import { planSet, type Revision, type SetStatus, setStatus, together } from './plan'

const SETS: Parents = { informer: 'statefulsets.apps', kind: 'StatefulSet', selects: selectsByLabels }
const REVISIONS = 'controllerrevisions.apps'
const HASH_LABEL = 'controller.kubernetes.io/hash'

/** Gives each pod a name, a place in an order and claims of its own. */
export const statefulset: Controller<Written> = {
  ...SELF,
  workers: 5,
  own: () => new Map(),
  watches: {
    'statefulsets.apps': (_, { object }) => [keyOf(object)],
    pods: (world, event) => parentKeys(world, SETS, event),
    [REVISIONS]: () => [],
    persistentvolumeclaims: claimGone,
  },
  reconcile,
}

/** A pod that waits for its predecessor's claim to go is made then. */
function claimGone(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  if (type !== 'DELETED') return []
  return objectsBy(store(world, SETS.informer), 'namespace', object.metadata.namespace ?? '')
    .filter(set => isClaimOf(set as StatefulSet, object.metadata.name))
    .map(keyOf)
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const set = yield* cached<StatefulSet>('statefulsets.apps', key)
  if (!set) return
  const stale = yield* perform<ControllerState, string | undefined>(world => staleInformer(world, written(world), key))
  if (stale) return { retry: `the cache of ${stale} is older than the last write` }
  const claimer = { self: SELF, owner: set as KubeObject, ownerResource: 'statefulsets.apps' }
  const history = yield* adoptOrphans<ControllerRevision>({
    ...claimer,
    childResource: REVISIONS,
    selects: revision => selectsByLabels(set as KubeObject, revision),
  })
  if ('retry' in history) return history
  const pods = yield* claim<Pod>({
    ...claimer,
    childResource: 'pods',
    selects: pod => selectsByLabels(set as KubeObject, pod) && ordinalOf(set, pod) >= 0,
  })
  if ('retry' in pods) return pods
  const revisions = yield* syncRevisions(key, set, history.claimed)
  if (failed(revisions)) return revisions
  const { current, update, collisionCount } = revisions
  const plan = planSet(set, pods.claimed, current, update, yield* now())
  let removed = 0
  let error: string | undefined
  for (const acts of together(plan.acts)) {
    const result = yield* carryOut(key, set, acts)
    if (failed(result)) {
      error = result.retry
      break
    }
    // upstream counts it off the current ones, of whatever revision it is
    if (acts[0]?.isUpdate) removed++
  }
  const at = yield* now()
  const status = setStatus(set, plan.counted, current, update, collisionCount, at)
  const { currentReplicas: stay = 0, ...others } = status
  const currentReplicas = stay - removed
  const reported = yield* writeStatus(key, set, { ...others, ...(currentReplicas !== 0 && { currentReplicas }) })
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
function* syncRevisions(key: string, set: StatefulSet, found: readonly ControllerRevision[]): Step<Revisions> {
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
      continue
    }
    if (!alreadyExists(response)) return fail(response)
    const there = yield* ask<ControllerRevision>(SELF, getRequest(REVISIONS, set.metadata.namespace, body.metadata.name))
    if (!succeeded(there)) return fail(there)
    if (sameData(there.body, body)) update = there.body
    else collisionCount++
  }
  const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update
  return { current: revisionOf(current), update: revisionOf(update), collisionCount, all }
}

/** Writes of a status that meet another version are tried so often, with so long between them (retry.DefaultRetry). */
const WRITES = 5
const WRITE_AGAIN_MS = 10

/** UpdateStatefulSetStatus: after a conflict tried again on what the cache has by then. */
function* writeStatus(key: string, set: StatefulSet, status: SetStatus): Step<void> {
  if (deepEqual(set.status, status)) return
  let current = set
  for (let tries = 1; ; tries++) {
    const response = yield* ask<KubeObject>(
      SELF,
      updateRequest('statefulsets.apps', { ...current, status } as KubeObject, 'status'),
    )
    if (succeeded(response)) return yield* wrote(key, 'statefulsets.apps', response.body)
    if (!isConflict(response) || tries === WRITES) return fail(response)
    current = (yield* cached<StatefulSet>('statefulsets.apps', key)) ?? current
    yield* sleep<ControllerState>(WRITE_AGAIN_MS)
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
