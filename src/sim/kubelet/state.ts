import type { CriCall, CriContainer, CriImage, PodSandboxStatus } from '../api/cri'
import type { NodeProfile } from '../api/node-profile'
import type { KubeObject, PodStatus as OldPodStatus, Pod } from '../api/types'
import type { ClientProcedure } from '../client/effects'
import type { ClientState, ClientWorld } from '../client/room'
import { RecordMap } from '../kernel/state-map'
import type { Cause, Time, TimerId } from '../kernel/types'
import { NO_CPU, type NodeCpu } from './node-cpu'
import type { Forward } from './port-forward'
import type { ProbeResults, ProbeWorkers } from './prober'
import type { Reference } from './references'

/** A pod's status with the fields that came after Kubernetes 1.30. */
export interface PodStatus extends OldPodStatus {
  observedGeneration?: number
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  allocatedResources?: Record<string, string>
}

/** What the kubelet knows of a pod's sandbox and containers: its runtime cache (pkg/kubelet/container/cache.go). Replaced, never changed. */
export interface PodRuntime {
  readonly sandbox?: PodSandboxStatus
  /** Oldest first; of one name, the last is the one that counts. */
  readonly containers: readonly CriContainer[]
  /** Why a container could not be started, by name (pkg/kubelet/reason_cache.go). */
  readonly failures: Readonly<Record<string, StartFailure>>
  /** What has come of probes, where there are any. */
  readonly probes?: ProbeResults
}
export interface StartFailure {
  readonly reason: string
  readonly message: string
}
export const NO_RUNTIME: PodRuntime = Object.freeze({ containers: Object.freeze([]), failures: Object.freeze({}) })

/**
 * Where a pod's worker is: `sync` brings containers to what the spec says, `terminating` stops them, `terminated` cleans up, `finished` has
 * nothing left to do. Models pkg/kubelet/pod_workers.go.
 */
export type WorkerPhase = 'sync' | 'terminating' | 'terminated' | 'finished'

export interface PodWorker {
  readonly uid: string
  /** The pod as last seen. */
  pod: Pod
  phase: WorkerPhase
  /** The procedure that runs for it; 0 when none does. */
  procedure: number
  /** It is to be stopped, and why: it was deleted, it is complete, or its object is gone. */
  stop: Cause | undefined
  /** Its object is gone from the apiserver. */
  gone: boolean
  /** An update that came while a procedure ran. */
  pending: Cause | undefined
  /** Its volumes are set up. */
  mounted: boolean
  /** Its volumes are set up, and the worker will see that with its next look. */
  look: TimerId | undefined
  /** Its probes, once they have begun. */
  probes: ProbeWorkers | undefined
  /** When its active deadline will be found to be over. */
  deadline: TimerId | undefined
  /** When the kubelet heard of it, in virtual µs. */
  readonly addedAt: Time
  /** When the worker's last piece of work ended, in virtual µs; 0 before its first. */
  workedAt: number
  /** That piece of work asked for a look at what the runtime has, beyond the one of every second. */
  relisted: boolean
  /** When its work at hand was begun, after the wait for news of the runtime (virtual µs). */
  beganAt?: number
  /** From when to when its last sync made something, and when that was a sandbox (virtual µs). */
  madeFrom?: number
  madeTo?: number
  sandboxAt?: number
  /** When it will be looked at again by itself. */
  again: TimerId | undefined
  runtime: PodRuntime
  /** ConfigMaps and Secrets (`configmaps/settings`) that have changed since its files were written, as they were then; null: not there. */
  stale?: Readonly<Record<string, KubeObject | null>> | undefined
  /** What it was answered when it asked for the token of its service account for the apiserver: written out when it is read (api/jwt.ts). */
  token?: { readonly token?: string } | undefined
  /** When they were last written anew (virtual µs). */
  written?: number
  /** ConfigMaps and Secrets that it uses. */
  readonly references: readonly Reference[]
  /** What its containers ask for, together. */
  readonly requests: Readonly<Record<string, string>>
  /** Back-offs of containers that crash and images that can't be pulled: key → wait and since when (virtual µs). */
  backOffs: Readonly<Record<string, BackOff>>
}
export const NO_BACK_OFFS: PodWorker['backOffs'] = Object.freeze({})
export interface BackOff {
  readonly ms: number
  readonly at: number
}

