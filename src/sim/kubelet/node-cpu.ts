// Models the node's own cgroup, as pkg/kubelet/metrics/collectors/resource_metrics.go reads it: its counter outlives containers.
import type { ContainerStats } from '../api/cri'

/** CPU time of the node's containers in core-nanoseconds: what each was last seen to have used, and what those used that are gone. */
export interface NodeCpu {
  readonly ended: number
  readonly seen: Readonly<Record<string, number>>
}
export const NO_CPU: NodeCpu = Object.freeze({ ended: 0, seen: Object.freeze({}) })

/** The node's counter never falls: what a container has used stays counted when it has ended, or begins anew. */
export function nodeCpu(known: NodeCpu, stats: readonly Pick<ContainerStats, 'podUid' | 'name' | 'cpuNanoseconds'>[]): NodeCpu {
  const seen: Record<string, number> = {}
  for (const { podUid, name, cpuNanoseconds } of stats) seen[`${podUid}/${name}`] = cpuNanoseconds
  let { ended } = known
  for (const key in known.seen) {
    const before = known.seen[key] ?? 0
    const now = seen[key]
    if (now === undefined || now < before) ended += before
  }
  return Object.freeze({ ended, seen: Object.freeze(seen) })
}
