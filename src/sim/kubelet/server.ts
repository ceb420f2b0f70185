// Models pkg/kubelet/server/server.go, kubelet_pods.go (GetKubeletContainerLogs, validateContainerLogStatus) and kuberuntime/logs/logs.go:
// what the kubelet's own server answers to the apiserver.
import type { CriLogLine } from '../api/cri'
import type { KubeletCancel, KubeletChunk, KubeletRequest, KubeletResponse } from '../api/kubelet-api'
import { parseTime, rfc3339Micro } from '../api/time'
import type { ContainerStatus, Pod } from '../api/types'
import { perform, sleep } from '../client/effects'
import { end, start } from '../client/room'
import type { RoomId, Time } from '../kernel/types'
import { type CriAnswer, cri, tellRuntime } from './cri-client'
import { exec } from './exec'
import { resourceMetrics } from './metrics'
import { portForward } from './port-forward'
import type { KubeletProcedure, KubeletState, KubeletWorld, PodStatus } from './state'

export const SERVE = 'serve'

/** A request of the apiserver or of the metrics server: a procedure answers it. */
export function receiveRequest(world: KubeletWorld, request: KubeletRequest): void {
  const procedure = start(world, SERVE, [Object.freeze(request), world.context.from])
  if (request.query.follow === 'true' || request.exec || isForward(request)) world.state.followed.set(request.id, procedure)
}

const isForward = ({ path }: KubeletRequest): boolean => path.startsWith('/portForward/')

interface Answer {
  readonly code: number
  readonly body: string
  /** The answer goes on with what comes after it. */
  readonly follow?: Followed
}
/** Where a followed log has been read to. */
interface Followed {
  readonly uid: string
  readonly container: string
  readonly readAt: number
  /** Bytes that may be sent yet. */
  readonly left: number
}

/** Serves one request. */
export function* serve(request: KubeletRequest, client: RoomId): KubeletProcedure<void> {
  const { id, path, query } = request
  if (path.startsWith('/exec/')) return yield* exec(request, client)
  if (isForward(request)) return yield* portForward(request, client)
  const isMetrics = path === '/metrics/resource'
  const answer: Answer = isMetrics ? { code: 200, body: yield* resourceMetrics() } : yield* containerLogs(path, query)
  const { code, body } = answer
  yield* perform<KubeletState, void>(({ state, context }) => {
    if (query.follow === 'true' && !answer.follow) state.followed.delete(id)
    const message: KubeletResponse = { type: 'kubelet.response', id, code, body }
    const args = { id, code, path, ...(code >= 400 && { error: body }) }
    context.send(client, message, 'kubelet.response', args)
  })
  if (answer.follow) yield* followLog(request, client, answer.follow)
}

type Query = KubeletRequest['query']

/** GET /containerLogs/NAMESPACE/POD/CONTAINER */
function* containerLogs(path: string, query: Query): KubeletProcedure<Answer> {
  const [, what, namespace = '', pod = '', container = ''] = path.split('/')
  if (what !== 'containerLogs') return { code: 404, body: '404 page not found' }
  const found = yield* perform<KubeletState, { readonly uid: string; readonly id: string } | Answer>(world =>
    Object.freeze(logOf(world, namespace, pod, container, query.previous === 'true')),
  )
  if ('code' in found) return found
  const { idPrefix } = yield* perform<KubeletState, { readonly idPrefix: string }>(({ state }) => state.profile.runtime)
  const raw = found.id.slice(idPrefix.length)
  const { log, error, readAt = 0 }: CriAnswer = yield* cri(found.uid, { method: 'ContainerStatus', container: raw })
  // the answer has begun by then: what goes wrong is in its text
  if (error !== undefined || !log) return { code: 200, body: `unable to retrieve container logs for ${found.id}` }
  const now = yield* perform<KubeletState, Time>(({ context }) => context.now)
  const body = written(log, query, now)
  if (query.follow !== 'true') return { code: 200, body }
  const left = query.limitBytes === undefined ? Number.POSITIVE_INFINITY : Number(query.limitBytes) - body.length
  return { code: 200, body, follow: { uid: found.uid, container: raw, readAt, left } }
}

/** logForceCheckPeriod: whoever waits for more of a log looks so often whether its container still runs. */
const CHECK_MS = 1000

