/**
 * What the stage shows: folds of a prefix of the trace, and the beats that it is stepped by. Plain data, cheap to post.
 */
import type { Cause, RoomId, Seq, Time } from '../sim/kernel/types'
import type { ReasonCode } from '../sim/reasons'

/** How much is a step: a chapter, a round trip or a delivery, or every entry. */
export type Depth = 'story' | 'requests' | 'internals'
export const DEPTHS: readonly Depth[] = ['story', 'requests', 'internals']

/** An entry as the stage needs it: what was said, without the bodies (ask `inspect` for those). */
export interface StageEntry {
  readonly seq: Seq
  readonly at: Time
  readonly room: RoomId
  readonly cause: Cause
  readonly reason: ReasonCode
  /** The reason's arguments; see `Reasons` in the simulation. */
  readonly args: Readonly<Record<string, unknown>>
  readonly hop?: { readonly to: RoomId; readonly arrives: Time }
  readonly housekeeping?: boolean
}

/** The kinds of messages; each has a shape and a colour of its own. */
export type PacketKind = 'request' | 'response' | 'watch' | 'etcd' | 'local' | 'traffic'

/** A message under way during a beat. Times are stage milliseconds from the beat's begin, at 1×. */
export interface Packet {
  readonly seq: Seq
  readonly kind: PacketKind
  readonly from: RoomId
  readonly to: RoomId
  /** What it is, where there is room: `POST deployments`, `MODIFIED pods web-…`, `201`. */
  readonly label: string
  readonly start: number
  readonly end: number
  /** So many messages travel as one, because they would lie over each other; `seq` is the first of them. Absent: one. */
  readonly count?: number
  /** An answer that says no (code ≥ 400). */
  readonly failed?: boolean
  /** Of an answer: the request that it belongs to. */
  readonly answers?: Seq
  /** Of a request that the apiserver refused within the beat: the stage of the pipeline at which it ended. */
  readonly refusedAt?: string
}

/** What a chapter of the Story is about. Each is found in the trace, not scripted. */
export type ChapterKind =
  | 'kubectl'
  | 'apiserver'
  | 'refused'
  | 'answer'
  | 'deployment'
  | 'replicaset'
  | 'controller'
  | 'scheduler'
  | 'kubelet'
  | 'endpoints'
  | 'kube-proxy'
  | 'garbage-collector'
  | 'turn'
  | 'traffic'
  | 'curl'
  | 'forward'
  | 'process'
  | 'other'

/** One step at a depth: the entries `from` to `to` of the trace, shown together. Beats of a depth follow each other without gaps. */
export interface Beat {
  /** From 1; position `n / N` means that n beats have been shown. */
  readonly index: number
  readonly from: Seq
  readonly to: Seq
  /** Virtual time of its first entry, and of the last that it shows. */
  readonly at: Time
  readonly until: Time
  /** The entry that the caption is about. */
  readonly lead: Seq
  readonly chapter?: ChapterKind
  /** The chapter's actors began at this entry, while the chapter before went on. */
  readonly since?: Seq
  /** Only its first part, up to the cursor, which stands in the middle of it: another depth's steps led there. */
  readonly isUnderWay?: true
}

/** A beat with all that is needed to play it. */
export interface BeatScene {
  readonly beat: Beat
  /** The entry that the caption is about. */
  readonly lead: StageEntry
  /** Arguments of a chapter's caption: names and counts found in its entries. */
  readonly facts: Readonly<Record<string, string | number>>
  readonly packets: readonly Packet[]
  /** Stage milliseconds at 1×. */
  readonly duration: number
  /** Rooms that act in it. */
  readonly rooms: readonly RoomId[]
  /** Idle virtual time that was squeezed: shown as "+1.8 s". */
  readonly skips: readonly { readonly at: number; readonly ms: number }[]
}

