/** Requests as clients make them: paths, bodies and what the audit log will call them. */
import { apiPath, resourceNamed } from '../api/kinds'
import { MEDIA, type Method } from '../api/messages'
import type { Verb } from '../api/reasons'
import type { KubeObject } from '../api/types'
import type { RequestSpec } from './http'
import type { InformerScope } from './informer'

/** A request about a resource named as `deployments.apps` or `pods`; a subresource is set apart. */
export function request(
  verb: Verb,
  method: Method,
  resource: string,
  namespace: string | undefined,
  name: string | undefined,
  more: {
    subresource?: string
    query?: Readonly<Record<string, string>>
    body?: unknown
    contentType?: string
    accept?: string
    user?: string | undefined
    limiter?: string | undefined
  } = {},
): RequestSpec {
  const type = resourceNamed(resource)
  const { subresource, query, body, contentType, accept, user, limiter } = more
  const space = type.namespaced ? namespace : undefined
  // a namespace is a request's namespace, too, when its path names it
  const own = type.groupResource === 'namespaces' ? name : undefined
  const full = subresource ? `${type.plural}/${subresource}` : type.plural
  // every request of the cluster is made here: always the same shape, nothing spread
  return {
    method,
    path: apiPath(type, space, name, subresource),
    query,
    body,
    contentType,
    accept,
    user,
    limiter,
    info: { verb, group: type.group, resource: full, namespace: (space ?? own) || undefined, name: name || undefined },
  }
}

export const getRequest = (
  resource: string,
  namespace: string | undefined,
  name: string,
  query?: Readonly<Record<string, string>>,
): RequestSpec => request('get', 'GET', resource, namespace, name, { query })

export const createRequest = (
  resource: string,
  namespace: string | undefined,
  body: KubeObject,
  query?: Readonly<Record<string, string>>,
): RequestSpec => request('create', 'POST', resource, namespace, undefined, { body, contentType: MEDIA.json, query })

/** A create on a subresource of a named object: `pods/binding`, `serviceaccounts/token`, `pods/eviction`. */
export const createSubresourceRequest = (
  resource: string,
  namespace: string,
  name: string,
  subresource: string,
  body: unknown,
): RequestSpec => request('create', 'POST', resource, namespace, name, { subresource, body, contentType: MEDIA.json })

export const updateRequest = (resource: string, object: KubeObject, subresource?: string): RequestSpec =>
  request('update', 'PUT', resource, object.metadata.namespace, object.metadata.name, {
    body: object,
    contentType: MEDIA.json,
    subresource,
  })

export const patchRequest = (
  resource: string,
  namespace: string | undefined,
  name: string,
  body: unknown,
  contentType: string,
  subresource?: string,
): RequestSpec => request('patch', 'PATCH', resource, namespace, name, { body, contentType, subresource })

/** `body` is DeleteOptions. */
export const deleteRequest = (resource: string, namespace: string | undefined, name: string, body?: unknown): RequestSpec =>
  request('delete', 'DELETE', resource, namespace, name, body !== undefined ? { body, contentType: MEDIA.json } : {})

/** Selectors and the like of an informer, as a query. */
function scopeQuery(scope: InformerScope): Record<string, string> {
  return {
    ...(scope.fieldSelector && { fieldSelector: scope.fieldSelector }),
    ...(scope.labelSelector && { labelSelector: scope.labelSelector }),
  }
}

/** An informer's list: from the watch cache, any version that is not older than `resourceVersion` will do. */
export const listRequest = (scope: InformerScope, resourceVersion: string): RequestSpec =>
  request('list', 'GET', scope.resource, scope.namespace, undefined, { query: { ...scopeQuery(scope), resourceVersion } })

/** An informer's watch, from where its list or the watch before ended; the apiserver ends it after `timeoutSeconds`. */
export const watchRequest = (scope: InformerScope, resourceVersion: string, timeoutSeconds: number): RequestSpec =>
  request('watch', 'GET', scope.resource, scope.namespace, undefined, {
    query: {
      ...scopeQuery(scope),
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
      watch: 'true',
    },
  })
