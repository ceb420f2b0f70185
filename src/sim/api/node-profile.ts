/**
 * What kind of machine a node is, as data. The rooms of a node read it and have no cases of their own: a hollow node (kubemark: the real
 * kubelet's code over a fake runtime) and a real one differ only in these fields.
 */

/** Least and most virtual milliseconds that something takes. */
export type Duration = readonly [least: number, most: number]

/** The container runtime of a node. */
export interface RuntimeProfile {
  /** As nodeInfo.containerRuntimeVersion says it. */
  readonly version: string
  /** What container ids begin with in a pod's status. */
  readonly idPrefix: string
  /** Kubemark's fake runtime: ids are told by name, an image's id is its name, programs run until they are stopped. */
  readonly fake: boolean
  /** It is part of the kubelet's process: what it ran is forgotten when that ends. */
  readonly inKubelet: boolean
  /** Every pod's address, where no network gives one. */
  readonly podIP?: string
  /** Holds a pod's network namespace. */
  readonly sandboxImage: string
  readonly sandboxImageBytes: number
  /** Sizes of images by repository (`library/nginx`), where they are not what a registry would tell. */
  readonly imageBytes?: Readonly<Record<string, number>>
  /** Images other than busybox are stand-ins, made of busybox: what is known of them elsewhere is not true of them. */
  readonly standIns: boolean
  /** So many sandboxes and containers can be made at once without being slower; absent: any number. */
  readonly parallel?: number
  readonly runPodSandbox: Duration
  readonly stopPodSandbox: Duration
  readonly createContainer: Duration
  readonly startContainer: Duration
  /** Between the program's end and the runtime's answer to StopContainer. */
  readonly stopContainer: Duration
  /** First pull of an image on this node. */
  readonly pull: Duration
  /** Pull of an image whose layers are on the node already. */
  readonly pullAgain: Duration
}

export interface NodeProfile {
  readonly name: string
  /** From 1; its place in the boot order. */
  readonly index: number
  readonly hollow: boolean
  /** Address on the nodes' network; hollow nodes have none. */
  readonly internalIP?: string
  /** Range of the node's pod network. */
  readonly podCIDR: string
  readonly providerID?: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  readonly kubeletPort: number
  readonly nodeInfo: Readonly<Record<string, string>>
  /** Further fields of the node's status: features, runtimeHandlers. */
  readonly status: Readonly<Record<string, unknown>>
  /** The kubelet lists the node's images in the node's status. */
  readonly reportsImages: boolean
  /** The kubelet writes Events. */
  readonly writesEvents: boolean
  /** Containers have a `started` state, readiness and users; else all of them count as ready. */
  readonly probes: boolean
  /** Between power-on and the kubelet's first request, in virtual milliseconds. */
  readonly bootDelayMs: number
  readonly runtime: RuntimeProfile
}

const KUBELET_VERSION = 'v1.36.3'
const DECLARED_FEATURES = [
  'ExtendWebSocketsToKubelet',
  'InPlacePodLevelResourcesVerticalScaling',
  'InPlacePodVerticalScalingInitContainers',
  'RestartAllContainersOnContainerExits',
] as const

const labelsOf = (name: string): Record<string, string> => ({
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': 'linux',
})

/** 32 hex digits that are the same in every run: machine ids and the like. */
function machineHex(text: string): string {
  let hash = 0x811c9dc5
  let hex = ''
  for (let round = 0; hex.length < 32; round++) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ (text.charCodeAt(i) + round), 0x01000193)
    hex += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return hex
}

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

const nodeInfoOf = (name: string, runtime: RuntimeProfile): Record<string, string> => ({
  machineID: machineHex(`machine ${name}`),
  systemUUID: dashed(machineHex(`system ${name}`)),
  bootID: dashed(machineHex(`boot ${name}`)),
  kernelVersion: '6.12.48',
  osImage: 'Debian GNU/Linux 13 (trixie)',
  containerRuntimeVersion: runtime.version,
  kubeletVersion: KUBELET_VERSION,
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
})

/** The index in a name that ends with one: 3 of `node-3`; 1 where there is none. */
export const nodeIndex = (name: string): number => Number(/(\d+)$/.exec(name)?.[1] ?? 1)

/** Range of the n-th node's pods: 10.244.(n-1).0/24, as the node controller hands them out in order of registration. */
export const podRange = (index: number): string => `10.${244 + ((index - 1) >> 8)}.${(index - 1) & 255}.0/24`

