// Models pkg/controller/deployment/util/deployment_util.go: which ReplicaSet is the new one, and what revision it is.
import { semanticEqual } from '../../api/deep'
import type { Deployment, ReplicaSet } from '../../api/types'
import type { StringMap } from '../objects'
import { byCreation, DESIRED_REPLICAS, HASH_LABEL, MAX_REPLICAS, REVISION, REVISION_HISTORY, revisionOf } from './annotations'
import { maxSurge } from './scaling'

/** Annotations that stay where they are: the others of a Deployment are copied to its new ReplicaSet. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
])
/** How long the list of former revisions may become, in characters. */
const HISTORY_LENGTH = 2000

/** A Deployment's ReplicaSets, told apart. `old` are all but the new one, in order of creation. */
export interface Revisions {
  readonly newReplicaSet: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

/** Finds the ReplicaSet whose template is the Deployment's; of several the oldest. */
export function tellRevisions(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Revisions {
  const sorted = [...replicaSets].sort(byCreation)
  const newReplicaSet = sorted.find(rs => sameTemplate(rs, deployment))
  return { newReplicaSet, old: sorted.filter(rs => rs !== newReplicaSet) }
}

/** EqualIgnoreHash: the templates are the same but for the label with their hash. */
function sameTemplate(replicaSet: ReplicaSet, deployment: Deployment): boolean {
  const a = replicaSet.spec.template
  const b = deployment.spec.template
  if (!semanticEqual(a?.spec, b.spec)) return false
  return semanticEqual(
    { ...a?.metadata, labels: withoutHash(a?.metadata?.labels) },
    { ...b.metadata, labels: withoutHash(b.metadata?.labels) },
  )
}

function withoutHash(labels: StringMap | undefined): StringMap {
  const { [HASH_LABEL]: _, ...others } = labels ?? {}
  return others
}

/** The revision of a ReplicaSet that would be the newest. */
export const nextRevision = (old: readonly ReplicaSet[]): number => old.reduce((max, rs) => Math.max(max, revisionOf(rs)), 0) + 1

/** Annotations about the size that the Deployment wants: they tell a later sync that it has been scaled. */
export const sizeAnnotations = (deployment: Deployment): StringMap => ({
  [DESIRED_REPLICAS]: String(deployment.spec.replicas ?? 0),
  [MAX_REPLICAS]: String((deployment.spec.replicas ?? 0) + maxSurge(deployment)),
})

/** True when the size annotations of a ReplicaSet are not the Deployment's. */
export function sizeAnnotationsDiffer(replicaSet: ReplicaSet, deployment: Deployment): boolean {
  const annotations = replicaSet.metadata.annotations
  return Object.entries(sizeAnnotations(deployment)).some(([name, value]) => annotations?.[name] !== value)
}

/** SetNewReplicaSetAnnotations: the Deployment's own, the revision, and the revisions that it had before. The same map if nothing changes. */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  annotations: StringMap | undefined,
  revision: number,
): StringMap | undefined {
  const changed: Record<string, string> = {}
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!NOT_COPIED.has(name) && annotations?.[name] !== value) changed[name] = value
  const before = annotations?.[REVISION]
  if (before === undefined || Number(before) < revision) {
    changed[REVISION] = String(revision)
    if (before !== undefined) changed[REVISION_HISTORY] = joinHistory(annotations?.[REVISION_HISTORY], before)
  }
  return Object.keys(changed).length === 0 ? annotations : { ...annotations, ...changed }
}

/** Former revisions with one more; the oldest are forgotten when the list becomes too long. */
function joinHistory(history: string | undefined, revision: string): string {
  if (!history) return revision
  const revisions = [...history.split(','), revision]
  while (revisions.length > 1 && revisions.join(',').length > HISTORY_LENGTH) revisions.shift()
  return revisions.join(',')
}
