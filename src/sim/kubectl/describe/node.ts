// Models describeNode of kubectl's describe.go.
import type { ResourceSlice } from 'kubernetes-types/resource/v1alpha2'
import { apiPath, mustResource } from '../../api/kinds'
import { milliOf, milliValue, type Quantity, unitsOf, unitValue } from '../../api/quantity'
import { ageOf } from '../../api/time'
import type { Lease, Node, Pod } from '../../api/types'
import { eventsRead, writeEvents } from './events'
import { dateOf, labelsAndAnnotations, multiline, sortedBy, tableHeader, taintText } from './format'
import { type Amounts, addAmounts, amountText, podAmounts } from './resources'
import { type DescribeContext, type Describers, describer } from './types'
import type { Writer } from './writer'

const ROLE_PREFIX = 'node-role.kubernetes.io/'

function rolesText(labels: Readonly<Record<string, string>> = {}): string {
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.slice(ROLE_PREFIX.length) || []
    return key === 'kubernetes.io/role' ? value || [] : []
  })
  return [...new Set(roles)].sort().join(',') || '<none>'
}

function writeNode(writer: Writer, node: Node, context: DescribeContext): void {
  const { metadata, spec, status } = node
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Roles:', rolesText(metadata.labels))
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'CreationTimestamp:', dateOf(metadata.creationTimestamp))
  multiline(writer, 0, 'Taints', sortedBy(spec.taints ?? [], ({ effect, key }) => `${effect},${key}`).map(taintText))
  writer.line(0, 'Unschedulable:', String(spec.unschedulable ?? false))
  lease(writer, context)
  conditions(writer, node)
  writer.line(0, 'Addresses:')
  for (const { type, address } of status.addresses ?? []) writer.line(1, `${type}:`, address)
  amounts(writer, 'Capacity', status.capacity)
  amounts(writer, 'Allocatable', status.allocatable)
  resourceSlices(writer, context.items<ResourceSlice>('slices') ?? [])
  systemInfo(writer, node)
  const pods = context.error('pods') === undefined ? context.items<Pod>('pods') : undefined
  if (pods) usage(writer, node, pods, context)
  else writer.line(0, 'Pods:', 'not authorized')
  writeEvents(writer, context, 'eventsByName')
}

function lease(writer: Writer, { object, error }: DescribeContext): void {
  const failed = error('lease')
  if (failed !== undefined) {
    writer.line(0, 'Lease:', `Failed to get lease: ${failed}`)
    return
  }
  const spec = object<Lease>('lease')?.spec
  const date = (time: string | undefined) => (time ? dateOf(time) : '<unset>')
  writer.line(0, 'Lease:')
  writer.line(1, 'HolderIdentity:', spec?.holderIdentity ?? '<unset>')
  writer.line(1, 'AcquireTime:', date(spec?.acquireTime))
  writer.line(1, 'RenewTime:', date(spec?.renewTime))
}

function conditions(writer: Writer, { status }: Node): void {
  if (!status.conditions?.length) return
  writer.line(0, 'Conditions:')
  writer.line(1, 'Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message')
  writer.line(1, '----', '------', '-----------------', '------------------', '------', '-------')
  for (const { type, status: value, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } of status.conditions) {
    const dates = [`${dateOf(lastHeartbeatTime)} `, `${dateOf(lastTransitionTime)} `]
    writer.line(1, `${type} `, `${value} `, ...dates, `${reason} `, message)
  }
}

function amounts(writer: Writer, title: string, list: Readonly<Record<string, string>> = {}): void {
  const names = Object.keys(list).sort()
  if (names.length > 0) writer.line(0, `${title}:`)
  for (const name of names) writer.line(1, `${name}:`, list[name] ?? '')
}

/** How many pools of devices are shown. */
const POOLS_SHOWN = 10

function resourceSlices(writer: Writer, slices: readonly ResourceSlice[]): void {
  if (slices.length === 0) return
  const pools = new Map<string, { driver: string; pool: string; slices: number; devices: number }>()
  for (const slice of slices) {
    // The types are of an older version.
    const spec = (slice as unknown as { spec: { driver: string; pool: { name: string }; devices?: unknown[] } }).spec
    const key = `${spec.driver}/${spec.pool.name}`
    const pool = pools.get(key) ?? { driver: spec.driver, pool: spec.pool.name, slices: 0, devices: 0 }
    pools.set(key, { ...pool, slices: pool.slices + 1, devices: pool.devices + (spec.devices?.length ?? 0) })
  }
  writer.line(0, 'Node-Local ResourceSlices:')
  tableHeader(writer, 1, 'Driver', 'Pool', 'Slices', 'Devices')
  const sorted = sortedBy([...pools], ([key]) => key)
  for (const [, pool] of sorted.slice(0, POOLS_SHOWN)) {
    writer.line(1, pool.driver, pool.pool, String(pool.slices), String(pool.devices))
  }
  if (sorted.length > POOLS_SHOWN) writer.line(1, `...and ${sorted.length - POOLS_SHOWN} more pools`)
}

