// Models pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go and SetDefaults_ReplicationController.
import type { KubeObject, PodTemplateSpec } from '../../api/types'
import { defaultPodTemplate } from './pod'
import type { Default } from './types'

/** Specs that have their defaults. */
const done = new WeakSet<object>()

/** A default for kinds with a pod template in their spec. */
function workload(
  fields: (spec: KubeObject, template: PodTemplateSpec | undefined, object: KubeObject) => Record<string, unknown>,
  status: unknown,
): Default {
  return object => {
    const { spec = NOTHING } = object
    if (done.has(spec)) return object.status === undefined ? { ...object, status } : object
    const template = defaultPodTemplate(spec.template as PodTemplateSpec | undefined)
    const full = { ...spec, template, ...fields(spec, template, object) }
    done.add(full)
    return { ...object, spec: full, status: object.status ?? status }
  }
}

const NOTHING = Object.freeze({})
const NO_REPLICAS = Object.freeze({ replicas: 0 })

const rolling = (update: Record<string, unknown> | undefined, defaults: Record<string, unknown>): Record<string, unknown> => ({
  ...defaults,
  ...update,
})

const deployment = workload(
  ({ replicas, strategy, revisionHistoryLimit, progressDeadlineSeconds }) => ({
    replicas: replicas ?? 1,
    strategy:
      (strategy?.type || 'RollingUpdate') === 'RollingUpdate'
        ? {
            ...strategy,
            type: 'RollingUpdate',
            rollingUpdate: rolling(strategy?.rollingUpdate, { maxUnavailable: '25%', maxSurge: '25%' }),
          }
        : strategy,
    revisionHistoryLimit: revisionHistoryLimit ?? 10,
    progressDeadlineSeconds: progressDeadlineSeconds ?? 600,
  }),
  NOTHING,
)

const replicaSet = workload(({ replicas }) => ({ replicas: replicas ?? 1 }), NO_REPLICAS)

const daemonSet = workload(
  ({ updateStrategy, revisionHistoryLimit }) => ({
    updateStrategy:
      (updateStrategy?.type || 'RollingUpdate') === 'RollingUpdate'
        ? {
            ...updateStrategy,
            type: 'RollingUpdate',
            rollingUpdate: rolling(updateStrategy?.rollingUpdate, { maxUnavailable: 1, maxSurge: 0 }),
          }
        : updateStrategy,
    revisionHistoryLimit: revisionHistoryLimit ?? 10,
  }),
  Object.freeze({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }),
)

/** Conversion shows a DaemonSet's templateGeneration as an annotation (pkg/apis/apps/v1/conversion.go). */
const withTemplateGeneration: Default = object => {
  const filled = daemonSet(object)
  const { annotations } = filled.metadata
  if (annotations?.[TEMPLATE_GENERATION] !== undefined) return filled
  return { ...filled, metadata: { ...filled.metadata, annotations: { ...annotations, [TEMPLATE_GENERATION]: '0' } } }
}
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** Why a DaemonSet cannot be converted: its templateGeneration is no number. */
export function conversionError({ kind, metadata }: KubeObject): string | undefined {
  const text: unknown = kind === 'DaemonSet' ? metadata.annotations?.[TEMPLATE_GENERATION] : undefined
  if (typeof text !== 'string' || (/^[+-]?\d+$/.test(text) && inInt64(text))) return undefined
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  return `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`
}
const inInt64 = (text: string): boolean => BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''))

const statefulSet = workload(
  ({
    replicas,
    podManagementPolicy,
    updateStrategy,
    revisionHistoryLimit,
    persistentVolumeClaimRetentionPolicy: retention,
    volumeClaimTemplates,
  }) => ({
    podManagementPolicy: podManagementPolicy || 'OrderedReady',
    updateStrategy:
      (updateStrategy?.type || 'RollingUpdate') === 'RollingUpdate'
        ? { ...updateStrategy, type: 'RollingUpdate', rollingUpdate: rolling(updateStrategy?.rollingUpdate, { partition: 0 }) }
        : updateStrategy,
    replicas: replicas ?? 1,
    revisionHistoryLimit: revisionHistoryLimit ?? 10,
    persistentVolumeClaimRetentionPolicy: {
      whenDeleted: retention?.whenDeleted || 'Retain',
      whenScaled: retention?.whenScaled || 'Retain',
    },
    ...(volumeClaimTemplates && {
      volumeClaimTemplates: (volumeClaimTemplates as KubeObject[]).map(claim => ({
        ...claim,
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        spec: { ...claim.spec, volumeMode: claim.spec?.volumeMode ?? 'Filesystem' },
        status: { phase: 'Pending' },
      })),
    }),
  }),
  Object.freeze({ replicas: 0, availableReplicas: 0 }),
)

/** SetDefaults_PodFailurePolicyOnPodConditionsPattern: a condition that is named is meant to be True. */
const withStatuses = (policy: { rules?: { onPodConditions?: { status?: string }[] }[] }) => ({
  ...policy,
  rules: policy.rules?.map(rule =>
    rule.onPodConditions
      ? { ...rule, onPodConditions: rule.onPodConditions.map(c => (c.status ? c : { ...c, status: 'True' })) }
      : rule,
  ),
})

const job = workload(
  ({
    completions,
    parallelism,
    backoffLimit,
    completionMode,
    suspend,
    podReplacementPolicy,
    podFailurePolicy,
    backoffLimitPerIndex,
    manualSelector,
  }) => ({
    ...(completions === undefined && parallelism === undefined ? { completions: 1 } : {}),
    parallelism: parallelism ?? 1,
    backoffLimit: backoffLimit ?? (backoffLimitPerIndex !== undefined ? 2_147_483_647 : 6),
    completionMode: completionMode || 'NonIndexed',
    suspend: suspend ?? false,
    manualSelector: manualSelector ?? false,
    podReplacementPolicy: podReplacementPolicy || (podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'),
    ...(podFailurePolicy && { podFailurePolicy: withStatuses(podFailurePolicy) }),
  }),
  NOTHING,
)

const cronJob: Default = object => {
  const { spec = NOTHING } = object
  if (done.has(spec)) return object.status === undefined ? { ...object, status: NOTHING } : object
  const inner = spec.jobTemplate?.spec ?? NOTHING
  const template = defaultPodTemplate(inner?.template as PodTemplateSpec | undefined)
  const full = {
    ...spec,
    concurrencyPolicy: spec.concurrencyPolicy || 'Allow',
    suspend: spec.suspend ?? false,
    successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
    failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
    jobTemplate: { metadata: NOTHING, ...spec.jobTemplate, spec: { ...inner, template } },
  }
  done.add(full)
  return { ...object, spec: full, status: object.status ?? NOTHING }
}

const replicationController: Default = object => {
  const labels: Record<string, string> | undefined = object.spec?.template?.metadata?.labels
  const filled = workload(
    ({ replicas, selector }) => ({
      replicas: replicas ?? 1,
      ...(labels && { selector: selector && Object.keys(selector).length > 0 ? selector : labels }),
    }),
    NO_REPLICAS,
  )(object)
  return labels && !filled.metadata?.labels ? { ...filled, metadata: { ...filled.metadata, labels } } : filled
}

/** By kind. */
export const APPS_DEFAULTS: Readonly<Record<string, Default>> = {
  'apps/v1 Deployment': deployment,
  'apps/v1 ReplicaSet': replicaSet,
  'apps/v1 DaemonSet': withTemplateGeneration,
  'apps/v1 StatefulSet': statefulSet,
  'batch/v1 Job': job,
  'batch/v1 CronJob': cronJob,
  'v1 ReplicationController': replicationController,
}
