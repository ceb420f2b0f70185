// Models pkg/registry/apps: deployments, replica sets, stateful sets, daemon sets and their revisions.
import { semanticEqual } from '../../api/deep'
import { type FieldError, invalid } from '../../api/field-error'
import { dns1123LabelErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { TEMPLATE_GENERATION } from '../defaulting/workloads'
import { toInternal } from '../internal-types/print'
import { validateController } from '../validation/workloads'
import type { Strategies, Strategy } from './strategy'

const NOTHING = Object.freeze({})
const NO_REPLICAS = Object.freeze({ replicas: 0 })

const immutableSelector = (object: KubeObject, old: KubeObject): FieldError[] =>
  semanticEqual(object.spec?.selector, old.spec?.selector)
    ? []
    : [invalid('spec.selector', toInternal('LabelSelector', object.spec?.selector ?? {}), 'field is immutable')]

/** pkg/registry/apps/deployment/strategy.go: annotations, too, are something for the controller to observe. */
const deployments: Strategy = {
  generation: true,
  generationChange: (object, old) =>
    !semanticEqual(object.spec, old.spec) || !semanticEqual(object.metadata.annotations, old.metadata.annotations),
  status: true,
  initialStatus: () => NOTHING,
  validate: validateController,
  validateUpdate: immutableSelector,
  prepareForStatusUpdate: keepLabels,
}

/** An update of the status leaves the labels alone. */
function keepLabels(object: KubeObject, old: KubeObject): KubeObject {
  const { labels } = old.metadata
  if (object.metadata.labels === labels) return object
  return { ...object, metadata: { ...object.metadata, labels } }
}

const replicaSets: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NO_REPLICAS,
  validate: validateController,
  validateUpdate: immutableSelector,
}

/** It is the apiserver's to say, whatever a request has there. */
const withTemplateGeneration = (object: KubeObject, generation: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [TEMPLATE_GENERATION]: generation } },
})

const daemonSets: Strategy = {
  generation: true,
  status: true,
  initialStatus: () => NO_DAEMONS,
  prepareForUpdate: (object, old) => {
    // what the template's generation was is still in its old name
    const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1)
    const changed = !semanticEqual(object.spec?.template, old.spec?.template)
    return withTemplateGeneration(object, String(changed ? before + 1 : before))
  },
  prepareForStatusUpdate: (object, old) => withTemplateGeneration(object, old.metadata.annotations?.[TEMPLATE_GENERATION] ?? '1'),
  prepareForCreate: object => withTemplateGeneration(object, '1'),
  validate: validateController,
  validateUpdate: immutableSelector,
}
const NO_DAEMONS = Object.freeze({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 })

/** What an update of a StatefulSet may change. */
const STATEFUL_MUTABLE = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
])

/** dropStatefulSetDisabledFields: MaxUnavailableStatefulSet is off in 1.36, so what nobody had before is not taken. */
function withoutDisabled(object: KubeObject, old?: KubeObject): KubeObject {
  const { updateStrategy } = object.spec ?? {}
  const had = old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined
  if (had || updateStrategy?.rollingUpdate?.maxUnavailable === undefined) return object
  const { maxUnavailable: _, ...rollingUpdate } = updateStrategy.rollingUpdate
  return { ...object, spec: { ...object.spec, updateStrategy: { ...updateStrategy, rollingUpdate } } }
}

const statefulSets: Strategy = {
  generation: true,
  status: true,
  nameErrors: dns1123LabelErrors,
  prepareForCreate: object => withoutDisabled(object),
  prepareForUpdate: withoutDisabled,
  initialStatus: () => Object.freeze({ replicas: 0, availableReplicas: 0 }),
  validate: validateController,
  validateUpdate: (object, old) => {
    const names = new Set([...Object.keys(object.spec ?? {}), ...Object.keys(old.spec ?? {})])
    for (const name of names) {
      if (STATEFUL_MUTABLE.has(name) || semanticEqual(object.spec?.[name], old.spec?.[name])) continue
      const detail =
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
      return [{ type: 'FieldValueForbidden', field: 'spec', detail }]
    }
    return []
  },
}

const controllerRevisions: Strategy = {
  validateUpdate: (object, old) =>
    semanticEqual(object.data, old.data) ? [] : [invalid('data', object.data, 'field is immutable')],
}

/** By resource. */
export const APPS: Strategies = {
  'deployments.apps': deployments,
  'replicasets.apps': replicaSets,
  'daemonsets.apps': daemonSets,
  'statefulsets.apps': statefulSets,
  'controllerrevisions.apps': controllerRevisions,
}
