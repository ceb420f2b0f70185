// Models k8s.io/component-helpers/resource (PodRequests, PodLimits) and the node's own admission (pkg/kubelet/lifecycle/predicate.go).
import { addQuantities, formatQuantity, milliOf, type Quantity, quantity, unitsOf } from '../api/quantity'
import type { Container, Pod } from '../api/types'

type ResourceList = Record<string, string>

/** Sum over a pod's containers. Sidecars count; other init containers run one by one, before. */
function sumOf(pod: Pod, pick: (container: Container) => ResourceList | undefined): ResourceList | undefined {
  const { containers, initContainers = NO_CONTAINERS } = pod.spec
  // most pods ask for nothing
  if (!containers.some(pick) && !initContainers.some(pick)) return undefined
  const sums = new Map<string, Quantity>()
  for (const container of [...containers, ...initContainers.filter(c => c.restartPolicy === 'Always')]) {
    const list = pick(container)
    for (const name in list) {
      const value = quantity(list[name] ?? '0')
      const sum = sums.get(name)
      sums.set(name, sum ? addQuantities(sum, value) : value)
    }
  }
  if (sums.size === 0) return undefined
  return Object.fromEntries([...sums].map(([name, sum]) => [name, formatQuantity(sum)]))
}
const NO_CONTAINERS: readonly Container[] = Object.freeze([])

const requestsIn = ({ resources }: Container): ResourceList | undefined => resources?.requests as ResourceList | undefined
const limitsIn = ({ resources }: Container): ResourceList | undefined => resources?.limits as ResourceList | undefined

const NOTHING = Object.freeze({})
const NO_RESOURCES = Object.freeze({ total: NOTHING })

/** What a pod as a whole was given: `status.resources` and `status.allocatedResources`. */
export function podResources(pod: Pod): {
  readonly total: { requests?: ResourceList; limits?: ResourceList }
  readonly allocated?: ResourceList
} {
  const requests = sumOf(pod, requestsIn)
  const limits = sumOf(pod, limitsIn)
  if (!requests && !limits) return NO_RESOURCES
  return { total: { ...(limits && { limits }), ...(requests && { requests }) }, ...(requests && { allocated: requests }) }
}

/** Why a node can't run a pod, as the kubelet says it; undefined when it can. */
export interface AdmissionFailure {
  readonly reason: string
  readonly message: string
}

const amount = (resource: string, text: string): number => (resource === 'cpu' ? milliOf(text) : unitsOf(text))

/** What a pod's containers ask for, together. */
export const requestsOf = (pod: Pod): ResourceList => sumOf(pod, requestsIn) ?? NOTHING

/** What pods use of a resource, in its own unit (milli-CPUs, bytes). */
function used(pods: Iterable<Readonly<ResourceList>>, resource: string): number {
  let sum = 0
  for (const requests of pods) sum += amount(resource, requests[resource] ?? '0')
  return sum
}

/**
 * Whether the node has room for a pod that asks for `requests`: the scheduler may have been passed by.
 * `others` gives what the pods of the node ask for; there are at most `known` of them.
 */
export function admit(
  requests: Readonly<ResourceList>,
  others: () => Iterable<Readonly<ResourceList>>,
  known: number,
  allocatable: Readonly<Record<string, string>>,
): AdmissionFailure | undefined {
  const most = Number(allocatable.pods ?? '110')
  const count = known < most ? known : [...others()].length
  if (count + 1 > most) return outOf('pods', 1, count, most)
  for (const resource in requests) {
    const wanted = amount(resource, requests[resource] ?? '0')
    if (wanted === 0) continue
    const capacity = amount(resource, allocatable[resource] ?? '0')
    const taken = used(others(), resource)
    if (taken + wanted > capacity) return outOf(resource, wanted, taken, capacity)
  }
  return undefined
}

const outOf = (resource: string, requested: number, taken: number, capacity: number): AdmissionFailure => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${taken}, capacity: ${capacity}`,
})
