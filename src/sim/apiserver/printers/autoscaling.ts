// Models printHorizontalPodAutoscaler of pkg/printers/internalversion/printers.go.
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from 'kubernetes-types/autoscaling/v2'
import type { HorizontalPodAutoscaler, ObjectMeta } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer } from './types'

/** How many metrics TARGETS shows. */
const SHOWN = 2
const UNKNOWN = '<unknown>'

/** `12%/80%`, or amounts where the target is one. */
function utilization(name: string, target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`
  const percent = (value: number | undefined, none: string) => (value === undefined ? none : `${value}%`)
  return `${name}: ${percent(current?.averageUtilization, UNKNOWN)}/${percent(target.averageUtilization, '<auto>')}`
}

const amount = (target: MetricTarget, current: MetricValueStatus | undefined): string =>
  target.averageValue === undefined
    ? `${current?.value ?? UNKNOWN}/${target.value}`
    : `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  if (spec.type === 'External' && spec.external) return amount(spec.external.target, status?.external?.current)
  if (spec.type === 'Object' && spec.object) return amount(spec.object.target, status?.object?.current)
  if (spec.type === 'Pods' && spec.pods)
    return `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods.target.averageValue}`
  if (spec.type === 'Resource' && spec.resource)
    return utilization(spec.resource.name, spec.resource.target, status?.resource?.current)
  if (spec.type === 'ContainerResource' && spec.containerResource)
    return utilization(spec.containerResource.name, spec.containerResource.target, status?.containerResource?.current)
  return '<unknown type>'
}

function targets({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const texts = metrics.slice(0, SHOWN).map((metric, index) => metricText(metric, status?.currentMetrics?.[index]))
  return metrics.length > SHOWN ? `${texts.join(', ')} + ${metrics.length - SHOWN} more...` : texts.join(', ')
}

/** What the scale subresource answers: printScale. */
interface Scale {
  readonly metadata: ObjectMeta
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

export const autoscalingPrinters: Printers = {
  Scale: printer<Scale>([NAME, column('Desired', 'integer'), column('Available', 'integer'), AGE], (scale, now) => [
    scale.metadata.name,
    scale.spec?.replicas ?? 0,
    scale.status?.replicas ?? 0,
    age(scale, now),
  ]),
  HorizontalPodAutoscaler: printer<HorizontalPodAutoscaler>(
    [NAME, column('Reference'), column('Targets'), column('MinPods'), column('MaxPods'), column('Replicas'), AGE],
    (autoscaler, now) => [
      autoscaler.metadata.name,
      `${autoscaler.spec.scaleTargetRef.kind}/${autoscaler.spec.scaleTargetRef.name}`,
      targets(autoscaler),
      String(autoscaler.spec.minReplicas ?? '<unset>'),
      autoscaler.spec.maxReplicas,
      autoscaler.status?.currentReplicas ?? 0,
      age(autoscaler, now),
    ],
  ),
}
