// Models ExecREST of pkg/registry/core/pod/rest/subresources.go, ExecLocation of pkg/registry/core/pod/strategy.go, and the proxies behind them:
// k8s.io/apiserver/pkg/util/proxy/streamtranslator.go for a WebSocket (GET), apimachinery's upgradeaware.go for SPDY (POST).
import type { Resource } from '../../api/kinds'
import type { ExecEnd, StreamChunk } from '../../api/messages'
import { badRequest, notFound } from '../../api/status'
import type { Pod, Status } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { refusalOf } from '../access'
import { respond } from '../respond'
import type { Call, Serve, World } from '../state'
import { ready } from '../watch-cache/feed'
import { ask, begin, conclude, containerOf, type Kubelet, kubeletOf } from './logs'
import { fromEtcd } from './write'

/** Who may get a connection must be allowed to make it too (AuthorizePodWebsocketUpgradeCreatePermission); else what is said. */
const mayMake = ({ info, user }: Call) =>
  perform<World, Status | null>(world =>
    info.verb === 'get' ? (refusalOf(world, user, { ...info, verb: 'create' }) ?? null) : null,
  )

/** The pod that a connection is for; undefined: whoever asks is refused. */
export function* podToReach(call: Call): Serve<Pod | undefined> {
  const { info } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const refused = yield* mayMake(call)
  if (refused) {
    yield* conclude(call, refused)
    return
  }
  const { object } = yield* fromEtcd(type, info.namespace, name)
  yield* ready('nodes')
  if (!object) yield* conclude(call, notFound(type, name))
  return object as Pod | undefined
}

/** The kubelet of a pod's node; undefined: whoever asks is refused. */
export function* kubeletToReach(call: Call, { metadata, spec }: Pod): Serve<Kubelet | undefined> {
  const { nodeName } = spec
  if (!nodeName) {
    yield* conclude(call, badRequest(`pod ${metadata.name} does not have a host assigned`))
    return
  }
  const found = yield* perform<World, Kubelet | { readonly refused: Status }>(world => Object.freeze(kubeletOf(world, nodeName)))
  if (!('refused' in found)) return found
  yield* conclude(call, found.refused)
}

/** GET or POST pods/NAME/exec */
export function* podExec(call: Call): Serve<void> {
  const { info, request } = call
  const pod = yield* podToReach(call)
  if (!pod) return
  const container = containerOf(pod, request.query.container ?? '')
  if (typeof container !== 'string') return yield* conclude(call, container)
  const found = yield* kubeletToReach(call, pod)
  if (!found) return
  const path = `/exec/${info.namespace}/${info.name}/${container}`
  const { answer, id } = yield* ask(found, path, {}, request.exec ?? { command: [] })
  if (answer?.code === 101)
    return yield* perform<World, void>(world => begin(world, call, { id, path, node: found.node, text: '', code: 101 }))
  const wrong = answer ? `unable to upgrade connection: ${answer.body}` : silent(found, path, call)
  yield* perform<World, void>(world => failed(world, call, info.verb === 'get' ? `Internal error occurred: ${wrong}` : wrong))
}

/** Nobody listens at the kubelet's port. */
function silent({ host, port, address }: Kubelet, path: string, { request }: Call): string {
  const words = (request.exec?.command ?? []).map(word => `command=${encodeURIComponent(word).replaceAll('%20', '+')}`)
  const { stdin, stdout, stderr, tty } = request.query
  const streams = [stderr && 'error=1', stdin && 'input=1', stdout && 'output=1', tty && 'tty=1'].filter(Boolean)
  const url = `https://${host}:${port}${path}?${[...words, ...streams].join('&')}`
  return `error sending request: Post ${JSON.stringify(url)}: dial tcp ${address}: connect: connection refused`
}

/** The client's connection stands already when the one behind it fails. */
function failed(world: World, call: Call, error: string): void {
  const { client, request, seq, info } = call
  respond(world, call, 101, '')
  const ended: ExecEnd = Object.freeze({ stderr: '', exitCode: 1, error })
  const chunk: StreamChunk = { type: 'chunk', id: request.id, text: '', last: true, ended }
  const { resource, namespace = '', name = '' } = info
  const args = { id: request.id, request: seq, resource, namespace, name, lines: 0, last: true }
  world.context.send(client, chunk, 'http.chunk', args, { delayMs: 0.2, stream: info.verb })
}
