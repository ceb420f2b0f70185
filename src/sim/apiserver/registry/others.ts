// Models the strategies of the smaller groups: pkg/registry/{discovery,scheduling,rbac,storage,networking,policy,autoscaling,coordination}.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123SubdomainErrors, pathSegmentErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { validateAutoscaler } from '../validation/autoscaling'
import { validateIngress, validateNetworkPolicy } from '../validation/networking'
import { validateBudget } from '../validation/policy'
import { validateStorageClass } from '../validation/storage'
import type { Strategies, Strategy } from './strategy'

const NOTHING = Object.freeze({})

/** pkg/registry/discovery/endpointslice/strategy.go: everything about a slice counts. */
const endpointSlices: Strategy = {
  generation: true,
  generationChange: (object, old) =>
    !semanticEqual(object.endpoints, old.endpoints) ||
    !semanticEqual(object.ports, old.ports) ||
    !semanticEqual(object.metadata.labels, old.metadata.labels) ||
    !semanticEqual(object.metadata.annotations, old.metadata.annotations) ||
    !semanticEqual(object.metadata.ownerReferences, old.metadata.ownerReferences),
  validate: object =>
    object.addressType ? [] : [required('addressType'), notSupported('addressType', '', ['FQDN', 'IPv4', 'IPv6'])],
  validateUpdate: (object, old) =>
    object.addressType === old.addressType ? [] : [invalid('addressType', object.addressType, 'field is immutable')],
}

const priorityClasses: Strategy = {
  generation: true,
  generationChange: (object, old) => object.value !== old.value || object.description !== old.description,
  validate: object => [...classErrors(object), ...preemptionErrors(object)],
  validateUpdate: (object, old) => (object.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
}

const POLICIES = ['Never', 'PreemptLowerPriority']
const preemptionErrors = ({ preemptionPolicy: policy }: KubeObject): FieldError[] =>
  policy === undefined || POLICIES.includes(String(policy)) ? [] : [notSupported('preemptionPolicy', policy, POLICIES)]

const classErrors = (object: KubeObject): FieldError[] =>
  Number(object.value) > 1_000_000_000 && !object.metadata.name.startsWith('system-')
    ? [forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')]
    : object.metadata.name.startsWith('system-') &&
        !['system-node-critical', 'system-cluster-critical'].includes(object.metadata.name)
      ? [
          forbidden(
            'metadata.name',
            "priority class names with 'system-' prefix are reserved for system use only. error: the given system priority is unknown",
          ),
        ]
      : []

interface Subject {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly apiGroup?: string
}
const RBAC_GROUP = 'rbac.authorization.k8s.io'

/** ValidateRoleBindingSubject */
function subjectErrors(
  { kind = '', name, namespace, apiGroup = '' }: Subject,
  field: string,
  isNamespaced: boolean,
): FieldError[] {
  const errors: FieldError[] = name ? [] : [required(`${field}.name`)]
  if (kind === 'ServiceAccount') {
    if (name) for (const why of dns1123SubdomainErrors(name)) errors.push(invalid(`${field}.name`, name, why))
    if (apiGroup !== '') errors.push(notSupported(`${field}.apiGroup`, apiGroup, ['']))
    if (!isNamespaced && !namespace) errors.push(required(`${field}.namespace`))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC_GROUP) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [RBAC_GROUP]))
  } else errors.push(notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  return errors
}

/** pkg/apis/rbac/validation */
const binding: Strategy = {
  nameErrors: pathSegmentErrors,
  validate: object => {
    const { kind, name } = object.roleRef ?? NOTHING
    const errors: FieldError[] = []
    if (kind !== 'Role' && kind !== 'ClusterRole') errors.push(notSupported('roleRef.kind', kind ?? '', ['ClusterRole', 'Role']))
    if (!name) errors.push(required('roleRef.name'))
    ;((object.subjects ?? []) as readonly Subject[]).forEach((subject, i) => {
      errors.push(...subjectErrors(subject, `subjects[${i}]`, object.kind === 'RoleBinding'))
    })
    return errors
  },
  validateUpdate: (object, old) =>
    semanticEqual(object.roleRef, old.roleRef) ? [] : [invalid('roleRef', object.roleRef, 'cannot change roleRef')],
}
const role: Strategy = {
  nameErrors: pathSegmentErrors,
  validate: object =>
    ((object.rules ?? []) as { verbs?: string[]; resources?: string[]; nonResourceURLs?: string[] }[]).flatMap((rule, i) => [
      ...(rule.verbs && rule.verbs.length > 0 ? [] : [required(`rules[${i}].verbs`, 'verbs must contain at least one value')]),
      ...(rule.nonResourceURLs?.length || rule.resources?.length
        ? []
        : [required(`rules[${i}].resources`, 'resource rules must supply at least one resource')]),
    ]),
}

const withSpec = (initialStatus: () => unknown, validate: NonNullable<Strategy['validate']>): Strategy => ({
  generation: true,
  status: true,
  initialStatus,
  validate,
})

const immutableFields = (fields: readonly string[]): Strategy => ({
  validateUpdate: (object: KubeObject, old: KubeObject) =>
    fields.flatMap(field =>
      semanticEqual(object[field], old[field]) ? [] : [forbidden(field, `updates to ${field} are forbidden.`)],
    ),
})

/** By resource. */
export const OTHERS: Strategies = {
  'endpointslices.discovery.k8s.io': endpointSlices,
  'priorityclasses.scheduling.k8s.io': priorityClasses,
  'clusterroles.rbac.authorization.k8s.io': role,
  'roles.rbac.authorization.k8s.io': role,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'rolebindings.rbac.authorization.k8s.io': binding,
  'storageclasses.storage.k8s.io': {
    ...immutableFields(['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode']),
    validate: validateStorageClass,
  },
  'ingresses.networking.k8s.io': withSpec(() => Object.freeze({ loadBalancer: NOTHING }), validateIngress),
  'networkpolicies.networking.k8s.io': { generation: true, validate: validateNetworkPolicy },
  'servicecidrs.networking.k8s.io': { status: true, initialStatus: () => NOTHING },
  'poddisruptionbudgets.policy': withSpec(
    () => Object.freeze({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    validateBudget,
  ),
  'horizontalpodautoscalers.autoscaling': {
    status: true,
    initialStatus: () => Object.freeze({ desiredReplicas: 0, currentMetrics: null }),
    validate: validateAutoscaler,
  },
}
