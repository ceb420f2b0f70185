// Models pkg/proxy/serviceport.go, endpointslicecache.go and topology.go: where connections to a Service's port go, seen from one node.
import type { ServiceBackend, ServiceRule } from '../api/cni'
import type { EndpointSlice, Service } from '../api/types'

/** The rules of one port of a Service. Endpoints are in the order of their addresses, as text. */
export interface PortRules {
  /** `default/web:http`, or `default/web` for a port without a name. */
  readonly name: string
  readonly protocol: ServiceRule['protocol']
  readonly clusterIP: string
  readonly port: number
  readonly nodePort: number
  /** Seconds for which a client stays with its backend; 0: not at all. */
  readonly affinitySeconds: number
  readonly internalLocal: boolean
  readonly externalLocal: boolean
  /** Endpoints anywhere that can be used. */
  readonly cluster: readonly ServiceBackend[]
  /** Those of them that are on this node (or, without any that are ready, those here that still serve). */
  readonly local: readonly ServiceBackend[]
}

export const SERVICE_NAME = 'kubernetes.io/service-name'
const AFFINITY_SECONDS = 10800

/** True for a Service that kube-proxy has anything to do with. */
const isProxied = ({ spec }: Service): boolean =>
  spec.type !== 'ExternalName' && spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'

/** Rules of all ports of a Service. */
export function portRules(service: Service, slices: readonly EndpointSlice[], node: string): readonly PortRules[] {
  if (!isProxied(service)) return []
  const { spec, metadata } = service
  return (spec.ports ?? []).map(port => {
    const endpoints = endpointsOf(slices, port.name ?? '')
    const sticky = spec.sessionAffinity === 'ClientIP'
    return Object.freeze({
      name: `${metadata.namespace}/${metadata.name}${port.name ? `:${port.name}` : ''}`,
      protocol: (port.protocol ?? 'TCP') as ServiceRule['protocol'],
      clusterIP: spec.clusterIP ?? '',
      port: port.port,
      nodePort: port.nodePort ?? 0,
      affinitySeconds: sticky ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS) : 0,
      internalLocal: spec.internalTrafficPolicy === 'Local',
      externalLocal: spec.externalTrafficPolicy === 'Local',
      cluster: usable(endpoints),
      local: usable(endpoints.filter(e => e.backend.node === node)),
    })
  })
}

interface Endpoint {
  readonly backend: ServiceBackend
  readonly ready: boolean
  /** Not ready, but it terminates and still answers. */
  readonly lastResort: boolean
}

/** Ready endpoints; where there is none, those that terminate and still serve. Models CategorizeEndpoints. */
function usable(endpoints: readonly Endpoint[]): readonly ServiceBackend[] {
  const ready = endpoints.filter(e => e.ready)
  return Object.freeze((ready.length > 0 ? ready : endpoints.filter(e => e.lastResort)).map(e => e.backend))
}

/** Slices are immutable and shared by all nodes: each is read once. */
const read = new WeakMap<EndpointSlice, Map<string, readonly Endpoint[]>>()

function endpointsOf(slices: readonly EndpointSlice[], portName: string): readonly Endpoint[] {
  const found = new Map<string, Endpoint>()
  for (const slice of slices) {
    for (const endpoint of endpointsIn(slice, portName)) found.set(`${endpoint.backend.ip}:${endpoint.backend.port}`, endpoint)
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, endpoint]) => endpoint)
}

function endpointsIn(slice: EndpointSlice, portName: string): readonly Endpoint[] {
  const ports = read.get(slice) ?? new Map<string, readonly Endpoint[]>()
  const known = ports.get(portName)
  if (known) return known
  const endpoints = parse(slice, portName)
  read.set(slice, ports.set(portName, endpoints))
  return endpoints
}

function parse(slice: EndpointSlice, portName: string): readonly Endpoint[] {
  const port = slice.ports?.find(p => (p.name ?? '') === portName)?.port
  if (slice.addressType !== 'IPv4' || port === undefined) return []
  return (slice.endpoints ?? []).flatMap(({ addresses, nodeName, conditions }) => {
    const ip = addresses[0]
    if (ip === undefined) return []
    const ready = conditions?.ready !== false
    const lastResort = !ready && conditions?.serving === true && conditions.terminating === true
    return [{ backend: Object.freeze({ ip, port, ...(nodeName && { node: nodeName }) }), ready, lastResort }]
  })
}

/** What the kernel needs of a port's rules. */
export function netfilterRule(rules: PortRules): ServiceRule {
  const { name, protocol, clusterIP, port, nodePort, cluster, local, internalLocal, externalLocal, affinitySeconds } = rules
  return Object.freeze({
    name,
    protocol,
    clusterIP,
    port,
    nodePort,
    sessionAffinity: affinitySeconds > 0,
    backends: internalLocal ? local : cluster,
    externalBackends: externalLocal ? local : cluster,
    hasEndpoints: cluster.length > 0,
  })
}