const FAKE_RUNTIME: RuntimeProfile = {
  version: 'fakeRuntime://0.1.0',
  idPrefix: 'fakeRuntime://',
  fake: true,
  inKubelet: true,
  podIP: '192.168.192.168',
  sandboxImage: 'registry.k8s.io/pause:3.10.1',
  sandboxImageBytes: 0,
  standIns: true,
  runPodSandbox: [1, 15],
  stopPodSandbox: [1, 5],
  createContainer: [1, 6],
  startContainer: [2, 14],
  stopContainer: [3, 15],
  pull: [1, 5],
  pullAgain: [1, 1],
}

/** A hollow node of the recordings: 1 CPU, 3840Mi, 110 pods, no addresses, no Events, a fake runtime. */
export function hollowNode(name: string, index = nodeIndex(name)): NodeProfile {
  const resources = { cpu: '1', 'ephemeral-storage': '0', memory: '3840Mi', pods: '110' }
  return {
    name,
    index,
    hollow: true,
    podCIDR: podRange(index),
    providerID: `kubemark://${name}`,
    annotations: {},
    labels: labelsOf(name),
    capacity: resources,
    allocatable: resources,
    kubeletPort: 10350 + 2 * (index - 1),
    nodeInfo: nodeInfoOf(name, FAKE_RUNTIME),
    status: { declaredFeatures: DECLARED_FEATURES },
    reportsImages: false,
    writesEvents: false,
    probes: false,
    bootDelayMs: 30 * index,
    runtime: FAKE_RUNTIME,
  }
}

/** The recordings' stand-ins for images. */
const RECORDED_IMAGES = {
  'library/nginx': 3443509,
  'library/busybox': 1032306,
  'e2e-test-images/agnhost': 3443301,
  'polinux/stress': 3443263,
}

const CONTAINERD: RuntimeProfile = {
  version: 'containerd://2.2.9',
  idPrefix: 'containerd://',
  fake: false,
  inKubelet: false,
  sandboxImage: 'registry.k8s.io/pause:3.10.1',
  sandboxImageBytes: 305564,
  imageBytes: RECORDED_IMAGES,
  standIns: true,
  parallel: 1.15,
  runPodSandbox: [120, 240],
  stopPodSandbox: [40, 80],
  createContainer: [15, 30],
  startContainer: [80, 130],
  stopContainer: [30, 60],
  pull: [140, 320],
  pullAgain: [20, 40],
}

/** The recordings' machine kept back 100Mi of memory; the kubelet's default for eviction. */
const EVICTION_RESERVE_KI = 102400

const realHandlers = (name: string) => ({ features: { recursiveReadOnlyMounts: true, userNamespaces: false }, name })

/** What one may want different in a real node. */
export interface RealNodeOverrides {
  readonly cpus?: number
  readonly memoryKi?: number
  readonly runtime?: Partial<RuntimeProfile>
  readonly labels?: Readonly<Record<string, string>>
}

/** A node with containerd and a pod network; without overrides the one of the `real-…` recordings: 2 CPUs, 24684096Ki. */
export function realNode(name: string, index = nodeIndex(name), overrides: RealNodeOverrides = {}): NodeProfile {
  const runtime = { ...CONTAINERD, ...overrides.runtime }
  const cpu = String(overrides.cpus ?? 2)
  const memoryKi = overrides.memoryKi ?? 24684096
  const pages = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' }
  return {
    name,
    index,
    hollow: false,
    internalIP: nodeAddress(index),
    podCIDR: podRange(index),
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    labels: { ...labelsOf(name), ...overrides.labels },
    capacity: { cpu, 'ephemeral-storage': '264212084Ki', ...pages, memory: `${memoryKi}Ki`, pods: '110' },
    allocatable: {
      cpu,
      'ephemeral-storage': '267847642337',
      ...pages,
      memory: `${memoryKi - EVICTION_RESERVE_KI}Ki`,
      pods: '110',
    },
    kubeletPort: 10250,
    nodeInfo: nodeInfoOf(name, runtime),
    status: {
      declaredFeatures: DECLARED_FEATURES,
      features: { supplementalGroupsPolicy: true },
      runtimeHandlers: [realHandlers(''), realHandlers('runc')],
    },
    reportsImages: true,
    writesEvents: true,
    probes: true,
    bootDelayMs: 30 * index,
    runtime,
  }
}

/** 10.0.0.11 for the first node, 10.0.1.0 for the 246th. */
const nodeAddress = (index: number): string => `10.0.${(index + 10) >> 8}.${(index + 10) & 255}`

/** A node of the app's default cluster: 4 CPUs, 8 GiB, and pulls that one can watch. */
export const appNode = (name: string, index = nodeIndex(name)): NodeProfile =>
  realNode(name, index, {
    cpus: 4,
    memoryKi: 8 * 1024 * 1024,
    runtime: { pull: [1000, 3000], pullAgain: [60, 140], imageBytes: {}, standIns: false, parallel: 2.3 },
  })
