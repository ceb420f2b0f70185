// Models pkg/scheduler/backend/cache/cache.go and snapshot.go: what the scheduler believes of nodes and the pods on them.

import type { Node, Pod } from '../api/types'
import { LIVE } from '../kernel/clone'
import { RecordMap, StateMap } from '../kernel/state-map'
import { countPod, discountPod, newPodGroups, type PodGroups } from './groups'
import { addPod, clearNode, type NodeInfo, newNodeInfo, removePod, setNode } from './node-info'
import { addToTree, listTree, type NodeTree, removeFromTree, zoneOf } from './node-tree'
import { type PodInfo, podInfoOf, podKey, refreshPodInfo } from './pod-info'
import { sameResources } from './resources'

/** State of the cache: plain data that a snapshot can copy. A cycle reads it as it is; nothing changes during a cycle. */
export interface SchedulerCache {
  /** By name; some have no Node object (see `NodeInfo.node`). */
  readonly nodes: RecordMap<string, NodeInfo>
  readonly tree: NodeTree
  /** The tree as a list; missing where the tree has changed since, and in a loaded cache. */
  [LIVE]?: NodeList | undefined
  /** On which node each pod is, by `namespace/name`. */
  readonly pods: Map<string, string>
  /** Pods whose binding has been decided here and not been seen yet: by `namespace/name`, their uid. */
  readonly assumed: Map<string, string>
  readonly groups: PodGroups
  /** How many nodes have an image. */
  readonly imageNodes: Map<string, number>
  /** Pods waiting for a node that was emptied for them, by node name, then by `namespace/name`. */
  readonly nominated: Map<string, Map<string, PodInfo>>
}

/** Nodes that exist, in the order in which cycles visit them. */
export interface NodeList {
  readonly nodes: readonly NodeInfo[]
  /** Frozen: tables of cycles share it. */
  readonly names: readonly string[]
}

export const newCache = (): SchedulerCache => ({
  nodes: new RecordMap(),
  tree: new Map(),
  pods: new StateMap(),
  assumed: new StateMap(),
  groups: newPodGroups(),
  imageNodes: new Map(),
  nominated: new Map(),
})

/** A Node is new or has changed. */
export function putNode(cache: SchedulerCache, node: Node): void {
  const { name } = node.metadata
  const info = nodeInfoOf(cache, name)
  const known = info.node !== undefined
  const zone = zoneOf(info.labels)
  const images = info.images
  setNode(info, node)
  if (info.images !== images) {
    countImages(cache, images, -1)
    countImages(cache, info.images, 1)
  }
  const moved = known && zone !== zoneOf(info.labels)
  if (known && !moved) return
  if (moved) removeFromTree(cache.tree, zone, name)
  addToTree(cache.tree, zoneOf(info.labels), name)
  cache[LIVE] = undefined
}

/** A Node is gone. Its pods stay until they are seen gone. */
export function removeNode(cache: SchedulerCache, name: string): void {
  const info = cache.nodes.get(name)
  if (!info?.node) return
  removeFromTree(cache.tree, zoneOf(info.labels), name)
  countImages(cache, info.images, -1)
  clearNode(info)
  if (info.pods.size === 0) cache.nodes.delete(name)
  cache[LIVE] = undefined
}

function nodeInfoOf(cache: SchedulerCache, name: string): NodeInfo {
  let info = cache.nodes.get(name)
  if (!info) {
    info = newNodeInfo(name)
    cache.nodes.set(name, info)
  }
  return info
}

/** The nodes that exist: listed anew when a cycle asks, not with each of a thousand nodes that join. */
export function nodeList(cache: SchedulerCache): NodeList {
  let list = cache[LIVE]
  if (!list) {
    const nodes = listTree(cache.tree).flatMap(name => cache.nodes.peek(name) ?? [])
    list = { nodes, names: Object.freeze(nodes.map(info => info.name)) }
    cache[LIVE] = list
  }
  return list
}

function countImages(cache: SchedulerCache, images: ReadonlyMap<string, number>, sign: 1 | -1): void {
  for (const name of images.keys()) {
    const count = (cache.imageNodes.get(name) ?? 0) + sign
    if (count > 0) cache.imageNodes.set(name, count)
    else cache.imageNodes.delete(name)
  }
}

