// Models the describers of Services, their endpoints and Ingresses in kubectl's describe.go.
import type { Ingress, IngressBackend, IngressClass, IngressServiceBackend } from 'kubernetes-types/networking/v1'
import { apiPath, mustResource } from '../../api/kinds'
import { formatLabels } from '../../api/selectors'
import type { Endpoint, EndpointSlice, Endpoints, ObjectMeta, Service, ServicePort } from '../../api/types'
import { eventsRead, writeEvents } from './events'
import { annotations, heading, hostPort, labels, labelsAndAnnotations, tableHeader } from './format'
import { type DescribeContext, type Describers, describer, type NamedRead } from './types'
import type { Writer } from './writer'

/** How many endpoints are listed before it is said how many more there are. */
const SHOWN = 3

/** The read of a Service's EndpointSlices, which upstream makes without a limit. */
const slicesRead = (name: string, namespace: string | undefined, service: string): NamedRead => ({
  name,
  path: apiPath(mustResource('discovery.k8s.io/v1', 'EndpointSlice'), namespace),
  query: { labelSelector: `kubernetes.io/service-name=${service}` },
})

const isReady = ({ conditions }: Endpoint) => conditions?.ready !== false

/** Ready endpoints of the port with this name. Models formatEndpointSlices. */
function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>'
  const all = slices.flatMap(({ ports, endpoints }) => {
    const ready = (endpoints ?? []).filter(isReady).map(({ addresses }) => addresses[0] ?? '')
    if (!ports?.length) return ready
    return ports.filter(({ name = '' }) => name === portName).flatMap(({ port }) => ready.map(ip => hostPort(ip, port ?? 0)))
  })
  return all.length > SHOWN ? `${all.slice(0, SHOWN).join(',')} + ${all.length - SHOWN} more...` : all.join(',')
}

function writeService(writer: Writer, { metadata, spec, status }: Service, context: DescribeContext): void {
  heading(writer, metadata)
  writer.line(0, 'Selector:', formatLabels(spec.selector))
  writer.line(0, 'Type:', spec.type ?? '')
  if (spec.ipFamilyPolicy) writer.line(0, 'IP Family Policy:', spec.ipFamilyPolicy)
  writer.line(0, 'IP Families:', spec.ipFamilies?.join(',') || '<none>')
  writer.line(0, 'IP:', spec.clusterIP ?? '')
  writer.line(0, 'IPs:', spec.clusterIPs?.join(',') || '<none>')
  if (spec.externalIPs?.length) writer.line(0, 'External IPs:', spec.externalIPs.join(','))
  if (spec.loadBalancerIP) writer.line(0, 'Desired LoadBalancer IP:', spec.loadBalancerIP)
  if (spec.externalName) writer.line(0, 'External Name:', spec.externalName)
  const ingress = status.loadBalancer?.ingress ?? []
  if (ingress.length > 0) {
    const texts = ingress.map(({ ip, ipMode, hostname = '' }) => (ip ? (ipMode ? `${ip} (${ipMode})` : ip) : hostname))
    writer.line(0, 'LoadBalancer Ingress:', texts.join(', '))
  }
  for (const port of spec.ports ?? []) servicePort(writer, port, context.items<EndpointSlice>('slices') ?? [])
  writer.line(0, 'Session Affinity:', spec.sessionAffinity ?? '')
  if (spec.externalTrafficPolicy) writer.line(0, 'External Traffic Policy:', spec.externalTrafficPolicy)
  if (spec.internalTrafficPolicy) writer.line(0, 'Internal Traffic Policy:', spec.internalTrafficPolicy)
  if (spec.healthCheckNodePort) writer.line(0, 'HealthCheck NodePort:', String(spec.healthCheckNodePort))
  if (spec.loadBalancerSourceRanges?.length) {
    writer.line(0, 'LoadBalancer Source Ranges:', spec.loadBalancerSourceRanges.join(','))
  }
  if (spec.trafficDistribution) writer.line(0, 'Traffic Distribution:', spec.trafficDistribution)
  writeEvents(writer, context)
}

function servicePort(writer: Writer, port: ServicePort, slices: readonly EndpointSlice[]): void {
  const name = port.name || '<unset>'
  writer.line(0, 'Port:', name, `${port.port}/${port.protocol}`)
  writer.line(0, 'TargetPort:', `${port.targetPort ?? 0}/${port.protocol}`)
  if (port.appProtocol !== undefined) writer.line(0, 'AppProtocol:', port.appProtocol)
  if (port.nodePort) writer.line(0, 'NodePort:', name, `${port.nodePort}/${port.protocol}`)
  writer.line(0, 'Endpoints:', endpointsText(slices, port.name ?? ''))
}

function writeEndpoints(writer: Writer, { metadata, subsets }: Endpoints, context: DescribeContext): void {
  heading(writer, metadata)
  writer.line(0, 'Subsets:')
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets ?? []) {
    writer.line(1, 'Addresses:', addresses.map(({ ip }) => ip).join(',') || '<none>')
    writer.line(1, 'NotReadyAddresses:', notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>')
    if (ports.length > 0) {
      writer.line(1, 'Ports:')
      tableHeader(writer, 2, 'Name', 'Port', 'Protocol')
      for (const { name, port, protocol = '' } of ports) writer.line(2, name || '<unset>', String(port), protocol)
    }
    writer.line(0)
  }
  writeEvents(writer, context)
}

