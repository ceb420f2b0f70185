// Models k8s.io/component-helpers/resource/helpers.go: what a Pod asks for in all.
import { addQuantities, compareQuantities, formatQuantity, type Quantity, quantity } from '../../api/quantity'
import type { Container, ContainerStatus, Pod } from '../../api/types'

export type Amounts = ReadonlyMap<string, Quantity>
type Written = Readonly<Record<string, string>> | undefined
export type ResourcePart = 'requests' | 'limits'

const read = (amounts: Written): Amounts =>
  new Map(Object.entries(amounts ?? {}).map(([name, amount]) => [name, quantity(amount)]))

function merge(a: Amounts, b: Amounts, choose: (a: Quantity, b: Quantity) => Quantity): Amounts {
  const result = new Map(a)
  for (const [name, amount] of b) {
    const before = result.get(name)
    result.set(name, before === undefined ? amount : choose(before, amount))
  }
  return result
}
const larger = (a: Quantity, b: Quantity) => (compareQuantities(a, b) >= 0 ? a : b)
/** Adds by name. */
export const addAmounts = (a: Amounts, b: Amounts): Amounts => merge(a, b, addQuantities)
const max = (a: Amounts, b: Amounts) => merge(a, b, larger)

/** The text of an amount; nothing is `0`. */
export const amountText = (amount: Quantity | undefined): string => (amount === undefined ? '0' : formatQuantity(amount))

/** While a container is resized, what it has and what it wants both count: the larger does. */
function containerAmounts(container: Container, status: ContainerStatus | undefined, part: ResourcePart): Amounts {
  const wanted = read(container.resources?.[part])
  if (status === undefined) return wanted
  const { resources, allocatedResources } = status as { resources?: Record<ResourcePart, Written>; allocatedResources?: Written }
  const actual = max(wanted, read(resources?.[part]))
  return part === 'requests' ? max(actual, read(allocatedResources)) : actual
}

/**
 * What a Pod requests or is limited to: its containers' sum, or what its init containers need at one time if that is more, and its
 * overhead. `useStatus` counts what running containers have, too. Models PodRequests and PodLimits.
 */
export function podAmounts({ spec, status }: Pod, part: ResourcePart, useStatus: boolean): Amounts {
  const of = (container: Container, statuses: readonly ContainerStatus[] | undefined) =>
    containerAmounts(container, useStatus ? statuses?.find(({ name }) => name === container.name) : undefined, part)
  let total: Amounts = new Map()
  for (const container of spec.containers) total = addAmounts(total, of(container, status.containerStatuses))
  let sidecars: Amounts = new Map()
  let initial: Amounts = new Map()
  for (const container of spec.initContainers ?? []) {
    const own = of(container, status.initContainerStatuses)
    if (container.restartPolicy === 'Always') {
      total = addAmounts(total, own)
      sidecars = addAmounts(sidecars, own)
      initial = max(initial, sidecars)
    } else initial = max(initial, addAmounts(sidecars, own))
  }
  total = max(total, initial)
  // Resources of the whole Pod, newer than the types, stand in place of its containers'.
  const whole = (spec as { resources?: Partial<Record<ResourcePart, Written>> }).resources?.[part]
  if (whole) total = merge(total, read(whole), (_, own) => own)
  if (spec.overhead) total = part === 'requests' ? addAmounts(total, read(spec.overhead)) : addToSet(total, read(spec.overhead))
  return total
}
/** An overhead raises limits only where there are some. */
const addToSet = (amounts: Amounts, more: Amounts): Amounts =>
  new Map([...amounts].map(([name, amount]) => [name, addQuantities(amount, more.get(name) ?? quantity('0'))]))