/** What the status manager holds of a pod (pkg/kubelet/status/status_manager.go). */
export interface StatusEntry {
  readonly name: string
  readonly namespace: string
  status: PodStatus
  /** Goes up with each change; `sent` is the version that the apiserver has. */
  version: number
  sent: number
  /** The pod is done with: nothing of it is left on the node, so its object may go. */
  finished: boolean
  cause: Cause
}

/** A status as it is to be sent. Frozen. */
export type Outgoing = Readonly<StatusEntry> & { readonly uid: string }

export interface KubeletState extends ClientState {
  readonly profile: NodeProfile
  /** By uid. */
  readonly workers: RecordMap<string, PodWorker>
  /** Pods that the runtime had when the kubelet came up, by uid, until the apiserver has told of them. */
  readonly found: Map<string, PodRuntime>
  readonly statuses: RecordMap<string, StatusEntry>
  /** Uids whose status has changed since the batch at hand began, in order. */
  readonly unsent: Set<string>
  /** What is left of the batch of statuses at hand, in order. */
  readonly batch: Outgoing[]
  /** Uids whose status could not be sent: the next batch has them too. */
  readonly failed: Set<string>
  /** Procedure of the status being sent; 0 when none is. */
  sending: number
  /** The runtime does not answer, and since when. */
  runtimeGone: { readonly since: Time } | undefined
  /** CRI calls under way. */
  readonly calls: Map<number, CallUnderWay>
  nextCall: number
  /** Connections of probes and hooks, by the entry that they began with: procedures. */
  readonly connections: Map<number, number>
  /** Procedures that follow a container's log, by the apiserver's request. */
  readonly followed: Map<number, number>
  /** Forwards of ports that stand, by the apiserver's request. */
  readonly forwards: Map<number, Forward>
  /** Who pulls an image, first, and who waits for it (serialize-image-pulls): procedures. */
  readonly pulls: number[]
  /** Pods that use a ConfigMap or Secret, by informer name (`configmaps/default/kube-root-ca.crt`): it is watched while one does. */
  readonly references: RecordMap<string, Set<string>>
  /** Images on the node, as last listed; undefined while they are as the node's status says. */
  images: readonly CriImage[]
  imagesReported: boolean
  nodeCpu: NodeCpu
  registered: boolean
  /** When the node's status was last written (virtual µs). */
  statusAt: number
  lease: KubeObject | undefined
  /** The lease is being renewed. */
  renewing: boolean
  /** Where within ten seconds the kubelet looks at all statuses, and within a second lists what its runtime has, in virtual µs. */
  tick: number
}
/** In the place of a procedure: the call looks whether the runtime is there. */
export const LOOK = -1
export interface CallUnderWay {
  readonly procedure: number
  readonly slot: number
  readonly call: CriCall
  /** The pod whose worker asked, where one did. */
  readonly uid: string
}

export type KubeletWorld = ClientWorld<KubeletState>
export type KubeletProcedure<Result = void> = ClientProcedure<KubeletState, Result>

export const newKubeletState = (profile: NodeProfile): Omit<KubeletState, keyof ClientState> => ({
  profile,
  workers: new RecordMap(),
  found: new Map(),
  statuses: new RecordMap(),
  unsent: new Set(),
  batch: [],
  failed: new Set(),
  sending: 0,
  runtimeGone: undefined,
  calls: new Map(),
  connections: new Map(),
  followed: new Map(),
  forwards: new Map(),
  nextCall: 1,
  pulls: [],
  references: new RecordMap(),
  images: Object.freeze([]),
  imagesReported: true,
  nodeCpu: NO_CPU,
  registered: false,
  statusAt: 0,
  lease: undefined,
  renewing: false,
  tick: 0,
})

/** `namespace/name` */
export const podKey = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name}`
