// Models k8s.io/component-helpers/resource (PodRequests, PodLimits).
import { addQuantities, formatQuantity, type Quantity, quantity } from '../api/quantity'
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

/** What a pod's containers ask for, together. */
export const requestsOf = (pod: Pod): ResourceList => sumOf(pod, requestsIn) ?? NOTHING
