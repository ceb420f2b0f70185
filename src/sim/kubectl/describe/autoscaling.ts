// Models describeHorizontalPodAutoscalerV2 of kubectl's describe.go.
import type { HPAScalingRules, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from 'kubernetes-types/autoscaling/v2'
import type { HorizontalPodAutoscaler } from '../../api/types'
import { eventsRead, writeEvents } from './events'
import { dateOf, heading } from './format'
import { type DescribeContext, type Describers, describer } from './types'
import type { Writer } from './writer'

const UNKNOWN = '<unknown>'

function writeUtilization(writer: Writer, title: string, target: MetricTarget, current: MetricValueStatus | undefined): void {
  if (target.averageValue !== undefined) {
    writer.line(1, `${title}:`, `${current?.averageValue ?? UNKNOWN} / ${target.averageValue}`)
    return
  }
  const used =
    current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}% (${current.averageValue ?? '0'})`
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`
  writer.line(1, `${title}  (as a percentage of request):`, `${used} / ${wanted}`)
}

function writeAmount(writer: Writer, title: string, target: MetricTarget, current: MetricValueStatus | undefined): void {
  if (target.averageValue === undefined) {
    writer.line(1, `${title} (target value):`, `${current?.value ?? UNKNOWN} / ${target.value}`)
  } else writer.line(1, `${title} (target average value):`, `${current?.averageValue ?? UNKNOWN} / ${target.averageValue}`)
}

function writeMetric(writer: Writer, metric: MetricSpec, status: MetricStatus | undefined): void {
  const { external, pods, object, resource, containerResource } = metric
  if (external) writeAmount(writer, `"${external.metric.name}"`, external.target, status?.external?.current)
  else if (pods) {
    const current = status?.pods?.current.averageValue ?? UNKNOWN
    writer.line(1, `"${pods.metric.name}" on pods:`, `${current} / ${pods.target.averageValue}`)
  } else if (object) {
    const title = `"${object.metric.name}" on ${object.describedObject.kind}/${object.describedObject.name}`
    writeAmount(writer, title, object.target, status?.object?.current)
  } else if (resource) {
    writeUtilization(writer, `resource ${resource.name} on pods`, resource.target, status?.resource?.current)
  } else if (containerResource) {
    const title = `resource ${containerResource.name} of container "${containerResource.container}" on pods`
    writeUtilization(writer, title, containerResource.target, status?.containerResource?.current)
  } else writer.line(1, `<unknown metric type "${metric.type}">`)
}

function writeRules(writer: Writer, title: string, rules: HPAScalingRules | undefined): void {
  if (!rules) return
  writer.line(1, `${title}:`)
  if (rules.stabilizationWindowSeconds !== undefined) {
    writer.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`)
  }
  if (!rules.policies?.length) return
  writer.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`)
  writer.line(2, 'Policies:')
  for (const { type, value, periodSeconds } of rules.policies) {
    writer.line(3, `- Type: ${type}`, `Value: ${value}`, `Period: ${periodSeconds} seconds`)
  }
}

function writeAutoscaler(writer: Writer, { metadata, spec, status }: HorizontalPodAutoscaler, context: DescribeContext): void {
  heading(writer, metadata)
  writer.line(0, 'CreationTimestamp:', dateOf(metadata.creationTimestamp))
  writer.line(0, 'Reference:', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
  writer.line(0, 'Metrics:', '( current / target )')
  spec.metrics?.forEach((metric, index) => {
    writeMetric(writer, metric, status.currentMetrics?.[index])
  })
  writer.line(0, 'Min replicas:', String(spec.minReplicas ?? '<unset>'))
  writer.line(0, 'Max replicas:', String(spec.maxReplicas))
  if (spec.behavior) {
    writer.line(0, 'Behavior:')
    writeRules(writer, 'Scale Up', spec.behavior.scaleUp)
    writeRules(writer, 'Scale Down', spec.behavior.scaleDown)
  }
  writer.line(
    0,
    `${spec.scaleTargetRef.kind} pods:`,
    `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`,
  )
  if (status.conditions?.length) {
    writer.line(0, 'Conditions:')
    writer.line(1, 'Type', 'Status', 'Reason', 'Message')
    writer.line(1, '----', '------', '------', '-------')
    for (const { type, status: value, reason = '', message = '' } of status.conditions)
      writer.line(1, type, value, reason, message)
  }
  writeEvents(writer, context)
}

export const autoscalingDescribers: Describers = {
  'HorizontalPodAutoscaler.autoscaling': describer<HorizontalPodAutoscaler>(eventsRead, writeAutoscaler),
}
