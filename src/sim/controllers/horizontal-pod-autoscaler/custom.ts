/**
 * Models pkg/controller/podautoscaler/metrics/client.go, its custom and external metrics, in a cluster where nobody serves them: there is
 * no adapter here, so what comes of these metrics is what the apiserver's discovery makes of it.
 */
import { goLabelSelector, labelSelector } from '../../api/selectors'
import type { KubeObject, LabelSelector } from '../../api/types'
import type { ControllerProcedure } from '../../client/controller'
import { ask, askAll, type Self } from '../ask'
import { messageOf } from '../objects'

/** What is wrong with a metric: see metrics.ts. */
interface Wrong {
  readonly reason: string
  readonly error: string
  readonly inSum: string
}

/** Which versions custom.metrics.k8s.io has is asked of discovery each time, until it is there (AvailableAPIsGetter). */
function* customMetricsError(self: Self): ControllerProcedure<string> {
  const paths = ['/api', '/apis']
  yield* askAll(
    self,
    paths.map(path => ({ method: 'GET' as const, path, info: { verb: 'get' as const, group: '', resource: path } })),
  )
  return 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
}

/** GetMetricReplicas */
export function* withoutPodsMetric(self: Self, name: string): ControllerProcedure<Wrong> {
  const error = `unable to get metric ${name}: ${yield* customMetricsError(self)}`
  return { reason: 'FailedGetPodsMetric', error, inSum: `failed to get pods metric value: ${error}` }
}

interface ObjectSource {
  readonly describedObject: { readonly kind: string; readonly name: string }
  readonly metric: { readonly name: string }
  readonly target: { readonly type: string }
}

/** GetObjectMetricReplicas, GetObjectPerPodMetricReplicas; their words mix up what stands where. */
export function* withoutObjectMetric(
  self: Self,
  { metadata }: KubeObject,
  source: ObjectSource | undefined,
): ControllerProcedure<Wrong> {
  const { describedObject, metric, target } = source ?? {}
  const name = metric?.name ?? ''
  const why = yield* customMetricsError(self)
  const error = `unable to get metric ${name}: ${describedObject?.kind} on ${metadata.namespace} ${describedObject?.name}/${why}`
  const inner = target?.type === 'AverageValue' ? `failed to get ${name} object metric: ${error}` : error
  return { reason: 'FailedGetObjectMetric', error, inSum: `failed to get object metric value: ${inner}` }
}

interface ExternalSource {
  readonly metric: { readonly name: string; readonly selector?: LabelSelector }
  readonly target: { readonly averageValue?: string }
}

/** GetExternalMetricReplicas, GetExternalPerPodMetricReplicas: the metric is a resource of external.metrics.k8s.io. */
export function* withoutExternalMetric(
  self: Self,
  { metadata }: KubeObject,
  source: ExternalSource | undefined,
): ControllerProcedure<Wrong> {
  const { namespace = '' } = metadata
  const { name = '', selector } = source?.metric ?? {}
  const group = 'external.metrics.k8s.io'
  const answer = yield* ask(self, {
    method: 'GET',
    path: `/apis/${group}/v1beta1/namespaces/${namespace}/${name}`,
    query: selector ? { labelSelector: labelSelector(selector).text } : {},
    info: { verb: 'list', group, resource: name, namespace },
  })
  const why = `${messageOf(answer)}${answer.code === 404 ? ` (get ${name}.${group})` : ''}`
  const shown = selector ? goLabelSelector(selector) : 'nil'
  const error = `unable to get external metric ${namespace}/${name}/${shown}: unable to fetch metrics from external metrics API: ${why}`
  const which = source?.target.averageValue === undefined ? `external metric ${name}` : `${name} external metric`
  return {
    reason: 'FailedGetExternalMetric',
    error,
    inSum: `failed to get ${name} external metric value: failed to get ${which}: ${error}`,
  }
}
