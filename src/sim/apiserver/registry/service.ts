// Models pkg/registry/core/service/storage/alloc.go: cluster IPs and node ports are given out once, at random.

import { semanticEqual } from '../../api/deep'
import { type FieldError, internal, invalid } from '../../api/field-error'
import type { KubeObject } from '../../api/types'
import type { Reader } from '../state'

const PORTS = { first: 30_000, last: 32_767 }
const TRIES = 1000

interface Port {
  readonly port: number
  readonly nodePort?: number
}

/** An IPv4 range's first address as a number, and how many there are. */
export function rangeOf(cidr: string): { readonly base: number; readonly size: number } {
  const [address = '', bits = '32'] = cidr.split('/')
  const size = powerOfTwo(32 - Number(bits))
  return { base: Math.floor(addressNumber(address) / size) * size, size }
}
function powerOfTwo(bits: number): number {
  let n = 1
  for (let i = 0; i < bits; i++) n *= 2
  return n
}
const addressNumber = (address: string): number => address.split('.').reduce((n, part) => n * 256 + Number(part), 0)
const addressText = (n: number): string => [16_777_216, 65_536, 256, 1].map(unit => Math.floor(n / unit) % 256).join('.')

/** The n-th address of a range. */
export const addressOf = (cidr: string, n: number): string => addressText(rangeOf(cidr).base + n)

/** What a Service holds: its cluster IPs and node ports. */
export function claimsOf({ spec }: KubeObject): readonly string[] {
  const ips: string[] = (spec?.clusterIPs ?? []).filter((ip: string) => ip !== 'None')
  const ports = ((spec?.ports ?? []) as Port[]).flatMap(p => (p.nodePort ? [String(p.nodePort)] : []))
  return [...ips, ...ports, ...(spec?.healthCheckNodePort ? [String(spec.healthCheckNodePort)] : [])]
}

function claimed(reader: Reader): Set<string> {
  const taken = new Set<string>()
  for (const service of reader.list('services')) for (const claim of claimsOf(service)) taken.add(claim)
  return taken
}

const needsPorts = (type: string, spec: KubeObject): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

/** A load balancer that keeps clients' addresses asks each node whether it has a pod: at a port of the node's. */
const needsHealthCheck = ({ type, externalTrafficPolicy }: KubeObject['spec']): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

/** allocateCreate: the address and the node ports that a new Service is given. */
export function allocateService(object: KubeObject, reader: Reader): KubeObject {
  const { spec } = object
  if (!spec || spec.type === 'ExternalName') return object
  const taken = claimed(reader)
  const ip: string = spec.clusterIP || spec.clusterIPs?.[0] || freeAddress(reader, taken)
  return {
    ...object,
    spec: {
      ...spec,
      clusterIP: ip,
      clusterIPs: [ip],
      ...(spec.ports && needsPorts(spec.type, spec) && { ports: withNodePorts(spec.ports as Port[], reader, taken) }),
      ipFamilies: spec.ipFamilies ?? ['IPv4'],
      ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
      ...(needsHealthCheck(spec) && { healthCheckNodePort: spec.healthCheckNodePort || freePort(reader, taken) }),
    },
  }
}

/** Addresses come from the upper part of the range; the lower is for those that ask for one (ServiceIPStaticSubrange). */
function freeAddress(reader: Reader, taken: ReadonlySet<string>): string {
  const { base, size } = rangeOf(reader.config.serviceCIDR)
  const reserved = Math.min(Math.max(16, Math.floor(size / 16)), 256)
  for (let i = 0; i < TRIES; i++) {
    const ip = addressText(base + reserved + Math.floor(reader.random() * (size - reserved - 1)))
    if (!taken.has(ip)) return ip
  }
  return ''
}

function withNodePorts(ports: readonly Port[], reader: Reader, taken: Set<string>): Port[] {
  return ports.map(port => {
    if (port.nodePort) return port
    const nodePort = freePort(reader, taken)
    return nodePort === undefined ? port : { ...port, nodePort }
  })
}

function freePort(reader: Reader, taken: Set<string>): number | undefined {
  for (let i = 0; i < TRIES; i++) {
    const port = PORTS.first + Math.floor(reader.random() * (PORTS.last - PORTS.first + 1))
    if (taken.has(String(port))) continue
    taken.add(String(port))
    return port
  }
  return undefined
}

