// Models pkg/controller/statefulset/stateful_set_control.go: what a StatefulSet needs next.

import type { PodTemplateSpec, StatefulSet } from '../../api/types'
import type { Time } from '../../kernel/types'
import { omitEmpty } from '../objects'
import {
  hasEnded,
  hasIdentity,
  inRange,
  isCreated,
  isParallel,
  isRunningAndAvailable,
  isRunningAndReady,
  isTerminating,
  isUnavailable,
  newPod,
  ordinalOf,
  podRevision,
  type Replica,
  replicasWanted,
  startOrdinal,
} from './identity'

export type SetStatus = StatefulSet['status']

/** A revision's name and template. */
export interface Revision {
  readonly name: string
  readonly template: PodTemplateSpec
}

/**
 * One thing to do about a pod: `claims` makes those that it lacks, `retain` gives those that it has the owners of the set's retention
 * policy, `conform` puts both pod and owners right where they are wrong. An update's deletion is counted in the status at once.
 */
export interface Act {
  readonly act: 'create' | 'delete' | 'claims' | 'retain' | 'conform'
  readonly pod: Replica
  readonly isUpdate?: boolean
  /** Acts of one batch go on at the same time (slowStartBatch, where the pods may be managed in parallel). */
  readonly batch?: number
}

/** The acts as they go on: one by one, and those at once that are alike, follow each other and are of one batch. */
export function together(acts: readonly Act[]): readonly (readonly Act[])[] {
  const groups: Act[][] = []
  for (const act of acts) {
    const group = groups.at(-1)
    const [first] = group ?? []
    const isAlike = first?.act === act.act && (act.act === 'create' || act.act === 'delete')
    if (group && isAlike && act.batch !== undefined && first.batch === act.batch) group.push(act)
    else groups.push([act])
  }
  return groups
}
/** The batch of the nth pod: 1, 2, 4 and so on of them. */
const batchOf = (nth: number): number => 31 - Math.clz32(nth + 1)

/** What to do now, and the pods that the status counts. */
export interface Plan {
  readonly acts: readonly Act[]
  readonly counted: readonly Replica[]
}

/** The pods of a set by ordinal, those that are missing made up, and those beyond its size, the highest first. */
function arrange(
  set: StatefulSet,
  pods: readonly Replica[],
  current: Revision,
  update: Revision,
): { replicas: Replica[]; condemned: Replica[] } {
  const start = startOrdinal(set)
  const replicas = Array.from({ length: replicasWanted(set) }, (_, i) => {
    const there = pods.find(pod => ordinalOf(set, pod) === start + i)
    const revision = needsCurrent(set, update, start + i) ? current : update
    return there ?? newPod(set, revision.template, revision.name, start + i)
  })
  const condemned = pods.filter(pod => ordinalOf(set, pod) >= 0 && !inRange(set, ordinalOf(set, pod)))
  return { replicas, condemned: condemned.sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a)) }
}

/** isCurrentRevisionNeeded: pods below the partition stay of the current revision; who deletes a pod by hand (OnDelete) wants the new one. */
function needsCurrent(set: StatefulSet, update: Revision, ordinal: number): boolean {
  const { currentRevision, currentReplicas = 0 } = set.status ?? {}
  if (!currentRevision || currentRevision === update.name) return false
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : type === 'RollingUpdate' ? currentReplicas : 0
  return ordinal < startOrdinal(set) + kept
}

