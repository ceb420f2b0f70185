// Models pkg/registry/authentication and pkg/registry/authorization: reviews, which are created but not stored.
import { badRequest } from '../../api/status'
import { rfc3339 } from '../../api/time'
import type { KubeObject, PolicyRule } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { decide } from '../access'
import { userOf } from '../authn/authn'
import { type Action, grantOf, rulesOf } from '../authz/rbac'
import { noteStages } from '../pipeline'
import { refuse, respond } from '../respond'
import type { Call, Serve, User, World } from '../state'

/** Kinds that are questions. */
export const REVIEWS = new Set([
  'SelfSubjectReview',
  'SelfSubjectAccessReview',
  'SelfSubjectRulesReview',
  'SubjectAccessReview',
  'LocalSubjectAccessReview',
])

/** POST of a review: the answer is the review with its status. */
export function* review(call: Call): Serve<void> {
  yield* perform<World, void>(world => {
    noteStages(world, call, 'answer')
    const body = (call.request.body ?? {}) as KubeObject
    const kind = call.info.type?.kind ?? ''
    const status = statusOf(world, call, kind, body)
    if (!status)
      return refuse(world, call, badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified'))
    const metadata = kind === 'SelfSubjectReview' ? { creationTimestamp: rfc3339(world.now()) } : {}
    const apiVersion = call.info.type?.apiVersion ?? ''
    // the answer about rules does not repeat the question
    const spec = kind === 'SelfSubjectRulesReview' ? {} : body.spec
    respond(world, call, 201, Object.freeze({ kind, apiVersion, metadata, ...(spec && { spec }), status }))
  })
}

function statusOf(world: World, { user }: Call, kind: string, { spec }: KubeObject): unknown {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: { username: user.name, ...(user.uid && { uid: user.uid }), groups: user.groups } }
    case 'SelfSubjectRulesReview':
      return rules(world, user, spec?.namespace ?? '')
    default: {
      const who = kind === 'SelfSubjectAccessReview' ? user : subject(spec)
      const action = actionOf(spec)
      if (!action) return undefined
      const why = decide(world, who, action)
      const reason = why ?? (isSuper(who) ? '' : (grantOf(world, who, action) ?? ''))
      return { allowed: why === undefined, ...(reason && { reason }) }
    }
  }
}

function subject(spec: KubeObject['spec']): User {
  const user = userOf(spec?.user ?? '')
  const groups: string[] = spec?.groups ?? []
  return groups.length > 0 ? { ...user, key: `${user.name} ${groups.join()}`, groups } : user
}

function actionOf(spec: KubeObject['spec']): Action | undefined {
  const { resourceAttributes: r, nonResourceAttributes: path } = spec ?? {}
  if (path) return { verb: path.verb ?? '', group: '', resource: '', namespace: '', name: '', path: path.path ?? '' }
  if (!r) return undefined
  const resource = r.subresource ? `${r.resource}/${r.subresource}` : (r.resource ?? '')
  return { verb: r.verb ?? '', group: r.group ?? '', resource, namespace: r.namespace ?? '', name: r.name ?? '', path: '' }
}

const isSuper = (user: User): boolean => user.groups.includes('system:masters')

/** What RBAC's rules say; that system:masters is never asked them is no rule. */
function rules(world: World, user: User, namespace: string): unknown {
  const resourceRules: PolicyRule[] = []
  const nonResourceRules: PolicyRule[] = []
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rulesOf(world, user, namespace)) {
    if (resources?.length)
      resourceRules.push({ verbs, ...(apiGroups && { apiGroups }), resources, ...(resourceNames && { resourceNames }) })
    else if (nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs })
  }
  return { resourceRules: resourceRules.map(plain), nonResourceRules: nonResourceRules.map(plain), incomplete: false }
}

const plain = (rule: PolicyRule): PolicyRule => ({ ...rule })
