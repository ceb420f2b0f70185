// Models pkg/registry/core/componentstatus (rest.go, validator.go) and serversToValidate of pkg/registry/core/rest/storage_core.go: nothing is
// stored, whoever asks has the scheduler, the controller manager and etcd asked whether they are well.
import { HEALTHZ, type HealthRequest } from '../../api/health'
import type { Resource } from '../../api/kinds'
import { ROOMS } from '../../api/rooms'
import { badRequest, unknownError } from '../../api/status'
import type { KubeObject } from '../../api/types'
import { awaitAll, awaitOne, perform } from '../../kernel/procedure'
import type { RoomId } from '../../kernel/types'
import { encode, encodeList, readingOf } from '../encoding'
import { refuse, respond } from '../respond'
import type { Call, Serve, WakeMessage, World } from '../state'
import { range } from '../storage/etcd'
import { matches, selectionOf } from '../watch-cache/selection'

/** The resource. */
export const COMPONENTS = 'componentstatuses'

interface Server {
  readonly name: string
  readonly room: RoomId
  readonly port: number
}
/** Where upstream takes them to be; etcd is asked in another way. */
const SERVERS: readonly Server[] = [
  { name: 'scheduler', room: ROOMS.scheduler, port: 10259 },
  { name: 'controller-manager', room: ROOMS.controllerManager, port: 10257 },
]
const ETCD = 'etcd-0'

/** GET of one component's status. */
export function* getComponentStatus(call: Call): Serve<void> {
  const { info, request } = call
  const name = info.name ?? ''
  if (name !== ETCD && !SERVERS.some(server => server.name === name))
    return yield* perform<World, void>(world => refuse(world, call, unknownError(`Component not found: ${name}`)))
  const [status] = yield* statuses(server => server === name)
  yield* perform<World, void>(world => {
    const reading = readingOf((info.type as Resource).apiVersion, request.headers, request.query)
    respond(world, call, 200, encode(world, reading, status as KubeObject))
  })
}

/** All of them. */
export function* listComponentStatuses(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const wanted = selectionOf(type, '', info.name ?? '', request.query)
  const selection = wanted.value
  if (!selection) return yield* perform<World, void>(world => refuse(world, call, badRequest(wanted.error ?? '')))
  const all = yield* statuses(() => true)
  yield* perform<World, void>(world => {
    const items = all.filter(status => matches(status, selection))
    const reading = readingOf(type.apiVersion, request.headers, request.query)
    respond(world, call, 200, Object.freeze(encodeList(world, reading, type.kind, items, {})))
  })
}

function* statuses(isWanted: (name: string) => boolean): Serve<readonly KubeObject[]> {
  const asked = SERVERS.filter(({ name }) => isWanted(name))
  const answers = yield* awaitAll<World, unknown>(asked.length, (world, procedure) => {
    for (const [slot, { room }] of asked.entries()) askHealth(world, room, procedure, slot)
  })
  const found = asked.map((server, i) => (answers[i] ? healthy(server.name) : unreachable(server)))
  return isWanted(ETCD) ? [...found, yield* etcdStatus()] : found
}

function askHealth({ state, context }: World, room: RoomId, procedure: number, slot: number): void {
  const id = state.kubelets.next++
  state.kubelets.waiting.set(id, { procedure, slot, room })
  context.send(room, { type: 'health.request', id } as HealthRequest, 'health.request', { id, path: HEALTHZ })
}

/** The connection is tried for this long (probeTimeout of pkg/registry/core/componentstatus). */
const ETCD_MS = 20_000

/** A read of a key that is not there (k8s.io/apiserver/pkg/storage/storagebackend/factory/etcd3.go, Probe). */
function* etcdStatus(): Serve<KubeObject> {
  const isBroken = yield* perform<World, boolean>(({ state }) => state.etcd.broken !== undefined)
  if (!isBroken) {
    yield* range({ key: '/registry/health' })
    return healthy(ETCD)
  }
  yield* awaitOne<World, void>(({ context }, procedure) =>
    context.after(ETCD_MS, { type: 'apiserver.wake', procedure } as WakeMessage),
  )
  return status(ETCD, { status: 'False', error: 'context deadline exceeded' })
}

const healthy = (name: string): KubeObject => status(name, { status: 'True', message: 'ok' })
const unreachable = ({ name, port }: Server): KubeObject => {
  const message = `Get "https://127.0.0.1:${port}${HEALTHZ}": dial tcp 127.0.0.1:${port}: connect: connection refused`
  return status(name, { status: 'False', message })
}

const status = (name: string, condition: object): KubeObject =>
  Object.freeze({
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [{ type: 'Healthy', ...condition }],
  }) as unknown as KubeObject