/** An update keeps what was allocated, gives back what a new type does not need, and is given what it needs. */
export function keepAllocated(given: KubeObject, old: KubeObject, reader: Reader): KubeObject {
  const object = dropForType(withOneAddress(given, old), old)
  const { spec } = object
  if (!spec || spec.type === 'ExternalName') return object
  if (old.spec?.type === 'ExternalName') return allocateService(object, reader)
  const taken = claimed(reader)
  const before = (old.spec?.ports ?? []) as (Port & { protocol?: string })[]
  const ports = ((spec.ports ?? []) as (Port & { protocol?: string })[]).map(p => {
    if (!needsPorts(spec.type, spec) || p.nodePort) return p
    const same = before.find(o => o.port === p.port && o.protocol === p.protocol)
    return same?.nodePort ? { ...p, nodePort: same.nodePort } : p
  })
  const full = {
    ...spec,
    clusterIP: spec.clusterIP || old.spec?.clusterIP,
    clusterIPs: spec.clusterIPs ?? old.spec?.clusterIPs,
    ipFamilies: spec.ipFamilies ?? old.spec?.ipFamilies,
    ipFamilyPolicy: spec.ipFamilyPolicy ?? old.spec?.ipFamilyPolicy,
    ...(spec.ports && { ports: needsPorts(spec.type, spec) ? withNodePorts(ports, reader, taken) : ports }),
    ...(needsHealthCheck(spec) && {
      healthCheckNodePort: spec.healthCheckNodePort || old.spec?.healthCheckNodePort || freePort(reader, taken),
    }),
  }
  return { ...object, spec: full }
}

/** NormalizeClusterIPs: who changes one of `clusterIP` and `clusterIPs` means both. */
function withOneAddress(object: KubeObject, old: KubeObject): KubeObject {
  const { clusterIP, clusterIPs, ...spec } = object.spec ?? {}
  if (clusterIP === old.spec?.clusterIP || !semanticEqual(clusterIPs, old.spec?.clusterIPs)) return object
  return { ...object, spec: { ...spec, ...(clusterIP && { clusterIP, clusterIPs: [clusterIP] }) } }
}

const hasNodePorts = (type: unknown): boolean => type === 'NodePort' || type === 'LoadBalancer'

/** dropTypeDependentFields: what was given for the old type goes, unless whoever updates says otherwise. */
function dropForType(object: KubeObject, old: KubeObject): KubeObject {
  const [now, before] = [object.spec, old.spec]
  if (!now || !before || (now.type === before.type && now.externalTrafficPolicy === before.externalTrafficPolicy)) return object
  const spec: { ports?: unknown; [field: string]: unknown } = { ...now }
  const drop = (...fields: readonly string[]): void => {
    for (const field of fields) if (semanticEqual(now[field], before[field])) delete spec[field]
  }
  if (now.type === 'ExternalName') {
    if (now.clusterIP === before.clusterIP) drop('clusterIP', 'clusterIPs')
    drop('ipFamilies', 'ipFamilyPolicy')
  }
  if (needsHealthCheck(before) && !needsHealthCheck(now)) drop('healthCheckNodePort')
  if (now.type !== 'LoadBalancer') drop('allocateLoadBalancerNodePorts', 'loadBalancerClass')
  if (hasNodePorts(before.type) && !hasNodePorts(now.type)) {
    drop('externalTrafficPolicy')
    const held = new Set(((before.ports ?? []) as Port[]).map(({ nodePort }) => nodePort))
    const ports = (now.ports ?? []) as Port[]
    if (ports.every(({ nodePort }) => !nodePort || held.has(nodePort))) spec.ports = ports.map(({ nodePort: _, ...port }) => port)
  }
  return { ...object, spec }
}

/** What can't be allocated as it is asked for. */
export function allocationErrors(object: KubeObject, reader: Reader): FieldError[] {
  const { spec, metadata } = object
  const errors: FieldError[] = []
  const taken = new Set<string>()
  let before: string | undefined
  for (const other of reader.list('services'))
    if (other.metadata.name !== metadata.name || other.metadata.namespace !== metadata.namespace)
      for (const claim of claimsOf(other)) taken.add(claim)
    else before = other.spec?.clusterIPs?.[0]
  const wanted: string | undefined = spec?.clusterIPs?.[0]
  // another address than before is refused before it could be allocated
  const ip = before !== undefined && before !== wanted ? undefined : wanted
  if (ip && taken.has(ip))
    errors.push(invalid('spec.clusterIPs', spec?.clusterIPs, `failed to allocate IP ${ip}: provided IP is already allocated`))
  if (ip === '') errors.push(internal('spec.clusterIPs', 'failed to allocate a serviceIP: range is full'))
  if (ip && ip !== 'None' && !isWithin(reader.config.serviceCIDR, ip))
    errors.push(
      invalid(
        'spec.clusterIPs',
        spec?.clusterIPs,
        `failed to allocate IP ${ip}: the provided network does not match the current range`,
      ),
    )
  ;((spec?.ports ?? []) as Port[]).forEach((port, i) => {
    if (!port.nodePort) return
    const field = `spec.ports[${i}].nodePort`
    if (taken.has(String(port.nodePort))) errors.push(invalid(field, port.nodePort, 'provided port is already allocated'))
    else if (port.nodePort < PORTS.first || port.nodePort > PORTS.last)
      errors.push(
        invalid(
          field,
          port.nodePort,
          `provided port is not in the valid range. The range of valid ports is ${PORTS.first}-${PORTS.last}`,
        ),
      )
  })
  return errors
}

function isWithin(cidr: string, ip: string): boolean {
  const { base, size } = rangeOf(cidr)
  const n = addressNumber(ip)
  return n >= base && n < base + size
}
