/** A node's rooms together, against an apiserver that only stores: what a kubelet asks for, and in which order. */
import { expect, test } from 'vitest'
import type { NetfilterRestore } from './api/cni'
import { parseApiPath, resourceByPlural } from './api/kinds'
import type { HttpRequest } from './api/messages'
import { hollowNode, type NodeProfile, realNode } from './api/node-profile'
import { ROOMS } from './api/rooms'
import { rfc3339 } from './api/time'
import type { KubeObject, Pod } from './api/types'
import { Simulation } from './kernel/simulation'
import { type Context, type Message, type Room, type RoomId, roomId } from './kernel/types'
import { createKubeProxy } from './kube-proxy/kube-proxy'
import { createKubelet } from './kubelet/kubelet'
import { createNetwork } from './network/network'
import { createRuntime } from './runtime/runtime'

interface Logged {
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

/** An apiserver that only stores. `log` has what reached it. */
function storingApiserver(log: Logged[]): Room<Store> {
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
      const { code, body } = serve(state, request, context)
      const verb = VERBS[request.method] ?? ''
      const path = parseApiPath(request.path)
      const resource = `${path?.resource}${path?.subresource ? `/${path.subresource}` : ''}`
      const text = `${verb} ${resource} ${path?.name ?? (body as KubeObject).metadata?.name ?? ''} ${code}`
      if (path?.name || request.method !== 'GET')
        log.push({ at: context.now / 1000, user: request.headers.user, text, body: request.body })
      const args = { id: request.id, verb: 'get' as const, resource, code, request: context.cause as never }
      context.send(context.from, { type: 'response', id: request.id, code, body } as Message, 'http.response', args)
    },
  }
}

class TestNode {
  readonly log: Logged[] = []
  readonly simulation: Simulation
  constructor(readonly profiles: readonly NodeProfile[]) {
    const rooms = profiles.flatMap(p => [createNetwork(p, profiles), createRuntime(p), createKubelet(p), createKubeProxy(p)])
    this.simulation = Simulation.boot({ rooms: [storingApiserver(this.log), ...rooms] as Room[], seed: 1, latency: () => 2000 })
    this.put('/registry/configmaps/default/kube-root-ca.crt', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace: 'default' },
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

function pod(name: string, container: object, spec: object = {}): KubeObject {
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

const KEY = '/registry/pods/default/web'
const texts = (logged: readonly Logged[]): string[] => logged.map(l => l.text)
const events = (logged: readonly Logged[]): string[] =>
  logged
    .filter(l => l.text.includes('create events'))
    .map(l => `${(l.body as KubeObject).reason}: ${(l.body as KubeObject).message}`)
const status = (node: TestNode): Pod['status'] => node.object(KEY)?.status as Pod['status']
const remove = (node: TestNode): void => {
  const there = node.object(KEY) as Pod
  const metadata = {
    ...there.metadata,
    deletionTimestamp: rfc3339(node.simulation.now),
    deletionGracePeriodSeconds: 30,
    generation: 2,
  }
  node.put(KEY, { ...there, metadata } as unknown as KubeObject)
}

const ROUND = ['get pods web 200', 'patch pods/status web 200']

test('a hollow node runs a pod with the requests of the recording, and writes no Events', () => {
  const node = new TestNode([hollowNode('node-1')])
  node.put(KEY, pod('web', {}))
  node.pass(3)
  expect(texts(node.requests())).toEqual([...ROUND, 'create serviceaccounts/token default 201', ...ROUND, ...ROUND])
  expect(status(node)).toMatchObject({ phase: 'Running', podIP: '192.168.192.168' })
  expect(status(node).containerStatuses?.[0]).toMatchObject({
    containerID: 'fakeRuntime://web_default_uid-web_0_nginx_0',
    imageID: 'nginx:1.27',
  })
  remove(node)
  node.pass(3)
  expect(texts(node.requests())).toEqual([...ROUND, ...ROUND, 'get pods web 200', 'delete pods web 200'])
  expect(node.object(KEY)).toBeUndefined()
  expect(node.simulation.settled).toBe(true)
})

/** The last status that was sent. */
const sent = (logged: readonly Logged[]): Pod['status'] =>
  (logged.filter(({ text }) => text.startsWith('patch pods/status')).at(-1)?.body as { status: Pod['status'] } | undefined)
    ?.status ?? {}

test('a pod that is deleted when its volumes are set up is started all the same, and then stopped', () => {
  const node = new TestNode([hollowNode('node-1')])
  node.put(KEY, pod('web', {}))
  while (!node.log.some(({ text }) => text.startsWith('create serviceaccounts/token'))) node.pass(0.005)
  node.pass(0.01)
  expect(node.entries('runtime.container')).toEqual([])
  remove(node)
  node.pass(4)
  expect(sent(node.requests())).toMatchObject({
    phase: 'Succeeded',
    containerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
  })
  expect(node.entries('runtime.container')).toMatchObject([{ state: 'running' }, { state: 'exited' }])
  expect(node.object(KEY)).toBeUndefined()
})

test('a pod that is deleted before its volumes are set up starts nothing, and has failed', () => {
  const node = new TestNode([hollowNode('node-1')])
  node.put(KEY, pod('web', {}))
  node.pass(0.06)
  remove(node)
  node.pass(4)
  expect(sent(node.requests())).toMatchObject({
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { reason: 'ContainerStatusUnknown', exitCode: 137 } } }],
  })
  expect(node.entries('runtime.sandbox')).toEqual([])
  expect(node.object(KEY)).toBeUndefined()
})

