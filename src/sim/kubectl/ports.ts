// Models the ports of k8s.io/kubectl/pkg/cmd/portforward/portforward.go and pkg/util/{pod,service}_port.go, and parsePorts and parseAddresses
// of k8s.io/client-go/tools/portforward/portforward.go: which local port leads to which port of a Pod. Pure but for the errors it throws.
import type { KubeObject, Pod, Service } from '../api/types'
import { fail } from './errors'

/** A local port, 0 for any that is free, and the Pod's. */
export interface ForwardedPort {
  readonly local: number
  readonly remote: number
}

/** `[LOCAL:]REMOTE`. Whatever has more colons is its first part twice. */
function splitPort(port: string): readonly [local: string, remote: string] {
  const parts = port.split(':')
  const [first = '', second = ''] = parts
  return parts.length === 2 ? [first, second] : [first, first]
}

const isNumber = (text: string): boolean => /^[-+]?\d+$/.test(text)

function podPort({ metadata, spec }: Pod, name: string): number {
  for (const { ports = [] } of [...spec.containers, ...(spec.initContainers ?? [])])
    for (const port of ports) if ((port.name ?? '') === name) return port.containerPort
  return fail(`Pod '${metadata.name}' does not have a named port '${name}'`)
}

function namedServicePort({ metadata, spec }: Service, name: string): number {
  const found = spec?.ports?.find(port => (port.name ?? '') === name)
  return found ? found.port : fail(`Service '${metadata?.name}' does not have a named port '${name}'`)
}

function targetPort({ metadata, spec }: Service, pod: Pod, port: number): number {
  if (spec?.clusterIP === 'None') return port
  const found = spec?.ports?.find(each => each.port === port)
  if (!found) return fail(`Service ${metadata?.name} does not have a service port ${port}`)
  if (typeof found.targetPort === 'string') return podPort(pod, found.targetPort)
  return found.targetPort || found.port
}

/** What is known by name of a Service's ports or a Pod's, and those that are UDP only. */
interface Known {
  readonly byName: (name: string) => number
  readonly all: readonly { readonly port: number; readonly protocol?: string | undefined }[]
}

function checkUdp({ byName, all }: Known, ports: readonly string[]): void {
  const of = (protocol: string) => new Set(all.filter(each => (each.protocol ?? 'TCP') === protocol).map(({ port }) => port))
  const [udp, tcp] = [of('UDP'), of('TCP')]
  for (const port of ports) {
    const [, remote] = splitPort(port)
    const number = isNumber(remote) ? Number(remote) : byName(remote)
    if (udp.has(number) && !tcp.has(number)) fail(`UDP protocol is not supported for ${remote}`)
  }
}

const written = (local: string, same: boolean, remote: string): string => (same ? remote : `${local}:${remote}`)

/** The ports as the Pod has them: names and a Service's ports are looked up. */
export function portsOfPod(object: KubeObject, pod: Pod, ports: readonly string[]): readonly string[] {
  if (object.kind === 'Service') {
    const service = object as unknown as Service
    checkUdp({ byName: name => namedServicePort(service, name), all: service.spec?.ports ?? [] }, ports)
    return ports.map(port => {
      const [local, remote] = splitPort(port)
      const number = isNumber(remote) ? Number(remote) : namedServicePort(service, remote)
      const own = !isNumber(remote) && local === remote ? String(number) : local
      const target = String(targetPort(service, pod, number))
      return written(own, own === target, target)
    })
  }
  const all = pod.spec.containers.flatMap(({ ports: own = [] }) =>
    own.map(({ containerPort, protocol }) => ({ port: containerPort, protocol })),
  )
  checkUdp({ byName: name => podPort(pod, name), all }, ports)
  return ports.map(port => {
    const [local, remote] = splitPort(port)
    if (remote === '') fail('remote port cannot be empty')
    return written(local, local === remote, isNumber(remote) ? remote : String(podPort(pod, remote)))
  })
}

/** Go's strconv.ParseUint of 16 bits. */
function portNumber(text: string, what: string): number {
  const why = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65535 ? 'value out of range' : undefined
  if (why) fail(`error parsing ${what} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
  return Number(text)
}

export const parsePorts = (ports: readonly string[]): readonly ForwardedPort[] =>
  ports.map(port => {
    const parts = port.split(':')
    const [first = '', second] = parts
    if (parts.length > 2) fail(`invalid port format '${port}'`)
    const local = portNumber(second !== undefined && first === '' ? '0' : first, 'local')
    const remote = portNumber(second ?? first, 'remote')
    if (remote === 0) fail('remote port must be > 0')
    return { local, remote }
  })

/** An address to listen on. Where `localhost` was asked for, one of its two is enough. */
export interface ListenAddress {
  readonly address: string
  readonly isV6: boolean
  readonly isOneOf: boolean
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const isV4 = (text: string): boolean =>
  V4.exec(text)
    ?.slice(1)
    .every(part => Number(part) < 256) ?? false
const isV6 = (text: string): boolean =>
  /^[\da-f:]+(\d+\.\d+\.\d+\.\d+)?$/i.test(text) && text.includes(':') && !text.includes(':::') && text.split('::').length <= 2

export function parseAddresses(given: readonly string[]): readonly ListenAddress[] {
  const parsed = new Map<string, ListenAddress>()
  for (const address of given) {
    if (address === 'localhost') {
      for (const own of ['127.0.0.1', '::1'])
        if (!parsed.has(own)) parsed.set(own, { address: own, isV6: own === '::1', isOneOf: true })
    } else if (isV4(address) || isV6(address)) parsed.set(address, { address, isV6: !isV4(address), isOneOf: false })
    else fail(`${address} is not a valid IP`)
  }
  return [...parsed.values()].sort((a, b) => (a.address < b.address ? -1 : 1))
}

/** Go's net.JoinHostPort. */
export const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
