// Models k8s.io/kube-aggregator/pkg/apiserver/handler_proxy.go: requests for the groups of APIServices go to the servers behind them.
import type { ProxiedRequest, ProxiedResponse } from '../api/aggregation'
import { ROOMS } from '../api/rooms'
import { serviceUnavailable } from '../api/status'
import type { KubeObject, Status } from '../api/types'
import { awaitOne, perform } from '../kernel/procedure'
import type { Message, RoomId } from '../kernel/types'
import { noteStages } from './pipeline'
import { respond } from './respond'
import type { Call, ParsedRequest, Serve, World } from './state'

const APISERVICES = 'apiservices.apiregistration.k8s.io'

/** The servers that there can be, and the rooms that they are. */
const SERVERS: Readonly<Record<string, RoomId>> = { 'metrics.k8s.io/v1beta1': ROOMS.metricsServer }

/** Nobody answered within this time: the address is there, the process is not. */
const SILENCE_MS = 1000
export interface Silence extends Message {
  readonly type: 'apiserver.silence'
  readonly id: number
}
/** The real one says this in plain text; the Status is what client-go makes of it. */
const unavailable = ({ group, resource, name }: ParsedRequest): Status =>
  serviceUnavailable(
    `the server is currently unable to handle the request${resource && ` (get ${resource}.${group}${name ? ` ${name}` : ''})`}`,
  )

/** APIServices that lead to a Service; those of the apiserver itself do not. */
const registered = (world: World): readonly KubeObject[] =>
  [...world.list(APISERVICES)].filter(({ spec }) => spec?.service !== undefined)

/** Whether another server answers this request: there is an APIService for its group and version. */
export function isAggregated(world: World, { group, version, path }: ParsedRequest): boolean {
  const groupVersion = group === '' ? path.slice('/apis/'.length) : `${group}/${version}`
  if (SERVERS[groupVersion] === undefined) return false
  return registered(world).some(({ spec }) => `${spec.group}/${spec.version}` === groupVersion)
}

/** Hands a request on, and its answer back. */
export function* aggregate(call: Call): Serve<void> {
  const { info, request } = call
  const { group, version, verb, path, resource, namespace, name } = info
  const room = SERVERS[group === '' ? path.slice('/apis/'.length) : `${group}/${version}`]
  const isRead = verb === 'get' || verb === 'list'
  const answer =
    isRead && room
      ? yield* askServer(room, { verb, path, resource: group === '' ? '' : resource, namespace, name }, request.query)
      : undefined
  yield* perform<World, void>(world => {
    noteStages(world, call, 'answer')
    respond(world, call, answer?.code ?? 503, answer?.body ?? unavailable(info))
  })
}

type Asked = Pick<ProxiedRequest, 'verb' | 'path' | 'resource'> & {
  readonly namespace: string | undefined
  readonly name: string | undefined
}

const askServer = (room: RoomId, { verb, path, resource, namespace, name }: Asked, query: ProxiedRequest['query']) =>
  awaitOne<World, ProxiedResponse | undefined>(({ state, context }, procedure) => {
    const id = state.kubelets.next++
    const message: ProxiedRequest = {
      type: 'aggregator.request',
      id,
      verb,
      path,
      resource,
      query,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    }
    context.send(room, message, 'aggregator.request', { id, verb, path })
    const timer = context.after(SILENCE_MS, { type: 'apiserver.silence', id } as Silence)
    state.kubelets.waiting.set(id, { procedure, slot: 0, room, timer })
  })

interface Version {
  readonly group: string
  readonly version: string
}

/** Discovery with the groups that other servers serve; the same body where there are none. */
export function withAggregated(world: World, path: string, body: unknown): unknown {
  if (path !== '/apis') return body
  const versions = registered(world).map(({ spec }) => spec as Version)
  if (versions.length === 0) return body
  const { kind } = body as { kind: string }
  if (kind === 'APIGroupList') {
    const groups = versions.map(({ group, version }) => {
      const preferredVersion = { groupVersion: `${group}/${version}`, version }
      return { name: group, versions: [preferredVersion], preferredVersion }
    })
    return Object.freeze({ ...(body as object), groups: [...(body as { groups: unknown[] }).groups, ...groups] })
  }
  const items = versions.map(({ group, version }) => ({
    metadata: { name: group },
    versions: [{ version, freshness: 'Current', resources: RESOURCES[`${group}/${version}`] ?? [] }],
  }))
  return Object.freeze({ ...(body as object), items: [...(body as { items: unknown[] }).items, ...items] })
}

const served = (resource: string, scope: string, kind: string) => ({
  resource,
  responseKind: { group: '', version: '', kind },
  scope,
  singularResource: '',
  verbs: ['get', 'list'],
})
/** What the servers say of themselves, as the aggregator keeps it. */
const RESOURCES: Readonly<Record<string, readonly unknown[]>> = {
  'metrics.k8s.io/v1beta1': [served('nodes', 'Cluster', 'NodeMetrics'), served('pods', 'Namespaced', 'PodMetrics')],
}
