// Models pkg/scheduler/framework/types.go (Resource) and component-helpers/resource/helpers.go (PodRequests).

import { milliOf, unitsOf } from '../api/quantity'
import type { Container, ContainerStatus, Pod } from '../api/types'

/** An amount of each resource: CPU in thousandths of a core, the rest in units (bytes, pods, devices). Frozen. */
export interface Resources {
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  /** Extended resources and huge pages. */
  readonly scalars: Readonly<Record<string, number>> | undefined
}

/** What scoring takes for a container that asks for no CPU or memory (pkg/scheduler/util/pod_resources.go). */
export const DEFAULT_MILLI_CPU = 100
export const DEFAULT_MEMORY = 200 * 1024 * 1024

/** A list of quantities as the API has it. */
export type ResourceList = Readonly<Record<string, string>>

/** The API's quantities as numbers, rounded up as upstream rounds them. */
export function resourcesOf(list: ResourceList | undefined): Resources {
  if (list === undefined) return NOTHING
  let milliCpu = 0
  let memory = 0
  let ephemeralStorage = 0
  let scalars: Record<string, number> | undefined
  for (const name in list) {
    const text = list[name] as string
    if (name === 'cpu') milliCpu = milliOf(text)
    else if (name === 'memory') memory = unitsOf(text)
    else if (name === 'ephemeral-storage') ephemeralStorage = unitsOf(text)
    else if (name !== 'pods') {
      scalars ??= {}
      scalars[name] = unitsOf(text)
    }
  }
  return Object.freeze({ milliCpu, memory, ephemeralStorage, scalars: scalars && Object.freeze(scalars) })
}
const NOTHING: Resources = Object.freeze({ milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined })

/** Whether two amounts are equal in every resource. */
export function sameResources(a: Resources, b: Resources): boolean {
  if (a === b) return true
  if (a.milliCpu !== b.milliCpu || a.memory !== b.memory || a.ephemeralStorage !== b.ephemeralStorage) return false
  for (const name in a.scalars) if (a.scalars[name] !== b.scalars?.[name]) return false
  for (const name in b.scalars) if (a.scalars?.[name] === undefined) return false
  return true
}

interface Sum {
  milliCpu: number
  memory: number
  ephemeralStorage: number
  scalars: Record<string, number> | undefined
}
const nothing = (): Sum => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: undefined })
const frozen = (s: Sum): Resources => Object.freeze({ ...s, scalars: s.scalars && Object.freeze(s.scalars) })

function add(sum: Sum, r: Resources): void {
  sum.milliCpu += r.milliCpu
  sum.memory += r.memory
  sum.ephemeralStorage += r.ephemeralStorage
  for (const name in r.scalars) {
    sum.scalars ??= {}
    sum.scalars[name] = (sum.scalars[name] ?? 0) + (r.scalars[name] ?? 0)
  }
}

function atLeast(sum: Sum, r: Resources): void {
  sum.milliCpu = Math.max(sum.milliCpu, r.milliCpu)
  sum.memory = Math.max(sum.memory, r.memory)
  sum.ephemeralStorage = Math.max(sum.ephemeralStorage, r.ephemeralStorage)
  for (const name in r.scalars) {
    sum.scalars ??= {}
    sum.scalars[name] = Math.max(sum.scalars[name] ?? 0, r.scalars[name] ?? 0)
  }
}

/** What a pod asks of a node, and what scoring takes it to ask where it asks for nothing. */
export interface PodRequests {
  readonly requests: Resources
  readonly nonZeroMilliCpu: number
  readonly nonZeroMemory: number
}

/**
 * What a pod needs: its containers and side-cars together, or its greediest init step if that is more; plus overhead.
 * A resource asked for at the level of the pod goes before its containers'. A running container counts with the most of
 * what it asks for, what it was given and what it has (a resize under way).
 */
export function podRequests(pod: Pod): PodRequests {
  const plain = sumContainers(pod, false)
  const nonZero = sumContainers(pod, true)
  const podLevel = (pod.spec as { resources?: { requests?: ResourceList } }).resources?.requests
  if (podLevel) {
    const level = resourcesOf(podLevel)
    override(plain, level, podLevel)
    override(nonZero, level, podLevel)
  }
  if (pod.spec.overhead) {
    const overhead = resourcesOf(pod.spec.overhead)
    add(plain, overhead)
    add(nonZero, overhead)
  }
  return Object.freeze({ requests: frozen(plain), nonZeroMilliCpu: nonZero.milliCpu, nonZeroMemory: nonZero.memory })
}

function override(sum: Sum, level: Resources, names: ResourceList): void {
  if ('cpu' in names) sum.milliCpu = level.milliCpu
  if ('memory' in names) sum.memory = level.memory
  for (const name in level.scalars) {
    sum.scalars ??= {}
    sum.scalars[name] = level.scalars[name] ?? 0
  }
}

function sumContainers(pod: Pod, nonZero: boolean): Sum {
  const sum = nothing()
  for (const c of pod.spec.containers) add(sum, containerRequests(c, pod.status.containerStatuses, nonZero))
  if (!pod.spec.initContainers?.length) return sum
  // side-cars started so far run beside each later init step, and beside the containers
  const sidecars = nothing()
  const steps = nothing()
  for (const c of pod.spec.initContainers) {
    const own = containerRequests(c, pod.status.initContainerStatuses, nonZero)
    const step = nothing()
    if (c.restartPolicy === 'Always') {
      add(sum, own)
      add(sidecars, own)
      add(step, sidecars)
    } else {
      add(step, own)
      add(step, sidecars)
    }
    atLeast(steps, step)
  }
  atLeast(sum, steps)
  return sum
}

/** What a container's status says that it was given, and that it has. */
type WithResources = ContainerStatus & { allocatedResources?: ResourceList; resources?: { requests?: ResourceList } }

const saysResources = (statuses: readonly ContainerStatus[] | undefined): boolean =>
  statuses?.some((s: WithResources) => s.allocatedResources || s.resources?.requests) === true

const sayAlike = (a: readonly ContainerStatus[] | undefined, b: readonly ContainerStatus[] | undefined): boolean =>
  a === b || (!saysResources(a) && !saysResources(b))

/** Whether a pod's requests are the same under two of its statuses: most say nothing of resources. */
export const holdsAlike = (a: Pod['status'], b: Pod['status']): boolean =>
  sayAlike(a.containerStatuses, b.containerStatuses) && sayAlike(a.initContainerStatuses, b.initContainerStatuses)

function containerRequests(c: Container, statuses: readonly ContainerStatus[] | undefined, nonZero: boolean): Resources {
  const status = statuses?.find(s => s.name === c.name) as WithResources | undefined
  const sum = nothing()
  atLeast(sum, resourcesOf(c.resources?.requests))
  if (status?.allocatedResources) atLeast(sum, resourcesOf(status.allocatedResources))
  if (status?.resources?.requests) atLeast(sum, resourcesOf(status.resources.requests))
  if (nonZero) {
    const asked = c.resources?.requests
    if (asked?.cpu === undefined) sum.milliCpu = DEFAULT_MILLI_CPU
    if (asked?.memory === undefined) sum.memory = DEFAULT_MEMORY
  }
  return sum
}
