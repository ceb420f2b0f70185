// Models pkg/kubelet/lifecycle/predicate.go and scheduler.AdmissionCheck: the node's own look at a pod, which may not have come by the scheduler.
import { matchesAnyTerm } from '../api/node-selector'
import { milliOf, unitsOf } from '../api/quantity'
import type { Container, Node, Pod, Taint, Toleration } from '../api/types'

type ResourceList = Readonly<Record<string, string>>

/** Why a node can't run a pod, as the kubelet says it. */
export interface AdmissionFailure {
  readonly reason: string
  readonly message: string
}

/** The node as its kubelet knows it. */
export interface AdmittingNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly allocatable: ResourceList
}

/** A pod that takes room on the node. */
export interface Occupant {
  readonly pod: Pod
  readonly requests: ResourceList
}

/** The node whose object a kubelet has; before it has one, what it will register. */
export function admittingNode(
  node: Node | undefined,
  profile: { readonly name: string; readonly labels: AdmittingNode['labels']; readonly allocatable: ResourceList },
): AdmittingNode {
  const { name, labels, allocatable } = profile
  if (!node) return { name, labels, taints: [], allocatable }
  return {
    name,
    labels: node.metadata.labels ?? {},
    taints: node.spec.taints ?? [],
    allocatable: (node.status.allocatable as ResourceList | undefined) ?? allocatable,
  }
}

/**
 * The first reason why the node can't run a pod that asks for `requests`; undefined when it can. `others` gives the pods that take room;
 * there are at most `known` of them. A pod that has run here before (it has a start time) is not judged by labels and taints again.
 */
export function admit(
  pod: Pod,
  requests: ResourceList,
  others: () => Iterable<Occupant>,
  known: number,
  node: AdmittingNode,
): AdmissionFailure | undefined {
  const lacking = insufficient(requests, others, known, node.allocatable)
  if (lacking) return lacking
  const ranBefore = pod.status.startTime !== undefined
  if (!ranBefore && !matchesNode(pod, node)) return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  if (hasTakenPort(pod, others)) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  if (!ranBefore && node.taints.some(t => t.effect === 'NoExecute' && !isTolerated(pod.spec.tolerations, t)))
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate")
  return undefined
}

const predicate = (reason: string, why: string): AdmissionFailure => ({
  reason,
  message: `Predicate ${reason} failed: ${why}`,
})

/** In this order; then what only some nodes have. */
const ORDER = ['cpu', 'memory', 'ephemeral-storage']

function insufficient(
  requests: ResourceList,
  others: () => Iterable<Occupant>,
  known: number,
  allocatable: ResourceList,
): AdmissionFailure | undefined {
  const most = Number(allocatable.pods ?? '110')
  const count = known < most ? known : [...others()].length
  if (count + 1 > most) return outOf('pods', 1, count, most)
  const rest = Object.keys(requests).filter(name => !ORDER.includes(name))
  for (const resource of [...ORDER, ...rest.sort()]) {
    const wanted = amount(resource, requests[resource] ?? '0')
    if (wanted === 0 || (isExtended(resource) && allocatable[resource] === undefined)) continue
    const capacity = amount(resource, allocatable[resource] ?? '0')
    let taken = 0
    for (const other of others()) taken += amount(resource, other.requests[resource] ?? '0')
    if (taken + wanted > capacity) return outOf(resource, wanted, taken, capacity)
  }
  return undefined
}

/** In a resource's own unit: milli-CPUs, bytes. */
const amount = (resource: string, text: string): number => (resource === 'cpu' ? milliOf(text) : unitsOf(text))

/** A resource that is not Kubernetes' own: one that the node does not know may be the whole cluster's. */
const isExtended = (resource: string): boolean => /^(?!([^/]*\.)?kubernetes\.io\/|requests\.)[^/]+\//.test(resource)

const outOf = (resource: string, requested: number, taken: number, capacity: number): AdmissionFailure => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${taken}, capacity: ${capacity}`,
})

function matchesNode({ spec }: Pod, { name, labels }: AdmittingNode): boolean {
  for (const key in spec.nodeSelector) if (labels[key] !== spec.nodeSelector[key]) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || matchesAnyTerm(required.nodeSelectorTerms, labels, name)
}

/** Ports of the node that a pod's containers take, as `protocol ip port`. */
function hostPortsOf({ spec }: Pod): readonly HostPort[] {
  const found: HostPort[] = []
  for (const c of spec.initContainers ?? []) if (c.restartPolicy === 'Always') addHostPorts(c, found)
  for (const c of spec.containers) addHostPorts(c, found)
  return found
}

type HostPort = readonly [port: string, ip: string]

function addHostPorts({ ports }: Container, found: HostPort[]): void {
  if (!ports) return
  for (const { hostPort, protocol = 'TCP', hostIP = '' } of ports) if (hostPort) found.push([`${protocol} ${hostPort}`, hostIP])
}

const ANY_ADDRESS = new Set(['', '0.0.0.0', '::'])

function hasTakenPort(pod: Pod, others: () => Iterable<Occupant>): boolean {
  for (const [port, ip] of hostPortsOf(pod))
    for (const other of others())
      for (const [taken, at] of hostPortsOf(other.pod))
        if (port === taken && (ip === at || ANY_ADDRESS.has(ip) || ANY_ADDRESS.has(at))) return true
  return false
}

const isTolerated = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some(
    ({ key, operator, value, effect }) =>
      (!effect || effect === taint.effect) &&
      (!key || key === taint.key) &&
      (operator === 'Exists' || (Boolean(key) && (value ?? '') === (taint.value ?? ''))),
  ) ?? false
