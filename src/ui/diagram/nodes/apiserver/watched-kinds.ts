/** In which order the watch cache names the kinds that are watched. Pure. */
import type { ClusterView, Packet } from '../../../session/types'

export interface WatchedKind {
  readonly resource: string
  /** Standing watches. */
  readonly count: number
  /** A change of it goes out to its watchers in this beat. */
  readonly told: boolean
}

/** What people work with, and the kind of its objects, in the order in which it is worked with. */
const WORK: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  cronjobs: 'CronJob',
  jobs: 'Job',
  pods: 'Pod',
  services: 'Service',
  endpointslices: 'EndpointSlice',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  ingresses: 'Ingress',
}
const KINDS = Object.keys(WORK)

/** What every cluster has from the beginning where people work: so many objects are not theirs. */
const AT_BOOT: Readonly<Record<string, number>> = {
  services: 1,
  endpointslices: 1,
  configmaps: Number.POSITIVE_INFINITY,
}

/** A resource without its group: a watch is known by that, a message may say both. */
const plain = (resource: string): string => resource.split('.')[0] ?? resource

/** Kinds of which watch events go out; then those of which there are objects of people's own; then nodes; then the rest. */
export function watchedKinds(
  watchers: ClusterView['apiserver']['watchers'],
  counts: ClusterView['counts'],
  packets: readonly Packet[],
): readonly WatchedKind[] {
  const told = new Set(packets.filter(({ kind }) => kind === 'watch').map(({ label }) => plain(label.split(' ')[1] ?? '')))
  const rank = (resource: string): number => {
    if (told.has(resource)) return 0
    const kind = WORK[resource]
    if (kind !== undefined && (counts[kind] ?? 0) > (AT_BOOT[resource] ?? 0)) return 1
    return resource === 'nodes' ? 2 : kind !== undefined ? 3 : 4
  }
  const place = (resource: string): number => (KINDS.includes(resource) ? KINDS.indexOf(resource) : KINDS.length)
  return watchers
    .map(({ resource, count }) => ({ resource, count, told: told.has(resource), rank: rank(resource), place: place(resource) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place || b.count - a.count || (a.resource < b.resource ? -1 : 1))
    .map(({ resource, count, told: isTold }) => ({ resource, count, told: isTold }))
}
