// Models pkg/apis/core/v1/helper/qos/qos.go and the parts of pkg/registry/core/pod that fill in a pod's status.
import { milliOf, unitsOf } from '../../api/quantity'
import type { Container, PodSpec } from '../../api/types'

/** QoS classes of specs that share their containers' resources are the same: remembered by container list. */
const classes = new WeakMap<object, string>()

/** ComputePodQOS */
export function qosClass(spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const own = (spec as Pick<Container, 'resources'>).resources
  if (own && isSet(own)) return compute([{ resources: own } as Container])
  const known = classes.get(spec.containers)
  if (known !== undefined && !spec.initContainers) return known as 'BestEffort'
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  const result = compute(containers)
  if (!spec.initContainers) classes.set(spec.containers, result)
  return result
}

/** Whether a pod says of itself what its containers may have together (IsPodLevelResourcesSet). */
const isSet = ({ requests, limits }: NonNullable<Container['resources']>): boolean =>
  [requests, limits].some(amounts => amounts && Object.keys(amounts).length > 0)

const RESOURCES = ['cpu', 'memory'] as const

function compute(containers: readonly Container[]): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  let any = false
  let guaranteed = true
  for (const { resources } of containers) {
    for (const name of RESOURCES) {
      const request = amount(name, resources?.requests?.[name])
      const limit = amount(name, resources?.limits?.[name])
      if (request > 0 || limit > 0) any = true
      if (limit === 0 || request !== limit) guaranteed = false
    }
  }
  return any ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort'
}

const amount = (name: string, text: string | undefined): number => (name === 'cpu' ? milliOf(text) : unitsOf(text))
