// Models k8s.io/apiserver/pkg/endpoints/filters: what a request is about, who asks (authentication.go), and whether they may (authorization.go).
import { type ApiPath, parseApiPath } from '../api/kinds'
import type { HttpHeaders, HttpRequest } from '../api/messages'
import type { Verb } from '../api/reasons'
import { forbidden, forbiddenPath, unauthorized, unexplained } from '../api/status'
import type { Status } from '../api/types'
import { authenticate } from './authn/authn'
import { impersonated, impersonationsOf, namelessError } from './authn/impersonation'
import { denial } from './authz/authz'
import type { Action } from './authz/rbac'
import type { StageName } from './reasons'
import type { ParsedRequest, User, World } from './state'

const WRITES: Readonly<Record<string, Verb>> = { POST: 'create', PUT: 'update', PATCH: 'patch' }

/** What the last request of a path was about: paths of collections, and of objects that somebody reports on, come again and again. */
const lately = new WeakMap<ApiPath, ParsedRequest>()

/** What a request is about (request.RequestInfoFactory). */
export function parseRequest({ method, path, query }: Pick<HttpRequest, 'method' | 'path' | 'query'>): ParsedRequest {
  const parsed = parseApiPath(path)
  if (!parsed)
    return {
      verb: method === 'GET' ? 'get' : (WRITES[method] ?? 'delete'),
      group: '',
      version: '',
      resource: '',
      subresource: '',
      type: undefined,
      path,
    }
  const verb = verbOf(method, query, parsed.name)
  const known = lately.get(parsed)
  if (known?.verb === verb) return known
  const { group, version, type, namespace, name, subresource = '' } = parsed
  const resource = subresource ? `${parsed.resource}/${subresource}` : parsed.resource
  const info = { verb, group, version, resource, subresource, type, path, namespace, name }
  lately.set(parsed, info)
  return info
}

function verbOf(method: HttpRequest['method'], query: HttpRequest['query'], name: string | undefined): Verb {
  if (method === 'GET') return query.watch === 'true' || query.watch === '1' ? 'watch' : name === undefined ? 'list' : 'get'
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete'
  return WRITES[method] ?? 'get'
}

/** Who may go on, or which stage says no. */
export type Access = { readonly user: User } | { readonly refused: Status; readonly stage: StageName }

/** Who asks with headers that impersonate nobody: a client says the same ones with all its requests. */
const askers = new WeakMap<HttpHeaders, User>()

/** Authentication, impersonation and authorization. */
export function access(world: World, { headers, query }: HttpRequest, asked: ParsedRequest): Access {
  const info = narrowed(asked, query)
  const known = askers.get(headers)
  if (known) return authorized(world, known, info)
  const asker = authenticate(headers)
  if (!asker) return { refused: unauthorized(), stage: 'authentication' }
  const others = impersonationsOf(headers)
  if (others.length === 0) {
    askers.set(headers, asker)
    return authorized(world, asker, info)
  }
  const nameless = namelessError(asked.path, headers, others)
  if (nameless !== undefined) return { refused: unexplained(nameless), stage: 'authentication' }
  for (const { resource, group, namespace, name } of others) {
    const why = decide(world, asker, { verb: 'impersonate', group, resource, namespace, name, path: '' })
    if (why === undefined) continue
    const [plural = ''] = resource.split('/')
    const named = { group, plural, groupResource: group ? `${plural}.${group}` : plural }
    const text = denialText(asker, 'impersonate', resource, group, namespace || undefined, why)
    return { refused: forbidden(named, name, text), stage: 'authorization' }
  }
  return authorized(world, impersonated(headers), info)
}

/** A request as authorizers look at it. */
type Asked = ParsedRequest & Pick<Action, 'fieldSelector'>

/** A list or watch of one object by `metadata.name=` is a request about that object, so that roles may name it (RequestInfoFactory). */
function narrowed(info: ParsedRequest, { fieldSelector }: HttpRequest['query']): Asked {
  if (info.name !== undefined || !fieldSelector || (info.verb !== 'list' && info.verb !== 'watch')) return info
  const name = /(?:^|,)metadata\.name=([^,]+)/.exec(fieldSelector)?.[1]
  return { ...info, fieldSelector, ...(name !== undefined && { name }) }
}

function authorized(world: World, user: User, info: Asked): Access {
  const why = decide(world, user, info)
  if (why === undefined) return { user }
  const { verb, group, resource, name = '', path } = info
  if (resource === '')
    return { refused: forbiddenPath(`User "${user.name}" cannot ${verb} path "${path}"`), stage: 'authorization' }
  const plural = resource.split('/')[0] ?? resource
  const named = { group, plural, groupResource: group ? `${plural}.${group}` : plural }
  const scope = info.type && !info.type.namespaced ? undefined : info.namespace
  return { refused: forbidden(named, name, denialText(user, verb, resource, group, scope, why)), stage: 'authorization' }
}

/** What is said to a user who may do what is asked, but not this beside it; undefined where they may. */
export function refusalOf(world: World, user: User, info: ParsedRequest): Status | undefined {
  const entry = authorized(world, user, info)
  return 'refused' in entry ? entry.refused : undefined
}

/** Why a user may not do something ('' when no more is to say); undefined when it may. */
export const decide = (world: World, user: User, action: Action): string | undefined =>
  denial(world, user, action, world.state, world.state.rbacGeneration)

/** responsewriters.forbiddenMessage, and the authorizer's own words after it. */
function denialText(
  user: User,
  verb: string,
  resource: string,
  group: string,
  namespace: string | undefined,
  why: string,
): string {
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  return `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}${why && `: ${why}`}`
}
