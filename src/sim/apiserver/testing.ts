/** A cluster of etcd, the apiserver and one client that only asks: for tests of the apiserver. */
import openapi from '../api/data/openapi.json'
import { apiPath, mustResource } from '../api/kinds'
import {
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  MEDIA,
  type Method,
  type WatchEnd,
  type WatchEvent,
} from '../api/messages'
import { ROOMS, USERS } from '../api/rooms'
import { createSchema } from '../api/schema'
import type { KubeList, KubeObject, Status } from '../api/types'
import { Simulation, type SimulationConfig } from '../kernel/simulation'
import { type Message, milliseconds, type Room, type RoomId, roomId, type Time, type TraceEntry } from '../kernel/types'
import { type ApiserverConfig, createApiserver } from './apiserver'

export interface Asking extends Message {
  readonly type: 'ask'
  readonly request: Omit<HttpRequest, 'id' | 'type'>
  readonly quiet: boolean
}
export interface ClientState {
  next: number
  readonly answers: Map<number, HttpResponse>
  /** Lines of watches; the end of one is a line without an object. */
  readonly events: (WatchEvent | WatchEnd)[]
}

/** A room that asks what it is told to: where a client's answers and events arrive. */
export const client = (id: RoomId): Room<ClientState> => ({
  id,
  init: () => ({ next: 1, answers: new Map(), events: [] }),
  handle: (state, message, context) => {
    if (message.type === 'ask') {
      const { request: asked, quiet } = message as Asking
      const request: HttpRequest = { ...asked, type: 'request', id: state.next++ }
      const { user } = request.headers
      context.quietly(quiet, () => {
        context.send(ROOMS.apiserver, request, 'http.request', { id: request.id, verb: 'get', group: '', resource: '', user })
      })
    } else if (message.type === 'response') state.answers.set((message as HttpResponse).id, message as HttpResponse)
    else if (message.type === 'watch-event' || message.type === 'watch-end') state.events.push(message as WatchEvent | WatchEnd)
    else if (message.type === 'close')
      context.send(ROOMS.apiserver, { type: 'cancel', id: (message as Message & { id: number }).id } as Message, 'http.cancel', {
        id: 0,
        resource: '',
      })
  },
})

/** What may be said about a request beside method, path and body. */
export interface Saying extends Partial<HttpHeaders> {
  readonly query?: Readonly<Record<string, string>>
  /** The request is housekeeping. */
  readonly quiet?: boolean
  /** Which of the clients asks. */
  readonly from?: RoomId
}

/** A running cluster to ask. `etcd` is the room to store in: `createEtcd()`. */
export class TestCluster {
  readonly simulation: Simulation
  private readonly config: SimulationConfig

  constructor(
    etcd: Room,
    seed = 1,
    readonly clients: readonly RoomId[] = [roomId('test')],
    options: Partial<Omit<ApiserverConfig, 'schema'>> = {},
    more: readonly Room[] = [],
  ) {
    this.config = {
      rooms: [etcd, createApiserver({ ...options, schema: createSchema(openapi) }), ...clients.map(client), ...more],
      seed,
      latency: () => chance => 100 + chance * 100,
    }
    this.simulation = Simulation.boot(this.config)
    this.settle()
  }

  /** A run of its own, from a snapshot of this one. */
  copy(): Simulation {
    return Simulation.restore(this.config, this.simulation.trace, this.simulation.snapshot())
  }

  settle(): void {
    this.simulation.run({ settled: true })
  }

  state(id = this.clients[0] as RoomId): ClientState {
    return this.simulation.state(id) as ClientState
  }

  /** Sends a request, and returns its id without waiting. */
  send(method: Method, path: string, body?: unknown, saying: Saying = {}): number {
    const { query = {}, from = this.clients[0] as RoomId, quiet = false, ...headers } = saying
    const request = {
      method,
      path,
      query,
      headers: { user: USERS.admin, contentType: MEDIA.json, ...headers },
      ...(body !== undefined && { body }),
    }
    const id = this.state(from).next
    this.simulation.command({ to: from, message: { type: 'ask', request, quiet } as Asking, text: `${method} ${path}` })
    this.simulation.run({ deliveries: 1 })
    return id
  }

  /** Sends a request and runs until nothing waits. */
  ask<Body = KubeObject>(method: Method, path: string, body?: unknown, saying: Saying = {}): HttpResponse<Body> {
    const id = this.send(method, path, body, saying)
    this.settle()
    return this.state(saying.from).answers.get(id) as HttpResponse<Body>
  }

  refusal(method: Method, path: string, body?: unknown, saying: Saying = {}): Status {
    return this.ask<Status>(method, path, body, saying).body
  }

  create(object: KubeObject, saying: Saying = {}): HttpResponse<KubeObject> {
    const type = mustResource(object.apiVersion, object.kind)
    return this.ask('POST', apiPath(type, object.metadata.namespace ?? 'default'), object, saying)
  }

  /** Opens a watch; its events gather in the client's state. Returns its id. */
  watch(path: string, query: Readonly<Record<string, string>> = {}, saying: Saying = {}): number {
    const id = this.send('GET', path, undefined, { ...saying, query: { ...query, watch: 'true' } })
    this.settle()
    return id
  }

  events(id: number, from?: RoomId): { event: string; object: KubeObject }[] {
    return this.state(from)
      .events.filter(event => event.id === id)
      .map(line => ({ event: line.event, object: (line as WatchEvent).object as KubeObject }))
  }

  /** Lets virtual time pass. */
  pass(ms: number): void {
    this.simulation.run({ time: (this.simulation.now + milliseconds(ms)) as Time })
  }

  entries(reason: string): TraceEntry[] {
    return [...this.simulation.trace.entries()].filter(entry => entry.reason === reason)
  }
}

/** Gives the namespace `default` its ServiceAccount, which pods need. */
export function withAccount(cluster: TestCluster, namespace = 'default'): TestCluster {
  cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } })
  return cluster
}

/** A Deployment as `kubectl create deployment` sends it. */
export const deployment = (name = 'web', replicas = 3): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    strategy: {},
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', resources: {} }] },
    },
  },
  status: {},
})

export const pod = (name = 'web', spec: Readonly<Record<string, unknown>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }], ...spec },
})

export const PODS = '/api/v1/namespaces/default/pods'
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
export const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'

export const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
export const names = (list: KubeList): string[] => list.items.map(item => item.metadata.name)
