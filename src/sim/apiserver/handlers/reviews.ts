// Models pkg/registry/authentication and pkg/registry/authorization: reviews, which are created but not stored.
import { type FieldError, invalid } from '../../api/field-error'
import { badRequest, invalid as invalidStatus } from '../../api/status'
import { rfc3339 } from '../../api/time'
import type { KubeObject, PolicyRule, Status } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { decide } from '../access'
import { infoOf, nodeOf } from '../authn/authn'
import { type Action, grantOf, resolutionErrors, rulesOf } from '../authz/rbac'
import { noteRefusal, noteStages } from '../pipeline'
import { refuse, respond } from '../respond'
import type { Call, Serve, User, World } from '../state'
import { ready } from '../watch-cache/feed'
import { isBoundToSecret, reviewToken } from './tokens'

/** Kinds that are questions. */
export const REVIEWS = new Set([
  'SelfSubjectReview',
  'SelfSubjectAccessReview',
  'SelfSubjectRulesReview',
  'SubjectAccessReview',
  'LocalSubjectAccessReview',
  'TokenReview',
])

/** POST of a review: the answer is the review with its status. */
export function* review(call: Call): Serve<void> {
  const token = call.info.type?.kind === 'TokenReview' ? (call.request.body as KubeObject | undefined)?.spec?.token : undefined
  if (typeof token === 'string' && isBoundToSecret(token)) yield* ready('secrets')
  yield* perform<World, void>(world => {
    const body = (call.request.body ?? {}) as KubeObject
    const kind = call.info.type?.kind ?? ''
    const refused = wrong(call, kind, body)
    if (refused) noteRefusal(world, call, 'answer', 'answer', refused)
    else noteStages(world, call, 'answer')
    if (refused) {
      refuse(world, call, refused)
      return
    }
    const metadata = kind === 'SelfSubjectReview' ? { creationTimestamp: rfc3339(world.now()) } : namedOnly(body.metadata)
    const apiVersion = call.info.type?.apiVersion ?? ''
    // the answer about rules does not repeat the question
    const spec = kind === 'SelfSubjectRulesReview' ? {} : body.spec
    const status = statusOf(world, call, kind, body)
    respond(world, call, 201, Object.freeze({ kind, apiVersion, metadata, ...(spec && { spec }), status }))
  })
}

/** An empty name is no name. */
const namedOnly = ({ name, ...metadata }: Partial<KubeObject['metadata']> = {}): object =>
  name ? { name, ...metadata } : metadata

/** What is wrong with the question. */
function wrong({ info }: Call, kind: string, { spec, metadata }: KubeObject): Status | undefined {
  switch (kind) {
    case 'SelfSubjectReview':
      return undefined
    case 'TokenReview':
      return spec?.token ? undefined : badRequest('token is required for TokenReview in authentication')
    case 'SelfSubjectRulesReview':
      return spec?.namespace ? undefined : badRequest('no namespace on request')
    case 'LocalSubjectAccessReview':
      if (metadata?.namespace && metadata.namespace !== info.namespace)
        return badRequest(`spec.resourceAttributes.namespace must match namespace: ${info.namespace}`)
  }
  const errors = [...attributeErrors(spec), ...(kind === 'SelfSubjectAccessReview' ? [] : subjectErrors(spec))]
  if (kind === 'LocalSubjectAccessReview') errors.push(...localErrors(spec, info.namespace ?? ''))
  const group = 'authorization.k8s.io'
  return errors.length === 0 ? undefined : invalidStatus({ group, kind, groupKind: `${kind}.${group}` }, '', errors)
}

/** pkg/apis/authorization/validation */
function attributeErrors(spec: KubeObject['spec']): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {}
  if (resourceAttributes && nonResourceAttributes)
    return [
      invalid('spec.nonResourceAttributes', nonResourceAttributes, 'cannot be specified in combination with resourceAttributes'),
    ]
  if (resourceAttributes || nonResourceAttributes) return []
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  return [invalid('spec.resourceAttributes', 'null', why)]
}

const subjectErrors = (spec: KubeObject['spec']): FieldError[] =>
  spec?.user || spec?.groups?.length > 0 ? [] : [invalid('spec.user', '', 'at least one of user or group must be specified')]

function localErrors(spec: KubeObject['spec'], namespace: string): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {}
  const errors: FieldError[] = []
  if (resourceAttributes && (resourceAttributes.namespace ?? '') !== namespace)
    errors.push(invalid('spec.resourceAttributes.namespace', resourceAttributes.namespace ?? '', 'must match metadata.namespace'))
  if (nonResourceAttributes)
    errors.push(invalid('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'))
  return errors
}

function statusOf(world: World, { user }: Call, kind: string, { spec }: KubeObject): unknown {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: infoOf(user) }
    case 'SelfSubjectRulesReview':
      return rules(world, user, spec?.namespace ?? '')
    case 'TokenReview':
      return reviewToken(world, spec?.token ?? '', spec?.audiences ?? [])
    default: {
      const who = kind === 'SelfSubjectAccessReview' ? user : subject(spec)
      const action = actionOf(spec)
      const why = decide(world, who, action)
      const reason = why ?? (isSuper(who) ? '' : (grantOf(world, who, action) ?? ''))
      return { allowed: why === undefined, ...(reason && { reason }) }
    }
  }
}

/** The user that is asked about is of the groups that the question says, and of no others. */
function subject(spec: KubeObject['spec']): User {
  const name: string = spec?.user ?? ''
  const groups: string[] = spec?.groups ?? []
  return { name, key: `${name} of ${groups.join()}`, groups }
}

function actionOf(spec: KubeObject['spec']): Action {
  const { resourceAttributes: r = {}, nonResourceAttributes: path } = spec ?? {}
  if (path) return { verb: path.verb ?? '', group: '', resource: '', namespace: '', name: '', path: path.path ?? '' }
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
  const incomplete = nodeOf(user) !== undefined
  const wrong = [incomplete ? UNRESOLVED : '', resolutionErrors(world, user, namespace)].filter(each => each !== '')
  const [first] = wrong
  return {
    resourceRules: resourceRules.map(plain),
    nonResourceRules: nonResourceRules.map(plain),
    incomplete,
    ...(first !== undefined && { evaluationError: wrong.length > 1 ? `[${wrong.join(', ')}]` : first }),
  }
}

/** What the node authorizer says of a node's rules. */
const UNRESOLVED = 'node authorizer does not support user rule resolution'

const plain = (rule: PolicyRule): PolicyRule => ({ ...rule })
