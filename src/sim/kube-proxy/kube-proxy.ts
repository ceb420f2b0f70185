/** kube-proxy of one node. Models cmd/kube-proxy/app/server.go, pkg/proxy/config and pkg/proxy/runner. */
import type { NetfilterRestore } from '../api/cni'
import { deepEqual } from '../api/deep'
import type { NodeProfile } from '../api/node-profile'
import { nodeRoom, USERS } from '../api/rooms'
import { rfc3339Micro } from '../api/time'
import type { EndpointSlice, KubeObject, Service } from '../api/types'
import { hasNoAnswer } from '../client/connection'
import { type ClientProcedure, call } from '../client/effects'
import { hex16, insist, untilNextTryJittered } from '../client/events'
import { type InformerEvent, type InformerSpec, startInformer, storeOf } from '../client/informer'
import { createRequest } from '../client/requests'
import { type ClientState, type ClientWorld, clientRoom, start } from '../client/room'
import { keyOf, objectsBy } from '../client/store'
import type { Cause, Message, Room, Seq } from '../kernel/types'
import './reasons'
import { netfilterRule, type PortRules, portRules, SERVICE_NAME } from './rules'

export interface KubeProxyState extends ClientState {
  readonly node: string
  /** Rules in force, by name of the Service's port. */
  readonly rules: Map<string, PortRules>
  /** Names of ports by Service. */
  readonly ports: Map<string, readonly string[]>
  /** Services that changed since the last sync, and what told so. */
  readonly changed: Set<string>
  readonly causes: Seq[]
  /** A sync is due. */
  waiting: boolean
  /** The last sync (virtual µs); -1 before the first. */
  syncedAt: number
}
type World = ClientWorld<KubeProxyState>

/** Rules are written at most once in that time (--iptables-min-sync-period). */
const MIN_SYNC_US = 1_000_000
/** kube-proxy comes up a little after its node. */
const START_MS = 650
/** A sync may stand for very many changes; so many are enough to ask why. */
const CAUSES = 32

const INFORMERS: Readonly<Record<string, InformerSpec<KubeProxyState>>> = {
  services: {
    resource: 'services',
    fieldSelector: 'spec.clusterIP!=None',
    labelSelector: '!service.kubernetes.io/service-proxy-name',
    on: (world, { object }) => change(world, keyOf(object)),
  },
  endpointslices: {
    resource: 'endpointslices.discovery.k8s.io',
    labelSelector: '!service.kubernetes.io/headless',
    indices: { service: slice => [serviceOf(slice)] },
    on: onSlice,
  },
  servicecidrs: { resource: 'servicecidrs.networking.k8s.io' },
}

const serviceOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME] ?? ''}`

function onSlice(world: World, { object, old }: InformerEvent): void {
  const service = serviceOf(object)
  if (old && serviceOf(old) !== service) change(world, serviceOf(old))
  change(world, service)
}

/** kube-proxy of a node, room `kube-proxy/<node>`. */
export function createKubeProxy(profile: NodeProfile): Room<KubeProxyState> {
  return clientRoom<KubeProxyState>({
    id: nodeRoom('kube-proxy', profile.name),
    user: USERS.kubeProxy,
    own: () => ({
      node: profile.name,
      rules: new Map(),
      ports: new Map(),
      changed: new Set(),
      causes: [],
      waiting: false,
      syncedAt: -1,
    }),
    informers: INFORMERS,
    bootInformers: [],
    procedures: { 'report start': reportStart },
    boot: ({ context }) => void context.after(profile.bootDelayMs + START_MS, { type: 'kube-proxy.begin' }),
    synced: world => syncWhenReady(world),
    receive: (world, message) => receive(world, message),
  })
}

function receive(world: World, { type }: Message): void {
  if (type === 'kube-proxy.begin') {
    const { context, state } = world
    const suffix = hex16(context.now, context.random())
    start(world, 'report start', [state.node, suffix, rfc3339Micro(context.now)])
    for (const name in INFORMERS) startInformer(world, name)
  } else if (type === 'kube-proxy.sync') sync(world)
}

/** The first thing that kube-proxy writes, and the last. */
function* reportStart(node: string, suffix: string, time: string): ClientProcedure<KubeProxyState> {
  const body = {
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata: { name: `${node}.${suffix}`, namespace: 'default' },
    eventTime: time,
    reportingController: 'kube-proxy',
    reportingInstance: 'kube-proxy-host',
    action: 'StartKubeProxy',
    reason: 'Starting',
    regarding: { kind: 'Node', name: node, apiVersion: 'v1' },
    type: 'Normal',
    deprecatedSource: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
  }
  const request = createRequest('events.events.k8s.io', 'default', body)
  if (hasNoAnswer(yield* call<KubeProxyState>(request))) yield* insist<KubeProxyState>(request, undefined, untilNextTryJittered)
}

const isReady = ({ state }: World): boolean =>
  state.informers.peek('services')?.synced === true && state.informers.peek('endpointslices')?.synced === true

/** A Service, or its endpoints, changed. */
function change(world: World, service: string): void {
  const { state, context } = world
  state.changed.add(service)
  remember(state.causes, context.cause)
  if (isReady(world)) schedule(world, service)
}

function remember(causes: Seq[], cause: Cause): void {
  for (const seq of [cause].flat() as Seq[]) if (!causes.includes(seq) && causes.length < CAUSES) causes.push(seq)
}

/** Both lists are here: the first sync writes all rules. */
function syncWhenReady(world: World): void {
  if (!isReady(world) || world.state.syncedAt >= 0) return
  remember(world.state.causes, world.context.cause)
  schedule(world, '')
}

function schedule(world: World, service: string): void {
  const { state, context } = world
  if (state.waiting) return
  const wait = state.syncedAt < 0 ? 0 : Math.max(0, state.syncedAt + MIN_SYNC_US - context.now) / 1000
  state.waiting = true
  if (wait > 0) context.note('kube-proxy.waits', { service, ms: Math.round(wait) })
  context.after(wait, { type: 'kube-proxy.sync' })
}

/** Works out the rules of what changed, and hands the difference to the kernel. */
function sync(world: World): void {
  const { state, context } = world
  const full = state.syncedAt < 0
  const causes = Object.freeze(state.causes.splice(0))
  const set: PortRules[] = []
  const remove: string[] = []
  for (const service of state.changed) compare(world, service, set, remove)
  state.changed.clear()
  state.waiting = false
  state.syncedAt = context.now
  const changed = Object.freeze(set.map(rules => rules.name))
  const endpoints = set.reduce((sum, { cluster }) => sum + cluster.length, 0)
  const args = { services: state.rules.size, endpoints, changed, removed: Object.freeze(remove) }
  const seq = context.because(causes.length > 0 ? causes : context.cause, () => context.note('kube-proxy.sync', args))
  if (!full && set.length === 0 && remove.length === 0) return
  const message: NetfilterRestore = { type: 'netfilter.restore', full, set: Object.freeze(set.map(netfilterRule)), remove }
  context.because(seq, () =>
    context.send(nodeRoom('network', state.node), message, 'netfilter.restore', { full, set: set.length, remove: remove.length }),
  )
}

/** Adds to `set` and `remove` what is different about a Service's rules, and takes it over. */
function compare(world: World, key: string, set: PortRules[], remove: string[]): void {
  const { state } = world
  const service = storeOf(world, 'services').objects.get(key) as Service | undefined
  const slices = objectsBy(storeOf(world, 'endpointslices'), 'service', key) as EndpointSlice[]
  const rules = service ? portRules(service, slices, state.node) : []
  const names = new Set(rules.map(r => r.name))
  for (const name of state.ports.get(key) ?? []) {
    if (names.has(name)) continue
    state.rules.delete(name)
    remove.push(name)
  }
  if (names.size > 0) state.ports.set(key, Object.freeze([...names]))
  else state.ports.delete(key)
  for (const rule of rules) {
    if (deepEqual(state.rules.get(rule.name), rule)) continue
    state.rules.set(rule.name, rule)
    set.push(rule)
  }
}