/** Puts a pod on a node of which there may be no Node object. */
function place(cache: SchedulerCache, pod: PodInfo, node: string): void {
  addPod(nodeInfoOf(cache, node), pod)
  countPod(cache.groups, pod, node)
  cache.pods.set(pod.key, node)
}

/** Takes a pod off its node; it is returned, with the node's name. */
function displace(cache: SchedulerCache, key: string): { pod: PodInfo; node: string } | undefined {
  const node = cache.pods.get(key)
  const info = node === undefined ? undefined : cache.nodes.get(node)
  if (node === undefined || !info) return undefined
  cache.pods.delete(key)
  const pod = removePod(info, key)
  if (info.node === undefined && info.pods.size === 0) cache.nodes.delete(node)
  if (!pod) return undefined
  discountPod(cache.groups, pod, node)
  return { pod, node }
}

/** A pod that has a node was seen, for the first time or again. It is no longer only assumed. */
export function putPod(cache: SchedulerCache, pod: Pod): void {
  const key = podKey(pod)
  const node = pod.spec.nodeName ?? ''
  cache.assumed.delete(key)
  const before = displaceUnlessAlike(cache, key, pod, node)
  if (before !== 'done') place(cache, before ? refreshPodInfo(before, pod) : podInfoOf(pod), node)
}

/** A new version of a pod that counts as before only replaces the old one. */
function displaceUnlessAlike(cache: SchedulerCache, key: string, pod: Pod, node: string): PodInfo | undefined | 'done' {
  const at = cache.pods.get(key)
  const info = at === undefined ? undefined : cache.nodes.get(at)
  const old = info?.pods.get(key)
  if (at === node && info && old) {
    const now = refreshPodInfo(old, pod)
    if (countsAlike(old, now)) {
      info.pods.set(key, now)
      return 'done'
    }
  }
  return displace(cache, key)?.pod
}

const countsAlike = (a: PodInfo, b: PodInfo): boolean =>
  a.uid === b.uid &&
  a.group === b.group &&
  sameResources(a.requests, b.requests) &&
  a.nonZeroMilliCpu === b.nonZeroMilliCpu &&
  a.nonZeroMemory === b.nonZeroMemory &&
  a.hostPorts === b.hostPorts

/** A pod is gone, or has run to its end. */
export function deletePod(cache: SchedulerCache, key: string): PodInfo | undefined {
  cache.assumed.delete(key)
  return displace(cache, key)?.pod
}

/** The scheduler has chosen: from now on the pod counts as being on the node, though the apiserver has not been told yet. */
export function assumePod(cache: SchedulerCache, pod: PodInfo, node: string): void {
  place(cache, pod, node)
  cache.assumed.set(pod.key, pod.uid)
}

/** The binding of an assumed pod failed. */
export function forgetPod(cache: SchedulerCache, key: string): void {
  if (!cache.assumed.delete(key)) return
  displace(cache, key)
}

/** A pod waits for a node that is being emptied for it ('' takes the nomination back). */
export function nominate(cache: SchedulerCache, pod: PodInfo, node: string): void {
  withdraw(cache, pod.key)
  if (node === '') return
  const pods = cache.nominated.get(node)
  if (pods) pods.set(pod.key, pod)
  else cache.nominated.set(node, new Map([[pod.key, pod]]))
}

/** A pod is nominated no more. */
export function withdraw(cache: SchedulerCache, key: string): void {
  if (cache.nominated.size === 0) return
  for (const [node, pods] of cache.nominated) {
    pods.delete(key)
    if (pods.size === 0) cache.nominated.delete(node)
  }
}

/** Tries something with pods taken off a node and others put on it, and restores the cache. */
export function supposing<T>(
  cache: SchedulerCache,
  node: NodeInfo,
  without: readonly PodInfo[],
  withPods: readonly PodInfo[],
  look: () => T,
): T {
  for (const pod of without) displace(cache, pod.key)
  for (const pod of withPods) place(cache, pod, node.name)
  const seen = look()
  for (const pod of withPods) displace(cache, pod.key)
  for (const pod of without) place(cache, pod, node.name)
  return seen
}
