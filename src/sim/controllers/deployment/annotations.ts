// Models pkg/controller/deployment/util/deployment_util.go: what ReplicaSets are known by.
import type { ReplicaSet } from '../../api/types'
import type { StringMap } from '../objects'

export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'
export const HASH_LABEL = 'pod-template-hash'

/** Order of creation, by name where the second is the same. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [at, bt] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  if (at !== bt) return at < bt ? -1 : 1
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0
}

/** The revision that an object's annotation says; 0 where there is none. */
export function revisionOf(object: { metadata: { annotations?: StringMap } }): number {
  const text = object.metadata.annotations?.[REVISION]
  const revision = text === undefined ? 0 : Number(text)
  return Number.isInteger(revision) ? revision : 0
}

/** A number that a ReplicaSet's annotation says. */
export function numberIn(replicaSet: ReplicaSet, annotation: string): number | undefined {
  const text = replicaSet.metadata.annotations?.[annotation]
  const number = text === undefined ? Number.NaN : Number(text)
  return Number.isInteger(number) ? number : undefined
}
