// Models pkg/controller/deployment/sync.go: the requests of a Deployment's sync.

import { podTemplateHash } from '../../api/hash'
import type { HttpResponse } from '../../api/messages'
import { controllerOf, controllerRef } from '../../api/owners'
import type { Deployment, KubeObject, ReplicaSet } from '../../api/types'
import { cached, controllerEvent } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, updateRequest } from '../../client/requests'
import { ask, DELETE_OPTIONS, fail, failed, now, type Step } from '../ask'
import {
  alreadyExists,
  isDeleting,
  messageOf,
  namespaceIsTerminating,
  selectorWithLabel,
  withLabel,
  withMetadata,
} from '../objects'
import { HASH_LABEL, REVISION, revisionOf } from './annotations'
import {
  newReplicaSetAnnotations,
  nextRevision,
  type Revisions,
  sizeAnnotations,
  sizeAnnotationsDiffer,
  tellRevisions,
} from './revisions'
import { newReplicaSetSize, replicasOf, type Scale, sum } from './scaling'
import { conditionOf, type DeploymentStatus, hasProgressDeadline, newCondition, withCondition } from './status'

/** Whose name and service account the requests carry. */
export const SELF = { name: 'deployment-controller', part: 'deployment' } as const

/** Writes a Deployment's status. Later writes of the same sync still carry the version that it began with, as upstream's do. */
export function* writeStatus(deployment: Deployment, status: DeploymentStatus): Step<void> {
  const response = yield* ask(SELF, updateRequest('deployments.apps', { ...deployment, status }, 'status'))
  if (!succeeded(response)) return fail(response)
}

/** A Deployment as a sync changes it on the way, and its ReplicaSets. */
export interface View extends Revisions {
  readonly deployment: Deployment
}

/**
 * getAllReplicaSetsAndSyncRevision: tells the new ReplicaSet from the old ones, makes it where it is missing and `create` says so,
 * and brings the revision annotations of both it and the Deployment up to date.
 */
export function* syncRevision(deployment: Deployment, replicaSets: readonly ReplicaSet[], create: boolean): Step<View> {
  const { newReplicaSet, old } = tellRevisions(deployment, replicaSets)
  if (newReplicaSet) return yield* adoptNew(deployment, newReplicaSet, old)
  if (!create) return { deployment, newReplicaSet, old }
  return yield* createNew(deployment, old)
}

/** The new ReplicaSet is there: its annotations, then the Deployment's. */
function* adoptNew(deployment: Deployment, rs: ReplicaSet, old: readonly ReplicaSet[]): Step<View> {
  const annotations = newReplicaSetAnnotations(deployment, rs.metadata.annotations, nextRevision(old))
  const minReadySeconds = deployment.spec.minReadySeconds
  if (annotations !== rs.metadata.annotations || (minReadySeconds ?? 0) !== (rs.spec.minReadySeconds ?? 0)) {
    const { minReadySeconds: _, ...spec } = rs.spec
    const changed = { ...withMetadata(rs, { annotations }), spec: { ...spec, ...(minReadySeconds && { minReadySeconds }) } }
    const response = yield* ask<ReplicaSet>(SELF, updateRequest('replicasets.apps', changed as KubeObject))
    return succeeded(response) ? { deployment, newReplicaSet: response.body, old } : fail(response)
  }
  const revised = withRevision(deployment, String(revisionOf(rs)))
  const progress = hasProgressDeadline(deployment) && !conditionOf(deployment.status, 'Progressing')
  if (revised === deployment && !progress) return { deployment, newReplicaSet: rs, old }
  const found = newCondition(
    'Progressing',
    'True',
    'FoundNewReplicaSet',
    `Found new replica set "${rs.metadata.name}"`,
    yield* now(),
  )
  const status = progress ? withCondition(deployment.status ?? {}, found) : deployment.status
  const written = yield* writeStatus(revised, status)
  return failed(written) ? written : { deployment: { ...revised, status }, newReplicaSet: rs, old }
}

/** SetDeploymentRevision: the same Deployment if it has that revision. */
function withRevision(deployment: Deployment, revision: string): Deployment {
  const annotations = deployment.metadata.annotations
  if (annotations?.[REVISION] === revision) return deployment
  return withMetadata(deployment as KubeObject, { annotations: { ...annotations, [REVISION]: revision } }) as Deployment
}

