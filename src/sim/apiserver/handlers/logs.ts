// Models pkg/registry/core/pod/rest/log.go and LogLocation of pkg/registry/core/pod/strategy.go: the apiserver asks the pod's kubelet.
import { type FieldError, forbidden, invalid as invalidField } from '../../api/field-error'
import type { Resource } from '../../api/kinds'
import type { KubeletCancel, KubeletChunk, KubeletRequest, KubeletResponse } from '../../api/kubelet-api'
import type { ExecEnd, ExecOptions, HttpResponse, StreamChunk } from '../../api/messages'
import type { Verb } from '../../api/reasons'
import { nodeRoom } from '../../api/rooms'
import { badRequest, internalError, invalid, notFound, unknownError } from '../../api/status'
import type { Container, Node, Pod, Status } from '../../api/types'
import { awaitOne, perform } from '../../kernel/procedure'
import type { RoomId } from '../../kernel/types'
import { refuse, respond } from '../respond'
import type { Call, Serve, World } from '../state'
import { ready } from '../watch-cache/feed'
import { fromEtcd } from './write'

type Query = Readonly<Record<string, string>>

/** GET pods/NAME/log */
export function* podLog(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const { object } = yield* fromEtcd(type, info.namespace, name)
  yield* ready('nodes')
  const wrong = optionsError(request.query, name) ?? (object ? undefined : notFound(type, name))
  if (wrong || !object) return yield* conclude(call, wrong ?? notFound(type, name))
  const pod = object as Pod
  const container = containerOf(pod, request.query.container ?? '')
  if (typeof container !== 'string') return yield* conclude(call, container)
  // nobody has it yet: there is nothing to say
  const { nodeName } = pod.spec
  if (!nodeName) return yield* conclude(call, '', 204)
  const found = yield* perform<World, Kubelet | { readonly refused: Status }>(world => Object.freeze(kubeletOf(world, nodeName)))
  if ('refused' in found) return yield* conclude(call, found.refused)
  const path = `/containerLogs/${info.namespace}/${name}/${container}`
  const query = Object.freeze(Object.fromEntries(PASSED_ON.flatMap(key => passedOn(key, request.query[key]))))
  const { answer, id } = yield* ask(found, path, query as Query)
  if (!answer) {
    const url = `https://${found.host}:${found.port}${path}${queryText(query as Query)}`
    const dial = `dial tcp ${found.address}: connect: connection refused`
    return yield* conclude(call, unknownError(`Get ${JSON.stringify(url)}: ${dial}`))
  }
  if (query.follow && answer.code === 200)
    return yield* perform<World, void>(world => begin(world, call, { id, path, node: found.node, text: answer.body }))
  yield* conclude(call, answer.code === 200 ? answer.body : failed(answer, type, name))
}

const PASSED_ON = ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps'] as const

/** A truth is written out; what is not one is left out. */
function passedOn(key: string, value: string | undefined): readonly (readonly [string, string])[] {
  if (!value || (BOOLEANS.has(key) && isFalse(value))) return []
  return [[key, BOOLEANS.has(key) ? 'true' : value]]
}
const BOOLEANS: ReadonlySet<string> = new Set(['follow', 'previous', 'timestamps'])
/** Convert_Slice_string_To_bool of apimachinery: anything else is true. */
const isFalse = (value: string): boolean => value === '0' || value.toLowerCase() === 'false'

/** Stream of a followed log's answer, so that it comes in its order. */
export const streamOf = (request: number): string => `w${request}`

/** An answer that goes on; `code` 101: a connection for a command's streams. */
interface Begun {
  readonly id: number
  readonly path: string
  readonly node: string
  readonly text: string
  readonly code?: 101 | 200
}

/** The answer to a client that follows: what is there already, then each piece as the kubelet tells it. */
export function begin(
  { state, context }: World,
  { client, request, info, seq }: Call,
  { id, path, node, text, code = 200 }: Begun,
): void {
  const { namespace = '', name = '', verb, resource } = info
  const kubelet = nodeRoom('kubelet', node)
  const followed = { client, request: request.id, seq, namespace, name, resource, verb, kubelet, path }
  state.kubelets.following.set(id, Object.freeze(followed))
  const message: HttpResponse = { type: 'response', id: request.id, code, body: text }
  const args = { id: request.id, request: seq, code, verb, resource, namespace, name }
  context.send(client, message, 'http.response', args, { delayMs: 0.3, stream: streamOf(request.id) })
}

/** A kubelet has told more of a log that is followed. */
export function passOnChunk({ state, context }: World, { id, text, last, broken, ended }: KubeletChunk): void {
  const { following } = state.kubelets
  const followed = following.get(id)
  if (!followed) return
  if (last) following.delete(id)
  const { client, request, seq, namespace, name, resource, verb } = followed
  const chunk: StreamChunk = {
    type: 'chunk',
    id: request,
    text,
    last,
    ...(broken && { broken }),
    ...(ended && { ended: translated(ended, verb) }),
  }
  const lines = text.split('\n').length - 1
  const args = { id: request, request: seq, resource, namespace, name, lines, last }
  context.send(client, chunk, 'http.chunk', args, { delayMs: 0.2, stream: streamOf(request) })
}