/** One container as the picture shows it. */
export interface ContainerView {
  readonly name: string
  readonly image: string
  readonly state: 'waiting' | 'running' | 'terminated'
  readonly reason?: string
  readonly ready: boolean
  readonly restarts: number
  readonly init?: boolean
}
export interface PodView {
  readonly key: string
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** '' until it is bound. */
  readonly node: string
  /** As `kubectl get pods` says it: Pending, ContainerCreating, Running, Terminating … */
  readonly status: string
  readonly ready: boolean
  /** Its sandbox stands (pause holds the network namespace). */
  readonly sandbox: boolean
  readonly ip?: string
  /** `ReplicaSet/web-7d876db474`; for grouping. */
  readonly owner?: string
  /** Its colour is its owner's. */
  readonly app?: string
  readonly containers: readonly ContainerView[]
  /** Fields of its spec that are not simulated: it runs without them, and is badged. */
  readonly unsupported?: readonly string[]
}
export interface NodeView {
  readonly name: string
  readonly address?: string
  readonly ready: boolean
  readonly unschedulable: boolean
  /** millicores and bytes */
  readonly cpu: { readonly requested: number; readonly allocatable: number }
  readonly memory: { readonly requested: number; readonly allocatable: number }
  /** Pods bound to it: at most 24 one by one … */
  readonly pods: readonly PodView[]
  /** … and all of them counted by owner and status. */
  readonly groups: readonly { readonly owner: string; readonly status: string; readonly count: number }[]
  readonly podCount: number
  /** How many pods its kubelet has taken over. */
  readonly kubeletPods: number
  /** Ports of Services that its kube-proxy has programmed. */
  readonly services: number
  readonly images: readonly string[]
}
export interface ControllerView {
  readonly part: string
  /** Keys waiting in its work queue. */
  readonly queue: number
  /** Keys being synced. */
  readonly active: number
  /** Keys that wait for another try, or are in it. */
  readonly retries: number
  /** Desired and actual, where it has such numbers (replicas of Deployments, of ReplicaSets …). */
  readonly desired?: number
  readonly actual?: number
}
export interface SchedulerView {
  readonly active: number
  readonly backoff: number
  readonly unschedulable: number
  /** The last cycle's pod and what came of it. */
  readonly last?: {
    readonly seq: Seq
    readonly pod: string
    readonly feasible: number
    readonly nodes: number
    readonly chosen?: string
    readonly total?: number
  }
}
export interface MetricsServerView {
  /** Nodes on which its program runs; '' for the control plane's machine. Empty: it does not run. */
  readonly runsOn: readonly string[]
  /** Nodes whose kubelets have told it what is used there. */
  readonly answered: number
}
export interface WorkloadView {
  readonly kind: string
  readonly key: string
  readonly desired: number
  readonly current: number
  readonly ready: number
  /** Key of the owner, as `Deployment default/web`. */
  readonly owner?: string
}
export interface ServiceView {
  readonly key: string
  readonly type: string
  readonly clusterIP: string
  readonly ports: string
  readonly endpoints: number
}
/** The cluster at a point of the trace. */
export interface ClusterView {
  readonly at: Time
  readonly seq: Seq
  readonly etcd: { readonly revision: number; readonly keys: number }
  readonly apiserver: {
    /** Standing watches per kind, most first; `total` of all. */
    readonly watchers: readonly { readonly resource: string; readonly count: number }[]
    readonly totalWatchers: number
    readonly requests: number
    /** Requests under way, newest last, with the stage that each has passed. */
    readonly underway: number
  }
  readonly scheduler: SchedulerView
  /** The metrics server, once the trace has named it. */
  readonly metricsServer?: MetricsServerView
  readonly controllers: readonly ControllerView[]
  /** Kinds in the controller manager's shared informers. */
  readonly informers: number
  readonly nodes: readonly NodeView[]
  /** Pods that no node has yet. */
  readonly unbound: readonly PodView[]
  readonly unboundCount: number
  readonly workloads: readonly WorkloadView[]
  readonly services: readonly ServiceView[]
  /** Rooms whose process a person has stopped. */
  readonly stopped: readonly string[]
  /** Objects by kind, namespaced under `kube-…` left out. */
  readonly counts: Readonly<Record<string, number>>
}

/** What kubectl has printed up to the cursor. */
export interface TerminalLine {
  readonly seq: Seq
  /** Of the command. */
  readonly id: number
  readonly kind: 'command' | 'stdout' | 'stderr'
  readonly text: string
}
