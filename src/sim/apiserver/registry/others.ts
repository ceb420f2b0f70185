// Models the strategies of the smaller groups: pkg/registry/{discovery,scheduling,rbac,storage,networking,policy,autoscaling,coordination}.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123SubdomainErrors, pathSegmentErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { validateAutoscaler } from '../validation/autoscaling'
import { validateIngress, validateNetworkPolicy, validateNewIngress } from '../validation/networking'
import { validateBudget } from '../validation/policy'
import { validateStorageClass, validateStorageClassUpdate } from '../validation/storage'
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
  validateUpdate: (object, old) => [
    ...(object.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...(object.preemptionPolicy === old.preemptionPolicy
      ? []
      : [invalid('preemptionPolicy', object.preemptionPolicy, 'field is immutable')]),
  ],
  undeletable: name => (Object.hasOwn(OWN_CLASSES, name) ? 'this is a system priority class and cannot be deleted' : undefined),
}

const POLICIES = ['PreemptLowerPriority', 'Never']
const preemptionErrors = ({ preemptionPolicy: policy }: KubeObject): FieldError[] =>
  policy === undefined || POLICIES.includes(String(policy)) ? [] : [notSupported('preemptionPolicy', policy, POLICIES)]

/** The classes that Kubernetes has by itself, with their values. */
const OWN_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

/** ValidatePriorityClass: names and values of the system's are its own. */
function classErrors({ metadata: { name }, value }: KubeObject): FieldError[] {
  if (!name.startsWith('system-'))
    return Number(value) > 1_000_000_000
      ? [forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')]
      : []
  const own = OWN_CLASSES[name]
  if (own === value) return []
  const why = own === undefined ? `${name} is not a known system priority class` : `value of ${name} PriorityClass must be ${own}`
  const words = "priority class names with 'system-' prefix are reserved for system use only. error: "
  return [forbidden('metadata.name', words + why)]
}

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

/** pkg/apis/rbac/validation: a binding, which keeps its role. */
const binding = (kinds: readonly string[]): Strategy => ({
  nameErrors: pathSegmentErrors,
  validate: object => {
    const { apiGroup = '', kind = '', name } = object.roleRef ?? NOTHING
    const errors: FieldError[] = []
    if (apiGroup !== RBAC_GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]))
    if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds))
    if (!name) errors.push(required('roleRef.name'))
    else for (const why of pathSegmentErrors(name)) errors.push(invalid('roleRef.name', name, why))
    ;((object.subjects ?? []) as readonly Subject[]).forEach((subject, i) => {
      errors.push(...subjectErrors(subject, `subjects[${i}]`, object.kind === 'RoleBinding'))
    })
    return errors
  },
  validateUpdate: (object, old) =>
    semanticEqual(object.roleRef, old.roleRef)
      ? []
      : [invalid('roleRef', toInternal('RoleRef', object.roleRef ?? NOTHING), 'cannot change roleRef')],
})

interface Rule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** ValidatePolicyRule */
function ruleErrors(
  { verbs, apiGroups, resources, resourceNames, nonResourceURLs: urls }: Rule,
  field: string,
  isNamespaced: boolean,
) {
  const errors: FieldError[] = verbs?.length ? [] : [required(`${field}.verbs`, 'verbs must contain at least one value')]
  if (urls?.length) {
    const at = `${field}.nonResourceURLs`
    if (isNamespaced) errors.push(invalid(at, urls, 'namespaced rules cannot apply to non-resource URLs'))
    if (apiGroups?.length || resources?.length || resourceNames?.length)
      errors.push(invalid(at, urls, 'rules cannot apply to both regular resources and non-resource URLs'))
    return errors
  }
  if (!apiGroups?.length) errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'))
  if (!resources?.length) errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'))
  return errors
}

const role: Strategy = {
  nameErrors: pathSegmentErrors,
  validate: object =>
    ((object.rules ?? []) as readonly Rule[]).flatMap((rule, i) => ruleErrors(rule, `rules[${i}]`, object.kind === 'Role')),
}

const withSpec = (initialStatus: () => unknown, validate: NonNullable<Strategy['validate']>): Strategy => ({
  generation: true,
  status: true,
  initialStatus,
  validate,
})

/** By resource. */
export const OTHERS: Strategies = {
  'endpointslices.discovery.k8s.io': endpointSlices,
  'priorityclasses.scheduling.k8s.io': priorityClasses,
  'clusterroles.rbac.authorization.k8s.io': role,
  'roles.rbac.authorization.k8s.io': role,
  'clusterrolebindings.rbac.authorization.k8s.io': binding(['ClusterRole']),
  'rolebindings.rbac.authorization.k8s.io': binding(['Role', 'ClusterRole']),
  'storageclasses.storage.k8s.io': { validate: validateStorageClass, validateUpdate: validateStorageClassUpdate },
  'ingresses.networking.k8s.io': {
    ...withSpec(() => Object.freeze({ loadBalancer: NOTHING }), validateIngress),
    validateNew: validateNewIngress,
  },
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
