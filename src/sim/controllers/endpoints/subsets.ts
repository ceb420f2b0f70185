// Models pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints/util.go: the subsets of an Endpoints object.
import type { Endpoints, Pod, Service } from '../../api/types'
import { isPodReady } from '../pods'
import { hasEndpoint, hostnameFor, isHeadless, targetPort } from '../services'

/** Addresses that have the same ports. */
export type Subset = NonNullable<Endpoints['subsets']>[number]
type Address = NonNullable<Subset['addresses']>[number]
type Port = NonNullable<Subset['ports']>[number]

interface Held {
  readonly address: Address
  readonly ready: boolean
}

/** An Endpoints object holds no more addresses than this; what is more is cut off. */
export const MAX_ADDRESSES = 1000

/** What the pods of a Service come to: addresses that have the same ports stand together, ready ones apart from those that are not. */
export function subsetsOf(service: Service, pods: readonly Pod[]): Subset[] {
  const tolerant = service.spec.publishNotReadyAddresses === true
  const byPort = new Map<string, { port: Port | undefined; held: Map<string, Held> }>()
  const put = (port: Port | undefined, held: Held) => {
    const key = port ? `${port.name ?? ''} ${port.port} ${port.protocol} ${port.appProtocol ?? ''}` : ''
    const group = byPort.get(key) ?? { port, held: new Map<string, Held>() }
    byPort.set(key, group)
    group.held.set(addressKey(held.address), held)
  }
  for (const pod of pods) {
    if (!hasEndpoint(pod, tolerant)) continue
    const held = { address: addressOf(service, pod), ready: tolerant || isPodReady(pod) }
    const ports = service.spec.ports ?? []
    if (ports.length === 0 && isHeadless(service)) put(undefined, held)
    for (const port of ports) {
      const number = targetPort(pod, port)
      if (number === undefined) continue
      const { name, protocol = 'TCP', appProtocol } = port
      put({ ...(name && { name }), port: number, protocol, ...(appProtocol && { appProtocol }) }, held)
    }
  }
  return pack(byPort.values())
}

const addressKey = ({ ip, targetRef }: Address): string => `${ip} ${targetRef?.uid ?? ''}`

function addressOf(service: Service, pod: Pod): Address {
  const hostname = hostnameFor(pod, service)
  const { namespace, name, uid } = pod.metadata
  return {
    ip: pod.status.podIP ?? '',
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

/** RepackSubsets: ports with exactly the same addresses share a subset. All is sorted, so that equal subsets look equal. */
function pack(groups: Iterable<{ port: Port | undefined; held: Map<string, Held> }>): Subset[] {
  const bySet = new Map<string, { ports: Port[]; held: readonly (readonly [string, Held])[] }>()
  for (const { port, held } of groups) {
    const sorted = [...held].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    const key = sorted.map(([address, { ready }]) => `${address} ${ready}`).join('|')
    const set = bySet.get(key) ?? { ports: [], held: sorted }
    bySet.set(key, set)
    if (port) set.ports.push(port)
  }
  return [...bySet.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, { ports, held }]) => {
      const addresses = held.filter(([, h]) => h.ready).map(([, h]) => h.address)
      const notReadyAddresses = held.filter(([, h]) => !h.ready).map(([, h]) => h.address)
      return {
        ...(addresses.length > 0 && { addresses }),
        ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
        ...(ports.length > 0 && { ports: ports.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1) || a.port - b.port) }),
      }
    })
}
