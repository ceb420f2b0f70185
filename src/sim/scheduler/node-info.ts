// Models pkg/scheduler/framework/types.go (NodeInfo): one node with what its pods hold. Every change costs O(1).

import { unitsOf } from '../api/quantity'
import type { Labels } from '../api/selectors'
import type { Node, Taint } from '../api/types'
import { StateMap } from '../kernel/state-map'
import type { HostPort, PodInfo } from './pod-info'
import { type ResourceList, type Resources, resourcesOf } from './resources'

/** A node as the scheduler sees it: plain mutable state that holds frozen values. */
export interface NodeInfo {
  readonly name: string
  /** undefined where pods name a node that has not been seen (yet, or any more). */
  node: Node | undefined
  labels: Labels
  taints: readonly Taint[]
  unschedulable: boolean
  allocatable: Resources
  allowedPods: number
  /** Bytes of each image that the node has, by normalized name. Frozen. */
  images: ReadonlyMap<string, number>
  /** By `namespace/name`, in order of arrival. */
  readonly pods: Map<string, PodInfo>
  milliCpu: number
  memory: number
  ephemeralStorage: number
  readonly scalars: Map<string, number>
  nonZeroMilliCpu: number
  nonZeroMemory: number
  /** How many pods hold a port, by `protocol/port`, then by address. */
  readonly usedPorts: Map<string, Map<string, number>>
}

const NO_LABELS: Labels = Object.freeze({})
const NO_TAINTS: readonly Taint[] = Object.freeze([])
const NO_IMAGES: ReadonlyMap<string, number> = Object.freeze(new Map<string, number>())
const NOTHING = resourcesOf(undefined)

export const newNodeInfo = (name: string): NodeInfo => ({
  name,
  node: undefined,
  labels: NO_LABELS,
  taints: NO_TAINTS,
  unschedulable: false,
  allocatable: NOTHING,
  allowedPods: 0,
  images: NO_IMAGES,
  pods: new StateMap(),
  milliCpu: 0,
  memory: 0,
  ephemeralStorage: 0,
  scalars: new Map(),
  nonZeroMilliCpu: 0,
  nonZeroMemory: 0,
  usedPorts: new Map(),
})

/** Takes over what the Node object says. */
export function setNode(info: NodeInfo, node: Node): void {
  const before = info.node
  info.node = node
  info.labels = node.metadata.labels ?? NO_LABELS
  info.taints = node.spec.taints ?? NO_TAINTS
  info.unschedulable = node.spec.unschedulable === true
  const allocatable = node.status.allocatable as ResourceList | undefined
  if (before === undefined || allocatable !== before.status.allocatable) {
    info.allocatable = resourcesOf(allocatable)
    info.allowedPods = unitsOf(allocatable?.pods ?? '0')
  }
  if (before === undefined || node.status.images !== before.status.images) info.images = imagesOf(node)
}

/** The Node object is gone; pods may still name it. */
export function clearNode(info: NodeInfo): void {
  info.node = undefined
  info.labels = NO_LABELS
  info.taints = NO_TAINTS
  info.unschedulable = false
  info.allocatable = NOTHING
  info.allowedPods = 0
  info.images = NO_IMAGES
}

/** An image's name with its tag: `:latest` where it has none. */
export const normalizedImage = (name: string): string =>
  name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name

function imagesOf(node: Node): ReadonlyMap<string, number> {
  const images = new Map<string, number>()
  for (const image of node.status.images ?? []) for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0)
  return images.size === 0 ? NO_IMAGES : Object.freeze(images)
}

/** A pod is on the node, or is assumed to be. */
export function addPod(info: NodeInfo, pod: PodInfo): void {
  info.pods.set(pod.key, pod)
  account(info, pod, 1)
}

/** Takes a pod off the node; it is returned, if it was there. */
export function removePod(info: NodeInfo, key: string): PodInfo | undefined {
  const pod = info.pods.get(key)
  if (!pod) return undefined
  info.pods.delete(key)
  account(info, pod, -1)
  return pod
}

function account(info: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
  const { requests } = pod
  info.milliCpu += sign * requests.milliCpu
  info.memory += sign * requests.memory
  info.ephemeralStorage += sign * requests.ephemeralStorage
  info.nonZeroMilliCpu += sign * pod.nonZeroMilliCpu
  info.nonZeroMemory += sign * pod.nonZeroMemory
  for (const name in requests.scalars) {
    const held = (info.scalars.get(name) ?? 0) + sign * (requests.scalars[name] ?? 0)
    if (held === 0) info.scalars.delete(name)
    else info.scalars.set(name, held)
  }
  for (const port of pod.hostPorts) accountPort(info, port, sign)
}

function accountPort(info: NodeInfo, { protocol, port, ip }: HostPort, sign: 1 | -1): void {
  const key = `${protocol}/${port}`
  let holders = info.usedPorts.get(key)
  if (!holders) {
    holders = new Map()
    info.usedPorts.set(key, holders)
  }
  const count = (holders.get(ip) ?? 0) + sign
  if (count > 0) holders.set(ip, count)
  else holders.delete(ip)
  if (holders.size === 0) info.usedPorts.delete(key)
}

/** Whether a port is taken: on the same address, or where one of the two wants every address. */
export function portConflicts(info: NodeInfo, { protocol, port, ip }: HostPort): boolean {
  const holders = info.usedPorts.get(`${protocol}/${port}`)
  if (!holders) return false
  return ip === '0.0.0.0' || holders.has(ip) || holders.has('0.0.0.0')
}
