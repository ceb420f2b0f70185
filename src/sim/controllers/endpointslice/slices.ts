// Models staging/src/k8s.io/endpointslice/{reconciler,utils}.go: which EndpointSlices a Service needs.
import { deepEqual } from '../../api/deep'
import { controllerRef } from '../../api/owners'
import type { Endpoint, EndpointSlice, KubeObject, Node, Pod, Service } from '../../api/types'
import type { StringMap } from '../objects'
import { isPodReady } from '../pods'
import { HEADLESS, hasEndpoint, hostnameFor, isHeadless, targetPort } from '../services'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const CONTROLLER = 'endpointslice-controller.k8s.io'
const ZONE = 'topology.kubernetes.io/zone'
/** --max-endpoints-per-slice */
const MAX_ENDPOINTS = 100

type AddressType = 'IPv4' | 'IPv6'
type Ports = NonNullable<EndpointSlice['ports']>

/** What to do about a Service's slices. An update without uid takes the name of a slice that would have been deleted. */
export interface SliceChanges {
  readonly create: readonly EndpointSlice[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

/** Compares a Service's slices with what its pods need, as few of them changed as possible. */
export function reconcileSlices(
  service: Service,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  nodes: ReadonlyMap<string, Node>,
): SliceChanges {
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  const families = (service.spec.ipFamilies ?? ['IPv4']) as AddressType[]
  for (const family of families) {
    const changes = reconcileFamily(
      service,
      pods,
      existing.filter(s => s.addressType === family),
      nodes,
      family,
    )
    create.push(...changes.create)
    update.push(...changes.update)
    remove.push(...changes.remove)
  }
  remove.push(...existing.filter(s => !families.includes(s.addressType as AddressType)))
  return reuse(service, { create, update, remove })
}

/** Slices of one address family: those of each set of ports apart. */
function reconcileFamily(
  service: Service,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  nodes: ReadonlyMap<string, Node>,
  family: AddressType,
): SliceChanges {
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const remove = existing.filter(slice => !isOwned(slice, service))
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    if (!isOwned(slice, service)) continue
    const key = portsKey(slice.ports ?? [])
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  const desired = desiredEndpoints(service, pods, nodes, family)
  for (const [key, { ports, endpoints }] of desired) {
    const changes = reconcilePorts(service, byPorts.get(key) ?? [], endpoints, ports, family)
    create.push(...changes.create)
    update.push(...changes.update)
    remove.push(...changes.remove)
  }
  for (const [key, slices] of byPorts) if (!desired.has(key)) remove.push(...slices)
  if (existing.length > remove.length || create.length > 0) return { create, update, remove }
  const placeholder = newSlice(service, [], [], family)
  const [only] = remove
  if (only && remove.length === 1 && isPlaceholder(only, placeholder)) return { create, update, remove: [] }
  return { create: [placeholder], update, remove }
}

const isOwned = (slice: EndpointSlice, service: Service): boolean =>
  slice.metadata.ownerReferences?.some(r => r.uid === service.metadata.uid && r.kind === 'Service') ?? false

const isPlaceholder = (slice: EndpointSlice, placeholder: EndpointSlice): boolean =>
  !slice.endpoints?.length && !slice.ports?.length && deepEqual(slice.metadata.labels, placeholder.metadata.labels)

const portsKey = (ports: Ports): string =>
  ports
    .map(p => `${p.name ?? ''} ${p.protocol ?? ''} ${p.port ?? ''} ${p.appProtocol ?? ''}`)
    .sort()
    .join('|')

/** The endpoints that pods give, by the ports that they have for the Service. */
function desiredEndpoints(
  service: Service,
  pods: readonly Pod[],
  nodes: ReadonlyMap<string, Node>,
  family: AddressType,
): Map<string, { ports: Ports; endpoints: Map<string, Endpoint> }> {
  const desired = new Map<string, { ports: Ports; endpoints: Map<string, Endpoint> }>()
  for (const pod of pods) {
    if (!hasEndpoint(pod, true)) continue
    const addresses = addressesOf(pod, family)
    if (addresses.length === 0) continue
    const ports = (service.spec.ports ?? []).flatMap(port => {
      const number = targetPort(pod, port)
      const { appProtocol } = port
      return number === undefined
        ? []
        : [{ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: number, ...(appProtocol && { appProtocol }) }]
    }) as Ports
    const key = portsKey(ports)
    const group = desired.get(key) ?? { ports, endpoints: new Map<string, Endpoint>() }
    desired.set(key, group)
    const endpoint = endpointOf(service, pod, addresses, nodes.get(pod.spec.nodeName ?? ''))
    group.endpoints.set(endpointKey(endpoint), endpoint)
  }
  return desired
}

function addressesOf(pod: Pod, family: AddressType): string[] {
  const ips = pod.status.podIPs?.map(({ ip }) => ip ?? '') ?? [pod.status.podIP ?? '']
  return ips.filter(ip => ip !== '' && ip.includes(':') === (family === 'IPv6'))
}

function endpointOf(service: Service, pod: Pod, addresses: string[], node: Node | undefined): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const { namespace, name, uid } = pod.metadata
  const hostname = hostnameFor(pod, service)
  const zone = node?.metadata.labels?.[ZONE]
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
  }
}

