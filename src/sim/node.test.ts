/** A node's rooms together, against an apiserver that only stores: what a kubelet asks for, and in which order. */
import { expect, test } from 'vitest'
import type { NetfilterRestore } from './api/cni'
import { hollowNode, realNode } from './api/node-profile'
import type { KubeObject, Pod } from './api/types'
import { type Message, roomId } from './kernel/types'
import { events, KEY, type Logged, pod, remove, status, TestNode, texts } from './node-testing'

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
    node.requests()
    remove(node)
    node.pass(3)
    expect(node.object(KEY)).toBeUndefined()
    const last = node.requests().findLast(({ text }) => text.startsWith('get pods'))
    expect(last).toBeDefined()
    return Math.round((last as Logged).at % 1000)
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
