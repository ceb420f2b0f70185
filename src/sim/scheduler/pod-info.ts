// Models pkg/scheduler/framework/types.go (PodInfo): what the scheduler reads out of a pod once, instead of at every look.
import { copyWith } from '../api/deep'
import type { Labels } from '../api/selectors'
import type { Container, Pod } from '../api/types'
import { type AffinityTerms, affinityTermsOf } from './affinity-terms'
import { holdsAlike, podRequests, type Resources } from './resources'

/** A port on the node that a pod wants for itself. */
export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** A pod as the scheduler sees it. Frozen: snapshots share it. */
export interface PodInfo {
  readonly pod: Pod
  /** `namespace/name` */
  readonly key: string
  readonly uid: string
  readonly namespace: string
  readonly labels: Labels
  readonly priority: number
  readonly requests: Resources
  /** Requests as scoring takes them: 100m of CPU and 200 MiB of memory for a container that asks for none. */
  readonly nonZeroMilliCpu: number
  readonly nonZeroMemory: number
  readonly hostPorts: readonly HostPort[]
  readonly affinity: AffinityTerms | undefined
  /** Pods with the same group are alike to every selector and every affinity term. */
  readonly group: string
}

const NO_LABELS: Labels = Object.freeze({})
const NO_PORTS: readonly HostPort[] = Object.freeze([])

/** `namespace/name` of a pod. */
export const podKey = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`

/** Reads a pod. */
export function podInfoOf(pod: Pod): PodInfo {
  const { metadata, spec } = pod
  const namespace = metadata.namespace ?? ''
  const labels = metadata.labels ?? NO_LABELS
  const affinity = affinityTermsOf(pod)
  const { requests, nonZeroMilliCpu, nonZeroMemory } = podRequests(pod)
  return Object.freeze({
    pod,
    key: podKey(pod),
    uid: metadata.uid ?? '',
    namespace,
    labels,
    priority: spec.priority ?? 0,
    requests,
    nonZeroMilliCpu,
    nonZeroMemory,
    hostPorts: hostPortsOf(pod),
    affinity,
    group: groupOf(namespace, labels, metadata.deletionTimestamp !== undefined, affinity),
  })
}

/** The same pod in a newer version; what its spec says is read again only where it may have changed. */
export function refreshPodInfo(old: PodInfo, pod: Pod): PodInfo {
  const before = old.pod
  if (pod === before) return old
  const alike =
    readsAlike(pod.spec, before.spec) &&
    pod.metadata.labels === before.metadata.labels &&
    pod.metadata.deletionTimestamp === before.metadata.deletionTimestamp &&
    pod.metadata.uid === before.metadata.uid
  if (!alike) return podInfoOf(pod)
  return Object.freeze(copyWith(old, holdsAlike(pod.status, before.status) ? { pod } : { ...podRequests(pod), pod }))
}

type Spec = Pod['spec'] & { readonly resources?: unknown }

/** Whether two specs are the same in what is read of them: a binding, say, changes another field. */
const readsAlike = (a: Spec, b: Spec): boolean =>
  a.containers === b.containers &&
  a.initContainers === b.initContainers &&
  a.priority === b.priority &&
  a.overhead === b.overhead &&
  a.affinity === b.affinity &&
  a.resources === b.resources

function hostPortsOf(pod: Pod): readonly HostPort[] {
  let ports: HostPort[] | undefined
  for (const c of pod.spec.containers) ports = withHostPorts(ports, c)
  for (const c of pod.spec.initContainers ?? NO_CONTAINERS) if (c.restartPolicy === 'Always') ports = withHostPorts(ports, c)
  return ports ? Object.freeze(ports) : NO_PORTS
}
const NO_CONTAINERS: readonly Container[] = Object.freeze([])

/** The list with a container's host ports; hardly any has one. */
function withHostPorts(known: HostPort[] | undefined, container: Container): HostPort[] | undefined {
  if (!container.ports) return known
  let ports = known
  for (const p of container.ports)
    if (p.hostPort) {
      ports ??= []
      ports.push({ ip: p.hostIP || '0.0.0.0', protocol: p.protocol ?? 'TCP', port: p.hostPort })
    }
  return ports
}

function groupOf(namespace: string, labels: Labels, terminating: boolean, affinity: AffinityTerms | undefined): string {
  let text = terminating ? `${namespace} -` : namespace
  for (const key of Object.keys(labels).sort()) text += ` ${key}=${labels[key]}`
  return affinity ? `${text} ${JSON.stringify(affinity)}` : text
}

/** Whether a node was chosen for the pod. */
export const isAssigned = (pod: Pod): boolean => Boolean(pod.spec.nodeName)
/** Whether the pod has run to its end, so that it holds nothing any more. */
export const isFinished = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
