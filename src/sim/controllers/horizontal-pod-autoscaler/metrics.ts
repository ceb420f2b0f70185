// Models pkg/controller/podautoscaler/metrics/client.go and horizontal.go's computeStatusFor…Metric: proposals by metric.
import { formatQuantity, fromMilli, milliOf } from '../../api/quantity'
import { parseSelector } from '../../api/selectors'
import { parseTime } from '../../api/time'
import type { HorizontalPodAutoscaler, KubeList, KubeObject, Pod } from '../../api/types'
import { type ControllerProcedure, type ControllerState, store } from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { objectsBy } from '../../client/store'
import { ask, now, type Self } from '../ask'
import { messageOf } from '../objects'
import { type Measured, type Proposal, replicasFor, type Target, TOLERANCES, type Tolerances } from './calculator'
import { withoutExternalMetric, withoutObjectMetric, withoutPodsMetric } from './custom'

export type MetricSpec = NonNullable<HorizontalPodAutoscaler['spec']['metrics']>[number]

/**
 * A metric's proposal: replicas and what the status and the reason of a change say of it; or what is wrong, in the words of its own
 * condition and Event, and in those of the sum of all metrics.
 */
export type Verdict =
  | { readonly replicas: number; readonly name: string; readonly status: object }
  | { readonly reason: string; readonly error: string; readonly inSum: string }

interface PodMetrics extends KubeObject {
  readonly timestamp: string
  /** As `15.012s`. */
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

/** What one metric asks for. */
export function* propose(
  self: Self,
  autoscaler: KubeObject,
  metric: MetricSpec,
  current: number,
  selector: string,
): ControllerProcedure<Verdict> {
  switch (metric.type) {
    case 'Resource':
      return yield* proposeResource(self, autoscaler, { ...metric.resource }, current, selector)
    case 'ContainerResource':
      return yield* proposeResource(self, autoscaler, { ...metric.containerResource }, current, selector)
    case 'Pods':
      return yield* withoutPodsMetric(self, metric.pods?.metric.name ?? '')
    case 'Object':
      return yield* withoutObjectMetric(self, autoscaler, metric.object)
    case 'External':
      return yield* withoutExternalMetric(self, autoscaler, metric.external)
    default: {
      const error = `unknown metric source type "${metric.type}"`
      return { reason: 'InvalidMetricSourceType', error, inSum: error }
    }
  }
}

/** What a Resource or ContainerResource metric asks for. */
interface ResourceSource {
  readonly name?: string
  readonly container?: string
  readonly target?: { readonly averageUtilization?: number; readonly averageValue?: string }
}

/** Tolerances that the autoscaler has of its own (HPAConfigurableTolerance). */
function tolerancesOf({ spec }: KubeObject): Tolerances {
  const of = (direction: 'scaleUp' | 'scaleDown', otherwise: number): number => {
    const said = spec?.behavior?.[direction]?.tolerance
    return said === undefined ? otherwise : milliOf(said) / 1000
  }
  return { up: of('scaleUp', TOLERANCES.up), down: of('scaleDown', TOLERANCES.down) }
}

function* proposeResource(
  self: Self,
  autoscaler: KubeObject,
  { name = '', container, target }: ResourceSource,
  current: number,
  selector: string,
): ControllerProcedure<Verdict> {
  const percent = target?.averageUtilization
  const goal: Target = percent === undefined ? { average: milliOf(target?.averageValue) } : { utilization: percent }
  const failed = (why: string): Verdict => {
    const error = `failed to get ${name} ${percent === undefined ? 'usage' : 'utilization'}: ${why}`
    return container === undefined
      ? { reason: 'FailedGetResourceMetric', error, inSum: `failed to get ${name} resource metric value: ${error}` }
      : {
          reason: 'FailedGetContainerResourceMetric',
          error,
          inSum: `failed to get ${container} container metric value: ${error}`,
        }
  }
  const { namespace = '' } = autoscaler.metadata
  const measured = yield* measuredOf(self, namespace, name, selector, container)
  if (typeof measured === 'string') return failed(`unable to get metrics for resource ${name}: ${measured}`)
  const at = yield* now()
  const question = {
    current,
    target: goal,
    resource: name,
    tolerances: tolerancesOf(autoscaler),
    ...(container !== undefined && { container }),
  }
  const proposal = yield* perform<ControllerState, Proposal>(world => {
    const { value } = parseSelector(selector)
    const pods = (objectsBy(store(world, 'pods'), 'namespace', namespace) as Pod[]).filter(p => value?.matches(p.metadata.labels))
    return Object.freeze(replicasFor(question, pods, measured, at))
  })
  if ('error' in proposal) return failed(proposal.error)
  const averageValue = formatQuantity(fromMilli(proposal.average))
  const value = { averageValue, ...(proposal.utilization !== undefined && { averageUtilization: proposal.utilization }) }
  const utilization = `${container === undefined ? '' : 'container '}resource utilization (percentage of request)`
  return {
    replicas: proposal.replicas,
    name: `${name} ${percent === undefined ? 'resource' : utilization}`,
    status:
      container === undefined
        ? { type: 'Resource', resource: { name, current: value } }
        : { type: 'ContainerResource', containerResource: { name, container, current: value } },
  }
}

const API = 'unable to fetch metrics from resource metrics API'

/** GetResourceMetric: usage by pod, in thousandths, and when it was measured; or why there is none. */
function* measuredOf(
  self: Self,
  namespace: string,
  resource: string,
  selector: string,
  container: string | undefined,
): ControllerProcedure<Measured | string> {
  const response = yield* ask<KubeList<PodMetrics>>(self, {
    method: 'GET',
    path: `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`,
    query: { labelSelector: selector },
    info: { verb: 'list', group: 'metrics.k8s.io', resource: 'pods', namespace },
  })
  if (response.code === 404) return `${API}: the server could not find the requested resource (get pods.metrics.k8s.io)`
  if (!succeeded(response)) return `${API}: ${messageOf(response)}`
  const { items } = response.body
  if (items.length === 0) return 'no metrics returned from resource metrics API'
  const usage = new Map<string, number>()
  const samples = new Map<string, { readonly at: number; readonly windowUs: number }>()
  for (const { metadata, containers, timestamp, window } of items) {
    const counted = containers.filter(c => container === undefined || c.name === container)
    if (counted.length === 0) return `container ${container} not present in metrics for pod ${namespace}/${metadata.name}`
    // a pod one of whose containers does not tell this resource is as good as not there
    if (counted.some(c => c.usage[resource] === undefined)) continue
    usage.set(
      metadata.name,
      counted.reduce((sum, c) => sum + milliOf(c.usage[resource]), 0),
    )
    samples.set(metadata.name, { at: parseTime(timestamp) ?? 0, windowUs: Number.parseFloat(window) * 1e6 })
  }
  return { usage, samples }
}
