// Models controller_utils.go's ActivePodsWithRanks: which of a controller's pods go first when there are too many.
import { microsecondsSince } from '../api/time'
import type { Pod } from '../api/types'
import type { Time } from '../kernel/types'
import { podCondition } from './pods'

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** What decides about a pod, in order: the smaller goes first. Ages are in powers of two, so that equals are chosen by chance (the uid). */
interface Rank {
  readonly pod: Pod
  readonly keys: readonly number[]
  readonly uid: string
}

/** The `count` pods that go first. `related` are all pods of the same owner's owner: where many of them share a node, pods go sooner. */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, now: Time): readonly Pod[] {
  if (count >= pods.length) return pods
  const onNode = new Map<string, number>()
  for (const { spec } of related) if (spec.nodeName) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1)
  return pods
    .map(pod => rank(pod, onNode.get(pod.spec.nodeName ?? '') ?? 0, now))
    .sort(compare)
    .slice(0, count)
    .map(({ pod }) => pod)
}

function rank(pod: Pod, doubled: number, now: Time): Rank {
  const ready = podCondition(pod, 'Ready')
  const isReady = ready?.status === 'True'
  const restarts = Math.max(0, ...(pod.status.containerStatuses ?? []).map(c => c.restartCount))
  const cost = Number(pod.metadata.annotations?.[DELETION_COST] ?? 0)
  return {
    pod,
    keys: [
      pod.spec.nodeName ? 1 : 0,
      PHASES[pod.status.phase ?? ''] ?? 0,
      isReady ? 1 : 0,
      Number.isInteger(cost) ? cost : 0,
      -doubled,
      isReady ? logAge(ready.lastTransitionTime, now) : 0,
      -restarts,
      logAge(pod.metadata.creationTimestamp, now),
    ],
    uid: pod.metadata.uid ?? '',
  }
}

function compare(a: Rank, b: Rank): number {
  for (let i = 0; i < a.keys.length; i++) {
    const difference = (a.keys[i] ?? 0) - (b.keys[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0
}

/** Whole binary logarithm of an age in nanoseconds; -1 for what has no age. */
export function logAge(since: string | undefined, now: Time): number {
  let ns = (microsecondsSince(since, now) ?? 0) * 1000
  if (ns < 1) return -1
  let log = 0
  for (; ns >= 2 ** 31; ns /= 2 ** 31) log += 31
  return log + 31 - Math.clz32(ns)
}
