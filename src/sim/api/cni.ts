/**
 * Between a node's runtime, its network stack and its kube-proxy. CNI is what the runtime calls to connect a sandbox to the pod network
 * (containernetworking/cni SPEC.md); `netfilter` is how kube-proxy hands its rules to the kernel (iptables-restore); packets are
 * connections of user traffic, one message each way.
 */
import type { Message, Seq } from '../kernel/types'

/** Connects a sandbox (its network namespace) to the pod network, or takes it away. */
export interface CniRequest extends Message {
  readonly type: 'cni.add' | 'cni.del'
  readonly sandbox: string
  readonly pod: string
}
export interface CniResult extends Message {
  readonly type: 'cni.result'
  readonly sandbox: string
  readonly ip: string
  readonly error?: string
}

/** A place that a service's traffic can go to. */
export interface ServiceBackend {
  readonly ip: string
  readonly port: number
  /** The node that it is on, where known. */
  readonly node?: string
}

/** What the kernel does with connections to one port of a Service. */
export interface ServiceRule {
  /** `default/web:http`, or `default/web` for a port without a name. */
  readonly name: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly clusterIP: string
  readonly port: number
  /** 0: none. */
  readonly nodePort: number
  readonly sessionAffinity: boolean
  /** Where traffic from within the cluster goes; a connection to a port without any is rejected. */
  readonly backends: readonly ServiceBackend[]
  /** Where traffic to the node port goes; differs from `backends` with a Local policy. */
  readonly externalBackends: readonly ServiceBackend[]
  /** The Service has endpoints somewhere: where a Local policy leaves none here, connections are dropped, not rejected. */
  readonly hasEndpoints: boolean
}

/** kube-proxy gives the kernel its rules: all of them, or those of the services that changed. */
export interface NetfilterRestore extends Message {
  readonly type: 'netfilter.restore'
  readonly full: boolean
  readonly set: readonly ServiceRule[]
  /** Names of services' ports that are gone. */
  readonly remove: readonly string[]
}

/** A person sends a request to an address, from a node or from a pod on it. */
export interface UserTraffic extends Message {
  readonly type: 'user.traffic'
  /** `10.96.0.10:80`, a node's address and port, or a pod's. */
  readonly to: string
  /** Address of the pod that sends; without it the node itself does. */
  readonly from?: string
  readonly protocol?: 'TCP' | 'UDP'
}

/** A connection under way to `destination`; `via` are the rooms that it came through, first the one that asked. */
export interface Packet extends Message {
  readonly type: 'network.packet'
  /** The entry in which it began. */
  readonly connection: Seq
  readonly source: string
  readonly destination: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  /** What is asked for over it with GET, where that matters. */
  readonly path?: string
  readonly via: readonly string[]
}
/** The way back. `refused`: an RST or an ICMP port unreachable; nobody listens, or a rule rejects. */
export interface PacketReply extends Message {
  readonly type: 'network.reply'
  readonly connection: Seq
  readonly outcome: 'answered' | 'refused'
  /** Who answered: `default/web-6f…/nginx`. */
  readonly container?: string
  /** The HTTP status, of what was asked for. */
  readonly status?: number
  /** The program is known to say so: it is not only taken to. */
  readonly isSure?: boolean
  /** What was answered to it, where that is known. */
  readonly body?: string
  readonly via: readonly string[]
}

declare module '../kernel/types' {
  interface Reasons {
    /** The runtime asks the network to connect a sandbox, or to take it away. */
    'cni.request': { verb: 'ADD' | 'DEL'; pod: string }
    /** The network answers with the pod's address. */
    'cni.result': { pod: string; ip: string; error?: string }
    /** kube-proxy hands rules to the kernel. */
    'netfilter.restore': { full: boolean; set: number; remove: number }
    /** A connection goes on to another node, or into a pod. */
    'network.packet': { from: string; to: string }
    /** The way back of a connection. */
    'network.reply': { outcome: 'answered' | 'refused'; container?: string }
  }
}