function systemInfo(writer: Writer, { spec, status }: Node): void {
  const info = status.nodeInfo
  writer.line(0, 'System Info:')
  writer.line(1, 'Machine ID:', info?.machineID ?? '')
  writer.line(1, 'System UUID:', info?.systemUUID ?? '')
  writer.line(1, 'Boot ID:', info?.bootID ?? '')
  writer.line(1, 'Kernel Version:', info?.kernelVersion ?? '')
  writer.line(1, 'OS Image:', info?.osImage ?? '')
  writer.line(1, 'Operating System:', info?.operatingSystem ?? '')
  writer.line(1, 'Architecture:', info?.architecture ?? '')
  writer.line(1, 'Container Runtime Version:', info?.containerRuntimeVersion ?? '')
  writer.line(1, 'Kubelet Version:', info?.kubeletVersion ?? '')
  if (spec.podCIDR) writer.line(0, 'PodCIDR:', spec.podCIDR)
  if (spec.podCIDRs?.length) writer.line(0, 'PodCIDRs:', spec.podCIDRs.join(','))
  if (spec.providerID) writer.line(0, 'ProviderID:', spec.providerID)
}

/** Resources whose use has a line of its own; others are huge pages, or extended. */
const STANDARD = ['cpu', 'memory', 'ephemeral-storage']

/** What is used of what can be used, and how many percent that is, cut to a whole number. Models describeNodeResource. */
function usage(writer: Writer, { status }: Node, pods: readonly Pod[], { now }: DescribeContext): void {
  const allocatable = Object.keys(status.allocatable ?? {}).length > 0 ? status.allocatable : status.capacity
  const share = (name: string, amount: Quantity | undefined): string => {
    const [used, all] =
      name === 'cpu'
        ? [amount === undefined ? 0 : milliValue(amount), milliOf(allocatable?.[name])]
        : [amount === undefined ? 0 : unitValue(amount), unitsOf(allocatable?.[name])]
    return `${amountText(amount)} (${all === 0 ? 0 : Math.trunc((used / all) * 100)}%)`
  }
  writer.line(0, 'Non-terminated Pods:', `(${pods.length} in total)`)
  writer.line(1, 'Namespace', 'Name', '', 'CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age')
  writer.line(1, '---------', '----', '', '------------', '----------', '---------------', '-------------', '---')
  let requests: Amounts = new Map()
  let limits: Amounts = new Map()
  for (const pod of pods) {
    const [asked, limit] = [podAmounts(pod, 'requests', true), podAmounts(pod, 'limits', true)]
    const shares = ['cpu', 'memory'].flatMap(name => [share(name, asked.get(name)), share(name, limit.get(name))])
    const { namespace = '', name, creationTimestamp } = pod.metadata
    writer.line(1, namespace, name, '', ...shares, ageOf(creationTimestamp, now))
    requests = addAmounts(requests, podAmounts(pod, 'requests', false))
    limits = addAmounts(limits, podAmounts(pod, 'limits', false))
  }
  writer.line(0, 'Allocated resources:')
  writer.line(1, '(Total limits may be over 100 percent, i.e., overcommitted.)')
  tableHeader(writer, 1, 'Resource', 'Requests', 'Limits')
  const names = Object.keys(allocatable ?? {}).sort()
  for (const name of [...STANDARD, ...names.filter(own => own.startsWith('hugepages-'))]) {
    writer.line(1, name, share(name, requests.get(name)), share(name, limits.get(name)))
  }
  for (const name of names) {
    if (STANDARD.includes(name) || name.startsWith('hugepages-') || name === 'pods') continue
    writer.line(1, name, amountText(requests.get(name)), amountText(limits.get(name)))
  }
}

export const nodeDescribers: Describers = {
  Node: describer<Node>((node, settings) => {
    const { name } = node.metadata
    const fieldSelector = `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`
    return [
      { name: 'pods', path: apiPath(mustResource('v1', 'Pod')), query: { fieldSelector, limit: String(settings.chunkSize) } },
      // The node lifecycle controller writes Events with the Node's uid, the kubelet with its name in place of it.
      ...eventsRead(node, settings),
      ...eventsRead(node, settings, { name: 'eventsByName', uid: name }),
      {
        name: 'slices',
        path: '/apis/resource.k8s.io/v1/resourceslices',
        query: { fieldSelector: `spec.nodeName=${name}` },
      },
      { name: 'lease', path: apiPath(mustResource('coordination.k8s.io/v1', 'Lease'), 'kube-node-lease', name), query: {} },
    ]
  }, writeNode),
}
