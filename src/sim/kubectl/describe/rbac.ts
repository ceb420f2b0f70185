// Models the describers of roles and bindings in kubectl's describe.go, and pkg/util/rbac of kubectl.
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../api/types'
import { goList, labelsAndAnnotations, tableHeader } from './format'
import { type Describers, describer } from './types'
import type { Writer } from './writer'

/** A rule that names one thing at most of each kind, but any number of verbs. */
interface SimpleRule {
  readonly apiGroup?: string
  readonly resource?: string
  readonly resourceName?: string
  readonly nonResourceUrl?: string
  readonly verbs: readonly string[]
}

/** One rule per resource, name and path. Models BreakdownRule and CompactRules. */
function simpleRules(rules: readonly PolicyRule[]): SimpleRule[] {
  const paths: SimpleRule[] = []
  const resources = new Map<string, SimpleRule>()
  const add = (rule: SimpleRule) => {
    const key = JSON.stringify([rule.apiGroup, rule.resource, rule.resourceName])
    const before = resources.get(key)
    resources.set(key, before ? { ...rule, verbs: [...new Set([...before.verbs, ...rule.verbs])] } : rule)
  }
  for (const rule of rules) {
    const { verbs } = rule
    for (const apiGroup of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? []) {
        if (!rule.resourceNames?.length) add({ apiGroup, resource, verbs })
        for (const resourceName of rule.resourceNames ?? []) add({ apiGroup, resource, resourceName, verbs })
      }
    // Those of paths stay apart, one for each verb.
    for (const nonResourceUrl of rule.nonResourceURLs ?? [])
      for (const verb of verbs) paths.push({ nonResourceUrl, verbs: [verb] })
  }
  const text = ({ verbs, apiGroup, resource, resourceName, nonResourceUrl }: SimpleRule) =>
    [verbs, one(apiGroup), one(resource), one(resourceName), one(nonResourceUrl)].map(goList).join(',')
  return [...paths, ...resources.values()].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
}
const one = (text: string | undefined) => (text === undefined ? [] : [text])

/** `deployments.apps/scale`. Models CombineResourceGroup. */
function resourceText({ resource, apiGroup }: SimpleRule): string {
  if (resource === undefined) return ''
  const slash = resource.indexOf('/')
  const [name, subresource] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)]
  return apiGroup ? `${name}.${apiGroup}${subresource}` : `${name}${subresource}`
}

function writeRole(writer: Writer, { metadata, rules }: Role | ClusterRole): void {
  writer.line(0, 'Name:', metadata.name)
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'PolicyRule:')
  tableHeader(writer, 1, 'Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs')
  for (const rule of simpleRules(rules ?? [])) {
    writer.line(1, resourceText(rule), goList(one(rule.nonResourceUrl)), goList(one(rule.resourceName)), goList(rule.verbs))
  }
}

function writeBinding(writer: Writer, { metadata, roleRef, subjects = [] }: RoleBinding | ClusterRoleBinding): void {
  writer.line(0, 'Name:', metadata.name)
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Role:')
  writer.line(1, 'Kind:', roleRef.kind)
  writer.line(1, 'Name:', roleRef.name)
  writer.line(0, 'Subjects:')
  tableHeader(writer, 1, 'Kind', 'Name', 'Namespace')
  for (const { kind, name, namespace = '' } of subjects) writer.line(1, kind, name, namespace)
}

export const rbacDescribers: Describers = {
  'Role.rbac.authorization.k8s.io': describer<Role>(() => [], writeRole),
  'ClusterRole.rbac.authorization.k8s.io': describer<ClusterRole>(() => [], writeRole),
  'RoleBinding.rbac.authorization.k8s.io': describer<RoleBinding>(() => [], writeBinding),
  'ClusterRoleBinding.rbac.authorization.k8s.io': describer<ClusterRoleBinding>(() => [], writeBinding),
}
