import { parseApiPath, resourceByPlural } from './api/kinds'
import type { HttpRequest } from './api/messages'
import type { NodeProfile } from './api/node-profile'
import { ROOMS } from './api/rooms'
import { rfc3339 } from './api/time'
import type { KubeObject, Pod } from './api/types'
import { Simulation } from './kernel/simulation'
import type { Context, Message, Room, RoomId } from './kernel/types'
import { createKubeProxy } from './kube-proxy/kube-proxy'
import { createKubelet } from './kubelet/kubelet'
import { createNetwork } from './network/network'
import { createRuntime } from './runtime/runtime'

export interface Logged {
  readonly at: number
  readonly user: string
  readonly text: string
  readonly body: unknown
}
interface Watcher {
  readonly id: number
  readonly client: RoomId
  readonly prefix: string
}
interface Store {
  revision: number
  readonly objects: Map<string, KubeObject>
  readonly watchers: Watcher[]
}
type Put = Message & { readonly type: 'put'; readonly key: string; readonly object: KubeObject }

const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

/** Merges as far as a kubelet needs it: maps by field, conditions by type, other lists as a whole. */
function merge(target: unknown, patch: Record<string, unknown>): Record<string, unknown> {
  const result = { ...(target as Record<string, unknown>) }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue
    if (value === null) delete result[key]
    else if (key === 'conditions') {
      const old = (result[key] ?? []) as { type: string }[]
      const news = value as { type: string }[]
      const order = (patch['$setElementOrder/conditions'] ?? news) as { type: string }[]
      result[key] = order.map(({ type }) => {
        const change = news.find(c => c.type === type)
        return merge(old.find(c => c.type === type) ?? {}, (change ?? {}) as Record<string, unknown>)
      })
    } else if (typeof value === 'object' && !Array.isArray(value))
      result[key] = merge(result[key] ?? {}, value as Record<string, unknown>)
    else result[key] = value
  }
  return result
}

/** Which requests are forbidden: `get pods web`. */
type Refuses = (text: string) => boolean

/** An apiserver that only stores. `log` has what reached it. */
function storingApiserver(log: Logged[], refuses: Refuses): Room<Store> {
  const tell = (
    state: Store,
    context: Context,
    key: string,
    event: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubeObject,
  ): void => {
    for (const { id, client, prefix } of state.watchers) {
      if (!key.startsWith(prefix)) continue
      const args = { id, request: 0 as never, event, resource: prefix, name: object.metadata.name, resourceVersion: '' }
      context.send(client, { type: 'watch-event', id, event, object } as Message, 'watch.event', args)
    }
  }
  const put = (state: Store, context: Context, key: string, object: KubeObject): KubeObject => {
    const old = state.objects.get(key)
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++state.revision) } }
    state.objects.set(key, Object.freeze(stored))
    tell(state, context, key, old ? 'MODIFIED' : 'ADDED', stored)
    return stored
  }
  const serve = (state: Store, request: HttpRequest, context: Context): { code: number; body: unknown } => {
    const path = parseApiPath(request.path)
    const resource = path && resourceByPlural(path.resource ?? '', path.group)
    if (!path || !resource) return { code: 404, body: {} }
    const prefix = `${resource.prefix}${path.namespace ? `${path.namespace}/` : ''}`
    const field = /metadata.name=(.*)/.exec(request.query.fieldSelector ?? '')?.[1] ?? ''
    if (request.query.watch) {
      state.watchers.push({ id: request.id, client: context.from, prefix: prefix + field })
      return { code: 200, body: {} }
    }
    if (path.subresource === 'token') return { code: 201, body: request.body }
    const key = `${prefix}${path.name ?? (request.body as KubeObject | undefined)?.metadata?.name ?? ''}`
    const there = state.objects.get(key)
    if (request.method === 'GET' && !path.name) {
      const items = [...state.objects].filter(([k]) => k.startsWith(prefix + field)).map(([, object]) => object)
      return { code: 200, body: { metadata: { resourceVersion: String(state.revision) }, items } }
    }
    if (request.method === 'POST') {
      const metadata = { uid: `uid-of-${key}`, ...(request.body as KubeObject).metadata }
      return { code: 201, body: put(state, context, key, { ...(request.body as KubeObject), metadata }) }
    }
    if (!there) return { code: 404, body: {} }
    if (request.method === 'PATCH')
      return {
        code: 200,
        body: put(state, context, key, merge(there, request.body as Record<string, unknown>) as unknown as KubeObject),
      }
    if (request.method === 'DELETE') {
      state.objects.delete(key)
      tell(state, context, key, 'DELETED', there)
    }
    return { code: 200, body: there }
  }
  return {
    id: ROOMS.apiserver,
    init: () => ({ revision: 1, objects: new Map(), watchers: [] }),
    handle: (state, message, context) => {
      if (message.type === 'put') put(state, context, (message as Put).key, (message as Put).object)
      if (message.type !== 'request') return
      const request = message as HttpRequest
      const verb = VERBS[request.method] ?? ''
      const path = parseApiPath(request.path)
      const resource = `${path?.resource}${path?.subresource ? `/${path.subresource}` : ''}`
      const refused = refuses(`${verb} ${resource} ${path?.name ?? ''}`)
      const { code, body } = refused ? { code: 403, body: { reason: 'Forbidden' } } : serve(state, request, context)
      const text = `${verb} ${resource} ${path?.name ?? (body as KubeObject).metadata?.name ?? ''} ${code}`
      if (path?.name || request.method !== 'GET')
        log.push({ at: context.now / 1000, user: request.headers.user, text, body: request.body })
      const args = { id: request.id, verb: 'get' as const, resource, code, request: context.cause as never }
      context.send(context.from, { type: 'response', id: request.id, code, body } as Message, 'http.response', args)
    },
  }
}

