/**
 * Models pkg/scheduler/framework/interface.go: the extension points, as methods that a plugin may have.
 *
 * A plugin is a pure verdict over a pod, a node and what it has worked out before in the same cycle. It writes nothing: the
 * runner (`cycle.ts`) calls the plugins in the order of `profile.ts` and records what they said.
 */
import type { Labels, Selector } from '../api/selectors'
import type { KubeObject, Service } from '../api/types'
import type { SchedulerCache } from './cache'
import type { NodeInfo } from './node-info'
import type { PodInfo } from './pod-info'

/** Why a node (or every node) will not do. `UnschedulableAndUnresolvable`: evicting pods would not change it. */
export interface Rejection {
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Error'
  readonly reasons: readonly string[]
}
export const unschedulable = (...reasons: string[]): Rejection =>
  Object.freeze({ code: 'Unschedulable', reasons: Object.freeze(reasons) })
export const unresolvable = (...reasons: string[]): Rejection =>
  Object.freeze({ code: 'UnschedulableAndUnresolvable', reasons: Object.freeze(reasons) })
export const failure = (...reasons: string[]): Rejection => Object.freeze({ code: 'Error', reasons: Object.freeze(reasons) })

/** The plugin has nothing to say about this pod: it is left out of the rest of the cycle. */
export const SKIP = 'skip'
export type Skip = typeof SKIP

/** What PreFilter found out: nothing to say, no node can do, or a state for Filter, perhaps with the only nodes that can. */
export type PreFilterVerdict<F> = Skip | Rejection | { readonly state: F; readonly nodes?: ReadonlySet<string> }

/** Objects that plugins look up beside nodes and pods; the room backs it with its informers' stores. */
export interface Listers {
  /** Services of a namespace that may select pods with these labels. */
  services(namespace: string, labels: Labels): Iterable<Service>
  /** Labels of a namespace, for terms that select namespaces. */
  namespaceLabels(name: string): Labels | undefined
  /** Selector of a pod's owner, where it is of a kind that the scheduler watches; undefined where it is not there (yet). */
  ownerSelector(namespace: string, apiVersion: string, kind: string, name: string): Selector | undefined
  persistentVolumeClaim(namespace: string, name: string): KubeObject | undefined
  persistentVolume(name: string): KubeObject | undefined
  persistentVolumes(): Iterable<KubeObject>
  storageClass(name: string): KubeObject | undefined
  podDisruptionBudgets(namespace: string): Iterable<KubeObject>
  resourceClaim(namespace: string, name: string): KubeObject | undefined
  deviceClass(name: string): KubeObject | undefined
  /** Whether any driver has published devices. */
  hasDevices(): boolean
}

/** All that a cycle may look at. */
export interface Cluster {
  readonly cache: SchedulerCache
  readonly listers: Listers
  /** Whether the pods that a pod evicts are still being told to go (the preemption executor's IsPodRunningPreemption). */
  isPreempting(pod: PodInfo): boolean
}

/** What happened in the cluster that may let a waiting pod fit. `old` or `now` is absent where there was or is none. */
export type ClusterEvent =
  | { readonly kind: 'node'; readonly old?: KubeObject; readonly now?: KubeObject }
  /** A pod that has a node, or had one. */
  | { readonly kind: 'assigned-pod'; readonly old?: KubeObject; readonly now?: KubeObject }
  /** The waiting pod itself. */
  | { readonly kind: 'own-pod'; readonly old?: KubeObject; readonly now?: KubeObject }
  | { readonly kind: ObjectKind; readonly old?: KubeObject; readonly now?: KubeObject }

/** Kinds that matter to waiting pods only: claims, volumes and their classes, CSINodes, resource claims, device classes. */
export type ObjectKind = 'claim' | 'volume' | 'storage-class' | 'csi-node' | 'resource-claim' | 'device-class'

/** What PostFilter may use. */
export interface PostFilterAttempt {
  readonly pod: PodInfo
  readonly cluster: Cluster
  /** Why each node was refused. */
  rejectionOf(node: string): Rejection | undefined
  /** Why a node would refuse the pod as the cache is now (PreFilter is run again); undefined: it fits. */
  refusalBy(node: NodeInfo): Rejection | undefined
  random(): number
}
/** What PostFilter found: a node, with the pods to evict from it; or words, and whether an earlier nomination is void. */
export type PostFilterVerdict =
  | { readonly kind: 'nominated'; readonly node: string; readonly victims: readonly PodInfo[] }
  | { readonly kind: 'refused'; readonly message: string; readonly clearNomination?: boolean }
  /** The plugin itself failed: the later ones are not asked. */
  | { readonly kind: 'error'; readonly message: string }

/** A plugin: `F` is what its PreFilter leaves for Filter, `S` what its PreScore leaves for Score. */
export interface Plugin<F = unknown, S = unknown> {
  readonly name: string
  /** PreEnqueue: a pod that is refused here does not enter the queue. */
  preEnqueue?(pod: PodInfo, cluster: Cluster): Rejection | undefined
  /** Which events may open its gate: a pod that it keeps out of the queue is not looked at for others. */
  opens?(event: ClusterEvent): boolean
  /** QueueSort: below 0 if `a` goes first. */
  compare?(a: QueueRank, b: QueueRank): number
  preFilter?(pod: PodInfo, cluster: Cluster): PreFilterVerdict<F>
  filter?(pod: PodInfo, node: NodeInfo, state: F): Rejection | undefined
  /** `ready`: the plugin's PreFilter has run. */
  postFilter?(attempt: PostFilterAttempt, ready: boolean): PostFilterVerdict
  preScore?(pod: PodInfo, nodes: readonly NodeInfo[], cluster: Cluster): Skip | { readonly state: S }
  score?(pod: PodInfo, node: NodeInfo, state: S): number
  /** Brings the column of scores to 0…100, in place. */
  normalize?(scores: number[], nodes: readonly NodeInfo[], state: S): void
  /** QueueingHint: whether an event may let a pod fit that this plugin has refused. */
  wakes?(event: ClusterEvent, pod: PodInfo, cluster: Cluster): boolean
}

/** What the order of the queue goes by. */
export interface QueueRank {
  readonly priority: number
  /** When it was added (virtual µs). */
  readonly at: number
}

export const MAX_NODE_SCORE = 100

/** Scales scores so that the highest is 100; reversed, the lowest counts is best (helper/normalize_score.go). */
export function defaultNormalize(scores: number[], reverse: boolean): void {
  let max = 0
  for (const s of scores) if (s > max) max = s
  for (let i = 0; i < scores.length; i++) {
    if (max === 0) {
      if (reverse) scores[i] = MAX_NODE_SCORE
      continue
    }
    const scaled = Math.trunc((MAX_NODE_SCORE * (scores[i] ?? 0)) / max)
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled
  }
}