/** The ReplicaSet that a Deployment's template asks for. */
export function newReplicaSet(deployment: Deployment, old: readonly ReplicaSet[]): KubeObject {
  const { template } = deployment.spec
  const hash = podTemplateHash(template, deployment.status?.collisionCount)
  const labels = withLabel(template.metadata?.labels, HASH_LABEL, hash)
  const replicas = newReplicaSetSize(deployment, 0, sum(old, replicasOf))
  const annotations = newReplicaSetAnnotations(deployment, undefined, nextRevision(old))
  const { minReadySeconds } = deployment.spec
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...annotations, ...sizeAnnotations(deployment) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds && { minReadySeconds }),
      selector: selectorWithLabel(deployment.spec.selector, HASH_LABEL, hash),
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  }
}

function* createNew(deployment: Deployment, old: readonly ReplicaSet[]): Step<View> {
  const body = newReplicaSet(deployment, old)
  const response = yield* ask<ReplicaSet>(SELF, createRequest('replicasets.apps', deployment.metadata.namespace, body))
  let made: ReplicaSet | undefined = response.body
  if (alreadyExists(response)) {
    made = yield* cached<ReplicaSet>('replicasets.apps', `${body.metadata.namespace}/${body.metadata.name}`)
    if (!made) return fail(response)
    const isOurs =
      controllerOf(made)?.uid === deployment.metadata.uid && tellRevisions(deployment, [made]).newReplicaSet !== undefined
    if (!isOurs) {
      yield* writeStatus(deployment, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 })
      return fail(response)
    }
  } else if (!succeeded(response)) return yield* creationFailed(deployment, body.metadata.name, response)
  const name = body.metadata.name
  const isNew = succeeded(response)
  if (isNew && replicasOf(made) > 0)
    yield* controllerEvent(SELF, {
      object: deployment,
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${name} from 0 to ${replicasOf(made)}`,
    })
  const revised = withRevision(deployment, String(nextRevision(old)))
  const progress = isNew && hasProgressDeadline(deployment)
  const condition = newCondition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, yield* now())
  const status = progress ? withCondition(deployment.status ?? {}, condition) : deployment.status
  if (progress || revised !== deployment) {
    const written = yield* writeStatus(revised, status)
    if (failed(written)) return written
  }
  return { deployment: { ...revised, status }, newReplicaSet: made, old }
}

function* creationFailed(deployment: Deployment, name: string, response: HttpResponse): Step<View> {
  if (namespaceIsTerminating(response)) return fail(response)
  const message = `Failed to create new replica set "${name}": ${messageOf(response)}`
  if (hasProgressDeadline(deployment)) {
    const condition = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, yield* now())
    yield* writeStatus(deployment, withCondition(deployment.status ?? {}, condition))
  }
  yield* controllerEvent(SELF, { object: deployment, type: 'Warning', reason: 'ReplicaSetCreateError', message })
  return fail(response)
}

/** Brings ReplicaSets to their sizes, one after the other; true if one changed its size. Those that are right are left alone. */
export function* scale(deployment: Deployment, scales: readonly Scale[], evenAnnotations = false): Step<boolean> {
  const latest = new Map<string, ReplicaSet>()
  let scaled = false
  for (const { replicaSet, replicas } of scales) {
    const rs = latest.get(replicaSet.metadata.name) ?? replicaSet
    const size = replicasOf(rs)
    if (size === replicas && !(evenAnnotations && sizeAnnotationsDiffer(rs, deployment))) continue
    const annotations = { ...rs.metadata.annotations, ...sizeAnnotations(deployment) }
    const body = { ...withMetadata(rs as KubeObject, { annotations }), spec: { ...rs.spec, replicas } }
    const response = yield* ask<ReplicaSet>(SELF, updateRequest('replicasets.apps', body as KubeObject))
    if (!succeeded(response)) return fail(response)
    latest.set(rs.metadata.name, response.body)
    if (size === replicas) continue
    scaled = true
    yield* controllerEvent(SELF, {
      object: deployment,
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled ${size < replicas ? 'up' : 'down'} replica set ${rs.metadata.name} from ${size} to ${replicas}`,
    })
  }
  return scaled
}

/** cleanupDeployment: the oldest revisions beyond the limit go, once they are empty. */
export function* cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): Step<void> {
  const limit = deployment.spec.revisionHistoryLimit
  if (limit === undefined || limit === 2147483647) return
  const alive = old.filter(rs => !isDeleting(rs)).sort((a, b) => revisionOf(a) - revisionOf(b))
  for (const rs of alive.slice(0, Math.max(0, alive.length - limit))) {
    if (rs.status?.replicas || replicasOf(rs) || (rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0)) continue
    const response = yield* ask(SELF, deleteRequest('replicasets.apps', rs.metadata.namespace, rs.metadata.name, DELETE_OPTIONS))
    if (!succeeded(response) && response.code !== 404) return fail(response)
  }
}
