// Models pkg/controller/endpointslicemirroring/{reconciler,reconciler_helpers,utils}.go: the EndpointSlices that mirror an Endpoints object.
import { deepEqual, semanticEqual } from '../../api/deep'
import { controllerRef } from '../../api/owners'
import type { Endpoint, EndpointSlice, Endpoints, KubeObject } from '../../api/types'
import type { StringMap } from '../objects'
import { TRIGGER_TIME } from '../services'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const CONTROLLER = 'endpointslicemirroring-controller.k8s.io'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
/** --mirroring-max-endpoints-per-subset */
export const MAX_PER_SUBSET = 1000

type Subset = NonNullable<Endpoints['subsets']>[number]
type Address = NonNullable<Subset['addresses']>[number]
type Ports = NonNullable<EndpointSlice['ports']>
type Family = 'IPv4' | 'IPv6'

/** What to do about the mirroring slices, and which addresses have been left out. */
export interface Mirroring {
  readonly create: readonly KubeObject[]
  readonly update: readonly KubeObject[]
  readonly remove: readonly EndpointSlice[]
  readonly invalid: number
  readonly skipped: number
}

/** The addresses of all subsets that have the same ports and family. */
interface Group {
  readonly family: Family
  readonly ports: Ports
  readonly endpoints: Map<string, Endpoint>
}

/** reconcile: each family of each set of ports has one slice. */
export function mirror(endpoints: Endpoints & KubeObject, existing: readonly EndpointSlice[]): Mirroring {
  const { groups, invalid, skipped } = groupsOf(endpoints)
  const create: KubeObject[] = []
  const update: KubeObject[] = []
  const remove: EndpointSlice[] = []
  const there = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    const key = keyOf(slice.addressType as Family, slice.ports ?? [])
    there.set(key, [...(there.get(key) ?? []), slice])
  }
  for (const [key, group] of groups) {
    const [first, ...others] = there.get(key) ?? []
    there.delete(key)
    remove.push(...others)
    if (group.endpoints.size === 0) {
      if (first) remove.push(first)
    } else if (!first) create.push(sliceOf(endpoints, group))
    else if (!isRight(endpoints, group, first)) update.push(sliceOf(endpoints, group, first.metadata.name))
  }
  for (const slices of there.values()) remove.push(...slices)
  return { ...recycle(create, update, remove), invalid, skipped }
}

/** The addresses by family and ports; how many are none, and how many are too many. */
function groupsOf({ subsets = [] }: Endpoints): { groups: Map<string, Group>; invalid: number; skipped: number } {
  const groups = new Map<string, Group>()
  let invalid = 0
  let skipped = 0
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const portsOf = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      protocol,
      port,
      ...(appProtocol !== undefined && { appProtocol }),
    }))
    for (const family of ['IPv4', 'IPv6'] as const) {
      const key = keyOf(family, portsOf)
      if (!groups.has(key)) groups.set(key, { family, ports: portsOf, endpoints: new Map() })
    }
    let added = 0
    const add = (list: readonly Address[], ready: boolean): void => {
      for (const address of list) {
        if (added >= MAX_PER_SUBSET) return
        const family = familyOf(address.ip)
        if (!family) invalid++
        else {
          const endpoint = endpointOf(address, ready)
          groups.get(keyOf(family, portsOf))?.endpoints.set(identityOf(endpoint), endpoint)
          added++
        }
      }
    }
    add(addresses, true)
    add(notReadyAddresses, false)
    skipped += addresses.length + notReadyAddresses.length - added
  }
  return { groups, invalid, skipped }
}

/** newAddrTypePortMapKey */
const keyOf = (family: Family, ports: Ports): string =>
  `${family} ${ports
    .map(p => `${p.name ?? ''} ${p.protocol ?? ''} ${p.port ?? ''} ${p.appProtocol ?? ''}`)
    .sort()
    .join('|')}`

/** The family of an address; undefined for what is none. */
function familyOf(ip: string): Family | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(ip) && ip.split('.').every(part => Number(part) < 256)) return 'IPv4'
  return ip.includes(':') && /^[0-9a-fA-F:.]+$/.test(ip) ? 'IPv6' : undefined
}

const endpointOf = ({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname && { hostname }),
  ...(targetRef && { targetRef }),
  ...(nodeName !== undefined && { nodeName }),
})

/** What makes an endpoint the same one, whatever its state (hashEndpoint). */
const identityOf = ({ addresses, hostname, nodeName, targetRef }: Endpoint): string =>
  `${addresses.join(',')} ${hostname ?? ''} ${nodeName ?? ''} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`

/** The slice has just these endpoints, and what it has of the Endpoints' labels and annotations. */
function isRight({ metadata }: KubeObject, { endpoints }: Group, slice: EndpointSlice): boolean {
  const shown = slice.endpoints ?? []
  if (shown.length !== endpoints.size) return false
  if (!shown.every(endpoint => sameEndpoint(endpoints.get(identityOf(endpoint)), endpoint))) return false
  const { [SERVICE_NAME]: _, [MANAGED_BY]: __, ...labels } = slice.metadata.labels ?? {}
  return (
    semanticEqual(labels, metadata.labels ?? {}) &&
    semanticEqual(slice.metadata.annotations ?? {}, annotationsOf(metadata.annotations))
  )
}

const sameEndpoint = (wanted: Endpoint | undefined, there: Endpoint): boolean =>
  wanted !== undefined &&
  wanted.conditions?.ready === there.conditions?.ready &&
  deepEqual(wanted.targetRef ?? {}, there.targetRef ?? {})

function annotationsOf(annotations: StringMap | undefined): StringMap {
  const { [TRIGGER_TIME]: _, [LAST_APPLIED]: __, ...mirrored } = annotations ?? {}
  return mirrored
}

/** newEndpointSlice. Without a name the apiserver makes one. */
function sliceOf(owner: KubeObject, { family, ports, endpoints }: Group, name?: string): KubeObject {
  const { namespace, labels, annotations } = owner.metadata
  const mirrored = annotationsOf(annotations)
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...(name === undefined ? { generateName: `${owner.metadata.name}-` } : { name }),
      namespace,
      labels: { ...labels, [SERVICE_NAME]: owner.metadata.name, [MANAGED_BY]: CONTROLLER },
      ...(Object.keys(mirrored).length > 0 && { annotations: mirrored }),
      ownerReferences: [controllerRef({ ...owner, apiVersion: 'v1', kind: 'Endpoints' })],
    } as KubeObject['metadata'],
    addressType: family,
    endpoints: [...endpoints.values()].slice(0, MAX_PER_SUBSET),
    ports,
  }
}

/** recycleSlices: rather than to delete one slice and create another, the first is written anew under its name. */
function recycle(
  create: readonly KubeObject[],
  update: readonly KubeObject[],
  remove: readonly EndpointSlice[],
): Pick<Mirroring, 'create' | 'update' | 'remove'> {
  const left = [...remove]
  const fresh: KubeObject[] = []
  const updates = [...update]
  for (const slice of create) {
    const at = left.findIndex(({ addressType }) => addressType === slice.addressType)
    const [old] = at < 0 ? [] : left.splice(at, 1)
    const { generateName: _, ...metadata } = slice.metadata as KubeObject['metadata'] & { generateName?: string }
    if (old) updates.push({ ...slice, metadata: { ...metadata, name: old.metadata.name } })
    else fresh.push(slice)
  }
  return { create: fresh, update: updates, remove: left }
}
