// Models staging/src/k8s.io/endpointslice/{trigger_time_tracker,util/controller_utils}.go: what both endpoint controllers ask about Services and pods.
import { deepEqual } from '../api/deep'
import { mapSelector } from '../api/selectors'
import type { KubeObject, Pod, Service, ServicePort } from '../api/types'
import { type ControllerWorld, enqueueAfter, NO_KEYS, store } from '../client/controller'
import type { InformerEvent } from '../client/informer'
import { keyOf, objectsBy } from '../client/store'
import { isPodReady, isPodTerminal, podCondition } from './pods'

/** Annotation that says which change made the endpoints change; for measuring how long that takes. */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'
export const HEADLESS = 'service.kubernetes.io/headless'

export const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None'

/** Only a Service with a selector has its endpoints kept by the controllers. */
export const hasEndpoints = (service: Service): boolean =>
  service.spec.type !== 'ExternalName' && service.spec.selector !== undefined

/** Pods that a Service selects. */
export function podsOfService(world: ControllerWorld, service: Service): Pod[] {
  const selector = mapSelector(service.spec.selector ?? {})
  const pods = objectsBy(store(world, 'pods'), 'namespace', service.metadata.namespace ?? '') as Pod[]
  return pods.filter(pod => selector.matches(pod.metadata.labels))
}

/** Keys of the Services that select a pod. */
function servicesOf(world: ControllerWorld, pod: KubeObject): readonly string[] {
  let keys: string[] | undefined
  for (const service of objectsBy(store(world, 'services'), 'namespace', pod.metadata.namespace ?? '') as Service[]) {
    const { selector } = service.spec
    if (!selector || !mapSelector(selector).matches(pod.metadata.labels)) continue
    keys ??= []
    keys.push(keyOf(service))
  }
  return keys ?? NO_KEYS
}

/** What others do to slices is waited out for so long: several may change at once (endpointSliceChangeMinSyncDelay). */
const SLICES_DELAY_MS = 1000

/** Keys of Services whose slices somebody else has changed come to a part's queue after that; none at once. */
export function syncSlicesLater(world: ControllerWorld, part: string, keys: readonly string[]): readonly string[] {
  for (const key of keys) enqueueAfter(world, part, key, SLICES_DELAY_MS)
  return NO_KEYS
}

/** Keys of the Services whose endpoints a changed pod may change. */
export function servicesToSync(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  if (type !== 'MODIFIED' || !old) return servicesOf(world, object)
  const pod = object as Pod
  const before = old as Pod
  const relabeled = pod.metadata.labels !== before.metadata.labels && !deepEqual(pod.metadata.labels, before.metadata.labels)
  if (!relabeled && !endpointChanged(before, pod)) return NO_KEYS
  return relabeled ? [...new Set([...servicesOf(world, object), ...servicesOf(world, old)])] : servicesOf(world, object)
}

/** podEndpointsChanged: what an endpoint says of a pod has changed. */
function endpointChanged(a: Pod, b: Pod): boolean {
  return (
    a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp ||
    isPodReady(a) !== isPodReady(b) ||
    isPodTerminal(a) !== isPodTerminal(b) ||
    a.spec.nodeName !== b.spec.nodeName ||
    a.status?.podIP !== b.status?.podIP ||
    !deepEqual(a.status?.podIPs, b.status?.podIPs)
  )
}

/** ShouldPodBeInEndpoints: it runs and has an address. */
export const hasEndpoint = (pod: Pod, includeTerminating: boolean): boolean =>
  !isPodTerminal(pod) && Boolean(pod.status?.podIP) && (includeTerminating || pod.metadata.deletionTimestamp === undefined)

/** FindPort: the number of the pod's port that a Service's port leads to; undefined where the pod has none of that name. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort === 0 ? port.port : port.targetPort
  if (!port.targetPort) return port.port
  const sidecars = (pod.spec.initContainers ?? []).filter(c => (c as { restartPolicy?: string }).restartPolicy === 'Always')
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const candidate of container.ports ?? [])
      if (candidate.name === port.targetPort && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
        return candidate.containerPort
  return undefined
}

/** The host name that DNS shall know a pod of this Service by, if any. */
export const hostnameFor = (pod: Pod, service: Service): string | undefined =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined

/** Times of the changes that a controller has accounted for, by Service key. */
export type TriggerTimes = Map<string, { readonly pods: ReadonlyMap<string, string>; readonly service: string }>

/** ComputeEndpointLastChangeTriggerTime: the earliest change since the last sync; undefined when there was none. RFC 3339 throughout. */
export function triggerTime(times: TriggerTimes, key: string, service: Service, pods: readonly Pod[]): string | undefined {
  const known = times.get(key)
  const created = service.metadata.creationTimestamp ?? ''
  const seen = new Map<string, string>()
  let first: string | undefined = created > (known?.service ?? '') ? created : undefined
  for (const pod of pods) {
    const at = podCondition(pod, 'Ready')?.lastTransitionTime
    if (!at) continue
    seen.set(pod.metadata.name, at)
    if (at > (known?.pods.get(pod.metadata.name) ?? '') && (first === undefined || at < first)) first = at
  }
  times.set(key, Object.freeze({ pods: seen, service: created }))
  return known ? first : created
}
