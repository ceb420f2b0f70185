/** The fold, summed up as the picture shows it. */
import type { KubeObject, Node, Pod, Service } from '../sim/api/types'
import type { FoldState } from './fold'
import type {
  ClusterView,
  ContainerView,
  ControllerView,
  MetricsServerView,
  NodeView,
  PodView,
  SchedulerView,
  ServiceView,
  WorkloadView,
} from './types'

/** How many pods of a node are shown one by one. */
const SHOWN = 24

/** What the view takes from the simulation's pure functions, so that a pod's status reads as kubectl prints it. */
export interface ViewTools {
  readonly podStatus: (pod: Pod) => { readonly status: string; readonly ready: boolean }
  readonly milliCores: (quantity: string) => number
  readonly bytes: (quantity: string) => number
}

/** Objects by the kind of their key, gathered in one pass. */
function gather(state: FoldState): Map<string, KubeObject[]> {
  const kinds = new Map<string, KubeObject[]>()
  for (const { object } of state.objects.values()) {
    const list = kinds.get(object.kind)
    if (list) list.push(object)
    else kinds.set(object.kind, [object])
  }
  return kinds
}

/** The cluster as the fold has it. */
export function clusterView(state: FoldState, tools: ViewTools): ClusterView {
  const kinds = gather(state)
  const of = <T>(kind: string): T[] => (kinds.get(kind) ?? []) as T[]
  const standing = new Set(state.sandboxes.values())
  const pods = of<Pod>('Pod').map(pod => [pod, podView(pod, state, standing, tools)] as const)
  const unbound = pods.filter(([, view]) => view.node === '').map(([, view]) => view)
  const workloads = workloadViews(kinds)
  return {
    at: state.at,
    seq: state.seq,
    etcd: { revision: state.revision, keys: state.objects.size },
    apiserver: watchersOf(state),
    scheduler: schedulerView(state),
    ...(state.metrics.named && { metricsServer: metricsView(state, of<Node>('Node')) }),
    controllers: controllerViews(state, workloads),
    informers: state.syncedInformers.size,
    nodes: nodeViews(of<Node>('Node'), pods, state, tools),
    unbound: unbound.slice(0, SHOWN),
    unboundCount: unbound.length,
    workloads,
    services: serviceViews(of<Service>('Service'), of<KubeObject>('EndpointSlice')),
    stopped: [...state.stopped],
    counts: Object.fromEntries(
      [...kinds].map(([kind, list]) => [kind, list.filter(o => !o.metadata.namespace?.startsWith('kube-')).length]),
    ),
  }
}

function podView(pod: Pod, state: FoldState, standing: ReadonlySet<string>, tools: ViewTools): PodView {
  const { name, namespace = 'default', uid = '', ownerReferences } = pod.metadata
  const key = `${namespace}/${name}`
  const owner = ownerReferences?.find(r => r.controller)
  const app = pod.metadata.labels?.app ?? owner?.name
  const { status, ready } = tools.podStatus(pod)
  const unsupported = state.unsupported.get(key)
  return {
    key,
    name,
    namespace,
    uid,
    node: pod.spec.nodeName ?? '',
    status,
    ready,
    sandbox: standing.has(key),
    ...(pod.status.podIP && { ip: pod.status.podIP }),
    ...(owner && { owner: `${owner.kind}/${owner.name}` }),
    ...(app && { app }),
    containers: containerViews(pod),
    ...(unsupported && { unsupported }),
  }
}

function containerViews(pod: Pod): ContainerView[] {
  const statuses = new Map(
    [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].map(s => [s.name, s]),
  )
  const view = (c: { name: string; image?: string }, init: boolean): ContainerView => {
    const s = statuses.get(c.name)
    const state = s?.state?.running ? 'running' : s?.state?.terminated ? 'terminated' : 'waiting'
    const reason = s?.state?.waiting?.reason ?? s?.state?.terminated?.reason
    return {
      name: c.name,
      image: c.image ?? '',
      state,
      ready: s?.ready ?? false,
      restarts: s?.restartCount ?? 0,
      ...(reason && { reason }),
      ...(init && { init }),
    }
  }
  return [...(pod.spec.initContainers ?? []).map(c => view(c, true)), ...pod.spec.containers.map(c => view(c, false))]
}

function nodeViews(
  nodes: readonly Node[],
  pods: readonly (readonly [Pod, PodView])[],
  state: FoldState,
  tools: ViewTools,
): NodeView[] {
  const byNode = new Map<string, (readonly [Pod, PodView])[]>()
  for (const pair of pods) {
    if (pair[1].node === '') continue
    const list = byNode.get(pair[1].node)
    if (list) list.push(pair)
    else byNode.set(pair[1].node, [pair])
  }
  return nodes
    .map(node => nodeView(node, byNode.get(node.metadata.name) ?? [], state, tools))
    .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
}

