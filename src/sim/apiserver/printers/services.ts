// Models pkg/printers/internalversion/printers.go for what routes traffic to Pods.
import type { EndpointPort } from 'kubernetes-types/discovery/v1'
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1'
import { formatLabels } from '../../api/selectors'
import type { Endpoint, EndpointSlice, Endpoints, ObjectMeta, Service, ServicePort } from '../../api/types'
import { age, hostPort } from './cells'
import { AGE, column, NAME, type Printers, printer, wideColumn } from './types'

/** How many addresses, ports or hosts a cell shows before it says how many more there are. */
const SHOWN = 3

/** `a,b,c + 2 more...` */
const shortened = (list: readonly string[], none: string): string => {
  if (list.length > SHOWN) return `${list.slice(0, SHOWN).join(',')} + ${list.length - SHOWN} more...`
  return list.join(',') || none
}

/** Addresses of a load balancer, sorted. The server prints wide rows, so they are never cut short. */
const loadBalancerAddresses = (ingress: readonly { ip?: string; hostname?: string }[] | undefined): string =>
  [...new Set((ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean))].sort().join(',')

function externalIP({ spec, status }: Service): string {
  const external = spec.externalIPs ?? []
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>'
    case 'LoadBalancer':
      return [loadBalancerAddresses(status.loadBalancer?.ingress), ...external].filter(Boolean).join(',') || '<pending>'
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

const portText = ({ port, nodePort, protocol }: ServicePort) =>
  nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`

/** `10.0.0.1:80,10.0.0.2:80`; a subset without ports has its addresses alone. Models formatEndpoints. */
const endpointsText = ({ subsets }: Endpoints): string => {
  if (!subsets?.length) return '<none>'
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip = '' }) => hostPort(ip, port ?? 0))),
  )
  return shortened(all, '')
}

const slicePort = ({ port, name }: EndpointPort) => (port === undefined ? (name ?? '*') : String(port))
const sliceAddresses = (endpoints: readonly Endpoint[] | null | undefined) =>
  (endpoints ?? []).flatMap(({ addresses }) => addresses)

function hosts(rules: readonly { host?: string }[]): string {
  const named = rules.flatMap(({ host }) => host || [])
  const shown = named.slice(0, SHOWN)
  if (shown.length === 0) return '*'
  // Upstream says more when rules follow the third host, named or not, and counts all rules.
  let seen = 0
  const more = rules.some(({ host }) => {
    if (seen === SHOWN) return true
    if (host) seen++
    return false
  })
  return more ? `${shown.join(',')} + ${rules.length - SHOWN} more...` : shown.join(',')
}

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }

function parametersOf({ spec }: WithMetadata<IngressClass>): string {
  const parameters = spec?.parameters
  if (parameters === undefined) return '<none>'
  const { apiGroup, kind = '', name = '' } = parameters
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`
}

export const servicePrinters: Printers = {
  Service: printer<Service>(
    [NAME, column('Type'), column('Cluster-IP'), column('External-IP'), column('Port(s)'), AGE, wideColumn('Selector')],
    (service, now) => [
      service.metadata.name,
      service.spec.type ?? '',
      service.spec.clusterIPs?.[0] ?? '<none>',
      externalIP(service),
      (service.spec.ports ?? []).map(portText).join(',') || '<none>',
      age(service, now),
      formatLabels(service.spec.selector),
    ],
  ),
  Endpoints: printer<Endpoints>([NAME, column('Endpoints'), AGE], (endpoints, now) => [
    endpoints.metadata.name,
    endpointsText(endpoints),
    age(endpoints, now),
  ]),
  EndpointSlice: printer<EndpointSlice>(
    [NAME, column('AddressType'), column('Ports'), column('Endpoints'), AGE],
    (slice, now) => [
      slice.metadata.name,
      slice.addressType,
      shortened((slice.ports ?? []).map(slicePort), '<unset>'),
      shortened(sliceAddresses(slice.endpoints), '<unset>'),
      age(slice, now),
    ],
  ),
  Ingress: printer<WithMetadata<Ingress>>(
    [NAME, column('Class'), column('Hosts'), column('Address'), column('Ports'), AGE],
    (ingress, now) => [
      ingress.metadata.name,
      ingress.spec?.ingressClassName ?? '<none>',
      hosts(ingress.spec?.rules ?? []),
      loadBalancerAddresses(ingress.status?.loadBalancer?.ingress),
      ingress.spec?.tls?.length ? '80, 443' : '80',
      age(ingress, now),
    ],
  ),
  IngressClass: printer<WithMetadata<IngressClass>>(
    [NAME, column('Controller'), column('Parameters'), AGE],
    (ingressClass, now) => [
      ingressClass.metadata.name,
      ingressClass.spec?.controller ?? '',
      parametersOf(ingressClass),
      age(ingressClass, now),
    ],
  ),
}
