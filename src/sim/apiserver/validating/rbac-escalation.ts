/**
 * Models pkg/registry/rbac/.../policybased/storage.go and pkg/registry/rbac/validation: nobody hands out more than what they have.
 * Upstream's storage does it; nothing here tells that from an admission plugin that comes first.
 */
import { mustResource } from '../../api/kinds'
import { missingOf } from '../../api/policy-rules'
import { forbidden, notFound } from '../../api/status'
import type { KubeObject, PolicyRule, Role, RoleBinding } from '../../api/types'
import type { Attempt, Plugin, Verdict } from '../attempt'
import { RBAC_RESOURCES, rbacAllows, resolutionErrors, rulesOf } from '../authz/rbac'
import type { Reader } from '../state'

const GROUP = 'rbac.authorization.k8s.io'

export const rbacEscalation: Plugin = {
  name: 'RBACEscalation',
  operations: ['CREATE', 'UPDATE'],
  resources: Object.values(RBAC_RESOURCES),
  admit: (attempt, reader) => {
    const { object, old, user, type } = attempt
    if (!object || user.groups.includes('system:masters') || (old && onlyForCollector(object, old))) return undefined
    return type.kind === 'Role' || type.kind === 'ClusterRole' ? writesRole(attempt, reader) : binds(attempt, reader)
  },
}

/** RoleEscalationAuthorized, ConfirmNoEscalation */
function writesRole(attempt: Attempt, reader: Reader): Verdict {
  const { object, user, namespace, name, type } = attempt
  const action = { verb: 'escalate', group: GROUP, resource: type.plural, namespace, name, path: '' }
  if (rbacAllows(reader, user, action)) return undefined
  return confirm(attempt, reader, (object as unknown as Role).rules ?? [])
}

/** BindingAuthorized, ConfirmNoEscalation */
function binds(attempt: Attempt, reader: Reader): Verdict {
  const { object, user, namespace } = attempt
  const { kind, name } = (object as unknown as RoleBinding).roleRef
  if (kind !== 'Role' && kind !== 'ClusterRole') return undefined // validation refuses it
  const role = mustResource(`${GROUP}/v1`, kind)
  if (rbacAllows(reader, user, { verb: 'bind', group: GROUP, resource: role.plural, namespace, name, path: '' })) return undefined
  const found = reader.get(role.groupResource, kind === 'Role' ? namespace : undefined, name) as Role | undefined
  return found ? confirm(attempt, reader, found.rules ?? []) : { refused: notFound(role, name) }
}

function confirm({ user, namespace, type, name }: Attempt, reader: Reader, wanted: readonly PolicyRule[]): Verdict {
  const missing = missingOf([...rulesOf(reader, user, namespace)], wanted)
  if (missing.length === 0) return undefined
  const lines = [...new Set(compact(missing).map(inWords))].sort()
  const who = `user ${JSON.stringify(user.name)} (groups=${quoted(user.groups)})`
  const unknown = resolutionErrors(reader, user, namespace)
  const more = unknown && `; resolution errors: [${unknown}]`
  return {
    refused: forbidden(
      type,
      name,
      `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${more}`,
    ),
  }
}

/** IsOnlyMutatingGCFields */
function onlyForCollector(object: KubeObject, old: KubeObject): boolean {
  const rest = ({ metadata, ...others }: KubeObject): string => {
    const { ownerReferences, finalizers, managedFields, resourceVersion, ...kept } = metadata
    return JSON.stringify([others, kept])
  }
  return rest(object) === rest(old) && JSON.stringify(object.metadata) !== JSON.stringify(old.metadata)
}

/** CompactRules: permissions for the same thing are one rule with several verbs. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const simple = new Map<string, PolicyRule>()
  const others: PolicyRule[] = []
  for (const rule of rules) {
    if (rule.nonResourceURLs?.length) {
      others.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const known = simple.get(key)
    simple.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule)
  }
  return [...others, ...simple.values()]
}

const quoted = (list: readonly string[]): string => `[${list.map(each => JSON.stringify(each)).join(' ')}]`

/** CompactString */
function inWords(rule: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ]
  return `{${parts.flatMap(([name, list]) => (list?.length ? [`${name}:${quoted(list)}`] : [])).join(', ')}}`
}
