// Models pkg/controller/deployment/progress.go and calculateStatus in sync.go.
import { getCondition, removeCondition, setCondition } from '../../api/conditions'
import { microsecondsSince, rfc3339 } from '../../api/time'
import type { Deployment, DeploymentCondition, ReplicaSet } from '../../api/types'
import type { Time } from '../../kernel/types'
import { omitEmpty } from '../objects'
import { maxUnavailable, replicasOf, sum } from './scaling'

/** A Deployment's status as of 1.36. */
export type DeploymentStatus = Deployment['status'] & { terminatingReplicas?: number }

/** `progressDeadlineSeconds` that stands for no deadline (MaxInt32). */
const NO_DEADLINE = 2147483647
export const hasProgressDeadline = (d: Deployment): boolean =>
  d.spec.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== NO_DEADLINE

export const conditionOf = (status: DeploymentStatus | undefined, type: string): DeploymentCondition | undefined =>
  getCondition(status?.conditions, type)

/** A condition that is new at `now` (virtual µs). */
export const newCondition = (type: string, status: string, reason: string, message: string, now: Time): DeploymentCondition => ({
  type,
  status,
  lastUpdateTime: rfc3339(now),
  lastTransitionTime: rfc3339(now),
  reason,
  message,
})

/** The status with a condition: it goes to the end, and keeps its transition time while its status stays. */
export const withCondition = (status: DeploymentStatus, condition: DeploymentCondition): DeploymentStatus => ({
  ...status,
  conditions: setCondition(status.conditions, condition) as DeploymentCondition[],
})

const withoutCondition = (status: DeploymentStatus, type: string): DeploymentStatus => ({
  ...status,
  conditions: removeCondition(status.conditions, type) as DeploymentCondition[],
})

/** All pods are of the new template, available, and no old ones are left. */
export function isComplete(d: Deployment, status: DeploymentStatus | undefined): boolean {
  const wanted = d.spec.replicas ?? 0
  return (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)
  )
}

/** calculateStatus: the counts of the ReplicaSets and the Available condition. */
export function calculateStatus(
  d: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: Time,
): DeploymentStatus {
  const available = sum(all, rs => rs.status?.availableReplicas ?? 0)
  const status: DeploymentStatus = omitEmpty({
    observedGeneration: d.metadata.generation,
    replicas: sum(all, rs => rs.status?.replicas ?? 0),
    updatedReplicas: newReplicaSet?.status?.replicas,
    readyReplicas: sum(all, rs => rs.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(all, replicasOf) - available),
    collisionCount: d.status?.collisionCount,
  })
  const terminatingReplicas = terminating(all)
  const counted: DeploymentStatus = {
    ...status,
    ...(terminatingReplicas !== undefined && { terminatingReplicas }),
    conditions: d.status?.conditions ?? [],
  }
  const enough = available >= (d.spec.replicas ?? 0) - maxUnavailable(d)
  return withCondition(
    counted,
    enough
      ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
      : newCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now),
  )
}

/** Pods that are being deleted; undefined while a ReplicaSet that has been looked at does not say. */
function terminating(all: readonly ReplicaSet[]): number | undefined {
  let total = 0
  for (const rs of all) {
    const status = rs.status as ReplicaSet['status'] & { terminatingReplicas?: number }
    if (status?.terminatingReplicas === undefined && status?.observedGeneration) return undefined
    total += status?.terminatingReplicas ?? 0
  }
  return total
}

/** syncRolloutStatus: the status with how the rollout goes. */
export function rolloutStatus(
  d: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: Time,
): DeploymentStatus {
  let status = calculateStatus(d, newReplicaSet, all, now)
  if (!hasProgressDeadline(d)) status = withoutCondition(status, 'Progressing')
  const current = conditionOf(d.status, 'Progressing')
  const done = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  if (hasProgressDeadline(d) && !done) status = withProgress(d, status, newReplicaSet, now)
  const failure = replicaFailure(newReplicaSet, all)
  return failure ? withCondition(status, failure) : withoutCondition(status, 'ReplicaFailure')
}

function withProgress(
  d: Deployment,
  status: DeploymentStatus,
  newReplicaSet: ReplicaSet | undefined,
  now: Time,
): DeploymentStatus {
  const who = newReplicaSet ? `ReplicaSet "${newReplicaSet.metadata.name}"` : `Deployment "${d.metadata.name}"`
  const current = conditionOf(d.status, 'Progressing')
  if (isComplete(d, status))
    return withCondition(
      status,
      newCondition('Progressing', 'True', 'NewReplicaSetAvailable', `${who} has successfully progressed.`, now),
    )
  if (progresses(d.status, status)) {
    const condition = newCondition('Progressing', 'True', 'ReplicaSetUpdated', `${who} is progressing.`, now)
    const since = current?.status === 'True' ? current.lastTransitionTime : condition.lastTransitionTime
    return withCondition(withoutCondition(status, 'Progressing'), { ...condition, lastTransitionTime: since })
  }
  if (timedOut(d, status, now))
    return withCondition(
      status,
      newCondition('Progressing', 'False', 'ProgressDeadlineExceeded', `${who} has timed out progressing.`, now),
    )
  return status
}

/** DeploymentProgressing: more new pods, fewer old ones, more ready or more available than the status said. */
function progresses(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const old = (s: DeploymentStatus | undefined) => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

/** DeploymentTimedOut */
function timedOut(d: Deployment, status: DeploymentStatus, now: Time): boolean {
  const condition = conditionOf(status, 'Progressing')
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false
  if (condition.reason === 'ProgressDeadlineExceeded') return true
  return (microsecondsSince(condition.lastUpdateTime, now) ?? 0) > (d.spec.progressDeadlineSeconds ?? 0) * 1e6
}

/** Milliseconds until a rollout that makes no progress must be looked at again; undefined when nothing is awaited. */
export function stuckCheckMs(d: Deployment, status: DeploymentStatus, now: Time): number | undefined {
  const current = conditionOf(d.status, 'Progressing')
  if (!hasProgressDeadline(d) || !current || isComplete(d, status) || current.reason === 'ProgressDeadlineExceeded')
    return undefined
  const ms = (d.spec.progressDeadlineSeconds ?? 0) * 1000 - (microsecondsSince(current.lastUpdateTime, now) ?? 0) / 1000
  return ms < 1000 ? 5 : ms + 1000
}

/** getReplicaFailures: the new ReplicaSet's failure, else an old one's. */
function replicaFailure(newReplicaSet: ReplicaSet | undefined, all: readonly ReplicaSet[]): DeploymentCondition | undefined {
  for (const rs of newReplicaSet ? [newReplicaSet, ...all] : all) {
    const failure = getCondition(rs.status?.conditions, 'ReplicaFailure')
    if (failure) {
      const { type, status, reason, message, lastTransitionTime } = failure
      return { type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message }
    }
  }
  return undefined
}
