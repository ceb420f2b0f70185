// Models pkg/apis/discovery/validation/validation.go, and ValidateEndpoints in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../api/field-error'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  portNumberErrors,
  qualifiedNameErrors,
} from '../../api/names'
import type { KubeObject } from '../../api/types'
import { labelErrors } from '../registry/metadata'
import { optionalEnumErrors } from './enums'
import { addressErrors, domainErrors, specialAddressErrors } from './paths'

const NONE: readonly FieldError[] = Object.freeze([])
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const MOST = { addresses: 100, endpoints: 1000, ports: 20_000, topology: 16, hints: 8 }

interface Hint {
  readonly name?: string
}
interface Endpoint {
  readonly addresses?: readonly string[]
  readonly nodeName?: string
  readonly deprecatedTopology?: Readonly<Record<string, string>>
  readonly hostname?: string
  readonly hints?: { readonly forZones?: readonly Hint[]; readonly forNodes?: readonly Hint[] }
}
interface Port {
  readonly name?: string
  readonly port?: number
  readonly protocol?: string
  readonly appProtocol?: string
}

/** Endpoints and lists of ports of slices that have been found good, by the type of their addresses: a controller writes the same ones again. */
const good = { FQDN: new WeakSet<object>(), IPv4: new WeakSet<object>(), IPv6: new WeakSet<object>() }
const goodPorts = new WeakSet<object>()

/** ValidateEndpointSlice, beside its metadata. */
export function validateEndpointSlice({ addressType, endpoints, ports }: KubeObject): readonly FieldError[] {
  // declarative validation says that the value is none of those that there are, too
  if (!addressType) return [required('addressType'), notSupported('addressType', '', ADDRESS_TYPES)]
  if (!ADDRESS_TYPES.includes(addressType)) return [notSupported('addressType', addressType, ADDRESS_TYPES)]
  const type = addressType as keyof typeof good
  const errors: FieldError[] = []
  const list = (endpoints ?? []) as readonly Endpoint[]
  if (list.length > MOST.endpoints) errors.push(tooMany('endpoints', list.length, MOST.endpoints))
  else
    for (const [i, endpoint] of list.entries()) {
      if (good[type].has(endpoint)) continue
      const wrong = endpointErrors(endpoint, type, `endpoints[${i}]`)
      if (wrong.length === 0) good[type].add(endpoint)
      else errors.push(...wrong)
    }
  return ports && !goodPorts.has(ports) ? [...errors, ...slicePortErrors(ports)] : errors
}

function endpointErrors(endpoint: Endpoint, type: keyof typeof good, at: string): readonly FieldError[] {
  const { addresses, nodeName, deprecatedTopology: topology, hostname, hints } = endpoint
  const field = `${at}.addresses`
  const errors: FieldError[] = []
  if (!addresses?.length) errors.push(required(field, 'must contain at least 1 address'))
  else if (addresses.length > MOST.addresses) errors.push(tooMany(field, addresses.length, MOST.addresses))
  for (const [i, address] of addresses?.entries() ?? []) errors.push(...sliceAddressErrors(address, type, `${field}[${i}]`))
  if (typeof nodeName === 'string')
    for (const why of dns1123SubdomainErrors(nodeName)) errors.push(invalid(`${at}.nodeName`, nodeName, why))
  if (topology) {
    const keys = Object.keys(topology).length
    if (keys > MOST.topology) errors.push(tooMany(`${at}.deprecatedTopology`, keys, MOST.topology))
    errors.push(...labelErrors(topology, `${at}.deprecatedTopology`))
  }
  if (typeof hostname === 'string')
    for (const why of dns1123LabelErrors(hostname)) errors.push(invalid(`${at}.hostname`, hostname, why))
  if (hints) errors.push(...hintErrors(hints, `${at}.hints`))
  return errors
}

function sliceAddressErrors(address: string, type: keyof typeof good, field: string): readonly FieldError[] {
  if (type === 'FQDN') return domainErrors(address, field, 'two')
  const wrong = addressErrors(address, field)
  const isOther = wrong.length === 0 && address.includes(':') !== (type === 'IPv6')
  return [
    ...wrong,
    ...(isOther ? [invalid(field, address, `must be an ${type} address`)] : NONE),
    ...specialAddressErrors(address, field),
  ]
}

