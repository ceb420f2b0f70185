/** Builders for tests of the scheduler: nodes, pods and the objects that plugins look up. */
import { labelSelector, mapSelector } from '../api/selectors'
import type { KubeObject, Node, Pod, Service } from '../api/types'
import { newCache, nodeList, putNode } from './cache'
import { schedulePod } from './cycle'
import type { Cluster, Listers } from './framework'
import { podInfoOf } from './pod-info'
import { scoreNodes } from './scoring'
import { feasibleNodes } from './table'

/** Part of an object; the builder fills in the rest. */
type Part<T> = { readonly [K in keyof T]?: unknown }

/** A node with 1 CPU, 3840Mi of memory and room for 110 pods, as the recorded ones. */
export function testNode(
  name: string,
  more: { labels?: Record<string, string>; spec?: Part<Node['spec']>; status?: Part<Node['status']> } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
    spec: { ...more.spec },
    status: { allocatable: { cpu: '1', memory: '3840Mi', pods: '110' }, ...more.status },
  } as Node
}

/** A pod with one container that asks for nothing, unless `spec` says otherwise. */
export function testPod(
  name: string,
  spec: Part<Pod['spec']> = {},
  metadata: Part<Pod['metadata']> = {},
  status: Part<Pod['status']> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
    spec: { containers: [{ name: 'app', image: 'nginx:1.27' }], ...spec },
    status: { ...status },
  } as Pod
}

/** A container's requests, as `spec` of a test pod. */
export const asking = (requests: Record<string, string>): Part<Pod['spec']> => ({
  containers: [{ name: 'app', image: 'nginx:1.27', resources: { requests } }],
})

/** Objects that plugins look up, by `Kind/namespace/name`. */
export type TestObjects = Map<string, KubeObject>

export const objectKey = (o: KubeObject): string => `${o.kind}/${o.metadata.namespace ?? ''}/${o.metadata.name}`

/** Listers over a map that the test may change. */
export function testListers(objects: TestObjects = new Map()): Listers {
  const get = (kind: string, namespace: string, name: string): KubeObject | undefined =>
    objects.get(`${kind}/${namespace}/${name}`)
  const ofKind = (kind: string, namespace: string): KubeObject[] =>
    [...objects.values()].filter(o => o.kind === kind && (o.metadata.namespace ?? '') === namespace)
  return {
    services: namespace => ofKind('Service', namespace) as unknown as Service[],
    namespaceLabels: name => get('Namespace', '', name)?.metadata.labels,
    ownerSelector(namespace, _apiVersion, kind, name) {
      const selector = get(kind, namespace, name)?.spec?.selector
      return selector && (kind === 'ReplicationController' ? mapSelector(selector) : labelSelector(selector))
    },
    persistentVolumeClaim: (namespace, name) => get('PersistentVolumeClaim', namespace, name),
    persistentVolume: name => get('PersistentVolume', '', name),
    persistentVolumes: () => ofKind('PersistentVolume', ''),
    storageClass: name => get('StorageClass', '', name),
    podDisruptionBudgets: namespace => ofKind('PodDisruptionBudget', namespace),
    resourceClaim: (namespace, name) => get('ResourceClaim', namespace, name),
    deviceClass: name => get('DeviceClass', '', name),
    hasDevices: () => ofKind('ResourceSlice', '').length > 0,
  }
}

/** A cluster of these nodes. */
export function testCluster(nodes: readonly Node[] = [], objects: TestObjects = new Map()): Cluster {
  const cache = newCache()
  for (const node of nodes) putNode(cache, node)
  return { cache, listers: testListers(objects), isPreempting: () => false }
}

/** What one cycle makes of a pod: the node, or the words of the refusal. Ties go to the first node. */
export function outcomeOf(cluster: Cluster, pod: Pod): string {
  const result = schedulePod(cluster, podInfoOf(pod), 0, () => 0.999)
  return result.kind === 'chosen' ? result.node : result.message
}

/** The nodes that would do for a pod. */
export const feasibleOf = (cluster: Cluster, pod: Pod): readonly string[] =>
  feasibleNodes(schedulePod(cluster, podInfoOf(pod), 0, () => 0).table)

/** What one plugin gives each node, in order of their names, weight applied; undefined where it is skipped. */
export function scoresOf(cluster: Cluster, pod: Pod, plugin: string): number[] | undefined {
  const nodes = [...nodeList(cluster.cache).nodes].sort((a, b) => (a.name < b.name ? -1 : 1))
  const { plugins, columns } = scoreNodes(podInfoOf(pod), nodes, cluster)
  const column = columns[plugins.indexOf(plugin)]
  return column && [...column]
}
