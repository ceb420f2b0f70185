// Models constructHistory, snapshot and cleanupHistory in pkg/controller/daemon/update.go.
import { podTemplateHash } from '../../api/hash'
import type { DaemonSet, KubeObject } from '../../api/types'
import type { ControllerProcedure, ControllerState } from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { ask, DELETE_OPTIONS, fail, type Step } from '../ask'
import { claim } from '../claim'
import { byRevision, type ControllerRevision, newRevision, sameData } from '../history'
import { alreadyExists } from '../objects'
import { selectsByLabels } from '../owners'
import { noteWrite } from '../staleness'
import { HASH_LABEL } from './nodes'
import { ownOf, REVISIONS, SELF, SETS } from './own'
import type { View } from './plan'

/** A DaemonSet's revisions, and the hash of the one that its template is. */
export interface History {
  readonly hash: string
  readonly all: readonly ControllerRevision[]
}

/** constructHistory: the revision of the template as it is, found or made; it is always the newest. */
export function* syncHistory(key: string, set: DaemonSet): Step<History> {
  const found = yield* claim<ControllerRevision>({
    self: SELF,
    owner: set as KubeObject,
    ownerResource: SETS,
    childResource: REVISIONS,
    selects: revision => selectsByLabels(set as KubeObject, revision),
  })
  if ('retry' in found) return found
  const all = [...found.claimed].sort(byRevision)
  const hash = podTemplateHash(set.spec.template, set.status?.collisionCount)
  const current = all.filter(revision => sameData(revision, newRevision(set as KubeObject, HASH_LABEL, 0, { hash }))).at(-1)
  const next = all.reduce((max, r) => (r === current ? max : Math.max(max, r.revision)), 0) + 1
  if (current && current.revision >= next) return { hash: hashOf(current), all }
  if (current) {
    const response = yield* ask<ControllerRevision>(SELF, updateRequest(REVISIONS, { ...current, revision: next }))
    return succeeded(response) ? yield* latest(key, response.body, all) : fail(response)
  }
  const body = newRevision(set as KubeObject, HASH_LABEL, next, { hash, namespaced: true })
  const response = yield* ask<ControllerRevision>(SELF, createRequest(REVISIONS, set.metadata.namespace, body))
  if (succeeded(response)) return yield* latest(key, response.body, all)
  if (!alreadyExists(response)) return fail(response)
  const there = yield* ask<ControllerRevision>(SELF, getRequest(REVISIONS, set.metadata.namespace, body.metadata.name))
  if (!succeeded(there)) return fail(there)
  return sameData(there.body, body) ? { hash: hashOf(there.body), all } : yield* collided(set, response)
}
const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels?.[HASH_LABEL] ?? ''

function* latest(key: string, revision: ControllerRevision, all: readonly ControllerRevision[]): ControllerProcedure<History> {
  yield* perform<ControllerState, void>(world => noteWrite(ownOf(world).written, key, REVISIONS, revision))
  return { hash: hashOf(revision), all }
}

/** Another template has this hash: the next one is made with a collision count, which must not be counted twice. */
function* collided(set: DaemonSet, response: Parameters<typeof fail>[0]): Step<History> {
  const fresh = yield* ask<DaemonSet>(SELF, getRequest(SETS, set.metadata.namespace, set.metadata.name))
  if (!succeeded(fresh)) return fail(fresh)
  const { collisionCount } = fresh.body.status
  if (collisionCount !== set.status?.collisionCount)
    return { retry: `found a stale collision count of DaemonSet "${set.metadata.name}"` }
  const status = { ...fresh.body.status, collisionCount: (collisionCount ?? 0) + 1 }
  const written = yield* ask(SELF, updateRequest(SETS, { ...fresh.body, status } as KubeObject, 'status'))
  return fail(succeeded(written) ? response : written)
}

/** cleanupHistory: former revisions beyond the limit go, the oldest first, but for those that a pod has. */
export function* cleanUp({ set, claimed, hash }: View, { all }: History): Step<void> {
  const old = all.filter(revision => hashOf(revision) !== hash)
  let surplus = old.length - (set.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return
  const hashes = new Set(claimed.map(pod => pod.metadata.labels?.[HASH_LABEL]))
  for (const revision of old.sort(byRevision)) {
    if (surplus <= 0) return
    if (hashes.has(hashOf(revision))) continue
    const { namespace, name } = revision.metadata
    const response = yield* ask(SELF, deleteRequest(REVISIONS, namespace, name, DELETE_OPTIONS))
    if (!succeeded(response)) return fail(response)
    surplus--
  }
}
