/** Which handler serves a request. Models k8s.io/apiserver/pkg/endpoints/installer.go. */
import { type Resource, subresourceOf } from '../api/kinds'
import { methodNotAllowed, notFound, unknownResource, wrongMethod } from '../api/status'
import type { Status } from '../api/types'
import { perform } from '../kernel/procedure'
import { aggregate, withAggregated } from './aggregation'
import { boot, reconcile } from './boot'
import { bodyOf } from './decoding'
import { answerPath, unhealthy } from './discovery'
import { encode, readingOf } from './encoding'
import { COMPONENTS, getComponentStatus, listComponentStatuses } from './handlers/component-status'
import { deleteCollection, deleteOne } from './handlers/delete'
import { evict } from './handlers/eviction'
import { podExec } from './handlers/exec'
import { list } from './handlers/list'
import { podLog } from './handlers/logs'
import { podPortForward } from './handlers/port-forward'
import { get } from './handlers/read'
import { REVIEWS, review } from './handlers/reviews'
import { bind } from './handlers/subresources'
import { requestToken } from './handlers/tokens'
import { watch } from './handlers/watch'
import { change, create, fromEtcd, newAttempt } from './handlers/write'
import { noteStages } from './pipeline'
import { scaleOf } from './registry/scale'
import { refuse, respond } from './respond'
import type { Call, ParsedRequest, Serve, World } from './state'
import { fillCache } from './watch-cache/feed'

/** All procedures of the apiserver, by name. */
export const PROCEDURES = {
  serve,
  boot,
  reconcile,
  'fill cache': fillCache,
  aggregate,
}

/** Subresources that are part of their object, and are read and written as it is. */
const STORED = new Set(['', 'status', 'scale', 'finalize', 'resize', 'ephemeralcontainers', 'approval'])

type Action = (call: Call) => Serve<void>

/** Subresources that are actions. */
const ACTIONS: Readonly<Record<string, Action>> = {
  'pods/binding': bind,
  'pods/eviction': evict,
  'serviceaccounts/token': requestToken,
}

/** Subresources that are asked of a kubelet. */
const CONNECTED: Readonly<Record<string, (call: Call) => Serve<void>>> = {
  'pods/log': podLog,
  'pods/exec': podExec,
  'pods/portforward': podPortForward,
}

/** Objects are created in the collection of their namespace, and changed where they are. */
function isMisplaced({ verb, name, namespace, type }: ParsedRequest): boolean {
  if (verb === 'create') return name !== undefined || (type?.namespaced === true && namespace === undefined)
  return (verb === 'update' || verb === 'patch') && name === undefined
}

/** What is wrong with the resource, or the verb on it. */
export function unserved(info: ParsedRequest): Status | undefined {
  const { type, subresource, verb } = info
  if (!type) return unknownResource()
  if (subresource === '') {
    // there is no path to one object of all namespaces
    if (type.namespaced && info.namespace === undefined && info.name !== undefined) return unknownResource()
    return (type.verbs as readonly string[]).includes(verb) && !isMisplaced(info) ? undefined : wrongMethod()
  }
  const sub = subresourceOf(type, subresource)
  if (!sub) return unknownResource()
  if (!STORED.has(subresource) && !ACTIONS[info.resource] && !CONNECTED[info.resource]) return methodNotAllowed(type, verb)
  return (sub.verbs as readonly string[]).includes(verb) ? undefined : wrongMethod()
}

/** What serves a request that stores nothing as it is sent. */
function actionOf({ verb, resource, type, subresource }: ParsedRequest): Action | undefined {
  if (verb !== 'create') return undefined
  return subresource === '' && REVIEWS.has(type?.kind ?? '') ? review : ACTIONS[resource]
}

/** Acts on a body that is of its kind. */
function* act(call: Call, action: Action): Serve<void> {
  const body = yield* perform<World, ReturnType<typeof bodyOf>>(world => bodyOf(newAttempt(call, 'CREATE', undefined, []), world))
  if ('refused' in body) return yield* perform<World, void>(world => refuse(world, call, body.refused))
  const { request } = call
  return yield* action(
    body.object === request.body ? call : Object.freeze({ ...call, request: { ...request, body: body.object } }),
  )
}

/** Serves one request that may be served: the procedure is its handler. */
export function serve(call: Call): Serve<void> {
  const { info } = call
  const action = actionOf(info)
  if (action) return act(call, action)
  const connect = CONNECTED[info.resource]
  if (connect) return connect(call)
  if (info.resource === COMPONENTS) return info.verb === 'get' ? getComponentStatus(call) : listComponentStatuses(call)
  switch (info.verb) {
    case 'get':
      return info.subresource === 'scale' ? getScale(call) : get(call)
    case 'list':
      return list(call)
    case 'watch':
      return watch(call)
    case 'create':
      return create(call)
    case 'update':
    case 'patch':
      return change(call)
    case 'delete':
      return deleteOne(call)
    case 'deletecollection':
      return deleteCollection(call)
  }
}

function* getScale(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const { object } = yield* fromEtcd(type, info.namespace, info.name ?? '')
  yield* perform<World, void>(world => {
    if (!object) return refuse(world, call, notFound(type, info.name ?? ''))
    const scale = scaleOf(type, object)
    respond(world, call, 200, encode(world, readingOf(scale.apiVersion, request.headers, request.query), scale))
  })
}

/** A path that is no resource's: discovery, health, version. */
export function servePath(world: World, call: Call): void {
  const { path } = call.info
  const sick = world.state.etcd.broken && unhealthy(path)
  const { code, body } = sick ? { code: 500, body: sick } : answerPath(path, call.request.headers, world.config.schema)
  noteStages(world, call, 'answer')
  respond(world, call, code, withAggregated(world, call.info.path, body))
}