test('a pod leaves after the kubelet has listed what its runtime has, which is once a second, or 300 ms later', () => {
  const node = new TestNode([hollowNode('node-1')])
  const phases = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9].map(seconds => {
    node.put(KEY, pod('web', {}))
    node.pass(3 + seconds)
    remove(node)
    node.pass(3)
    const left = node.log.findLast(({ text }) => text.startsWith('get pods'))?.at ?? 0
    return Math.round(left % 1000)
  })
  const [first = 0] = phases
  const near = (phase: number, other: number): boolean => (phase - other + 1005) % 1000 < 10
  for (const phase of phases)
    expect(
      [first, first + 300, first - 300].some(other => near(phase, other)),
      `${phases}`,
    ).toBe(true)
})

test('a real node pulls, creates and starts, and says so in Events', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', {}))
  node.pass(3)
  const requests = node.requests()
  expect(events(requests).map(e => e.replace(/\d+ms/g, 'N'))).toEqual([
    'Pulling: Pulling image "nginx:1.27"',
    'Pulled: Successfully pulled image "nginx:1.27" in N (N including waiting). Image size: 3443509 bytes.',
    'Created: Container created',
    'Started: Container started',
  ])
  expect(status(node)).toMatchObject({ phase: 'Running', podIP: '10.244.0.2', hostIP: '10.0.0.11' })
  expect(status(node).containerStatuses?.[0]).toMatchObject({ ready: true, started: true, image: 'docker.io/library/nginx:1.27' })
  remove(node)
  node.pass(3)
  const last = node.requests()
  expect(events(last)).toEqual(['Killing: Stopping container nginx'])
  expect(texts(last)).toContain('delete pods web 200')
})

test('a container that crashes is started again at once, then after 10, 20 and 40 seconds and up to half as long again', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', { image: 'busybox:1.36', command: ['sh', '-c', 'exit 1'] }))
  node.pass(8)
  expect(status(node).containerStatuses?.[0]).toMatchObject({ restartCount: 1 })
  node.pass(100)
  expect(status(node).containerStatuses?.[0]?.restartCount).toBeGreaterThanOrEqual(4)
  expect(events(node.requests())).toContain('BackOff: Back-off restarting failed container nginx in pod web_default(uid-web)')
})

test('a container that ends well completes a pod that is not restarted', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', { image: 'busybox:1.36', command: ['true'] }, { restartPolicy: 'Never' }))
  node.pass(6)
  expect(status(node).phase).toBe('Succeeded')
  expect(node.object(KEY)).toBeDefined()
})

test('an image that nobody has leaves the pod in ImagePullBackOff', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', { image: 'nginx:9.99' }))
  node.pass(40)
  expect(status(node).containerStatuses?.[0]?.state?.waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/)
  expect(events(node.requests())).toContain(
    'Failed: Failed to pull image "nginx:9.99": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.99": failed to resolve image: docker.io/library/nginx:9.99: not found',
  )
})

test('init containers run one after the other before the others', () => {
  const node = new TestNode([realNode('node-1')])
  const init = (name: string) => ({ name, image: 'busybox:1.36', command: ['sleep', '1'] })
  node.put(KEY, pod('web', {}, { initContainers: [init('first'), init('second')] }))
  node.pass(3)
  expect(status(node).phase).toBe('Pending')
  node.pass(8)
  expect(status(node).phase).toBe('Running')
  expect(node.entries('runtime.container').map(e => `${(e as { name: string }).name} ${(e as { state: string }).state}`)).toEqual(
    ['first running', 'first exited', 'second running', 'second exited', 'nginx running'],
  )
})