function hintErrors({ forZones = [], forNodes = [] }: NonNullable<Endpoint['hints']>, at: string): readonly FieldError[] {
  const namesOf = (list: readonly Hint[], field: string, check: (name: string) => readonly string[]): readonly FieldError[] => {
    if (list.length > MOST.hints) return [tooMany(field, list.length, MOST.hints)]
    return list.flatMap(({ name = '' }, i) => [
      ...(list.findIndex(other => (other.name ?? '') === name) < i ? [duplicate(`${field}[${i}].name`, name)] : NONE),
      ...check(name).map(why => invalid(`${field}[${i}].name`, name, why)),
    ])
  }
  return [
    ...namesOf(forZones, `${at}.forZones`, labelValueErrors),
    ...namesOf(forNodes, `${at}.forNodes`, dns1123SubdomainErrors),
  ]
}

function slicePortErrors(ports: readonly Port[]): readonly FieldError[] {
  if (ports.length > MOST.ports) return [tooMany('ports', ports.length, MOST.ports)]
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    const at = `ports[${i}]`
    if (name !== '') for (const why of dns1123LabelErrors(name)) errors.push(invalid(`${at}.name`, name, why))
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    errors.push(...optionalEnumErrors(protocol, PROTOCOLS, `${at}.protocol`), ...appProtocolErrors(appProtocol, at))
  }
  if (errors.length === 0) goodPorts.add(ports)
  return errors
}

const appProtocolErrors = (name: string | undefined, at: string): readonly FieldError[] =>
  typeof name === 'string' ? qualifiedNameErrors(name).map(why => invalid(`${at}.appProtocol`, name, why)) : NONE

interface Address {
  readonly ip?: string
  readonly hostname?: string
  readonly nodeName?: string
}
interface Subset {
  readonly addresses?: readonly Address[]
  readonly notReadyAddresses?: readonly Address[]
  readonly ports?: readonly Port[]
}

/** Subsets of Endpoints that have been found good. */
const goodSubsets = new WeakSet<object>()

/** ValidateEndpoints, beside its metadata. */
export function validateEndpoints({ subsets }: KubeObject): readonly FieldError[] {
  if (!subsets || goodSubsets.has(subsets)) return NONE
  const errors = (subsets as readonly Subset[]).flatMap((subset, i) => subsetErrors(subset, `subsets[${i}]`))
  if (errors.length === 0) goodSubsets.add(subsets)
  return errors
}

function subsetErrors({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, at: string): readonly FieldError[] {
  const isEmpty = addresses.length === 0 && notReadyAddresses.length === 0
  return [
    ...(isEmpty ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : NONE),
    ...addresses.flatMap((address, i) => endpointAddressErrors(address, `${at}.addresses[${i}]`)),
    ...notReadyAddresses.flatMap((address, i) => endpointAddressErrors(address, `${at}.notReadyAddresses[${i}]`)),
    ...ports.flatMap((port, i) => endpointPortErrors(port, ports.length > 1, `${at}.ports[${i}]`)),
  ]
}

const endpointAddressErrors = ({ ip = '', hostname, nodeName }: Address, at: string): readonly FieldError[] => [
  ...addressErrors(ip, `${at}.ip`),
  ...(hostname ? dns1123LabelErrors(hostname).map(why => invalid(`${at}.hostname`, hostname, why)) : NONE),
  ...(typeof nodeName === 'string'
    ? dns1123SubdomainErrors(nodeName).map(why => invalid(`${at}.nodeName`, nodeName, why))
    : NONE),
  ...specialAddressErrors(ip, `${at}.ip`),
]

function endpointPortErrors(
  { name = '', port = 0, protocol, appProtocol }: Port,
  isNamed: boolean,
  at: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (name === '' && isNamed) errors.push(required(`${at}.name`))
  else if (name !== '') for (const why of dns1123LabelErrors(name)) errors.push(invalid(`${at}.name`, name, why))
  for (const why of portNumberErrors(port)) errors.push(invalid(`${at}.port`, port, why))
  return [...errors, ...optionalEnumErrors(protocol, PROTOCOLS, `${at}.protocol`), ...appProtocolErrors(appProtocol, at)]
}