/** The rest of a log that is followed, as it is written: until its container ends, or so many bytes have been sent. */
function* followLog(
  { id, path, query }: KubeletRequest,
  client: RoomId,
  { uid, container, readAt, left }: Followed,
): KubeletProcedure<void> {
  let after = readAt
  let rest = left
  for (let last = rest <= 0; ; ) {
    let lines: readonly CriLogLine[] = []
    if (!last) {
      const began = yield* perform<KubeletState, Time>(({ context }) => context.now)
      const answer: CriAnswer = yield* cri(uid, { method: 'WatchLog', container, after })
      lines = answer.log ?? []
      after = answer.readAt ?? after
      last = !answer.running
      // that it has ended is seen when it is looked for
      if (last) yield* sleep<KubeletState>(CHECK_MS - ((yield* elapsedMs(began)) % CHECK_MS))
    }
    const text = textOf(lines, query).slice(0, rest)
    rest -= text.length
    last ||= rest <= 0
    yield* perform<KubeletState, void>(({ state, context }) => {
      if (last) state.followed.delete(id)
      const chunk: KubeletChunk = { type: 'kubelet.chunk', id, text, last }
      context.send(client, chunk, 'kubelet.chunk', { id, path, lines: lines.length, last })
    })
    if (last) return
  }
}

const elapsedMs = (since: Time) => perform<KubeletState, number>(({ context }) => (context.now - since) / 1000)

/** The apiserver's client has gone: nobody waits for the log any more, or sends to the port. */
export function stopFollowing(world: KubeletWorld, { id }: KubeletCancel): void {
  const { state } = world
  state.forwards.delete(id)
  const procedure = state.followed.get(id)
  if (procedure === undefined) return
  state.followed.delete(id)
  end(world, procedure)
  for (const [call, waiting] of [...state.calls]) {
    if (waiting.procedure !== procedure) continue
    state.calls.delete(call)
    tellRuntime(world, { method: 'UnwatchLog', watch: call })
  }
}

/** Which container's log it is, or why there is none. */
function logOf(
  { state }: KubeletWorld,
  namespace: string,
  name: string,
  container: string,
  previous: boolean,
): { readonly uid: string; readonly id: string } | Answer {
  const worker = [...state.workers.values()].find(({ pod }) => pod.metadata.name === name && pod.metadata.namespace === namespace)
  if (!worker) return { code: 404, body: `pod ${JSON.stringify(name)} does not exist\n` }
  const status = state.statuses.peek(worker.uid)?.status ?? (worker.pod.status as PodStatus)
  const found = containerIdOf(worker.pod, status, container, previous)
  return 'why' in found
    ? { code: 400, body: `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} ${found.why}` }
    : 'body' in found
      ? { code: 400, body: found.body }
      : { uid: worker.uid, id: found.id }
}

const PULL_FAILURES: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
}

/** validateContainerLogStatus */
function containerIdOf(
  { metadata }: Pod,
  { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] }: PodStatus,
  name: string,
  previous: boolean,
): { readonly id: string } | { readonly why: string } | { readonly body: string } {
  const all: readonly ContainerStatus[] = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
  const found = all.find(status => status.name === name)
  if (!found) return { why: 'is not available' }
  const last = found.lastState?.terminated?.containerID
  const { waiting, running, terminated } = found.state ?? {}
  if (previous) {
    if (last) return { id: last }
    return { body: `previous terminated container ${JSON.stringify(name)} in pod ${JSON.stringify(metadata.name)} not found` }
  }
  if (running) return { id: found.containerID ?? '' }
  if (terminated || found.lastState?.terminated) {
    const id = terminated?.containerID || last
    return id ? { id } : { why: 'is terminated' }
  }
  if (!waiting) return { why: 'is waiting to start - no logs yet' }
  const reason = waiting.reason ?? ''
  return { why: `is waiting to start: ${PULL_FAILURES[reason] ?? reason}` }
}

/** ReadLogs: the last lines of the file, of them those since a time, cut to so many bytes. */
function written(log: readonly CriLogLine[], query: Query, now: Time): string {
  const tail = query.tailLines === undefined ? log : Number(query.tailLines) === 0 ? [] : log.slice(-Number(query.tailLines))
  const since = query.sinceSeconds === undefined ? parseTime(query.sinceTime ?? '') : now - Number(query.sinceSeconds) * 1e6
  const lines = since === undefined ? tail : tail.filter(({ at }) => at >= since)
  const text = textOf(lines, query)
  return query.limitBytes === undefined ? text : text.slice(0, Number(query.limitBytes))
}

function textOf(lines: readonly CriLogLine[], { timestamps }: Query): string {
  const stamp = (at: number): string => `${rfc3339Micro(at as Time).slice(0, -1)}000Z `
  return lines.map(line => `${timestamps === 'true' ? stamp(line.at) : ''}${line.text}\n`).join('')
}
