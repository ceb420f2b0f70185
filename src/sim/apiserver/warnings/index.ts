// Models WarningsOnCreate and WarningsOnUpdate of the strategies in pkg/registry: what a client is told of an object that is accepted.
import { dns1123LabelErrors } from '../../api/names'
import type { KubeObject, PodSpec } from '../../api/types'
import { podWarnings } from './pod'
import { serviceWarnings } from './service'
import { claimSpecWarnings, claimWarnings, volumeWarnings } from './storage'

/** `old` is undefined for a create. */
type Warnings = (object: KubeObject, old: KubeObject | undefined) => readonly string[]

const NONE: readonly string[] = Object.freeze([])

/** A name that pods will have in theirs. */
function nameWarnings({ metadata }: KubeObject, use: string): string[] {
  const errors = dns1123LabelErrors(metadata.name)
  return errors.length === 0
    ? []
    : [
        `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`,
      ]
}
const PODS = 'Pod names and hostnames'

function templateWarnings(template: KubeObject | undefined, path: string): string[] {
  return template?.spec ? podWarnings(template.spec as PodSpec, template.metadata ?? {}, path) : []
}

const changed = ({ metadata }: KubeObject, old: KubeObject | undefined): boolean =>
  metadata.generation !== old?.metadata.generation

/** Of what makes pods: its name when it is new, its template whenever its generation grows. */
const workload =
  (named: boolean): Warnings =>
  (object, old) => {
    if (!changed(object, old)) return NONE
    const name = named && !old ? nameWarnings(object, PODS) : []
    return [...name, ...templateWarnings(object.spec?.template, 'spec.template.')]
  }

const statefulSet: Warnings = (object, old) => [
  ...workload(true)(object, old),
  ...((changed(object, old) ? (object.spec?.volumeClaimTemplates ?? []) : []) as KubeObject[]).flatMap((claim, i) =>
    claimSpecWarnings(claim.spec, `spec.volumeClaimTemplates[${i}].spec`),
  ),
]

const MOST_COMPLETIONS = 100_000
const MOST_AT_ONCE = 10_000

function jobSpec(spec: KubeObject['spec'], path: string): string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec ?? {}
  const many =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [
    ...(completionMode === 'Indexed' && completions > MOST_COMPLETIONS && parallelism > MOST_AT_ONCE ? [`${path}: ${many}`] : []),
    ...templateWarnings(template, `${path}.template.`),
  ]
}

const job: Warnings = (object, old) =>
  changed(object, old) ? [...(old ? [] : nameWarnings(object, PODS)), ...jobSpec(object.spec, 'spec')] : NONE

const cronJob: Warnings = (object, old) =>
  changed(object, old)
    ? [...(old ? [] : nameWarnings(object, PODS)), ...jobSpec(object.spec?.jobTemplate?.spec, 'spec.jobTemplate.spec')]
    : NONE

const pod: Warnings = (object, old) =>
  old ? NONE : [...nameWarnings(object, "the Pod's hostname"), ...podWarnings(object.spec as PodSpec, object.metadata, '')]

const node: Warnings = ({ spec }) => [
  ...(spec?.configSource ? ['spec.configSource: the feature is removed'] : []),
  ...(spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
]

const INGRESS_CLASS = 'kubernetes.io/ingress.class'
const ingress: Warnings = ({ metadata }, old) =>
  !old && metadata.annotations && INGRESS_CLASS in metadata.annotations
    ? [`annotation ${JSON.stringify(INGRESS_CLASS)} is deprecated, please use 'spec.ingressClassName' instead`]
    : NONE

const MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets'
const serviceAccount: Warnings = ({ metadata }, old) =>
  metadata.annotations?.[MOUNTABLE] !== undefined && metadata.annotations[MOUNTABLE] !== old?.metadata.annotations?.[MOUNTABLE]
    ? [
        `metadata.annotations[${MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
      ]
    : NONE

const BY_RESOURCE: Readonly<Record<string, Warnings>> = {
  pods: pod,
  services: serviceWarnings,
  nodes: node,
  serviceaccounts: serviceAccount,
  persistentvolumeclaims: claimWarnings,
  persistentvolumes: volumeWarnings,
  replicationcontrollers: workload(true),
  'deployments.apps': workload(true),
  'replicasets.apps': workload(true),
  'statefulsets.apps': statefulSet,
  'daemonsets.apps': workload(false),
  'jobs.batch': job,
  'cronjobs.batch': cronJob,
  'ingresses.networking.k8s.io': ingress,
}

/** What is odd about an object that is written as a whole. */
export const warningsOf = (resource: string, object: KubeObject, old: KubeObject | undefined): readonly string[] =>
  BY_RESOURCE[resource]?.(object, old) ?? NONE