/** Over a WebSocket the apiserver hands on what goes wrong as an error of its own (StreamTranslatorHandler). */
const translated = (ended: ExecEnd, verb: Verb): ExecEnd =>
  ended.error !== undefined && verb === 'get'
    ? Object.freeze({ ...ended, error: `Internal error occurred: ${ended.error}` })
    : ended

/** A client that followed a log has gone: its kubelet is told. */
export function followNoMore({ state, context }: World, client: RoomId, request: number): void {
  const { following } = state.kubelets
  for (const [id, followed] of following) {
    if (followed.client !== client || followed.request !== request) continue
    following.delete(id)
    const { kubelet, path } = followed
    context.send(kubelet, { type: 'kubelet.cancel', id } as KubeletCancel, 'kubelet.cancel', { id, path })
    return
  }
}

const queryText = (query: Query): string => {
  const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return text.length === 0 ? '' : `?${text.join('&')}`
}

export const conclude = (call: Call, outcome: Status | string, code = 200) =>
  perform<World, void>(world => {
    if (typeof outcome !== 'string') refuse(world, call, outcome)
    else respond(world, call, code, outcome)
  })

/** GenericHttpResponseChecker */
function failed({ code, body }: KubeletResponse, type: Resource, name: string): Status {
  if (code === 400) return badRequest(body)
  return code === 404 ? notFound(type, name) : internalError(body)
}

/** What a time or a number of the query may be (ValidatePodLogOptions), after what can't be read at all. */
function optionsError(query: Query, name: string): Status | undefined {
  for (const key of ['tailLines', 'limitBytes', 'sinceSeconds']) {
    const text = query[key]
    if (text !== undefined && !/^[-+]?\d+$/.test(text))
      return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  const { tailLines, limitBytes, sinceSeconds, sinceTime } = query
  const errors: FieldError[] = []
  const positive = 'must be greater than 0'
  if (tailLines !== undefined && Number(tailLines) < 0)
    errors.push(invalidField('tailLines', Number(tailLines), 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && Number(limitBytes) < 1) errors.push(invalidField('limitBytes', Number(limitBytes), positive))
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (sinceSeconds !== undefined && Number(sinceSeconds) < 1)
    errors.push(invalidField('sinceSeconds', Number(sinceSeconds), positive))
  return errors.length === 0 ? undefined : invalid({ group: '', kind: 'PodLogOptions', groupKind: 'PodLogOptions' }, name, errors)
}

const namesOf = (containers: readonly Container[]): string => `[${containers.map(({ name }) => name).join(' ')}]`

/** The container that is meant, or why none can be (validateContainer). */
export function containerOf({ metadata: { name }, spec }: Pod, wanted: string): string | Status {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec
  const all: readonly { readonly name: string }[] = [...initContainers, ...containers, ...ephemeralContainers]
  if (wanted !== '')
    return all.some(container => container.name === wanted)
      ? wanted
      : badRequest(`container ${wanted} is not valid for pod ${name}`)
  const [only, more] = containers
  if (only && !more) return only.name
  if (!only) return badRequest(`a container name must be specified for pod ${name}`)
  const inits = initContainers.length > 0 ? ` or one of the init containers: ${namesOf(initContainers)}` : ''
  return badRequest(`a container name must be specified for pod ${name}, choose one of: ${namesOf(containers)}${inits}`)
}

export interface Kubelet {
  readonly node: string
  readonly host: string
  readonly port: number
  /** What errors of the connection call it: Go names the address that it found for the host. */
  readonly address: string
}

/** --kubelet-preferred-address-types */
const PREFERRED = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP']

/** Where the kubelet of a node listens (pkg/kubelet/client, NodeConnectionInfoGetter). */
export function kubeletOf(world: World, node: string): Kubelet | { readonly refused: Status } {
  const object = world.get('nodes', undefined, node) as Node | undefined
  if (!object) return { refused: notFound(NODES, node) }
  const addresses = object.status?.addresses ?? []
  const found = PREFERRED.flatMap(type => addresses.filter(address => address.type === type))[0]
  if (!found)
    return {
      refused: unknownError(`no preferred addresses found; known addresses: [${addresses.map(a => a.address).join(' ')}]`),
    }
  const port = object.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250
  const ip = addresses.find(({ type }) => type === 'InternalIP')?.address
  return { node, host: found.address, port, address: `${ip ?? found.address}:${port}` }
}
const NODES = { group: '', plural: 'nodes', groupResource: 'nodes' }

/** Asks a kubelet; its answer is undefined when it is not there. */
export function* ask(
  { node }: Kubelet,
  path: string,
  query: Query,
  exec?: ExecOptions,
  method: 'GET' | 'POST' = exec ? 'POST' : 'GET',
): Serve<{ readonly id: number; readonly answer: KubeletResponse | undefined }> {
  const id = yield* perform<World, number>(({ state }) => state.kubelets.next++)
  const answer = yield* awaitOne<World, KubeletResponse | undefined>(({ state, context }, procedure) => {
    const message: KubeletRequest = { type: 'kubelet.request', id, method, path, query, ...(exec && { exec }) }
    const room = nodeRoom('kubelet', node)
    context.send(room, message, 'kubelet.request', { id, method, path })
    state.kubelets.waiting.set(id, { procedure, slot: 0, room })
  })
  return { id, answer }
}
