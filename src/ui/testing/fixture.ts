/** A small made-up cluster for tests and for working on the looks of the stage. Never part of a build. */
import type { BeatScene, ChapterMark, ClusterView, Frame, NodeView, Packet, PodView, RoomId, Seq } from '../session/types'

const room = (text: string): RoomId => text as RoomId
const seq = (value: number): Seq => value as Seq

/** A running pod of `web`. */
export function podOf(suffix: string, node: string, more: Partial<PodView> = {}): PodView {
  return {
    key: `default/web-7d876db474-${suffix}`,
    name: `web-7d876db474-${suffix}`,
    namespace: 'default',
    uid: suffix,
    node,
    status: 'Running',
    ready: true,
    sandbox: true,
    ip: '10.244.2.5',
    owner: 'ReplicaSet/web-7d876db474',
    app: 'web',
    containers: [{ name: 'nginx', image: 'nginx:1.27', state: 'running', ready: true, restarts: 0 }],
    ...more,
  }
}

/** A node with its pods. */
export function nodeOf(name: string, pods: readonly PodView[] = [], more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    address: `10.0.0.1${name.at(-1)}`,
    ready: true,
    unschedulable: false,
    cpu: { requested: pods.length * 350, allocatable: 4000 },
    memory: { requested: pods.length * 400 * 1024 ** 2, allocatable: 7.8 * 1024 ** 3 },
    pods,
    groups: pods.map(pod => ({ owner: pod.owner ?? pod.name, status: pod.status, count: 1 })),
    podCount: pods.length,
    kubeletPods: pods.length,
    services: 1,
    images: pods.length > 0 ? ['nginx:1.27'] : [],
    ...more,
  }
}

const CONTROLLERS = [
  'deployment',
  'replicaset',
  'endpointslice',
  'endpoints',
  'garbage-collector',
  'node-lifecycle',
  'namespace',
  'serviceaccount',
  'statefulset',
  'daemonset',
  'job',
  'cronjob',
  'ttl',
  'disruption',
  'resourcequota',
  'podgc',
  'pvc-protection',
]

/** A cluster with `pods` on its nodes. */
export function viewOf(nodes: readonly NodeView[], more: Partial<ClusterView> = {}): ClusterView {
  const count = nodes.reduce((sum, node) => sum + node.podCount, 0)
  const some = count > 0
  return {
    at: 0 as ClusterView['at'],
    seq: seq(1),
    etcd: { revision: some ? 412 : 268, keys: some ? 63 : 54 },
    apiserver: {
      watchers: [
        ['pods', 7],
        ['nodes', 9],
        ['services', 8],
        ['endpointslices.discovery.k8s.io', 4],
        ['replicasets.apps', 3],
        ['deployments.apps', 2],
        ['configmaps', 2],
        ['namespaces', 2],
        ['serviceaccounts', 1],
      ].map(([resource, n]) => ({ resource: String(resource), count: Number(n) })),
      totalWatchers: 48,
      requests: 310,
      underway: 0,
    },
    scheduler: {
      active: 0,
      backoff: 0,
      unschedulable: 0,
      ...(some && {
        last: { seq: seq(3), pod: 'default/web-7d876db474-x2k9f', feasible: 3, nodes: 3, chosen: 'node-2', total: 592 },
      }),
    },
    controllers: CONTROLLERS.map(part => ({
      part,
      queue: 0,
      active: 0,
      retries: 0,
      ...(['deployment', 'replicaset'].includes(part) && { desired: some ? 3 : 0, actual: Math.min(3, count) }),
    })),
    informers: 38,
    nodes,
    unbound: [],
    unboundCount: 0,
    workloads: some
      ? [
          { kind: 'Deployment', key: 'default/web', desired: 3, current: 3, ready: count },
          {
            kind: 'ReplicaSet',
            key: 'default/web-7d876db474',
            desired: 3,
            current: 3,
            ready: count,
            owner: 'Deployment default/web',
          },
        ]
      : [],
    services: some ? [{ key: 'default/kubernetes', type: 'ClusterIP', clusterIP: '10.96.0.1', ports: '443', endpoints: 1 }] : [],
    stopped: [],
    counts: {},
    ...more,
  }
}

/** A message of a scene. */
export const packetOf = (n: number, kind: Packet['kind'], from: string, to: string, label: string, start: number): Packet => ({
  seq: seq(n),
  kind,
  from: room(from),
  to: room(to),
  label,
  start,
  end: start + 500,
})

interface Told {
  readonly rooms: readonly string[]
  readonly packets: readonly Packet[]
  readonly reason: string
}

/** A beat of a made-up story. */
export function sceneOf(index: number, { rooms, packets, reason }: Told): BeatScene {
  return {
    beat: {
      index,
      from: seq(1),
      to: seq(2),
      at: 0 as ClusterView['at'],
      until: 0 as ClusterView['at'],
      lead: packets[0]?.seq ?? seq(1),
    },
    lead: {
      seq: packets[0]?.seq ?? seq(1),
      at: 0 as ClusterView['at'],
      room: room(rooms[0] ?? 'kubectl'),
      cause: seq(0),
      reason: reason as BeatScene['lead']['reason'],
      args: {},
    },
    facts: {},
    packets,
    duration: Math.max(700, ...packets.map(packet => packet.end)),
    rooms: rooms.map(room),
    skips: [],
  }
}