function writeEndpointSlice(writer: Writer, slice: EndpointSlice, context: DescribeContext): void {
  heading(writer, slice.metadata)
  writer.line(0, 'AddressType:', slice.addressType)
  if (slice.ports?.length) {
    writer.line(0, 'Ports:')
    tableHeader(writer, 1, 'Name', 'Port', 'Protocol')
    for (const { name, port, protocol = '' } of slice.ports) {
      writer.line(1, name || '<unset>', String(port ?? '<unset>'), protocol)
    }
  } else writer.line(0, 'Ports: <unset>')
  writer.line(0, slice.endpoints?.length ? 'Endpoints:' : 'Endpoints: <none>')
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of slice.endpoints ?? []) {
    writer.line(1, '- Addresses:', addresses.join(', ') || '<none>')
    writer.line(2, 'Conditions:')
    writer.line(3, 'Ready:', String(conditions?.ready ?? '<unset>'))
    writer.line(2, 'Hostname:', hostname ?? '<unset>')
    if (targetRef) writer.line(2, 'TargetRef:', `${targetRef.kind}/${targetRef.name}`)
    writer.line(2, 'NodeName:', nodeName ?? '<unset>')
    writer.line(2, 'Zone:', zone ?? '<unset>')
  }
  writeEvents(writer, context)
}

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }

const backendName = ({ name, port }: IngressServiceBackend) => `${name}:${port?.number || (port?.name ?? '')}`

/** Backends in the order in which they are written: kubectl asks for each as it comes to it. */
const backendsOf = ({ spec }: WithMetadata<Ingress>): IngressBackend[] => [
  ...(spec?.defaultBackend ? [spec.defaultBackend] : []),
  ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
]

/** `web:80 (10.0.0.1:80)`. Models describeBackendV1; `index` is its place among the backends. */
function backendText({ service, resource }: IngressBackend, index: number, { items, object, error }: DescribeContext): string {
  if (resource) return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
  if (!service) return ''
  const failed = error(`slices/${index}`) ?? error(`service/${index}`)
  if (failed !== undefined) return `${backendName(service)} (<error: ${failed}>)`
  const ports = object<Service>(`service/${index}`)?.spec.ports ?? []
  const port = ports.findLast(({ port, name }) =>
    service.port?.number ? port === service.port.number : service.port?.name !== undefined && name === service.port.name,
  )
  return `${backendName(service)} (${endpointsText(items<EndpointSlice>(`slices/${index}`) ?? [], port?.name ?? '')})`
}

function writeIngress(writer: Writer, ingress: WithMetadata<Ingress>, context: DescribeContext): void {
  const { metadata, spec, status } = ingress
  let index = 0
  const next = (backend: IngressBackend) => backendText(backend, index++, context)
  writer.line(0, 'Name:', metadata.name)
  labels(writer, 'Labels', metadata.labels)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean)
  writer.line(0, 'Address:', [...new Set(addresses)].sort().join(','))
  writer.line(0, 'Ingress Class:', spec?.ingressClassName ?? '<none>')
  const defaultBackend = spec?.defaultBackend ? next(spec.defaultBackend) : '<default>'
  writer.line(0, 'Default backend:', defaultBackend)
  if (spec?.tls?.length) writer.line(0, 'TLS:')
  for (const { secretName, hosts = [] } of spec?.tls ?? []) {
    writer.line(1, secretName ? `${secretName} terminates ${hosts.join(',')}` : `SNI routes ${hosts.join(',')}`)
  }
  writer.line(0, 'Rules:')
  tableHeader(writer, 1, 'Host', 'Path', 'Backends')
  const rules = (spec?.rules ?? []).filter(({ http }) => http !== undefined)
  for (const { host, http } of rules) {
    writer.line(1, host || '*', '')
    for (const { path = '', backend } of http?.paths ?? []) writer.line(2, '', `${path} `, next(backend))
  }
  if (rules.length === 0) writer.line(1, '*', '*', defaultBackend)
  annotations(writer, 'Annotations', metadata.annotations)
  writeEvents(writer, context)
}

function writeIngressClass(writer: Writer, { metadata, spec }: WithMetadata<IngressClass>, context: DescribeContext): void {
  writer.line(0, 'Name:', metadata.name)
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Controller:', spec?.controller ?? '')
  if (spec?.parameters) {
    writer.line(0, 'Parameters:')
    if (spec.parameters.apiGroup) writer.line(1, 'APIGroup:', spec.parameters.apiGroup)
    writer.line(1, 'Kind:', spec.parameters.kind)
    writer.line(1, 'Name:', spec.parameters.name)
  }
  writeEvents(writer, context)
}

export const serviceDescribers: Describers = {
  Service: describer<Service>(
    (service, settings) => [
      slicesRead('slices', service.metadata.namespace, service.metadata.name),
      ...eventsRead(service, settings),
    ],
    writeService,
  ),
  Endpoints: describer<Endpoints>(eventsRead, writeEndpoints),
  'EndpointSlice.discovery.k8s.io': describer<EndpointSlice>(eventsRead, writeEndpointSlice),
  'Ingress.networking.k8s.io': describer<WithMetadata<Ingress>>((ingress, settings) => {
    const { namespace } = ingress.metadata
    const reads = backendsOf(ingress).flatMap(({ service }, index) => {
      if (!service) return []
      const path = apiPath(mustResource('v1', 'Service'), namespace, service.name)
      return [slicesRead(`slices/${index}`, namespace, service.name), { name: `service/${index}`, path, query: {} }]
    })
    return [...eventsRead(ingress, settings), ...reads]
  }, writeIngress),
  'IngressClass.networking.k8s.io': describer<WithMetadata<IngressClass>>(eventsRead, writeIngressClass),
}
