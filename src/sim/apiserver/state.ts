/** What the room `apiserver` keeps, and what its functions act on. */

import type { Resource } from '../api/kinds'
import type { HttpRequest } from '../api/messages'
import type { RequestInfo, Verb } from '../api/reasons'
import type { Schema } from '../api/schema'
import type { KubeObject } from '../api/types'
import type { Procedure, Procedures } from '../kernel/procedure'
import type { RecordMap, StateMap } from '../kernel/state-map'
import type { Cause, Context, Message, RoomId, Seq, Time, TimerId } from '../kernel/types'
import { catchUp, type NodeGraph } from './authz/graph'
import type { AskedOfEtcd } from './storage/channel'
import type { Cacher } from './watch-cache/cacher'
import type { Watchers } from './watch-cache/watchers'

/** How the apiserver was started: its flags. */
export interface Config {
  /** Types of the API, for strict decoding and patches. */
  readonly schema: Schema
  /** --service-cluster-ip-range: an IPv4 range. */
  readonly serviceCIDR: string
  /** Address that the Service `kubernetes` leads to. */
  readonly advertiseAddress: string
  /** --endpoint-reconciler-type is not `none`: the Service `kubernetes` has Endpoints. */
  readonly endpointReconciler: boolean
  /** Objects that whoever set the cluster up has put in: a default StorageClass, say. */
  readonly addons: readonly KubeObject[]
  /** --default-not-ready-toleration-seconds and --default-unreachable-toleration-seconds. */
  readonly notReadyTolerationSeconds: number
  readonly unreachableTolerationSeconds: number
}

/** Who waits for an answer of the apiserver to itself, or of a kubelet. */
export interface Waiter {
  readonly procedure: number
  readonly slot: number
}

/** Where a watch is in a watch cache. Frozen. */
export interface WatchPlace {
  readonly resource: string
  readonly scope: { readonly of: keyof Watchers; readonly key: string }
  readonly serial: number
}

/** State of the room. */
export interface ApiserverState {
  /** Watch caches by resource: `pods`, `deployments.apps`. */
  readonly cachers: RecordMap<string, Cacher>
  readonly procedures: Procedures
  readonly etcd: {
    next: number
    /** Requests under way, by id. */
    readonly waiting: Map<number, AskedOfEtcd>
    /** Resources by the watches that feed their caches. */
    readonly watches: Map<number, string>
    /** There is no connection; after a look in vain the next one comes after so long. */
    broken: { readonly waitMs: number } | undefined
  }
  /** Requests to itself under way, by id. */
  readonly loopback: { next: number; readonly waiting: Map<number, Waiter> }
  /** Requests to kubelets and other servers under way, by id; some with the timer that gives them up. */
  readonly kubelets: {
    next: number
    readonly waiting: Map<number, Waiter & { readonly room: RoomId; readonly timer?: TimerId }>
    /** Logs that clients follow, by the id of the request to the kubelet. */
    readonly following: Map<number, FollowedLog>
  }
  /** Where a client's watch is, by room and request id. */
  readonly watches: RecordMap<RoomId, StateMap<number, WatchPlace>>
  /** Watches that have a bookmark or their end in a second since boot. */
  readonly watchesDue: RecordMap<number, WatchPlace[]>
  /** Objects that were written and whose watch event is not here yet, by etcd key: so that nobody decodes them twice. */
  readonly written: Map<string, KubeObject>
  /** Requests that came before the apiserver was ready, in order. */
  early:
    | { readonly request: HttpRequest; readonly client: RoomId; readonly seq: Seq; readonly housekeeping: boolean }[]
    | undefined
  /** What the node authorizer knows of Pods. */
  readonly graph: NodeGraph
  /** Counts changes of RBAC objects: decisions of older counts are void. */
  rbacGeneration: number
  /** The revision up to which etcd's history will be forgotten next. */
  compactTo: number
}

/** A log that a client follows: whose it is, and which kubelet tells it. */
export interface FollowedLog {
  readonly client: RoomId
  /** Of the client. */
  readonly request: number
  /** Of the request's hop. */
  readonly seq: Seq
  readonly namespace: string
  readonly name: string
  /** `pods/log`, `pods/exec`, and how it was asked for. */
  readonly resource: string
  readonly verb: Verb
  readonly kubelet: RoomId
  readonly path: string
}

/** What stages and plugins may look at: the watch caches, as upstream's look at informers. They change nothing. */
export interface Reader {
  readonly config: Config
  /** An object by resource (`pods`, `deployments.apps`), as the watch cache has it. */
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined
  /** All of a resource, or of a namespace, in no particular order. */
  list(resource: string, namespace?: string): Iterable<KubeObject>
  /** The node authorizer's graph, as it is by now. */
  graph(): NodeGraph
  /** Virtual microseconds. */
  now(): Time
  /** Next number of the room's random stream. */
  readonly random: () => number
}

const NONE: readonly KubeObject[] = []

function* ofAll(spaces: Cacher['objects']): Generator<KubeObject> {
  for (const space of spaces.values()) yield* space.values()
}

/** What the apiserver's functions act on: a room's state, through the context of the delivery at hand. */
export class World implements Reader {
  constructor(
    readonly context: Context,
    readonly state: ApiserverState,
    readonly config: Config,
  ) {}

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.state.cachers
      .peek(resource)
      ?.objects.get(namespace ?? '')
      ?.get(name)
  }

  list(resource: string, namespace?: string): Iterable<KubeObject> {
    const objects = this.state.cachers.peek(resource)?.objects
    // those of the cluster are all under ''
    const space = objects?.get(namespace ?? '')
    if (space) return space.values()
    return objects && namespace === undefined ? ofAll(objects) : NONE
  }

  graph(): NodeGraph {
    catchUp(this.state.graph, this.context.now)
    return this.state.graph
  }

  now(): Time {
    return this.context.now
  }

  get random(): () => number {
    return this.context.random
  }
}

/** A user as authentication knows it (k8s.io/apiserver/pkg/authentication/user). */
export interface User {
  readonly name: string
  /** Tells users with different groups apart. */
  readonly key: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** A request's path and method, understood. `resource` has its subresource: `pods/status`. */
export interface ParsedRequest extends RequestInfo {
  /** Undefined for paths that are no resource's, and for resources that are unknown. */
  readonly type: Resource | undefined
  readonly version: string
  readonly subresource: string
  readonly path: string
}

/** A request that is being served. Frozen: procedures keep it. */
export interface Call {
  readonly request: HttpRequest
  readonly client: RoomId
  /** The entry of the request's hop. */
  readonly seq: Seq
  readonly info: ParsedRequest
  readonly user: User
}

/** A procedure that has slept goes on. */
export interface WakeMessage extends Message {
  readonly type: 'apiserver.wake'
  readonly procedure: number
}

export type Serve<Result = void> = Procedure<World, Result>

/** The seq of a cause: of several, the first. */
export const seqOf = (cause: Cause): Seq => (typeof cause === 'number' ? cause : (cause[0] as Seq))

/** The resource under which objects are stored: Events of both groups are one thing in etcd. */
export const storedAs = (type: Resource): string =>
  type.groupResource === 'events.events.k8s.io' ? 'events' : type.groupResource
