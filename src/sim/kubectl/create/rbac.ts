// Models create_role.go, create_clusterrole.go, create_rolebinding.go and create_clusterrolebinding.go of k8s.io/kubectl/pkg/cmd/create
import { type Resource, resolveResource } from '../../api/kinds'
import { type Flag, flag } from '../command'
import { discover } from '../discovery'
import { fail, failWith } from '../errors'
import { parseLabels } from '../label-pairs'
import { err, list, type Run, type Session, text } from '../session'
import { type Body, creating } from './generator'

const RBAC = 'rbac.authorization.k8s.io'
const VERBS = [
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
]
const PATH_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']

/** Verbs that only some resources know, as `resource.group`. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  use: [],
  bind: [`roles.${RBAC}`, `clusterroles.${RBAC}`],
  escalate: [`roles.${RBAC}`, `clusterroles.${RBAC}`],
  impersonate: ['users', 'serviceaccounts', 'groups', 'uids.authentication.k8s.io', 'userextras.authentication.k8s.io'],
}

/** `--resource`: a resource with its group and subresource. */
interface Asked {
  readonly word: string
  readonly group: string
  readonly subresource: string
}

const verbsOf = (s: Session): readonly string[] => (list(s, 'verb').includes('*') ? ['*'] : [...new Set(list(s, 'verb'))])

function askedOf(s: Session): readonly Asked[] {
  const asked: Asked[] = []
  for (const given of list(s, 'resource')) {
    const slash = given.indexOf('/')
    const type = slash < 0 ? given : given.slice(0, slash)
    const dot = type.indexOf('.')
    const one = {
      word: dot < 0 ? type : type.slice(0, dot),
      group: dot < 0 ? '' : type.slice(dot + 1),
      subresource: slash < 0 ? '' : given.slice(slash + 1),
    }
    if (one.word === '*' && given === '*') return [one]
    asked.push(one)
  }
  return asked
}

/** The resource that is meant, if the cluster serves it. */
const resourceFor = ({ word, group }: Asked): Resource | undefined => resolveResource(group === '' ? word : `${word}.${group}`)

function checkResources(asked: readonly Asked[], verbs: readonly string[]): void {
  for (const one of asked) {
    if (one.word === '') fail('resource must be specified if apiGroup/subresource specified')
    if (one.word === '*') return
    const found = resourceFor(one)
    let special = false
    for (const verb of verbs) {
      if (!Object.hasOwn(SPECIAL, verb)) continue
      const allowed = SPECIAL[verb] as readonly string[]
      const [plural, group] = [found?.plural ?? one.word, found?.group ?? one.group]
      if (!allowed.includes(group === '' ? plural : `${plural}.${group}`))
        fail(`can not perform '${verb}' on '${plural}' in group '${group}'`)
      special = true
    }
    if (!found && !special)
      failWith({
        kind: 'plain',
        text: `the server doesn't have a resource type ${JSON.stringify(one.word)}${one.group === '' ? '' : ` in group ${JSON.stringify(one.group)}`}`,
      })
  }
}

function* checkVerbs(s: Session, verbs: readonly string[]): Run {
  if (verbs.length === 0) fail('at least one verb must be specified')
  for (const verb of verbs) if (!VERBS.includes(verb)) yield* err(s, `Warning: '${verb}' is not a standard resource verb\n`)
}

/** One rule for each group, groups in order. */
function rulesOf(s: Session, asked: readonly Asked[], verbs: readonly string[]): readonly object[] {
  const groups = new Map<string, string[]>()
  for (const one of asked) {
    const found = resourceFor(one)
    const name = (found?.plural ?? one.word) + (one.subresource === '' ? '' : `/${one.subresource}`)
    const group = found?.group ?? one.group
    const names = groups.get(group) ?? []
    if (!names.includes(name)) groups.set(group, [...names, name])
  }
  const resourceNames = [...new Set(list(s, 'resource-name'))]
  return [...groups.keys()].sort().map(group => ({
    apiGroups: [group],
    ...(resourceNames.length > 0 && { resourceNames }),
    resources: groups.get(group) ?? [],
    verbs,
  }))
}

function* buildRole(s: Session): Run<Body> {
  yield* discover(s)
  const [verbs, asked] = [verbsOf(s), askedOf(s)]
  yield* checkVerbs(s, verbs)
  if (asked.length === 0) fail('at least one resource must be specified')
  checkResources(asked, verbs)
  return { rules: rulesOf(s, asked, verbs) }
}

