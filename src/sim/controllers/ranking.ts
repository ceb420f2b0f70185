// Models controller_utils.go's ActivePodsWithRanks and ActivePods: which of a controller's pods go first when there are too many.
import { microsecondsSince } from '../api/time'
import type { Pod } from '../api/types'
import type { Time } from '../kernel/types'
import { podCondition } from './pods'

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** What decides about a pod. The smaller `first` goes first, number by number; what is left undecided, ages and restarts decide. */
interface Rank {
  readonly pod: Pod
  readonly first: readonly number[]
  /** Since when it is ready, and when it was made: the timestamps, and whole binary logarithms of the ages where those count. */
  readonly ready: Age | undefined
  readonly created: Age
  /** The most restarts of a container, and of a sidecar: more of them go sooner. */
  readonly restarts: readonly [number, number]
  readonly uid: string
}
interface Age {
  readonly since: string
  readonly log: number
}

/** The `count` pods that go first. `related` are all pods of the same owner's owner: where many of them share a node, pods go sooner. */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, now: Time): readonly Pod[] {
  if (count >= pods.length) return pods
  const onNode = new Map<string, number>()
  for (const { spec } of related) if (spec.nodeName) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1)
  return firstOf(pods, count, pod => [costOf(pod), -(onNode.get(pod.spec.nodeName ?? '') ?? 0)], byLogarithm, now)
}

/** ActivePods: the same as Jobs have it, without costs and neighbours; ages count as they are. */
export const plainPodsToDelete = (pods: readonly Pod[], count: number, now: Time): readonly Pod[] =>
  count >= pods.length ? pods : firstOf(pods, count, () => [], byTime, now)

function firstOf(
  pods: readonly Pod[],
  count: number,
  besides: (pod: Pod) => readonly number[],
  byAge: (a: Age, b: Age) => number,
  now: Time,
): readonly Pod[] {
  return pods
    .map(pod => rank(pod, besides(pod), now))
    .sort((a, b) => compare(a, b, byAge))
    .slice(0, count)
    .map(({ pod }) => pod)
}

function costOf({ metadata }: Pod): number {
  const cost = Number(metadata.annotations?.[DELETION_COST] ?? 0)
  return Number.isInteger(cost) ? cost : 0
}

function rank(pod: Pod, besides: readonly number[], now: Time): Rank {
  const ready = podCondition(pod, 'Ready')
  const isReady = ready?.status === 'True'
  return {
    pod,
    first: [pod.spec.nodeName ? 1 : 0, PHASES[pod.status.phase ?? ''] ?? 0, isReady ? 1 : 0, ...besides],
    ready: isReady ? ageOf(ready.lastTransitionTime, now) : undefined,
    created: ageOf(pod.metadata.creationTimestamp, now),
    restarts: restartsOf(pod),
    uid: pod.metadata.uid ?? '',
  }
}
const ageOf = (since: string | undefined, now: Time): Age => ({ since: since ?? '', log: logAge(since, now) })

/** maxContainerRestarts */
function restartsOf({ spec, status }: Pod): readonly [number, number] {
  const most = (of: typeof status.containerStatuses) => Math.max(0, ...(of ?? []).map(c => c.restartCount))
  const sidecars = new Set((spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always').map(c => c.name))
  return [most(status.containerStatuses), most((status.initContainerStatuses ?? []).filter(c => sidecars.has(c.name)))]
}

function compare(a: Rank, b: Rank, byAge: (a: Age, b: Age) => number): number {
  for (let i = 0; i < a.first.length; i++) {
    const difference = (a.first[i] ?? 0) - (b.first[i] ?? 0)
    if (difference !== 0) return difference
  }
  const byUid = a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0
  if (a.ready && b.ready && a.ready.since !== b.ready.since) return byAge(a.ready, b.ready) || byUid
  const restarts = b.restarts[0] - a.restarts[0] || b.restarts[1] - a.restarts[1]
  if (restarts !== 0) return restarts
  return a.created.since === b.created.since ? byUid : byAge(a.created, b.created) || byUid
}
/** Ages that have the same power of two leave it to chance: the uid. */
const byLogarithm = (a: Age, b: Age): number => a.log - b.log
const byTime = (a: Age, b: Age): number => (a.since > b.since ? -1 : 1)

/** Whole binary logarithm of an age in nanoseconds; -1 for what has no age. */
export function logAge(since: string | undefined, now: Time): number {
  let ns = (microsecondsSince(since, now) ?? 0) * 1000
  if (ns < 1) return -1
  let log = 0
  for (; ns >= 2 ** 31; ns /= 2 ** 31) log += 31
  return log + 31 - Math.clz32(ns)
}
