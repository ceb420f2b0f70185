// Models pkg/registry/rbac and pkg/apis/rbac/validation: roles, and bindings to them.
import { semanticEqual } from '../../api/deep'
import { type FieldError, invalid, notSupported, required } from '../../api/field-error'
import { dns1123SubdomainErrors, pathSegmentErrors } from '../../api/names'
import { toInternal } from '../internal-types/print'
import type { Strategies, Strategy } from './strategy'

interface Subject {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly apiGroup?: string
}
const GROUP = 'rbac.authorization.k8s.io'

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
    if (apiGroup !== GROUP) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [GROUP]))
  } else errors.push(notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  return errors
}

/** pkg/apis/rbac/validation: a binding, which keeps its role. */
const binding = (kinds: readonly string[]): Strategy => ({
  createsOnUpdate: true,
  nameErrors: pathSegmentErrors,
  validate: object => {
    const { apiGroup = '', kind = '', name } = object.roleRef ?? {}
    const errors: FieldError[] = []
    if (apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [GROUP]))
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
      : [invalid('roleRef', toInternal('RoleRef', object.roleRef ?? {}), 'cannot change roleRef')],
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

/** pkg/apis/rbac/validation: a role, whose rules are of resources or of paths. */
const role: Strategy = {
  createsOnUpdate: true,
  nameErrors: pathSegmentErrors,
  validate: object =>
    ((object.rules ?? []) as readonly Rule[]).flatMap((rule, i) => ruleErrors(rule, `rules[${i}]`, object.kind === 'Role')),
}

/** By resource. */
export const RBAC: Strategies = {
  'clusterroles.rbac.authorization.k8s.io': role,
  'roles.rbac.authorization.k8s.io': role,
  'clusterrolebindings.rbac.authorization.k8s.io': binding(['ClusterRole']),
  'rolebindings.rbac.authorization.k8s.io': binding(['Role', 'ClusterRole']),
}
