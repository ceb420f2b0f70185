// Models containernetworking/plugins/plugins/ipam/host-local: the next free address of a node's range, in order.
import { StateMap } from '../kernel/state-map'

/** Addresses of one range. `last` is the host part given out last. */
export interface Ipam {
  last: number
  /** Host parts in use, by sandbox; and who has each. */
  readonly given: Map<string, number>
  readonly holders: Map<number, string>
}

/** .0 is the network, .1 its gateway (the bridge). */
export const newIpam = (): Ipam => ({ last: 1, given: new StateMap(), holders: new StateMap() })

/** Everything before the host part of a /24: `10.244.0`. */
export const prefixOf = (address: string): string => address.slice(0, address.lastIndexOf('.'))

const HOSTS = 254

/** An address for a sandbox; undefined when the range is full. */
export function allocate(ipam: Ipam, cidr: string, sandbox: string): string | undefined {
  const known = ipam.given.get(sandbox)
  if (known !== undefined) return `${prefixOf(cidr)}.${known}`
  for (let step = 1; step < HOSTS; step++) {
    const host = 2 + ((ipam.last - 2 + step + (HOSTS - 1)) % (HOSTS - 1))
    if (ipam.holders.has(host)) continue
    ipam.last = host
    ipam.given.set(sandbox, host)
    ipam.holders.set(host, sandbox)
    return `${prefixOf(cidr)}.${host}`
  }
  return undefined
}

export const release = (ipam: Ipam, sandbox: string): void => {
  const host = ipam.given.get(sandbox)
  if (host === undefined) return
  ipam.given.delete(sandbox)
  ipam.holders.delete(host)
}
