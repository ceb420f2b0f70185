/**
 * What objects use of a ResourceQuota. Models pkg/quota/v1 (evaluator/core, generic): the apiserver's admission and the quota
 * controller count by the same rules.
 */

import type { Time } from '../kernel/types'
import { addQuantities, compareQuantities, formatQuantity, type Quantity, quantity, subtractQuantities } from './quantity'
import { classOf } from './storage'
import { microsecondsSince } from './time'
import type { Container, KubeObject, Pod } from './types'

/** Amounts by the names that a quota's `hard` knows: `pods`, `requests.cpu`, `count/jobs.batch`. */
export type Amounts = Readonly<Record<string, string>>
type Sums = Map<string, Quantity>

/** Resources that have a name of their own in a quota, beside `count/…`. */
const COUNTED: ReadonlySet<string> = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'])
/** Names that a container has to say something about, once a quota limits them (validationSet). */
const TO_BE_SPECIFIED = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory']
const STORAGE_CLASS = '.storageclass.storage.k8s.io/'

function add(sums: Sums, name: string, amount: Quantity): void {
  const so = sums.get(name)
  sums.set(name, so ? addQuantities(so, amount) : amount)
}
function atLeast(sums: Sums, name: string, amount: Quantity): void {
  const so = sums.get(name)
  if (!so || compareQuantities(so, amount) < 0) sums.set(name, amount)
}
const ONE = quantity('1')
const amountsOf = (sums: Sums): Amounts => Object.fromEntries([...sums].map(([name, sum]) => [name, formatQuantity(sum)]))

/** What an object uses. `now` in virtual µs: a pod whose grace period is over counts as an object only. */
export function usageOf(object: KubeObject, groupResource: string, now: Time): Amounts {
  const sums: Sums = new Map([[`count/${groupResource}`, ONE]])
  if (groupResource === 'pods') podUsage(sums, object as Pod, now)
  else if (groupResource === 'services') serviceUsage(sums, object)
  else if (groupResource === 'persistentvolumeclaims') claimUsage(sums, object)
  else if (COUNTED.has(groupResource)) sums.set(groupResource, ONE)
  return amountsOf(sums)
}

/** QuotaV1Pod: false for a pod that is at its end, or should have been gone by now. */
export function isQuotaPod({ metadata, status }: Pod, now: Time): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false
  const since = metadata.deletionTimestamp === undefined ? undefined : microsecondsSince(metadata.deletionTimestamp, now)
  return (
    since === undefined || metadata.deletionGracePeriodSeconds === undefined || since <= metadata.deletionGracePeriodSeconds * 1e6
  )
}

function podUsage(sums: Sums, pod: Pod, now: Time): void {
  if (!isQuotaPod(pod, now)) return
  sums.set('pods', ONE)
  for (const [name, amount] of podSum(pod, 'requests')) {
    if (!name.includes('/')) sums.set(name, amount)
    sums.set(`requests.${name}`, amount)
  }
  for (const [name, amount] of podSum(pod, 'limits')) if (!name.includes('/')) sums.set(`limits.${name}`, amount)
}

/** Containers together, or the greediest init step if that is more (PodRequests, PodLimits, without overhead). */
export function containerSum({ spec }: Pick<Pod, 'spec'>, which: 'requests' | 'limits'): Sums {
  const sum: Sums = new Map()
  for (const { resources } of spec.containers) addAll(sum, resources?.[which])
  const sidecars: Sums = new Map()
  const steps: Sums = new Map()
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const step: Sums = new Map(sidecars)
    addAll(step, resources?.[which])
    if (restartPolicy === 'Always') {
      addAll(sum, resources?.[which])
      addAll(sidecars, resources?.[which])
    }
    for (const [name, amount] of step) atLeast(steps, name, amount)
  }
  for (const [name, amount] of steps) atLeast(sum, name, amount)
  return sum
}

function addAll(to: Sums, list: Readonly<Record<string, string>> | undefined): void {
  for (const name in list) add(to, name, quantity(list[name] ?? '0'))
}

/** What a pod asks for, or is let have: its containers, what it says of itself as a whole, and overhead. */
export function podSum(pod: Pod, which: 'requests' | 'limits'): Sums {
  const { spec } = pod
  const sum = containerSum(pod, which)
  if (sum.size > 0 || which === 'requests') addAll(sum, spec.overhead)
  const level = (spec as { resources?: Pick<NonNullable<Container['resources']>, 'requests' | 'limits'> }).resources?.[which]
  for (const name in level) sum.set(name, quantity(level[name] ?? '0'))
  return sum
}

function serviceUsage(sums: Sums, { spec }: KubeObject): void {
  sums.set('services', ONE)
  const ports = (spec?.ports ?? []) as readonly { readonly nodePort?: number }[]
  const given = ports.filter(port => port.nodePort).length
  if (spec?.type === 'NodePort') sums.set('services.nodeports', quantity(String(ports.length)))
  else if (spec?.type === 'LoadBalancer') {
    sums.set('services.loadbalancers', ONE)
    if (spec.allocateLoadBalancerNodePorts !== false) sums.set('services.nodeports', quantity(String(ports.length)))
    else if (given > 0) sums.set('services.nodeports', quantity(String(given)))
  }
}

