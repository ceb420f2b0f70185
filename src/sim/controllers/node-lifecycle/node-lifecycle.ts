// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go.
import { updateCondition } from '../../api/conditions'
import { rfc3339 } from '../../api/time'
import type { KubeObject, Node, Pod, PodCondition } from '../../api/types'
import {
  afterPart,
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  cachedBy,
  controllerEvent,
  enqueue,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
  type PartMessage,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { updateRequest } from '../../client/requests'
import { ask, failed, now } from '../ask'
import { BY_NODE, eventAbout } from '../nodes'
import { messageOf } from '../objects'
import { podCondition } from '../pods'
import { hasTaint, swapTaints } from '../taints'
import { NOT_READY, type NodeHealth, probe, readiness, schedulingTaints, UNREACHABLE, unknownStatus } from './conditions'
import { evictionRate, isFullyDisrupted, type Zone, zoneOf, zoneStates } from './zones'

const SELF = { name: 'node-controller', part: 'node-lifecycle' } as const
const LEASES = 'leases.coordination.k8s.io'

/** --node-monitor-period and --node-monitor-grace-period */
export interface NodeLifecycleOptions {
  readonly periodMs: number
  readonly graceMs: number
}

/** Work about a node: a task and its name. */
type Task = 'register' | 'forget' | 'schedule' | 'unknown' | 'execute' | 'reachable'

interface Own {
  /** Nodes that are known, with their signs of life. */
  readonly health: Map<string, NodeHealth>
  /** When the next node of a zone may be tainted NoExecute (µs). */
  readonly evictAt: Map<string, number>
  /** What was left of each zone at the last look. */
  zones: ReadonlyMap<string, Zone>
}
/** --node-startup-grace-period: how long a node may say nothing from its creation. */
const STARTUP_GRACE_MS = 60_000
const NO_ZONES: ReadonlyMap<string, Zone> = new Map()
const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own

/** Between the wish to taint a node NoExecute and the next pass over all such nodes (NodeEvictionPeriod / 2). */
const TAINT_PASS_MS = 50

/** Watches over nodes: their taints follow their conditions, and one that is silent becomes Unknown. */
export function nodeLifecycle({ periodMs, graceMs }: NodeLifecycleOptions): Controller<Own> {
  const arm = (world: ControllerWorld) =>
    afterPart(world, periodMs, { type: 'node-lifecycle.monitor', part: SELF.part } as PartMessage, { housekeeping: true })
  return {
    ...SELF,
    workers: 8,
    own: () => ({ health: new Map(), evictAt: new Map(), zones: NO_ZONES }),
    indices: { pods: BY_NODE },
    watches: {
      nodes: (_, { type, object }) => (type !== 'DELETED' && taintsDiffer(object) ? [`schedule ${object.metadata.name}`] : []),
      [LEASES]: () => [],
      pods: () => NO_KEYS,
    },
    begin: world => {
      monitor(world, graceMs)
      arm(world)
    },
    receive: world => {
      monitor(world, graceMs)
      arm(world)
    },
    reconcile: key => reconcile(key),
  }
}

const taintsDiffer = (node: KubeObject): boolean => {
  const { add, remove } = schedulingTaints(node as Node)
  return add.length + remove.length > 0
}

/** monitorNodeHealth: a look at every node. What is found wanting becomes work that counts. */
function monitor(world: ControllerWorld, graceMs: number): void {
  const { health } = ownOf(world)
  const nodes = store(world, 'nodes').objects
  const leases = store(world, LEASES).objects
  const todo = (task: Task, name: string) => world.context.quietly(false, () => enqueue(world, SELF.part, `${task} ${name}`))
  for (const name of health.keys())
    if (!nodes.has(name)) {
      health.delete(name)
      todo('forget', name)
    }
  const readyNow: (readonly [Node, boolean])[] = []
  for (const [name, node] of nodes) {
    const before = health.get(name)
    const seen = probe(before, node, leases.get(`kube-node-lease/${name}`), world.context.now)
    health.set(name, seen)
    if (!before) todo('register', name)
    const status = readiness(node)
    const silentMs = (world.context.now - seen.probeAt) / 1000
    const isLost = silentMs > (status === '' ? STARTUP_GRACE_MS : graceMs) && status !== 'Unknown'
    readyNow.push([node as Node, status === 'True' && !isLost])
    if (isLost) todo('unknown', name)
    else if (status === 'True' && isTainted(node)) todo('reachable', name)
    else if (status !== 'True' && status !== '' && !hasTaint(node, noExecute(status))) todo('execute', name)
  }
  if (nodes.size > 0) takeStock(world, readyNow, name => todo('reachable', name))
}

const isTainted = (node: KubeObject): boolean => hasTaint(node, NOT_READY) || hasTaint(node, UNREACHABLE)

/** handleDisruption: where all nodes have just gone, none is emptied; when the first is back, all have their grace again. */
function takeStock(
  world: ControllerWorld,
  nodes: readonly (readonly [Node, boolean])[],
  markReachable: (name: string) => void,
): void {
  const own = ownOf(world)
  const wasGone = isFullyDisrupted(own.zones)
  own.zones = zoneStates(nodes)
  const isGone = isFullyDisrupted(own.zones)
  if (isGone && !wasGone) {
    for (const [node] of nodes) if (isTainted(node)) markReachable(node.metadata.name)
  }
  if (wasGone && !isGone) {
    for (const [name, health] of own.health) own.health.set(name, Object.freeze({ ...health, probeAt: world.context.now }))
  }
}

const noExecute = (status: string) => (status === 'Unknown' ? UNREACHABLE : NOT_READY)

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const [task, name = ''] = key.split(' ') as [Task, string]
  if (task === 'forget')
    return yield* nodeEvent(
      { kind: 'Node', metadata: { name, uid: name } },
      'RemovingNode',
      `Removing Node ${name} from Controller`,
    )
  const node = yield* cached<Node>('nodes', name)
  if (!node) return
  const at = yield* now()
  switch (task) {
    case 'register':
      return yield* nodeEvent(node, 'RegisteredNode', `Registered Node ${name} in Controller`)
    case 'schedule': {
      const { add, remove } = schedulingTaints(node)
      return yield* outcome(swapTaints(SELF, node, add, remove, at))
    }
    case 'unknown':
      return yield* becomeUnknown(node)
    case 'reachable':
      return yield* outcome(swapTaints(SELF, node, [], [NOT_READY, UNREACHABLE], at))
    case 'execute':
      return yield* taintNoExecute(node)
  }
}

