// Models makeEnvironmentVariables and getServiceEnvVarMap of pkg/kubelet/kubelet_pods.go, and third_party/forked/golang/expansion: what a container's variables are.
import { bytesOfBase64 } from '../api/base64'
import type { ServiceLink } from '../api/cri'
import { milliOf, unitsOf } from '../api/quantity'
import { linkVariables } from '../api/service-links'
import type { Container, KubeObject, Pod, Service } from '../api/types'
import { storeOf } from '../client/informer'
import { referenced } from './references'
import type { KubeletWorld } from './state'

export type Variables = readonly (readonly [name: string, value: string])[]
const NONE: Variables = Object.freeze([])

/** Bytes as text; what is no UTF-8 is not shown. */
function textOf(base64: string): string {
  const bytes = bytesOfBase64(base64) ?? []
  try {
    return decodeURIComponent(bytes.map(byte => `%${byte.toString(16).padStart(2, '0')}`).join(''))
  } catch {
    return '�'
  }
}

/** Keys and texts of a ConfigMap or Secret, in the order of the keys. */
export function textsOf({ kind, data = {}, binaryData = {} }: KubeObject): Readonly<Record<string, string>> {
  const isSecret = kind === 'Secret'
  const texts = Object.entries(data as Record<string, string>).map(
    ([key, value]) => [key, isSecret ? textOf(value) : value] as const,
  )
  const bytes = Object.entries(binaryData as Record<string, string>).map(([key, value]) => [key, textOf(value)] as const)
  return Object.fromEntries([...texts, ...bytes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

/** `$(NAME)` of what is known; `$$` is a dollar sign. Models expansion.Expand. */
export const expanded = (text: string, known: (name: string) => string | undefined): string =>
  text.includes('$')
    ? text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name?: string) => (name === undefined ? '$' : (known(name) ?? all)))
    : text

/** Variables that the pod's spec names, in its order. What they refer to is there (environmentError). */
export function environmentOf(world: KubeletWorld, pod: Pod, container: Container, links: readonly ServiceLink[]): Variables {
  const { env = [], envFrom = [] } = container
  if (env.length === 0 && envFrom.length === 0) return NONE
  const namespace = pod.metadata.namespace ?? ''
  const values = new Map<string, string>()
  const object = (resource: 'configmaps' | 'secrets', name = ''): KubeObject | undefined => {
    const found = referenced(world, namespace, { resource, name })
    return found === 'unknown' ? undefined : found
  }
  for (const { prefix = '', configMapRef, secretRef } of envFrom) {
    const from = configMapRef ? object('configmaps', configMapRef.name) : object('secrets', secretRef?.name)
    for (const [key, value] of Object.entries(from ? textsOf(from) : {})) values.set(prefix + key, value)
  }
  const services = new Map(linkVariables(links))
  for (const { name, value = '', valueFrom } of env) {
    if (value !== '' || !valueFrom) {
      values.set(
        name,
        expanded(value, known => values.get(known) ?? services.get(known)),
      )
      continue
    }
    const { fieldRef, resourceFieldRef, configMapKeyRef: map, secretKeyRef: secret } = valueFrom
    const keyOf = (from: KubeObject | undefined, key = ''): string | undefined => (from ? textsOf(from)[key] : undefined)
    const found = fieldRef
      ? fieldOf(world, pod, fieldRef.fieldPath)
      : resourceFieldRef
        ? resourceOf(world, pod, container, resourceFieldRef)
        : map
          ? keyOf(object('configmaps', map.name), map.key)
          : keyOf(object('secrets', secret?.name), secret?.key)
    if (found !== undefined) values.set(name, found)
  }
  return Object.freeze([...values].map(pair => Object.freeze(pair)))
}

/** A field of the pod as the downward API gives it (podFieldSelectorRuntimeValue, fieldpath.ExtractFieldPathAsString). */
export function fieldOf(world: KubeletWorld, pod: Pod, path: string): string {
  const { metadata, spec } = pod
  const ip = world.state.workers.peek(metadata.uid ?? '')?.runtime.sandbox?.ip ?? ''
  const host = world.state.profile.internalIP ?? ''
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (keyed) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? ''
  const map = (values: Readonly<Record<string, string>> = {}): string =>
    Object.keys(values)
      .sort()
      .map(key => `${key}=${JSON.stringify(values[key])}`)
      .join('\n')
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': map(metadata.labels),
    'metadata.annotations': map(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': ip,
    'status.podIPs': ip,
    'status.hostIP': host,
    'status.hostIPs': host,
  }
  return fields[path] ?? ''
}

/** What a container asks for or may take; without a limit, what the node has to give (resource.ExtractContainerResourceValue). */
export function resourceOf(
  { state }: KubeletWorld,
  pod: Pod,
  self: Container | undefined,
  {
    resource,
    containerName,
    divisor,
  }: { readonly resource: string; readonly containerName?: string; readonly divisor?: string | number },
): string {
  const container = containerName ? pod.spec.containers.find(({ name }) => name === containerName) : self
  const [which = '', ...rest] = resource.split('.')
  const what = rest.join('.')
  const own = (container?.resources as Record<string, Record<string, string | number>> | undefined)?.[which]?.[what]
  const all = state.informers.peek('nodes')?.store.objects.get(state.profile.name)?.status?.allocatable as
    | Record<string, string>
    | undefined
  const amount = own ?? (which === 'limits' ? all?.[what] : undefined) ?? 0
  const by = divisor === undefined || String(divisor) === '0' ? '1' : divisor
  const isCpu = what === 'cpu'
  return String(Math.ceil(isCpu ? milliOf(amount) / milliOf(by) : unitsOf(amount) / unitsOf(by)))
}

/** What a container is told of a Service: the same as long as the Service is. */
const told = new WeakMap<KubeObject, ServiceLink>()
/** Containers of a namespace are mostly told of the same Services: those lists are one object. */
const lately = new Map<string, readonly ServiceLink[]>()
const LATELY_LIMIT = 1000

function linkOf(object: KubeObject): ServiceLink {
  const known = told.get(object)
  if (known) return known
  const { metadata, spec } = object as unknown as Service
  const ports = (spec?.ports ?? []).map(({ name, port, protocol = 'TCP' }) =>
    Object.freeze({ ...(name && { name }), port, protocol }),
  )
  const link = Object.freeze({ name: metadata.name, ip: spec?.clusterIP ?? '', ports: Object.freeze(ports) })
  told.set(object, link)
  return link
}

/** Services that a pod's containers are told of: the apiserver's, and those of its namespace. */
export function linksOf(world: KubeletWorld, { metadata: { namespace = '' }, spec }: Pod): readonly ServiceLink[] {
  const links: ServiceLink[] = []
  for (const service of storeOf(world, 'services').objects.values()) {
    const { metadata } = service
    const isMaster = metadata.namespace === 'default' && metadata.name === 'kubernetes'
    if (!isMaster && (metadata.namespace !== namespace || spec.enableServiceLinks === false)) continue
    if (service.spec?.clusterIP && service.spec.clusterIP !== 'None') links.push(linkOf(service))
  }
  const key = `${world.room.id} ${namespace} ${spec.enableServiceLinks === false}`
  const last = lately.get(key)
  if (last?.length === links.length && last.every((link, i) => link === links[i])) return last
  if (lately.size >= LATELY_LIMIT) lately.clear()
  lately.set(key, Object.freeze(links))
  return links
}
