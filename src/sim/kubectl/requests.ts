// Models k8s.io/cli-runtime/pkg/resource/helper.go: the requests that commands make about objects.
import { apiPath, type Resource } from '../api/kinds'
import { MEDIA, type Method } from '../api/messages'
import type { Verb } from '../api/reasons'
import type { KubeObject } from '../api/types'
import type { RequestSpec } from '../client/http'
import { fail } from './errors'

export type Query = Readonly<Record<string, string>>

interface Target {
  readonly namespace?: string | undefined
  readonly name?: string
  readonly subresource?: string
}
interface Content {
  readonly query?: Query
  readonly body?: unknown
  readonly contentType?: string
  readonly accept?: string
}

/** A request about a resource. */
export function requestOn(verb: Verb, method: Method, resource: Resource, target: Target, content: Content = {}): RequestSpec {
  const { name, subresource } = target
  // client-go does not even send it
  if (name === '') return fail('resource name may not be empty')
  const namespace = resource.namespaced && target.namespace ? target.namespace : undefined
  const { query, body, contentType, accept } = content
  // the audit log counts a Namespace to itself
  const counted = resource.groupResource === 'namespaces' ? name : namespace
  return {
    method,
    path: apiPath(resource, namespace, name, subresource),
    ...(query && { query }),
    ...(body !== undefined && { body, contentType: contentType ?? MEDIA.json }),
    accept: accept ?? MEDIA.json,
    info: {
      verb,
      group: resource.group,
      resource: subresource ? `${resource.plural}/${subresource}` : resource.plural,
      ...(counted !== undefined && { namespace: counted }),
      ...(name !== undefined && { name }),
    },
  }
}

/** A request for a path that is no resource: discovery, `/version`. */
export const requestPath = (path: string, query: Query = {}, accept?: string): RequestSpec => ({
  method: 'GET',
  path,
  query,
  accept: accept ?? MEDIA.json,
  info: { verb: 'get', group: '', resource: path },
})

export const getObject = (resource: Resource, namespace: string | undefined, name: string, content: Content = {}): RequestSpec =>
  requestOn('get', 'GET', resource, { namespace, name }, content)

export const listObjects = (resource: Resource, namespace: string | undefined, content: Content = {}): RequestSpec =>
  requestOn('list', 'GET', resource, { namespace }, content)

export const createObject = (
  resource: Resource,
  namespace: string | undefined,
  body: KubeObject,
  query: Query = {},
): RequestSpec => requestOn('create', 'POST', resource, { namespace }, { body, query })

export const replaceObject = (
  resource: Resource,
  namespace: string | undefined,
  name: string,
  body: KubeObject,
  query: Query = {},
): RequestSpec => requestOn('update', 'PUT', resource, { namespace, name }, { body, query })

export const patchObject = (
  resource: Resource,
  namespace: string | undefined,
  name: string,
  body: unknown,
  contentType: string,
  query: Query = {},
  subresource?: string,
): RequestSpec =>
  requestOn('patch', 'PATCH', resource, { namespace, name, ...(subresource && { subresource }) }, { body, contentType, query })

/** A watch on one object by its name, which begins with the object as it is: what `rollout status`, `wait` and `delete` follow. */
export function watchObject(
  resource: Resource,
  namespace: string | undefined,
  name: string,
  timeoutSeconds: number,
  from?: string,
): RequestSpec {
  const query = {
    allowWatchBookmarks: 'true',
    fieldSelector: `metadata.name=${name}`,
    ...(from === undefined ? { resourceVersionMatch: 'NotOlderThan', sendInitialEvents: 'true' } : { resourceVersion: from }),
    timeoutSeconds: String(timeoutSeconds),
    watch: 'true',
  }
  const spec = requestOn('watch', 'GET', resource, { namespace }, { query })
  // the audit log reads the name out of the field selector
  return { ...spec, info: { ...spec.info, name } }
}