function* outcome(step: ReturnType<typeof swapTaints>): ControllerProcedure<Outcome> {
  const result = yield* step
  if (failed(result)) return result
}

function* nodeEvent(node: Pick<KubeObject, 'kind' | 'metadata'>, reason: string, what: string): ControllerProcedure<Outcome> {
  yield* eventAbout(SELF, node, { type: 'Normal', reason, message: `Node ${node.metadata.name} event: ${what}` })
}

/** The node has been silent for too long: its conditions become Unknown, its pods are not ready, and it is to be tainted. */
function* becomeUnknown(node: Node): ControllerProcedure<Outcome> {
  const { name } = node.metadata
  if (readiness(node) === 'Unknown') return
  const wasReady = readiness(node) === 'True'
  const status = unknownStatus(node, yield* now())
  const response = yield* ask(SELF, updateRequest('nodes', { ...node, status } as KubeObject, 'status'))
  if (!succeeded(response)) return { retry: messageOf(response) }
  yield* perform<ControllerState, void>(world => enqueueAfter(world, SELF.part, `execute ${name}`, TAINT_PASS_MS))
  if (!wasReady) return
  yield* eventAbout(SELF, node, { type: 'Normal', reason: 'NodeNotReady', message: `Node ${name} status is now: NodeNotReady` })
  const pods = yield* cachedBy<Pod>('pods', 'node', name)
  for (const pod of pods) yield* markNotReady(pod)
}

/** MarkPodsNotReady: nobody knows whether it still serves. */
function* markNotReady(pod: Pod): ControllerProcedure {
  const ready = podCondition(pod, 'Ready')
  if (!ready || ready.status === 'False') return
  const condition: PodCondition = { ...ready, status: 'False', lastTransitionTime: rfc3339(yield* now()) }
  const conditions = updateCondition(pod.status.conditions, condition) as PodCondition[]
  const response = yield* ask(
    SELF,
    updateRequest('pods', { ...pod, status: { ...pod.status, conditions } } as KubeObject, 'status'),
  )
  if (!succeeded(response)) return
  yield* controllerEvent(SELF, {
    object: pod as KubeObject,
    type: 'Warning',
    reason: 'NodeNotReady',
    message: 'Node is not ready',
  })
}

/** doNoExecuteTaintingPass: one node at a time, as often as the state of the cluster allows. */
function* taintNoExecute(node: Node): ControllerProcedure<Outcome> {
  const status = readiness(node)
  if (status === 'True' || status === '' || hasTaint(node, noExecute(status))) return
  const other = status === 'Unknown' ? NOT_READY : UNREACHABLE
  // a node that is tainted as the other kind changes at once
  if (!hasTaint(node, other)) {
    const wait = yield* perform<ControllerState, number | undefined>(world => evictionWaitMs(world, zoneOf(node)))
    if (wait === undefined) return
    if (wait > 0) return { againAfterMs: wait, housekeeping: true }
  }
  return yield* outcome(swapTaints(SELF, node, [noExecute(status)], [other], yield* now()))
}

/** Takes the next place in its zone's line of evictions, or says how long to wait for it; undefined where there is no line. */
function evictionWaitMs(world: ControllerWorld, zone: string): number | undefined {
  const own = ownOf(world)
  const rate = evictionRate(own.zones, zone)
  if (rate === 0) return undefined
  const { now } = world.context
  const at = own.evictAt.get(zone) ?? 0
  if (now < at) return Math.ceil((at - now) / 1000)
  own.evictAt.set(zone, now + Math.round(1e6 / rate))
  return 0
}
