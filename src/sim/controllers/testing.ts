/** For tests: a cluster of kube-controller-manager and an apiserver that only stores; what the kubelets would do, the test does. */
import { mustResource, parseApiPath, resourceByPlural } from '../api/kinds'
import type { HttpRequest, WatchEventType } from '../api/messages'
import { randomSuffix } from '../api/names'
import { ROOMS, USERS } from '../api/rooms'
import { alreadyExists, conflict, notFound } from '../api/status'
import { rfc3339 } from '../api/time'
import type { KubeObject } from '../api/types'
import { newUid } from '../api/uid'
import { type Controller, controllerManagerRoom } from '../client/controller'
import { Simulation } from '../kernel/simulation'
import type { Context, Message, Room, RoomId } from '../kernel/types'
import { WATCHED } from './watched'

interface Watcher {
  readonly id: number
  readonly client: RoomId
  readonly prefix: string
}
interface StubState {
  revision: number
  readonly objects: Map<string, KubeObject>
  readonly watchers: Watcher[]
}
/** One request that reached the stub, in short: `replicaset create pods 201`. */
export interface Logged {
  readonly text: string
  readonly user: string
  readonly verb: string
  readonly resource: string
  readonly name: string
  readonly code: number
  readonly body: unknown
}

/** A cluster to be driven by a test. */
export class TestCluster {
  readonly log: Logged[] = []
  readonly simulation: Simulation
  /** Answers a request in the apiserver's stead: a refusal, say. */
  refuse: (request: HttpRequest) => { code: number; body: unknown } | undefined = () => undefined

  constructor(controllers: readonly Controller[], watches: readonly string[] = WATCHED) {
    const manager = controllerManagerRoom({
      id: ROOMS.controllerManager,
      user: USERS.controllerManager,
      rateLimit: { qps: 20, burst: 30 },
      controllers,
      watches,
    })
    this.simulation = Simulation.boot({ rooms: [this.apiserver(), manager] as Room[], seed: 1, latency: () => () => 400 })
    this.settle()
  }

  settle(): void {
    this.simulation.run({ settled: true, deliveries: 200_000 })
  }

  /** Lets virtual seconds pass. */
  pass(seconds: number): void {
    this.simulation.run({ time: (this.simulation.now + seconds * 1e6) as typeof this.simulation.now })
  }

  private get state(): StubState {
    return this.simulation.state(ROOMS.apiserver) as StubState
  }

  /** What is stored of a resource. */
  list<T extends KubeObject = KubeObject>(groupResource: string): T[] {
    const [plural = '', ...group] = groupResource.split('.')
    const prefix = resourceByPlural(plural, group.join('.'))?.prefix ?? ''
    return [...this.state.objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object as T)
  }

  /** Writes an object as anybody would; its resourceVersion is not looked at. */
  put(object: KubeObject): void {
    this.command({ type: 'test.put', object } as Message)
  }
  remove(object: KubeObject): void {
    this.command({ type: 'test.delete', object } as Message)
  }
  private command(message: Message): void {
    this.simulation.command({ to: ROOMS.apiserver, message, text: message.type })
    this.settle()
  }

  /** The requests since the last call, without reads, in short. */
  writes(user?: string): string[] {
    const lines = this.log
      .filter(l => !['get', 'list', 'watch'].includes(l.verb) && (user === undefined || l.user === user))
      .map(l => l.text)
    this.log.length = 0
    return lines
  }

  private apiserver(): Room<StubState> {
    return {
      id: ROOMS.apiserver,
      init: () => ({ revision: 100, objects: new Map(), watchers: [] }),
      handle: (state, message, context) => {
        if (message.type === 'request') this.answer(state, message as HttpRequest, context)
        else if (message.type === 'test.put') write(state, context, (message as unknown as { object: KubeObject }).object)
        else if (message.type === 'test.delete') remove(state, context, (message as unknown as { object: KubeObject }).object)
      },
    }
  }

  private answer(state: StubState, request: HttpRequest, context: Context): void {
    const answered = this.refuse(request) ?? serve(state, request, context)
    const { code, body } = answered
    const path = parseApiPath(request.path)
    const created = (body as KubeObject).metadata?.name
    const user = request.headers.user.replace('system:serviceaccount:kube-system:', '')
    const resource = `${path?.resource ?? ''}${path?.subresource ? `/${path.subresource}` : ''}`
    const name = path?.name ?? created ?? ''
    const verb = VERBS[request.method] ?? ''
    if (request.method !== 'GET')
      this.log.push({ text: `${user} ${verb} ${resource} ${name} ${code}`, user, verb, resource, name, code, body: request.body })
    context.send(context.from, { type: 'response', id: request.id, code, body } as Message, 'http.response', {
      id: request.id,
      verb: 'get',
      resource,
      code,
      request: context.cause as never,
    })
  }
}
const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

const keyFor = (object: KubeObject): string => {
  const resource = mustResource(object.apiVersion, object.kind)
  return `${resource.prefix}${resource.namespaced ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`
}

function tell(state: StubState, context: Context, key: string, event: WatchEventType, object: KubeObject): void {
  for (const { id, client, prefix } of state.watchers)
    if (key.startsWith(prefix))
      context.send(
        client,
        { type: 'watch-event', id, event, object } as Message,
        'watch.event',
        {
          id,
          event,
          request: 0 as never,
          resource: prefix,
          name: object.metadata.name,
          resourceVersion: object.metadata.resourceVersion ?? '',
        },
        { stream: String(id) },
      )
}

