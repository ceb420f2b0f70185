// Models pkg/controller/nodeipam/ipam/cidrset: an IPv4 range cut into /24s.

const NODE_BITS = 24

function parse(cidr: string): { base: number; bits: number } {
  const [address = '', bits = ''] = cidr.split('/')
  const base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return { base, bits: Number(bits) }
}

/** How many nodes a cluster's range has room for. */
export const ranges = (clusterCidr: string): number => 1 << (NODE_BITS - parse(clusterCidr).bits)

/** The range with a number, from 0. */
export function rangeAt(clusterCidr: string, index: number): string {
  const base = parse(clusterCidr).base + index * 256
  const byte = (shift: number) => Math.floor(base / shift) % 256
  return `${byte(2 ** 24)}.${byte(2 ** 16)}.${byte(256)}.0/${NODE_BITS}`
}

/** The number of a range. */
export const rangeIndex = (clusterCidr: string, cidr: string): number =>
  Math.floor((parse(cidr).base - parse(clusterCidr).base) / 256)
