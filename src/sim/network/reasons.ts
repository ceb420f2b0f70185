/** Reasons of the node's network, beyond those of api/cni.ts. Addresses are `ip:port`. */
declare module '../kernel/types' {
  interface Reasons {
    /** Somebody on this node opens a connection. */
    'network.request': { from: string; to: string }
    /** A rule chose a backend: the connection goes to `to` instead of the Service's address. */
    'network.dnat': { service: string; address: string; to: string; backends: number }
    /** A rule refuses the connection: the Service has no endpoints. */
    'network.rejected': { service: string; address: string }
    /** Nothing knows the address, or a rule drops the connection: it will time out. */
    'network.lost': { address: string; service?: string }
    /** The connection has its answer, back where it began. */
    'network.response': { to: string; outcome: 'answered' | 'refused'; container?: string }
    /** The rules in force changed. */
    'network.rules': { services: number }
  }
}

export {}