test("a user's request to a ClusterIP goes to a container on another node and back; without endpoints it is refused", () => {
  const profiles = [realNode('node-1'), realNode('node-2')]
  const node = new TestNode(profiles)
  const onTwo = pod('web', {}, { nodeName: 'node-2' })
  node.put(KEY, onTwo)
  node.put('/registry/services/specs/default/web', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { clusterIP: '10.96.0.10', ports: [{ port: 8080, targetPort: 80, protocol: 'TCP' }] },
  })
  node.pass(4)
  const ask = (): void => {
    node.simulation.command({
      to: roomId('network/node-1'),
      message: { type: 'user.traffic', to: '10.96.0.10:8080' } as Message,
      text: 'curl',
    })
    node.pass(2)
  }
  ask()
  expect(node.entries('network.response')).toEqual([{ to: 'node-1', outcome: 'refused' }])
  const ip = status(node).podIP ?? ''
  node.put('/registry/endpointslices/default/web-1', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
    endpoints: [{ addresses: [ip], nodeName: 'node-2', conditions: { ready: true } }],
  })
  node.pass(2)
  ask()
  expect(node.entries('network.response')[1]).toEqual({ to: 'node-1', outcome: 'answered', container: 'default/web/nginx' })
})

test('kube-proxy writes rules at once and then at most once a second', () => {
  const node = new TestNode([hollowNode('node-1')])
  for (let i = 0; i < 5; i++) {
    node.put(`/registry/services/specs/default/s${i}`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `s${i}`, namespace: 'default' },
      spec: { clusterIP: `10.96.0.${20 + i}`, ports: [{ port: 80 }] },
    })
    node.pass(0.3)
  }
  node.pass(3)
  const restores = node.entries('netfilter.restore') as NetfilterRestore[]
  expect(restores.length).toBeLessThanOrEqual(4)
})

test('a kubelet that was stopped finds its pods running when it comes up again, and starts nothing twice', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', {}))
  node.pass(3)
  const id = status(node).containerStatuses?.[0]?.containerID
  const kubelet = roomId('kubelet/node-1')
  node.simulation.command({ to: kubelet, message: { type: 'stop' } as Message, text: 'stop' })
  node.pass(20)
  node.simulation.command({ to: kubelet, message: { type: 'boot' } as Message, text: 'start' })
  node.pass(5)
  expect(status(node).containerStatuses?.[0]).toMatchObject({ containerID: id, restartCount: 0 })
  expect(node.entries('runtime.container')).toHaveLength(1)
})

test('a pod that is deleted while its image is pulled is started when the pull has ended, and then stopped', () => {
  const slow = realNode('node-1', 1, { runtime: { pull: [5000, 5000] } })
  const node = new TestNode([slow])
  node.put(KEY, pod('web', {}))
  node.pass(2)
  remove(node)
  node.pass(10)
  expect(node.object(KEY)).toBeUndefined()
  expect(node.entries('runtime.container')).toMatchObject([{ state: 'running' }, { state: 'exited' }])
})

test('a running container whose image is changed is stopped and started with the new one', () => {
  const node = new TestNode([realNode('node-1')])
  node.put(KEY, pod('web', {}))
  node.pass(3)
  node.requests()
  const there = node.object(KEY) as Pod
  const containers = there.spec.containers.map(c => ({ ...c, image: 'nginx:1.26' }))
  node.put(KEY, {
    ...there,
    metadata: { ...there.metadata, generation: 2 },
    spec: { ...there.spec, containers },
  } as unknown as KubeObject)
  node.pass(4)
  expect(status(node).containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    image: 'docker.io/library/nginx:1.26',
    ready: true,
  })
  expect(events(node.requests())[0]).toBe('Killing: Container nginx definition changed, will be restarted')
})

test('a hollow kubelet that comes up again has lost its containers: they are started anew and counted on', () => {
  const node = new TestNode([hollowNode('node-1')])
  node.put(KEY, pod('web', {}))
  node.pass(3)
  const kubelet = roomId('kubelet/node-1')
  node.simulation.command({ to: kubelet, message: { type: 'stop' } as Message, text: 'stop' })
  node.pass(5)
  node.simulation.command({ to: kubelet, message: { type: 'boot' } as Message, text: 'start' })
  node.pass(5)
  expect(status(node).phase).toBe('Running')
  expect(status(node).containerStatuses?.[0]?.restartCount).toBe(1)
})