function claimUsage(sums: Sums, claim: KubeObject): void {
  const { spec, status } = claim
  const claimClass = classOf(claim)
  const asked = quantity(spec?.resources?.requests?.storage ?? '0')
  const given = quantity(status?.allocatedResources?.storage ?? '0')
  const storage = compareQuantities(asked, given) < 0 ? given : asked
  sums.set('persistentvolumeclaims', ONE)
  sums.set('requests.storage', storage)
  if (claimClass === '') return
  sums.set(`${claimClass}${STORAGE_CLASS}persistentvolumeclaims`, ONE)
  sums.set(`${claimClass}${STORAGE_CLASS}requests.storage`, storage)
}

/** Evaluator.MatchingResources: those of a quota's names that objects of a resource may use. */
export function matchingNames(groupResource: string, names: readonly string[]): readonly string[] {
  return names.filter(
    name =>
      name === `count/${groupResource}` || NAMES[groupResource]?.(name) || (COUNTED.has(groupResource) && name === groupResource),
  )
}
const NAMES: Readonly<Record<string, (name: string) => boolean>> = {
  pods: name =>
    /^(pods|cpu|memory|ephemeral-storage|hugepages-.*|limits\.(cpu|memory|ephemeral-storage)|requests\.(cpu|memory|ephemeral-storage|hugepages-.*))$/.test(
      name,
    ) || /^requests\..+\//.test(name),
  services: name => /^services(\.(nodeports|loadbalancers))?$/.test(name),
  persistentvolumeclaims: name =>
    name === 'persistentvolumeclaims' ||
    name === 'requests.storage' ||
    name.endsWith(`${STORAGE_CLASS}persistentvolumeclaims`) ||
    name.endsWith(`${STORAGE_CLASS}requests.storage`),
}

/** Evaluator.Constraints: what a pod's containers fail to specify though a quota limits it; undefined when nothing. */
export function unspecified({ spec }: Pod, names: readonly string[]): string | undefined {
  const required = TO_BE_SPECIFIED.filter(name => names.includes(name))
  const level = (spec as { resources?: unknown }).resources
  if (required.length === 0 || level) return undefined
  const missing = required.flatMap(name => {
    const without = [...spec.containers, ...(spec.initContainers ?? [])].filter(container => !specifies(container, name))
    return without.length > 0 ? [`${name} for: ${[...new Set(without.map(c => c.name))].sort().join(',')}`] : []
  })
  return missing.length > 0 ? `must specify ${missing.join('; ')}` : undefined
}

function specifies({ resources }: Container, name: string): boolean {
  const [kind, what] = name.includes('.') ? name.split('.') : ['requests', name]
  return resources?.[kind as 'requests' | 'limits']?.[what ?? ''] !== undefined
}

interface ScopeRequirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Evaluator.Matches: whether a quota's scopes take an object in. Scopes are about pods and claims. */
export function inScope(quota: KubeObject, object: KubeObject, groupResource: string): boolean {
  const { scopes, scopeSelector } = quota.spec ?? {}
  const plain = ((scopes ?? []) as readonly string[]).map(scopeName => ({ scopeName, operator: 'Exists' }))
  const all: readonly ScopeRequirement[] = [...plain, ...(scopeSelector?.matchExpressions ?? [])]
  if (all.length === 0) return true
  if (groupResource === 'pods') return all.every(scope => podInScope(object as Pod, scope))
  if (groupResource === 'persistentvolumeclaims')
    return all.every(scope => scope.scopeName === 'VolumeAttributesClass' && meets(scope, object.spec?.volumeAttributesClassName))
  return false
}

function podInScope(pod: Pod, scope: ScopeRequirement): boolean {
  const { spec } = pod
  switch (scope.scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return isBestEffort(pod)
    case 'NotBestEffort':
      return !isBestEffort(pod)
    case 'PriorityClass':
      return meets(scope, spec.priorityClassName)
    case 'CrossNamespacePodAffinity':
      return /"namespaces":\[|"namespaceSelector":/.test(JSON.stringify(spec.affinity ?? {}))
    default:
      return false
  }
}

const isBestEffort = (pod: Pod): boolean => podSum(pod, 'requests').size + podSum(pod, 'limits').size === 0

function meets({ operator, values }: ScopeRequirement, value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined && value !== ''
  if (operator === 'DoesNotExist') return value === undefined || value === ''
  return (values ?? []).includes(value ?? '') === (operator === 'In')
}

/** Amounts of `b` on top of those of `a`. */
export function addAmounts(a: Amounts, b: Amounts): Amounts {
  const sums: Sums = new Map(Object.entries(a).map(([name, text]) => [name, quantity(text)]))
  for (const [name, text] of Object.entries(b)) add(sums, name, quantity(text))
  return amountsOf(sums)
}

/** Amounts of `a` less those of `b`. */
export const subtractAmounts = (a: Amounts, b: Amounts): Amounts =>
  Object.fromEntries(
    Object.entries(a).map(([name, text]) => [name, formatQuantity(subtractQuantities(quantity(text), quantity(b[name] ?? '0')))]),
  )

/** Only the amounts that have one of these names. */
export const maskAmounts = (amounts: Amounts, names: readonly string[]): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => names.includes(name)))

/** True for the same names with the same amounts, however they are written. */
export function sameAmounts(a: Amounts, b: Amounts): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(name => b[name] !== undefined && compareQuantities(quantity(a[name] ?? '0'), quantity(b[name] ?? '0')) === 0)
  )
}

/** Names of which `a` has more than `b` has; what `b` does not name is not limited. */
export const exceeding = (a: Amounts, b: Amounts): readonly string[] =>
  Object.keys(a)
    .filter(name => b[name] !== undefined && compareQuantities(quantity(a[name] ?? '0'), quantity(b[name] ?? '0')) > 0)
    .sort()
