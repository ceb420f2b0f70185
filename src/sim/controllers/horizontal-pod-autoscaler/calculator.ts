// Models pkg/controller/podautoscaler/replica_calculator.go: how many replicas a usage asks for.
import { milliOf } from '../../api/quantity'
import { microsecondsSince } from '../../api/time'
import type { Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { podCondition } from '../pods'

/** Within this part of the target nothing is changed (--horizontal-pod-autoscaler-tolerance). */
const TOLERANCE = 0.1
/** The same by direction, where the autoscaler says otherwise (spec.behavior). */
export interface Tolerances {
  readonly up: number
  readonly down: number
}
export const TOLERANCES: Tolerances = Object.freeze({ up: TOLERANCE, down: TOLERANCE })
const isWithin = ({ up, down }: Tolerances, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up
/** While a pod is so young, its CPU counts only when it was ready in between (--horizontal-pod-autoscaler-cpu-initialization-period). */
const CPU_INITIALIZATION_US = 300_000_000
/** --horizontal-pod-autoscaler-initial-readiness-delay */
const READINESS_DELAY_US = 30_000_000

/** What a resource is to be: a percentage of what the pods ask for, or an average in thousandths. */
export type Target = { readonly utilization: number } | { readonly average: number }
/** What pods use, in thousandths. */
export type Usage = ReadonlyMap<string, number>
/** Usage as it was measured: up to when, and over which window (µs). */
export interface Measured {
  readonly usage: Usage
  readonly samples: ReadonlyMap<string, { readonly at: number; readonly windowUs: number }>
}

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
  { usage, samples }: Measured,
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
    else if (resource === 'cpu' && isTooYoung(pod, samples.get(name), now)) unready.push(name)
    else ready++
  }
  return { ready, unready, missing, ignored }
}

/** In its first minutes a pod counts when it is ready and has been for as long as was measured; later, unless it never was ready. */
function isTooYoung(pod: Pod, sample: { readonly at: number; readonly windowUs: number } | undefined, now: Time): boolean {
  const condition = podCondition(pod, 'Ready')
  const age = microsecondsSince(pod.status?.startTime, now)
  if (!condition || age === undefined) return true
  const changed = microsecondsSince(condition.lastTransitionTime, now) ?? 0
  if (age < CPU_INITIALIZATION_US)
    return condition.status === 'False' || (sample !== undefined && sample.at < now - changed + sample.windowUs)
  return condition.status === 'False' && age - changed < READINESS_DELAY_US
}

/** calculateRequests: of each pod, or of one container of it, in thousandths. */
export function requestsOf(pods: readonly Pod[], resource: string, only?: string): Map<string, number> | string {
  const requests = new Map<string, number>()
  for (const { metadata, spec } of pods) {
    const whole = (spec as { resources?: { requests?: Record<string, string> } }).resources?.requests
    if (whole && only === undefined) {
      requests.set(metadata.name, milliOf(whole[resource]))
      continue
    }
    const sidecars = (spec.initContainers ?? []).filter(c => (c as { restartPolicy?: string }).restartPolicy === 'Always')
    let sum = 0
    for (const { name, resources } of [...spec.containers, ...sidecars]) {
      if (only !== undefined && only !== name) continue
      const request = resources?.requests?.[resource]
      if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${metadata.name}`
      sum += milliOf(request)
    }
    requests.set(metadata.name, sum)
  }
  return requests
}

/** What is asked of the calculator. */
export interface Question {
  readonly current: number
  readonly target: Target
  readonly resource: string
  /** The container that counts; all of them where it is not said. */
  readonly container?: string
  readonly tolerances?: Tolerances
}

/** GetResourceReplicas, GetRawResourceReplicas. */
export function replicasFor(
  { current, target, resource, container, tolerances = TOLERANCES }: Question,
  pods: readonly Pod[],
  measured: Measured,
  now: Time,
): Proposal {
  if (pods.length === 0) return { error: 'no pods returned by selector while calculating replica count' }
  const { ready, unready, missing, ignored } = groupPods(pods, measured, resource, now)
  const usage = new Map([...measured.usage].filter(([name]) => !ignored.includes(name) && !unready.includes(name)))
  if (usage.size === 0) return { error: 'did not receive metrics for targeted pods (pods might be unready)' }
  const requests = 'utilization' in target ? requestsOf(pods, resource, container) : undefined
  if (typeof requests === 'string') return { error: requests }
  if (requests && wanted(usage, requests) === 0) return { error: 'no metrics returned matched known pods' }
  const rate = (of: Usage): number => ratio(of, requests, target)
  const first = rate(usage)
  const report = {
    utilization: requests && Math.trunc((100 * sum(usage)) / wanted(usage, requests)),
    average: Math.floor(sum(usage) / usage.size),
  }
  const up = unready.length > 0 && first > 1
  if (!up && missing.length === 0)
    return { replicas: isWithin(tolerances, first) ? current : Math.ceil(first * ready), ...report }
  // who is not heard of is taken to need little when there is much to do, and much when there is little
  for (const name of missing) if (first !== 1 || !requests) usage.set(name, first >= 1 ? 0 : fallback(name, requests, target))
  if (up) for (const name of unready) usage.set(name, 0)
  const second = rate(usage)
  const next = Math.ceil(second * usage.size)
  const turned = (first < 1 && second > 1) || (first > 1 && second < 1)
  const against = (second < 1 && next > current) || (second > 1 && next < current)
  return { replicas: isWithin(tolerances, second) || turned || against ? current : next, ...report }
}

const sum = (usage: ReadonlyMap<string, number>): number => [...usage.values()].reduce((a, b) => a + b, 0)
const wanted = (usage: Usage, requests: Usage): number => [...usage.keys()].reduce((a, name) => a + (requests.get(name) ?? 0), 0)

/** Usage over what it should be. */
function ratio(usage: Usage, requests: Usage | undefined, target: Target): number {
  if ('average' in target || !requests) return sum(usage) / usage.size / ('average' in target ? target.average : 1)
  const total = wanted(usage, requests)
  return total === 0 ? 0 : Math.trunc((100 * sum(usage)) / total) / target.utilization
}

const fallback = (name: string, requests: Usage | undefined, target: Target): number =>
  'average' in target ? target.average : ((requests?.get(name) ?? 0) * Math.max(100, target.utilization)) / 100
