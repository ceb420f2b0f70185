// Models pkg/controller/podautoscaler/metrics/client.go and horizontal.go's computeStatusFor…Metric: proposals by metric.
import { formatQuantity, fromMilli, milliOf, quantity } from '../../api/quantity'
import { parseSelector } from '../../api/selectors'
import type { HorizontalPodAutoscaler, KubeList, KubeObject, Pod } from '../../api/types'
import { type ControllerProcedure, type ControllerState, store } from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { objectsBy } from '../../client/store'
import { ask, now, type Self } from '../ask'
import { messageOf } from '../objects'
import { type Proposal, replicasFor, type Target, type Usage } from './calculator'

export type MetricSpec = NonNullable<HorizontalPodAutoscaler['spec']['metrics']>[number]

/** A metric's proposal: replicas and what the status and the reason of a change say of it; or what is wrong. */
export type Verdict =
  | { readonly replicas: number; readonly name: string; readonly status: object }
  | { readonly reason: string; readonly what: string; readonly error: string }

interface PodMetrics extends KubeObject {
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

const NO_CUSTOM = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
const NO_EXTERNAL = 'unable to fetch metrics from external metrics API: the server could not find the requested resource'

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
      return yield* proposeResource(self, autoscaler, metric, current, selector)
    case 'Pods': {
      const { name = '' } = metric.pods?.metric ?? {}
      return { reason: 'FailedGetPodsMetric', what: 'pods metric', error: `unable to get metric ${name}: ${NO_CUSTOM}` }
    }
    case 'Object': {
      const { describedObject: of, metric: named } = metric.object ?? {}
      const error = `unable to get metric ${named?.name ?? ''}: ${of?.kind ?? ''} on ${autoscaler.metadata.namespace} ${of?.name ?? ''}/${NO_CUSTOM}`
      return { reason: 'FailedGetObjectMetric', what: 'object metric', error }
    }
    case 'External': {
      const { name = '' } = metric.external?.metric ?? {}
      const external = `${autoscaler.metadata.namespace}/${name}/nil`
      return {
        reason: 'FailedGetExternalMetric',
        what: 'external metric',
        error: `unable to get external metric ${external}: ${NO_EXTERNAL}`,
      }
    }
    default:
      return { reason: 'InvalidMetricSourceType', what: 'metric', error: `unknown metric source type "${metric.type}"` }
  }
}

function* proposeResource(
  self: Self,
  autoscaler: KubeObject,
  metric: MetricSpec,
  current: number,
  selector: string,
): ControllerProcedure<Verdict> {
  const { name = '', target } = metric.resource ?? {}
  const percent = target?.averageUtilization
  const goal: Target = percent === undefined ? { average: milliOf(target?.averageValue) } : { utilization: percent }
  const failed = (error: string): Verdict => ({
    reason: 'FailedGetResourceMetric',
    what: `${name} resource metric value`,
    error: percent === undefined ? error : `failed to get ${name} utilization: ${error}`,
  })
  const { namespace = '' } = autoscaler.metadata
  const usage = yield* usageOf(self, namespace, name, selector)
  if (typeof usage === 'string') return failed(`unable to get metrics for resource ${name}: ${usage}`)
  const at = yield* now()
  const proposal = yield* perform<ControllerState, Proposal>(world => {
    const { value } = parseSelector(selector)
    const pods = (objectsBy(store(world, 'pods'), 'namespace', namespace) as Pod[]).filter(p => value?.matches(p.metadata.labels))
    return Object.freeze(replicasFor(current, goal, name, pods, usage, at))
  })
  if ('error' in proposal) return failed(proposal.error)
  const averageValue = formatQuantity(fromMilli(proposal.average, quantity(target?.averageValue ?? '0').format))
  const value = { averageValue, ...(proposal.utilization !== undefined && { averageUtilization: proposal.utilization }) }
  return {
    replicas: proposal.replicas,
    name: `${name} resource${percent === undefined ? '' : ' utilization (percentage of request)'}`,
    status: { type: 'Resource', resource: { name, current: value } },
  }
}

/** Usage by pod, in thousandths; or why there is none. */
function* usageOf(self: Self, namespace: string, resource: string, selector: string): ControllerProcedure<Usage | string> {
  const response = yield* ask<KubeList<PodMetrics>>(self, {
    method: 'GET',
    path: `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`,
    query: { labelSelector: selector },
    info: { verb: 'list', group: 'metrics.k8s.io', resource: 'pods', namespace },
  })
  const api = 'unable to fetch metrics from resource metrics API'
  if (response.code === 404) return `${api}: the server could not find the requested resource (get pods.metrics.k8s.io)`
  if (!succeeded(response)) return `${api}: ${messageOf(response)}`
  const { items } = response.body
  if (items.length === 0) return 'no metrics returned from resource metrics API'
  return new Map(
    items.map(
      ({ metadata, containers }) => [metadata.name, containers.reduce((sum, c) => sum + milliOf(c.usage[resource]), 0)] as const,
    ),
  )
}