function* buildClusterRole(s: Session): Run<Body> {
  yield* discover(s)
  const [verbs, asked, urls] = [verbsOf(s), askedOf(s), list(s, 'non-resource-url')]
  const aggregation = list(s, 'aggregation-rule')
  if (aggregation.length > 0) {
    if (verbs.length + asked.length + urls.length > 0)
      fail('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
    return {
      aggregationRule: { clusterRoleSelectors: aggregation.map(pair => ({ matchLabels: parseLabels(pair) })) },
      rules: null,
    }
  }
  if (verbs.length === 0) fail('at least one verb must be specified')
  if (asked.length === 0 && urls.length === 0) fail('one of resource or nonResourceURL must be specified')
  if (asked.length > 0) {
    yield* checkVerbs(s, verbs)
    checkResources(asked, verbs)
  }
  checkUrls(urls, verbs)
  return { rules: [...rulesOf(s, asked, verbs), ...(urls.length > 0 ? [{ nonResourceURLs: urls, verbs }] : [])] }
}

function checkUrls(urls: readonly string[], verbs: readonly string[]): void {
  if (urls.length === 0) return
  for (const verb of verbs) if (!PATH_VERBS.includes(verb)) fail(`invalid verb: '${verb}' for nonResourceURL`)
  for (const url of urls) {
    if (url === '*') continue
    if (url === '' || !url.startsWith('/')) fail('nonResourceURL should start with /')
    if (url.slice(0, -1).includes('*')) fail("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
}

const ROLE_FLAGS: readonly Flag[] = [
  flag.slice('resource', 'Resource that the rule applies to'),
  flag.array('resource-name', 'Resource in the white list that the rule applies to, repeat this flag for multiple items'),
  flag.slice('verb', 'Verb that applies to the resources contained in the rule'),
]

export const role = creating({
  name: 'role',
  use: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with single rule',
  long: 'Create a role with single rule.',
  examples: [
    '# Create a role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods',
    'kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods',
  ],
  flags: ROLE_FLAGS,
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  build: buildRole,
})

export const clusterrole = creating({
  name: 'clusterrole',
  use: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  long: 'Create a cluster role.',
  examples: [
    '# Create a cluster role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods',
    'kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods',
  ],
  flags: [
    ...ROLE_FLAGS,
    flag.slice('aggregation-rule', 'An aggregation label selector for combining ClusterRoles.'),
    flag.slice('non-resource-url', 'A partial url that user should have access to.'),
  ],
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  build: buildClusterRole,
})

/** Who gets the role: users, groups, then service accounts. */
function subjects(s: Session): { readonly subjects?: readonly object[] } {
  const given = [
    ...list(s, 'user').map(name => ({ apiGroup: RBAC, kind: 'User', name })),
    ...list(s, 'group').map(name => ({ apiGroup: RBAC, kind: 'Group', name })),
    ...list(s, 'serviceaccount').map(account => {
      const [namespace, name, more] = account.split(':')
      return namespace && name && more === undefined
        ? { kind: 'ServiceAccount', name, namespace }
        : fail('serviceaccount must be <namespace>:<name>')
    }),
  ]
  return given.length > 0 ? { subjects: given } : {}
}

const SUBJECT_FLAGS: readonly Flag[] = [
  flag.array('group', 'Groups to bind to the role. The flag can be repeated to add multiple groups.'),
  flag.array(
    'serviceaccount',
    'Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.',
  ),
  flag.array('user', 'Usernames to bind to the role. The flag can be repeated to add multiple users.'),
]

export const rolebinding = creating({
  name: 'rolebinding',
  use: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a particular role or cluster role',
  long: 'Create a role binding for a particular role or cluster role.',
  examples: [
    '# Create a role binding for user1 and user2 using the admin cluster role',
    'kubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2',
  ],
  flags: [
    flag.string('clusterrole', 'ClusterRole this RoleBinding should reference'),
    flag.string('role', 'Role this RoleBinding should reference'),
    ...SUBJECT_FLAGS,
  ],
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  failure: 'failed to create rolebinding: ',
  build: s => {
    const [clusterRole, given] = [text(s, 'clusterrole'), text(s, 'role')]
    if ((clusterRole === '') === (given === '')) fail('exactly one of clusterrole or role must be specified')
    return {
      roleRef: { apiGroup: RBAC, kind: given === '' ? 'ClusterRole' : 'Role', name: given || clusterRole },
      ...subjects(s),
    }
  },
})

export const clusterrolebinding = creating({
  name: 'clusterrolebinding',
  use: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a particular cluster role',
  long: 'Create a cluster role binding for a particular cluster role.',
  examples: [
    '# Create a cluster role binding for user1, user2, and group1 using the cluster-admin cluster role',
    'kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2 --group=group1',
  ],
  flags: [
    flag.string('clusterrole', 'ClusterRole this ClusterRoleBinding should reference', { required: true }),
    ...SUBJECT_FLAGS,
  ],
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  failure: 'failed to create clusterrolebinding: ',
  build: s => ({ roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: text(s, 'clusterrole') }, ...subjects(s) }),
})