/** updateStatefulSet: first the pods that are wanted, in order; then those that are not, in reverse; then one that is outdated. */
export function planSet(set: StatefulSet, pods: readonly Replica[], current: Revision, update: Revision, at: Time): Plan {
  const { replicas, condemned } = arrange(set, pods, current, update)
  const counted = [...replicas, ...condemned]
  if (set.metadata.deletionTimestamp) return { acts: [], counted: pods }
  const monotonic = !isParallel(set)
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const acts: Act[] = []
  const act = (what: Act['act'], pod: Replica, nth: number) =>
    acts.push({ act: what, pod, ...(!monotonic && { batch: batchOf(nth) }) })
  const hasClaims = (set.spec.volumeClaimTemplates ?? []).length > 0
  for (const [nth, pod] of replicas.entries()) {
    if (hasEnded(pod)) {
      if (!isTerminating(pod)) act('delete', pod, nth)
      if (monotonic) return { acts, counted }
      continue
    }
    if (!isCreated(pod)) act('create', pod, nth)
    else if (hasClaims && pod.status.phase === 'Pending') act('claims', pod, nth)
    if (monotonic && isUnavailable(pod, minReadySeconds, at)) return { acts, counted }
    if (isCreated(pod) && (hasClaims || !hasIdentity(set, pod))) act('conform', pod, nth)
  }
  if (hasClaims) for (const [nth, pod] of condemned.entries()) act('retain', pod, nth)
  const isBad = (pod: Replica) => isUnavailable(pod, minReadySeconds, at)
  const firstUnhealthy = replicas.find(isBad) ?? [...condemned].reverse().find(isBad)
  for (const [nth, pod] of condemned.entries()) {
    if (isTerminating(pod)) {
      if (monotonic) return { acts, counted }
      continue
    }
    if (monotonic && !isRunningAndAvailable(pod, minReadySeconds, at) && pod !== firstUnhealthy) return { acts, counted }
    act('delete', pod, nth)
    if (monotonic) return { acts, counted }
  }
  const outdated = nextOutdated(set, replicas, update, at)
  return { acts: outdated ? [...acts, outdated] : acts, counted }
}

/** The pod with the highest ordinal that is not of the update's revision, if all above it are well. */
function nextOutdated(set: StatefulSet, replicas: readonly Replica[], update: Revision, at: Time): Act | undefined {
  if (set.spec.updateStrategy?.type === 'OnDelete') return undefined
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  for (let i = replicas.length - 1; i >= 0; i--) {
    const pod = replicas[i]
    if (!pod || i < partition) return undefined
    if (podRevision(pod) !== update.name && !isTerminating(pod)) return { act: 'delete', pod, isUpdate: true }
    if (isUnavailable(pod, set.spec.minReadySeconds ?? 0, at)) return undefined
  }
  return undefined
}

/** updateStatus and completeRollingUpdate: the counts of the pods; when all are new and ready, the update's revision is the current one. */
export function setStatus(
  set: StatefulSet,
  counted: readonly Replica[],
  current: Revision,
  update: Revision,
  collisionCount: number,
  at: Time,
): SetStatus {
  let [replicas, ready, available, ofCurrent, updated] = [0, 0, 0, 0, 0]
  for (const pod of counted) {
    if (isRunningAndReady(pod)) ready++
    if (isRunningAndAvailable(pod, set.spec.minReadySeconds ?? 0, at)) available++
    if (!isCreated(pod)) continue
    replicas++
    if (isTerminating(pod)) continue
    if (podRevision(pod) === current.name) ofCurrent++
    if (podRevision(pod) === update.name) updated++
  }
  return statusOf(set, {
    replicas,
    ready,
    available,
    ofCurrent,
    updated,
    current: current.name,
    update: update.name,
    collisionCount,
  })
}

/** Counts on their way into a status. */
export interface Counts {
  readonly replicas: number
  readonly ready: number
  readonly available: number
  readonly ofCurrent: number
  readonly updated: number
  readonly current: string
  readonly update: string
  readonly collisionCount: number
}

function statusOf(set: StatefulSet, counts: Counts): SetStatus {
  const { replicas, ready, available, updated, update, collisionCount } = counts
  const done =
    set.spec.updateStrategy?.type === 'RollingUpdate' &&
    updated === replicasWanted(set) &&
    replicas === updated &&
    ready === replicas
  return {
    observedGeneration: set.metadata.generation,
    replicas,
    ...omitEmpty({ readyReplicas: ready, currentReplicas: done ? updated : counts.ofCurrent, updatedReplicas: updated }),
    currentRevision: done ? update : counts.current,
    updateRevision: update,
    collisionCount,
    availableReplicas: available,
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  }
}