export class TestNode {
  readonly log: Logged[] = []
  readonly simulation: Simulation
  constructor(
    readonly profiles: readonly NodeProfile[],
    refuses: Refuses = () => false,
  ) {
    const rooms = profiles.flatMap(p => [createNetwork(p, profiles), createRuntime(p), createKubelet(p), createKubeProxy(p)])
    this.simulation = Simulation.boot({
      rooms: [storingApiserver(this.log, refuses), ...rooms] as Room[],
      seed: 1,
      latency: () => () => 2000,
    })
    this.put('/registry/configmaps/default/kube-root-ca.crt', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace: 'default' },
      data: { 'ca.crt': '' },
    })
    this.pass(5)
    this.requests()
  }
  put(key: string, object: KubeObject): void {
    this.simulation.command({ to: ROOMS.apiserver, message: { type: 'put', key, object } as Message, text: key })
  }
  pass(seconds: number): void {
    this.simulation.run({ time: (this.simulation.now + seconds * 1e6) as typeof this.simulation.now })
  }
  object(key: string): KubeObject | undefined {
    return (this.simulation.state(ROOMS.apiserver) as Store).objects.get(key)
  }
  /** Requests since the last call, heartbeats and leases aside. */
  requests(): Logged[] {
    return this.log.splice(0).filter(({ text }) => !/leases|^get nodes/.test(text))
  }
  entries(reason: string): unknown[] {
    const found: unknown[] = []
    for (let seq = 1; seq <= this.simulation.trace.length; seq++) {
      const entry = this.simulation.trace.entry(seq as never)
      if (entry?.reason === reason) found.push(entry.args)
    }
    return found
  }
}

const TOKEN_VOLUME = {
  name: 'kube-api-access-abcde',
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
  },
}

export function pod(name: string, container: object, spec: object = {}): KubeObject {
  const mounts = [{ name: TOKEN_VOLUME.name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1, creationTimestamp: rfc3339(0 as never) },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'nginx', image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent', volumeMounts: mounts, ...container }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      serviceAccountName: 'default',
      volumes: [TOKEN_VOLUME],
      ...spec,
    },
    status: {
      phase: 'Pending',
      qosClass: 'BestEffort',
      conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: rfc3339(0 as never) }],
    },
  }
}

export const KEY = '/registry/pods/default/web'
export const texts = (logged: readonly Logged[]): string[] => logged.map(l => l.text)
export const events = (logged: readonly Logged[]): string[] =>
  logged
    .filter(l => l.text.includes('create events'))
    .map(l => `${(l.body as KubeObject).reason}: ${(l.body as KubeObject).message}`)
export const status = (node: TestNode): Pod['status'] => node.object(KEY)?.status as Pod['status']
export const remove = (node: TestNode, deletionGracePeriodSeconds = 30): void => {
  const there = node.object(KEY) as Pod
  const metadata = {
    ...there.metadata,
    deletionTimestamp: rfc3339(node.simulation.now),
    deletionGracePeriodSeconds,
    generation: 2,
  }
  node.put(KEY, { ...there, metadata } as unknown as KubeObject)
}