function nodeView(node: Node, pods: readonly (readonly [Pod, PodView])[], state: FoldState, tools: ViewTools): NodeView {
  const { name } = node.metadata
  let cpu = 0
  let memory = 0
  const groups = new Map<string, { owner: string; status: string; count: number }>()
  for (const [pod, view] of pods) {
    for (const c of pod.spec.containers) {
      const requests = c.resources?.requests as Record<string, string> | undefined
      cpu += tools.milliCores(requests?.cpu ?? '0')
      memory += tools.bytes(requests?.memory ?? '0')
    }
    const owner = view.owner ?? view.name
    const group = groups.get(`${owner} ${view.status}`) ?? { owner, status: view.status, count: 0 }
    group.count++
    groups.set(`${owner} ${view.status}`, group)
  }
  const allocatable = node.status.allocatable as Record<string, string> | undefined
  const address = node.status.addresses?.find(a => a.type === 'InternalIP')?.address
  return {
    name,
    ...(address && { address }),
    ready: node.status.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false,
    unschedulable: node.spec.unschedulable ?? false,
    cpu: { requested: cpu, allocatable: tools.milliCores(allocatable?.cpu ?? '0') },
    memory: { requested: memory, allocatable: tools.bytes(allocatable?.memory ?? '0') },
    pods: pods.slice(0, SHOWN).map(([, view]) => view),
    groups: [...groups.values()].sort((a, b) => b.count - a.count),
    podCount: pods.length,
    kubeletPods: state.kubelets.get(name)?.size ?? 0,
    services: state.rules.get(name) ?? 0,
    images: [...(state.images.get(name) ?? [])],
  }
}

/** Replicas, as Deployments and their like count them. */
const replicas: Counts = ({ spec, status }) => [spec.replicas ?? 1, status.replicas, status.readyReplicas]

/** What holds Pods: how many it wants, how many it has, and how many of them are ready (of a Job, done). Those on top come first. */
type Counts = (object: { readonly spec: Numbers; readonly status: Numbers }) => readonly (number | undefined)[]
type Numbers = Readonly<Record<string, number | undefined>>
const WORKLOADS: Readonly<Record<string, Counts>> = {
  Deployment: replicas,
  StatefulSet: replicas,
  DaemonSet: ({ status }) => [status.desiredNumberScheduled, status.currentNumberScheduled, status.numberReady],
  Job: ({ spec, status }) => [spec.completions ?? spec.parallelism ?? 1, status.active, status.succeeded],
  ReplicationController: replicas,
  ReplicaSet: replicas,
}

function workloadViews(kinds: ReadonlyMap<string, readonly KubeObject[]>): WorkloadView[] {
  return Object.entries(WORKLOADS).flatMap(([kind, counts]) =>
    (kinds.get(kind) ?? []).map(({ metadata, spec = {}, status = {} }): WorkloadView => {
      const { namespace, name, ownerReferences } = metadata
      const owner = ownerReferences?.find(r => r.controller)
      const [desired = 0, current = 0, ready = 0] = counts({ spec: spec as Numbers, status: status as Numbers })
      return {
        kind,
        key: `${namespace}/${name}`,
        desired,
        current,
        ready,
        ...(owner && { owner: `${owner.kind} ${namespace}/${owner.name}` }),
      }
    }),
  )
}

function watchersOf(state: FoldState): ClusterView['apiserver'] {
  const counts = new Map<string, number>()
  for (const resource of state.watches.values()) counts.set(resource, (counts.get(resource) ?? 0) + 1)
  const watchers = [...counts]
    .map(([resource, count]) => ({ resource, count }))
    .sort((a, b) => b.count - a.count || (a.resource < b.resource ? -1 : 1))
  return { watchers, totalWatchers: state.watches.size, requests: state.requests, underway: Math.max(0, state.underway) }
}

function schedulerView(state: FoldState): SchedulerView {
  const counts: Record<string, number> = {}
  for (const queue of state.scheduling.values()) counts[queue] = (counts[queue] ?? 0) + 1
  return {
    active: counts.activeQ ?? 0,
    backoff: counts.backoffQ ?? 0,
    unschedulable: (counts.unschedulablePods ?? 0) + (counts.gated ?? 0),
    ...(state.lastCycle && { last: state.lastCycle }),
  }
}

const metricsView = ({ metrics }: FoldState, nodes: readonly Node[]): MetricsServerView => ({
  runsOn: [...new Set(metrics.processes.values())].sort(),
  answered: nodes.filter(({ metadata }) => metrics.answered.has(metadata.name)).length,
})

function controllerViews(state: FoldState, workloads: readonly WorkloadView[]): ControllerView[] {
  const sums = (kind: string) => {
    const own = workloads.filter(w => w.kind === kind)
    return own.length === 0
      ? {}
      : { desired: own.reduce((n, w) => n + w.desired, 0), actual: own.reduce((n, w) => n + w.ready, 0) }
  }
  const numbers: Record<string, { desired?: number; actual?: number }> = {
    deployment: sums('Deployment'),
    replicaset: sums('ReplicaSet'),
    statefulset: sums('StatefulSet'),
    daemonset: sums('DaemonSet'),
    job: sums('Job'),
  }
  return [...state.queues].map(([part, q]) => ({
    part,
    queue: q.waiting,
    active: q.active,
    retries: q.failed.size,
    ...numbers[part],
  }))
}

function serviceViews(services: readonly Service[], slices: readonly KubeObject[]): ServiceView[] {
  return services.map(s => {
    const key = `${s.metadata.namespace}/${s.metadata.name}`
    const own = slices.filter(
      e => e.metadata.namespace === s.metadata.namespace && e.metadata.labels?.['kubernetes.io/service-name'] === s.metadata.name,
    )
    const endpoints = own.reduce((n, e) => n + ((e.endpoints as unknown[] | undefined)?.length ?? 0), 0)
    const ports = (s.spec.ports ?? []).map(p => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`).join(',')
    return { key, type: s.spec.type ?? 'ClusterIP', clusterIP: s.spec.clusterIP ?? '', ports, endpoints }
  })
}