/** What makes an endpoint the same one, whatever its state. */
const endpointKey = ({ addresses, hostname, nodeName, targetRef }: Endpoint): string =>
  `${addresses.join(',')} ${hostname ?? ''} ${nodeName ?? ''} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`

/** Slices with one set of ports: what is no longer wanted leaves, what is new fills up changed slices, then one unchanged one, then new ones. */
function reconcilePorts(
  service: Service,
  existing: readonly EndpointSlice[],
  endpoints: Map<string, Endpoint>,
  ports: Ports,
  family: AddressType,
): SliceChanges {
  const left = new Map(endpoints)
  const changed: EndpointSlice[] = []
  const unchanged: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  for (const slice of existing) {
    const kept: Endpoint[] = []
    let differs = false
    for (const endpoint of slice.endpoints ?? []) {
      const key = endpointKey(endpoint)
      const wanted = left.get(key)
      if (!wanted) continue
      kept.push(wanted)
      if (!deepEqual(wanted, endpoint)) differs = true
      left.delete(key)
    }
    const labels = sliceLabels(service)
    const relabeled = !deepEqual(labels, slice.metadata.labels)
    if (differs || kept.length !== (slice.endpoints ?? []).length) {
      if (kept.length === 0) remove.push(slice)
      else changed.push(withEndpoints(slice, kept, labels))
    } else if (relabeled) changed.push(withEndpoints(slice, kept, labels))
    else unchanged.push(slice)
  }
  const rest = [...left.values()]
  const update = changed
    .sort((a, b) => (b.endpoints ?? []).length - (a.endpoints ?? []).length)
    .map(slice =>
      withEndpoints(slice, [...(slice.endpoints ?? []), ...rest.splice(0, MAX_ENDPOINTS - (slice.endpoints ?? []).length)]),
    )
  const create: EndpointSlice[] = []
  while (rest.length > 0) {
    const fit = rest.length < MAX_ENDPOINTS ? closestFit(unchanged, rest.length) : undefined
    if (fit) update.push(withEndpoints(fit, [...(fit.endpoints ?? []), ...rest.splice(0)], sliceLabels(service)))
    else create.push(newSlice(service, ports, rest.splice(0, MAX_ENDPOINTS), family))
  }
  return { create, update, remove }
}

/** getSliceToFill: the fullest slice that still has room for all of them. */
function closestFit(slices: readonly EndpointSlice[], count: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined
  for (const slice of slices) {
    const size = slice.endpoints?.length ?? 0
    if (size + count <= MAX_ENDPOINTS && (!best || size > (best.endpoints?.length ?? 0))) best = slice
  }
  return best
}

const withEndpoints = (
  slice: EndpointSlice,
  endpoints: Endpoint[],
  labels: StringMap | undefined = slice.metadata.labels,
): EndpointSlice => ({
  ...slice,
  metadata: { ...slice.metadata, labels: { ...labels } },
  endpoints,
})

/** setEndpointSliceLabels: the Service's, and whose slice it is. */
function sliceLabels(service: Service): StringMap {
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    ...(isHeadless(service) && { [HEADLESS]: '' }),
    [MANAGED_BY]: CONTROLLER,
    [SERVICE_NAME]: service.metadata.name,
  }
}

/** A slice that the apiserver will name. Lists without entries are null, as the client sends them. */
function newSlice(service: Service, ports: Ports, endpoints: Endpoint[], addressType: AddressType): EndpointSlice {
  const slice: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels: sliceLabels(service),
      ownerReferences: [controllerRef(service)],
    } as KubeObject['metadata'],
    addressType,
    endpoints: endpoints.length > 0 ? endpoints : null,
    ports: ports.length > 0 ? ports : null,
  }
  return slice as unknown as EndpointSlice
}

/** finalize: rather than to delete one slice and create another, the first is written anew under its name. */
function reuse(service: Service, { create, update, remove }: SliceChanges): SliceChanges {
  const fresh = [...create]
  const updates = [...update]
  const gone: EndpointSlice[] = []
  for (const slice of remove) {
    const last = fresh.at(-1)
    if (last && last.addressType === slice.addressType && isOwned(slice, service)) {
      fresh.pop()
      updates.push({ ...last, metadata: { ...last.metadata, name: slice.metadata.name } })
    } else gone.push(slice)
  }
  return { create: fresh, update: updates, remove: gone }
}
