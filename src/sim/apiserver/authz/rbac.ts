// Models plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go: roles and bindings say who may do what.
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../api/types'
import type { Reader, User } from '../state'

/** What somebody wants to do (authorizer.Attributes). */
export interface Action {
  readonly verb: string
  readonly group: string
  /** With its subresource: `pods/status`; empty for a path that is no resource. */
  readonly resource: string
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** Of a list or a watch. */
  readonly fieldSelector?: string | undefined
  /** What it is about where there is no resource. */
  readonly path: string
}

const GROUP = 'rbac.authorization.k8s.io'
/** The resources that decide, by the names of their watch caches. */
export const RBAC_RESOURCES = {
  clusterRoles: `clusterroles.${GROUP}`,
  clusterRoleBindings: `clusterrolebindings.${GROUP}`,
  roles: `roles.${GROUP}`,
  roleBindings: `rolebindings.${GROUP}`,
} as const

/** The binding that lets a user do something, in the authorizer's words; undefined when none does. */
export function grantOf(objects: Reader, user: User, action: Action): string | undefined {
  for (const { binding, namespace, subject } of bindingsOf(objects, user, action.namespace ?? '')) {
    if (!rulesBehind(objects, binding, namespace).some(rule => ruleAllows(rule, action))) continue
    const { metadata, roleRef } = binding
    const which =
      namespace === undefined ? `ClusterRoleBinding "${metadata.name}"` : `RoleBinding "${metadata.name}/${namespace}"`
    const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name
    return `RBAC: allowed by ${which} of ${roleRef.kind} "${roleRef.name}" to ${subject.kind} "${who}"`
  }
  return undefined
}

/** Whether some rule that the user has lets it do that. */
export function rbacAllows(objects: Reader, user: User, action: Action): boolean {
  for (const rule of rulesOf(objects, user, action.namespace ?? '')) if (ruleAllows(rule, action)) return true
  return false
}

/** All rules that the user has, in a namespace or ('') for the cluster: cluster-wide ones first. */
export function* rulesOf(objects: Reader, user: User, namespace: string): Generator<PolicyRule> {
  for (const { binding, namespace: where } of bindingsOf(objects, user, namespace)) yield* rulesBehind(objects, binding, where)
}

interface Bound {
  readonly binding: RoleBinding | ClusterRoleBinding
  /** Undefined: cluster-wide. */
  readonly namespace: string | undefined
  readonly subject: Subject
}

/** Bindings that name the user or a group of it. */
function* bindingsOf(objects: Reader, user: User, namespace: string): Generator<Bound> {
  for (const binding of objects.list(RBAC_RESOURCES.clusterRoleBindings) as Iterable<ClusterRoleBinding>) {
    const subject = binding.subjects?.find(each => isSubject(user, each, ''))
    if (subject) yield { binding, namespace: undefined, subject }
  }
  if (namespace === '') return
  for (const binding of objects.list(RBAC_RESOURCES.roleBindings, namespace) as Iterable<RoleBinding>) {
    const subject = binding.subjects?.find(each => isSubject(user, each, namespace))
    if (subject) yield { binding, namespace, subject }
  }
}

const roleBehind = (
  objects: Reader,
  { roleRef: { kind, name } }: RoleBinding | ClusterRoleBinding,
  namespace: string | undefined,
): Role | ClusterRole | undefined =>
  (kind === 'ClusterRole'
    ? objects.get(RBAC_RESOURCES.clusterRoles, undefined, name)
    : objects.get(RBAC_RESOURCES.roles, namespace, name)) as Role | ClusterRole | undefined

const rulesBehind = (
  objects: Reader,
  binding: RoleBinding | ClusterRoleBinding,
  namespace: string | undefined,
): readonly PolicyRule[] => roleBehind(objects, binding, namespace)?.rules ?? []

/** What is wrong with bindings that name the user: roles that are not there, in words; '' where all are. */
export function resolutionErrors(objects: Reader, user: User, namespace: string): string {
  const errors = new Set<string>()
  for (const { binding, namespace: where } of bindingsOf(objects, user, namespace))
    if (!roleBehind(objects, binding, where))
      errors.add(`${binding.roleRef.kind.toLowerCase()}.${GROUP} ${JSON.stringify(binding.roleRef.name)} not found`)
  const [first = ''] = errors
  return errors.size > 1 ? `[${[...errors].join(', ')}]` : first
}

type Subject = NonNullable<RoleBinding['subjects']>[number]

function isSubject(user: User, subject: Subject, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.name === subject.name
    case 'Group':
      return user.groups.includes(subject.name)
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}`
    default:
      return false
  }
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value))

/** rbac.RuleAllows */
export function ruleAllows(rule: PolicyRule, action: Action): boolean {
  if (!has(rule.verbs, action.verb)) return false
  if (action.resource === '') return rule.nonResourceURLs?.some(url => pathMatches(url, action.path)) ?? false
  if (!has(rule.apiGroups, action.group) || !resourceMatches(rule.resources, action.resource)) return false
  const names = rule.resourceNames
  return names === undefined || names.length === 0 || names.includes(action.name ?? '')
}

function resourceMatches(resources: readonly string[] | undefined, resource: string): boolean {
  if (has(resources, resource)) return true
  const slash = resource.indexOf('/')
  return slash > 0 && (resources?.includes(`*${resource.slice(slash)}`) ?? false)
}

const pathMatches = (url: string, path: string): boolean =>
  url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)))