const bare = ['node-1', 'node-2', 'node-3'].map(name => nodeOf(name))
const waiting = { status: 'ContainerCreating', ready: false, sandbox: true } as const
const pending: Partial<PodView> = {
  ...waiting,
  containers: [{ name: 'nginx', image: 'nginx:1.27', state: 'waiting', ready: false, restarts: 0 }],
}
const bound = [
  nodeOf('node-1', [podOf('x7f2c', 'node-1', pending)]),
  nodeOf('node-2', [podOf('x2k9f', 'node-2', pending)]),
  nodeOf('node-3', [podOf('9bq2t', 'node-3', pending)]),
]
const running = [
  nodeOf('node-1', [podOf('x7f2c', 'node-1')]),
  nodeOf('node-2', [podOf('x2k9f', 'node-2')]),
  nodeOf('node-3', [podOf('9bq2t', 'node-3')]),
]

const kcm = (part: string) => `controller-manager/${part}`

/** The steps of the made-up story: what is told, and the cluster after it. */
export const STORY: readonly { readonly told: Told; readonly view: ClusterView }[] = [
  {
    told: {
      reason: 'http.request',
      rooms: ['kubectl', 'apiserver'],
      packets: [packetOf(10, 'request', 'kubectl', 'apiserver', 'POST deployments', 0)],
    },
    view: viewOf(bare),
  },
  {
    told: {
      reason: 'etcd.txn',
      rooms: ['apiserver', 'etcd', 'kubectl'],
      packets: [
        packetOf(11, 'etcd', 'apiserver', 'etcd', 'txn put', 0),
        packetOf(12, 'etcd', 'etcd', 'apiserver', 'revision 269', 500),
        packetOf(13, 'response', 'apiserver', 'kubectl', '201', 1000),
        packetOf(14, 'watch', 'apiserver', 'controller-manager', 'ADDED deployments', 1000),
      ],
    },
    view: viewOf(bare, { workloads: [{ kind: 'Deployment', key: 'default/web', desired: 3, current: 0, ready: 0 }] }),
  },
  {
    told: {
      reason: 'http.request',
      rooms: ['controller-manager', kcm('deployment'), 'apiserver', 'etcd'],
      packets: [
        packetOf(20, 'request', kcm('deployment'), 'apiserver', 'POST replicasets', 0),
        packetOf(21, 'etcd', 'apiserver', 'etcd', 'txn put', 500),
        packetOf(22, 'response', 'apiserver', kcm('deployment'), '201', 1000),
        packetOf(23, 'watch', 'apiserver', 'controller-manager', 'ADDED replicasets', 1000),
      ],
    },
    view: viewOf(bound, { nodes: bare }),
  },
  {
    told: {
      reason: 'http.request',
      rooms: ['scheduler', 'apiserver'],
      packets: [1, 2, 3].map(i => packetOf(30 + i, 'request', 'scheduler', 'apiserver', 'POST pods/binding', i * 300)),
    },
    view: viewOf(bare),
  },
  {
    told: {
      reason: 'watch.event',
      rooms: ['apiserver', 'kubelet/node-1', 'kubelet/node-2', 'kubelet/node-3'],
      packets: ['node-1', 'node-2', 'node-3'].map((node, i) =>
        packetOf(40 + i, 'watch', 'apiserver', `kubelet/${node}`, 'MODIFIED pods', 0),
      ),
    },
    view: viewOf(bound),
  },
  {
    told: {
      reason: 'cri.request',
      rooms: ['node-1', 'node-2', 'node-3']
        .flatMap(node => [`kubelet/${node}`, `runtime/${node}`, `network/${node}`])
        .concat('apiserver'),
      packets: ['node-1', 'node-2', 'node-3'].flatMap((node, i) => [
        packetOf(50 + 10 * i, 'local', `kubelet/${node}`, `runtime/${node}`, 'RunPodSandbox', 0),
        packetOf(51 + 10 * i, 'local', `runtime/${node}`, `network/${node}`, 'request', 500),
        packetOf(52 + 10 * i, 'request', `kubelet/${node}`, 'apiserver', 'PATCH pods/status', 1000),
      ]),
    },
    view: viewOf(running),
  },
]

/** The frame at a position of the made-up story; with `commanded` false nothing has been asked for yet. */
export function frameAt(n: number, commanded = true, nodes?: readonly NodeView[]): Frame {
  const count = commanded ? STORY.length : 0
  const step = STORY[n - 1]
  const chapters: ChapterMark[] = commanded
    ? STORY.map((_, position) => ({
        position,
        chapter: 'other',
        ...(position === 0 && { command: 'kubectl create deployment web' }),
      }))
    : []
  const positions = { n, count }
  return {
    branch: 0 as Frame['branch'],
    branches: [{ id: 0 as Frame['branch'], commands: [], length: 1 }],
    now: (n * 12_345) as Frame['now'],
    cursor: seq(n + 1),
    length: 100,
    end: 100_000 as Frame['now'],
    settled: true,
    running: false,
    depth: 'story',
    positions: { story: positions, requests: positions, internals: positions },
    chapters,
    ...(step && { scene: sceneOf(n, step.told) }),
    view: nodes ? viewOf(nodes) : (step?.view ?? viewOf(bare)),
    goesOn: [],
    terminal: commanded
      ? [
          { seq: seq(1), id: 1, kind: 'command', text: 'kubectl create deployment web --image=nginx:1.27 --replicas=3' },
          { seq: seq(2), id: 1, kind: 'stdout', text: 'deployment.apps/web created' },
        ]
      : [],
  }
}
