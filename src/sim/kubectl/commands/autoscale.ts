// Models k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go
import { mustResource, subresourceOf } from '../../api/kinds'
import { canonicalQuantity } from '../../api/quantity'
import type { KubeObject } from '../../api/types'
import { type Command, flag } from '../command'
import { dryRunOf, dryRunQuery } from '../dry-run'
import { fail } from '../errors'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SAVE_CONFIG } from '../flags'
import { saveLastApplied } from '../last-applied'
import { type Latest, visitLatest } from '../latest'
import { printChanged } from '../output'
import { createObject } from '../requests'
import { count, demand, isOn, type Run, type Session, text } from '../session'
import { notScalable } from './scale'

function* run(s: Session): Run {
  const [min, max] = [count(s, 'min'), count(s, 'max')]
  if (max < 1) fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
  if (max < min) fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
  if (count(s, 'cpu-percent') > 0 && text(s, 'cpu') !== '') fail('--cpu-percent and --cpu are mutually exclusive')
  const metrics = metricsOf(s)
  const visited = yield* visitLatest(s, info => autoscale(s, info, metrics), { asGiven: true })
  if (visited === 0) fail('no objects passed to autoscale')
}

/** Units of numbers that come without one: thousandths of a CPU, mebibytes. */
const UNITS = { cpu: 'm', memory: 'Mi' } as const

function metricsOf(s: Session): readonly object[] {
  const percent = count(s, 'cpu-percent')
  const metrics: object[] = percent > 0 ? [metric('cpu', { averageUtilization: percent, type: 'Utilization' })] : []
  for (const name of ['cpu', 'memory'] as const)
    if (text(s, name) !== '') metrics.push(metric(name, targetOf(text(s, name).trim(), name)))
  return metrics
}

const metric = (name: string, target: object) => ({ resource: { name, target }, type: 'Resource' })

function targetOf(given: string, name: 'cpu' | 'memory'): object {
  if (given.endsWith('%')) {
    const percent = given.slice(0, -1)
    if (!/^\d+$/.test(percent)) fail(`invalid percentage value: ${given}`)
    return { averageUtilization: Number(percent), type: 'Utilization' }
  }
  const quantity = canonicalQuantity(/^\d+(\.\d+)?$/.test(given) ? `${given}${UNITS[name]}` : given)
  return { averageValue: quantity ?? fail(`invalid resource ${name} value: ${given}`), type: 'AverageValue' }
}

function* autoscale(s: Session, { resource, name }: Latest, metrics: readonly object[]): Run {
  if (!subresourceOf(resource, 'scale')) fail(`cannot autoscale a ${resource.kind}: ${notScalable(resource)}`)
  const dryRun = dryRunOf(s)
  const hpas = mustResource('autoscaling/v2', 'HorizontalPodAutoscaler')
  const min = count(s, 'min')
  const made: KubeObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: text(s, 'name') || name, ...(s.namespaceSet && { namespace: s.namespace }) },
    spec: {
      scaleTargetRef: { apiVersion: resource.apiVersion, kind: resource.kind, name },
      ...(min > 0 && { minReplicas: min }),
      maxReplicas: count(s, 'max'),
      ...(metrics.length > 0 && { metrics }),
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  }
  if (dryRun === 'client') return yield* printChanged(s, hpas, made, 'created', dryRun, 'own')
  const query = { ...dryRunQuery(dryRun), fieldManager: text(s, 'field-manager') }
  const object = yield* demand<KubeObject>(
    s,
    createObject(hpas, s.namespace, isOn(s, 'save-config') ? saveLastApplied(made) : made, query),
  )
  yield* printChanged(s, hpas, object, 'autoscaled', dryRun, 'own')
}

export const autoscaleCommand: Command = {
  name: 'autoscale',
  use: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: 'Creates an autoscaler that automatically chooses and sets the number of pods that run in a Kubernetes cluster.\n\n Looks up a deployment, replica set, stateful set, or replication controller by name and creates an autoscaler that uses the given resource as a reference.',
  examples: [
    '# Auto scale a deployment "foo", with the number of pods between 2 and 10, target CPU utilization at 80%',
    'kubectl autoscale deployment foo --min=2 --max=10 --cpu=80%',
  ],
  flags: [
    flag.string(
      'cpu',
      'Target CPU utilization over all the pods. A percentage of what is requested ("70%"), or an amount ("500m"; a number without a unit is in thousandths).',
    ),
    flag.int('cpu-percent', 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods.', {
      value: -1,
      hidden: true,
      deprecated: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    }),
    flag.int('max', 'The upper limit for the number of pods that can be set by the autoscaler. Required.', {
      required: true,
      value: -1,
    }),
    flag.string(
      'memory',
      'Target memory utilization over all the pods. A percentage of what is requested ("60%"), or an amount ("200Mi"; a number without a unit is in mebibytes).',
    ),
    flag.int(
      'min',
      "The lower limit for the number of pods that can be set by the autoscaler. If it's not specified or negative, the server will apply a default value.",
      { value: -1 },
    ),
    flag.string('name', 'The name for the newly created object. If not specified, the name of the input resource will be used.'),
    SAVE_CONFIG,
    DRY_RUN,
    fieldManager('kubectl-autoscale'),
    ...PRINT_FLAGS,
    ...fileFlags('identifying the resource to autoscale.'),
  ],
  arguments: 'resource',
  kinds: ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'],
  run,
}
