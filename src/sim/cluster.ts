/** The composition root: the only file that knows all rooms. */
import { appNode, type NodeProfile } from './api/node-profile'
import { createSchema, type Schema } from './api/schema'
import type { KubeObject } from './api/types'
import { createApiserver } from './apiserver/apiserver'
import { createControllerManager } from './controllers'
import { createEtcd } from './etcd/etcd'
import { type Flags, readFlags } from './flags'
import type { Flight } from './kernel/links'
import type { SimulationConfig } from './kernel/simulation'
import type { Room, RoomId } from './kernel/types'
import { createKubeProxy } from './kube-proxy/kube-proxy'
import { createKubectl } from './kubectl/kubectl'
import { createKubelet } from './kubelet/kubelet'
import { createMetricsServer } from './metrics-server/metrics-server'
import { metricsServerObjects } from './metrics-server/objects'
import { createNetwork } from './network/network'
import { createRuntime } from './runtime/runtime'
import { createScheduler } from './scheduler/scheduler'

export interface ClusterOptions {
  readonly seed?: number
  /** The OpenAPI document that the apiserver publishes (src/sim/api/data/openapi.json), loaded by whoever runs the cluster. */
  readonly openapi: unknown
  readonly nodes: readonly NodeProfile[]
  /** Names of nodes that exist but are not switched on at boot. */
  readonly late?: readonly string[]
  /** Flags of the components, as on their command lines: `{ 'kube-controller-manager': ['--node-monitor-period=2s'] }`. */
  readonly flags?: Flags
  /** Objects that are there from the beginning. */
  readonly addons?: readonly KubeObject[]
  /**
   * `process`: a metrics server runs beside the control plane, and metrics.k8s.io is served. `image`: one runs where its image does, so
   * that whoever applies its manifests has it. Without the option there is none.
   */
  readonly metricsServer?: 'process' | 'image'
}

/** The rooms of a node, in boot order. */
const nodeRooms = (node: NodeProfile, all: readonly NodeProfile[]): Room[] =>
  [createNetwork(node, all), createRuntime(node), createKubelet(node), createKubeProxy(node)] as Room[]

/** A cluster, ready to be booted. */
export function createCluster(options: ClusterOptions): SimulationConfig {
  const schema: Schema = createSchema(options.openapi)
  const flags = readFlags(options.flags ?? {})
  const late = new Set(options.late)
  const addons = [
    ...(options.addons ?? []),
    ...(options.metricsServer === 'process' ? metricsServerObjects(flags.apiserver.advertiseAddress) : []),
  ]
  const nodes = options.nodes.map(node => ({ node, rooms: nodeRooms(node, options.nodes) }))
  return {
    seed: options.seed ?? 1,
    rooms: [
      createEtcd(),
      createApiserver({ ...flags.apiserver, schema, ...(addons.length > 0 && { addons }) }),
      createControllerManager(flags.controllerManager),
      createScheduler(),
      createKubectl({ schema }),
      ...(options.metricsServer ? [createMetricsServer({ inContainer: options.metricsServer === 'image' })] : []),
      ...nodes.flatMap(n => n.rooms),
    ] as Room[],
    late: nodes.filter(n => late.has(n.node.name)).flatMap(n => n.rooms.map(r => r.id)),
    latency,
  }
}

/**
 * How long a message between a node and the control plane waits for a processor, at most, in µs; mostly it is short. In the recordings a
 * kubelet's patch of a status follows its get after 1.5 ms at least, after 6 ms in the middle, and after 12 ms or more in every fourth case.
 */
const LONGEST_WAIT = 4000

/** Virtual µs on the wire: within the control plane's machine, over the cluster's network, or within a node. */
export function latency(from: RoomId, to: RoomId): Flight {
  if (from === 'etcd' || to === 'etcd') return chance => 120 + chance * 80
  const node = nodeOf(from)
  if (node !== nodeOf(to)) return chance => 400 + chance * 250 + chance * chance * chance * LONGEST_WAIT
  return node === '' ? chance => 250 + chance * 250 : chance => 80 + chance * 40
}

const NODE_ROOM = /^(?:kubelet|kube-proxy|runtime|network)\/(.+)$/
/** The node that a room stands on; '' for the control plane's. */
const nodeOf = (room: RoomId): string => NODE_ROOM.exec(room)?.[1] ?? ''

/** As a cluster of upstream's own scripts has it (cluster/addons/storage-class/local/default.yaml). */
const STANDARD_CLASS: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'standard',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' },
  },
  provisioner: 'kubernetes.io/host-path',
}

/** The app's cluster: three real nodes of 4 CPUs and 8 GiB, a default StorageClass, and nothing running; a metrics server for whoever applies it. */
export const defaultCluster = (options: {
  readonly openapi: unknown
  readonly seed?: number
  readonly metricsServer?: 'process' | 'image'
}): SimulationConfig =>
  createCluster({
    metricsServer: 'image',
    ...options,
    nodes: [1, 2, 3].map(i => appNode(`node-${i}`, i)),
    flags: { 'kube-controller-manager': ['--enable-hostpath-provisioner=true'] },
    addons: [STANDARD_CLASS],
  })
