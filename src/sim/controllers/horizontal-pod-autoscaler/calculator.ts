// Models pkg/controller/podautoscaler/replica_calculator.go: how many replicas a usage asks for.
import { milliOf } from '../../api/quantity'
import { microsecondsSince } from '../../api/time'
import type { Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { podCondition } from '../pods'

/** Within this part of the target nothing is changed (--horizontal-pod-autoscaler-tolerance). */
const TOLERANCE = 0.1
/** While a pod is so young, its CPU counts only when it was ready in between (--horizontal-pod-autoscaler-cpu-initialization-period). */
const CPU_INITIALIZATION_US = 300_000_000
/** --horizontal-pod-autoscaler-initial-readiness-delay */
const READINESS_DELAY_US = 30_000_000

/** What a resource is to be: a percentage of what the pods ask for, or an average in thousandths. */
export type Target = { readonly utilization: number } | { readonly average: number }
export type Usage = ReadonlyMap<string, number>

/** Replicas, and the current value of the metric; or why there is none. */
export type Proposal =
  | { readonly replicas: number; readonly utilization: number | undefined; readonly average: number }
  | { readonly error: string }

interface Groups {
  readonly ready: number
  readonly unready: readonly string[]
  readonly missing: readonly string[]
}

/** groupPods: which pods have numbers, which are too young to count, which have none. Pods that go or have failed do not count. */
export function groupPods(
  pods: readonly Pod[],
  usage: Usage,
  resource: string,
  now: Time,
): Groups & { readonly ignored: readonly string[] } {
  const unready: string[] = []
  const missing: string[] = []
  const ignored: string[] = []
  let ready = 0
  for (const pod of pods) {
    const { name } = pod.metadata
    if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Failed') ignored.push(name)
    else if (pod.status?.phase === 'Pending') unready.push(name)
    else if (!usage.has(name)) missing.push(name)
    else if (resource === 'cpu' && isTooYoung(pod, now)) unready.push(name)
    else ready++
  }
  return { ready, unready, missing, ignored }
}

function isTooYoung(pod: Pod, now: Time): boolean {
  const condition = podCondition(pod, 'Ready')
  const age = microsecondsSince(pod.status?.startTime, now)
  if (!condition || age === undefined) return true
  if (age < CPU_INITIALIZATION_US) return condition.status === 'False'
  const changed = (microsecondsSince(condition.lastTransitionTime, now) ?? 0) - age
  return condition.status === 'False' && -changed < READINESS_DELAY_US
}

/** calculatePodRequests: of each pod, in thousandths. */
export function requestsOf(pods: readonly Pod[], resource: string): Map<string, number> | string {
  const requests = new Map<string, number>()
  for (const { metadata, spec } of pods) {
    let sum = 0
    for (const { name, resources } of spec.containers) {
      const request = resources?.requests?.[resource]
      if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${metadata.name}`
      sum += milliOf(request)
    }
    requests.set(metadata.name, sum)
  }
  return requests
}

/** GetResourceReplicas, GetRawResourceReplicas. */
export function replicasFor(
  current: number,
  target: Target,
  resource: string,
  pods: readonly Pod[],
  measured: Usage,
  now: Time,
): Proposal {
  if (pods.length === 0) return { error: 'no pods returned by selector while calculating replica count' }
  const { ready, unready, missing, ignored } = groupPods(pods, measured, resource, now)
  const usage = new Map([...measured].filter(([name]) => !ignored.includes(name) && !unready.includes(name)))
  if (usage.size === 0) return { error: 'did not receive metrics for targeted pods (pods might be unready)' }
  const requests = 'utilization' in target ? requestsOf(pods, resource) : undefined
  if (typeof requests === 'string') return { error: requests }
  const rate = (of: Usage): number => ratio(of, requests, target)
  const first = rate(usage)
  const report = {
    utilization: requests && Math.trunc((100 * sum(usage)) / wanted(usage, requests)),
    average: Math.floor(sum(usage) / usage.size),
  }
  const up = unready.length > 0 && first > 1
  if (!up && missing.length === 0)
    return { replicas: Math.abs(1 - first) <= TOLERANCE ? current : Math.ceil(first * ready), ...report }
  // who is not heard of is taken to need little when there is much to do, and much when there is little
  for (const name of missing) if (first !== 1) usage.set(name, first > 1 ? 0 : fallback(name, requests, target))
  if (up) for (const name of unready) usage.set(name, 0)
  const second = rate(usage)
  const next = Math.ceil(second * usage.size)
  const turned = (first < 1 && second > 1) || (first > 1 && second < 1)
  const against = (second < 1 && next > current) || (second > 1 && next < current)
  return { replicas: Math.abs(1 - second) <= TOLERANCE || turned || against ? current : next, ...report }
}

const sum = (usage: Usage): number => [...usage.values()].reduce((a, b) => a + b, 0)
const wanted = (usage: Usage, requests: Usage): number => [...usage.keys()].reduce((a, name) => a + (requests.get(name) ?? 0), 0)

/** Usage over what it should be. */
function ratio(usage: Usage, requests: Usage | undefined, target: Target): number {
  if ('average' in target || !requests) return sum(usage) / usage.size / ('average' in target ? target.average : 1)
  const total = wanted(usage, requests)
  return total === 0 ? 0 : Math.trunc((100 * sum(usage)) / total) / target.utilization
}

const fallback = (name: string, requests: Usage | undefined, target: Target): number =>
  'average' in target ? target.average : ((requests?.get(name) ?? 0) * Math.max(100, target.utilization)) / 100