function write(state: StubState, context: Context, object: KubeObject): KubeObject {
  const key = keyFor(object)
  const old = state.objects.get(key)
  const { metadata } = object
  const changed = !old || JSON.stringify(old.spec) !== JSON.stringify(object.spec)
  const stored: KubeObject = {
    ...object,
    metadata: {
      ...metadata,
      uid: old?.metadata.uid ?? metadata.uid ?? newUid(() => context.random()),
      creationTimestamp: old?.metadata.creationTimestamp ?? metadata.creationTimestamp ?? rfc3339(context.now),
      generation: (old?.metadata.generation ?? 0) + (changed ? 1 : 0),
      resourceVersion: String(++state.revision),
    },
  }
  Object.freeze(stored)
  if (stored.metadata.deletionTimestamp && !stored.metadata.finalizers?.length) {
    state.objects.delete(key)
    tell(state, context, key, 'DELETED', stored)
  } else {
    state.objects.set(key, stored)
    tell(state, context, key, old ? 'MODIFIED' : 'ADDED', stored)
  }
  return stored
}

function remove(state: StubState, context: Context, object: KubeObject, policy = 'Background'): void {
  const finalizers = [...(object.metadata.finalizers ?? [])]
  if (policy === 'Foreground') finalizers.push('foregroundDeletion')
  if (policy === 'Orphan') finalizers.push('orphan')
  const metadata = { ...object.metadata, deletionTimestamp: rfc3339(context.now), ...(finalizers.length > 0 && { finalizers }) }
  write(state, context, { ...object, metadata })
}

function serve(state: StubState, request: HttpRequest, context: Context): { code: number; body: unknown } {
  const path = parseApiPath(request.path)
  const resource = path && resourceByPlural(path.resource ?? '', path.group)
  if (!path || !resource) return { code: 404, body: { message: `no ${request.path}` } }
  const prefix = `${resource.prefix}${path.namespace ? `${path.namespace}/` : ''}`
  if (request.query.watch) {
    state.watchers.push({ id: request.id, client: context.from, prefix })
    return { code: 200, body: {} }
  }
  const key = `${prefix}${path.name ?? ''}`
  const there = state.objects.get(key)
  if (request.method === 'POST') return create(state, request, context, path.namespace, resource)
  if (!path.name) {
    const items = [...state.objects].filter(([k]) => k.startsWith(prefix)).map(([, o]) => o)
    return { code: 200, body: { metadata: { resourceVersion: String(state.revision) }, items } }
  }
  if (!there) return { code: 404, body: notFound(resource, path.name) }
  if (request.method === 'GET') return { code: 200, body: there }
  if (request.method === 'DELETE') {
    const { preconditions, propagationPolicy } = (request.body ?? {}) as {
      preconditions?: { resourceVersion?: string }
      propagationPolicy?: string
    }
    if (preconditions?.resourceVersion && preconditions.resourceVersion !== there.metadata.resourceVersion)
      return { code: 409, body: conflict(resource, path.name) }
    remove(state, context, there, propagationPolicy)
    return { code: 200, body: { kind: 'Status', status: 'Success' } }
  }
  const body = request.body as KubeObject
  if (request.method === 'PATCH') return { code: 200, body: write(state, context, patched(there, body)) }
  const version = body.metadata.resourceVersion
  if (version && version !== there.metadata.resourceVersion) return { code: 409, body: conflict(resource, path.name) }
  return {
    code: 200,
    body: write(
      state,
      context,
      path.subresource === 'status'
        ? { ...there, metadata: { ...there.metadata, annotations: body.metadata.annotations ?? {} }, status: body.status }
        : body,
    ),
  }
}

function create(
  state: StubState,
  request: HttpRequest,
  context: Context,
  namespace: string | undefined,
  resource: ReturnType<typeof mustResource>,
): { code: number; body: unknown } {
  const body = request.body as KubeObject
  const name = body.metadata.name ?? `${body.metadata.generateName}${randomSuffix(() => context.random())}`
  const isPod = resource.groupResource === 'pods'
  const object = {
    ...body,
    metadata: { ...body.metadata, name, ...(namespace && { namespace }) },
    ...(isPod && { status: { phase: 'Pending', ...body.status } }),
  }
  if (state.objects.has(keyFor(object))) return { code: 409, body: alreadyExists(resource, name) }
  return { code: 201, body: write(state, context, object) }
}

/** A merge patch; of lists only owner references, and what goes from one of plain values, are merged as a strategic patch does. */
function patched(object: KubeObject, patch: Record<string, unknown>): KubeObject {
  const merge = (into: unknown, value: unknown, field: string): unknown => {
    if (field === 'ownerReferences' && Array.isArray(value)) {
      let refs = [...((into as { uid: string }[] | undefined) ?? [])]
      for (const ref of value as { uid: string; $patch?: string }[]) {
        refs = refs.filter(r => r.uid !== ref.uid)
        if (ref.$patch !== 'delete') refs.push(ref)
      }
      return refs.length > 0 ? refs : undefined
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value ?? undefined
    const out: Record<string, unknown> = { ...(into as Record<string, unknown> | undefined) }
    for (const [k, v] of Object.entries(value)) {
      const list = /^\$deleteFromPrimitiveList\/(.*)$/.exec(k)?.[1]
      if (list === undefined) out[k] = merge(out[k], v, k)
      else out[list] = ((out[list] as unknown[] | undefined) ?? []).filter(entry => !(v as unknown[]).includes(entry))
    }
    return out
  }
  return merge(object, patch, '') as KubeObject
}
