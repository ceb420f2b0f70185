// Models pkg/controller/podgc/gc_controller.go: pods that nobody else will delete.
import { getCondition } from '../../api/conditions'
import { MEDIA } from '../../api/messages'
import type { Node, Pod } from '../../api/types'
import {
  afterPart,
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  cached,
  cachedBy,
  enqueue,
  NO_KEYS,
  type Outcome,
  type PartMessage,
  store,
} from '../../client/controller'
import { succeeded } from '../../client/http'
import { deleteRequest, getRequest, patchRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import { ask, DELETE_OPTIONS, now } from '../ask'
import { disruptionPatch } from '../disruption-target'
import { BY_NODE } from '../nodes'
import { isPodTerminal } from '../pods'

const SELF = { name: 'pod-garbage-collector', part: 'pod-garbage-collector' } as const
const PERIOD_MS = 20_000
/** How long a node must be gone before its pods go (quarantineTime). */
const QUARANTINE_US = 40_000_000
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'
const GONE = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' }

/** Nodes that pods are on and that are not there, with the time when that was first seen (µs). */
type Missing = Map<string, number>

/**
 * Deletes pods of nodes that are gone or out of service, pods that were deleted before they had a node, and the oldest of very many that have
 * ended: `limit` of them may stay (--terminated-pod-gc-threshold; 0 for all).
 */
export const podGarbageCollector = (limit = 12_500): Controller<Missing> => ({
  ...SELF,
  workers: 5,
  own: () => new Map(),
  indices: { pods: BY_NODE },
  watches: { pods: () => NO_KEYS, nodes: () => NO_KEYS },
  begin: arm,
  receive: world => {
    for (const key of findPods(world, limit)) world.context.quietly(false, () => enqueue(world, SELF.part, key))
    arm(world)
  },
  reconcile,
})

function arm(world: ControllerWorld): void {
  afterPart(world, PERIOD_MS, { type: 'pod-garbage-collector.look', part: SELF.part } as PartMessage, { housekeeping: true })
}

/** Keys of what has to go: `why namespace/name`, or `node name` for all that is on a node. */
function findPods(world: ControllerWorld, limit: number): string[] {
  const missing = world.state.own.get(SELF.part) as Missing
  const pods = store(world, 'pods')
  const nodes = store(world, 'nodes').objects
  const found: string[] = []
  for (const [name, node] of nodes)
    if (isOutOfService(node as Node))
      for (const pod of objectsBy(pods, 'node', name)) if (pod.metadata.deletionTimestamp) found.push(`stuck ${keyOf(pod)}`)
  for (const node of missing.keys()) if (nodes.has(node) || !pods.indices.get('node')?.has(node)) missing.delete(node)
  for (const node of pods.indices.get('node')?.keys() ?? []) {
    if (node === '' || nodes.has(node)) continue
    const since = missing.get(node)
    if (since === undefined) missing.set(node, world.context.now)
    else if (world.context.now - since >= QUARANTINE_US) found.push(`node ${node}`)
  }
  for (const pod of objectsBy(pods, 'node', '')) if (pod.metadata.deletionTimestamp) found.push(`unscheduled ${keyOf(pod)}`)
  if (limit > 0 && pods.objects.size > limit) found.push(...ended(pods.objects.values() as Iterable<Pod>, limit))
  return found
}

/** A person says that the node is off: what is being deleted there has ended. */
const isOutOfService = (node: Node): boolean =>
  getCondition(node.status?.conditions, 'Ready')?.status !== 'True' &&
  (node.spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE)

function ended(pods: Iterable<Pod>, limit: number): string[] {
  const terminal = [...pods].filter(pod => isPodTerminal(pod) && !pod.metadata.deletionTimestamp)
  const byAge = terminal.sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))
  return byAge.slice(0, Math.max(0, terminal.length - limit)).map(pod => `ended ${keyOf(pod)}`)
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const [why, name = ''] = key.split(' ')
  if (why === 'node') return yield* clearNode(name)
  const pod = yield* cached<Pod>('pods', name)
  if (pod) yield* remove(pod)
}

/** gcOrphaned: the apiserver is asked once whether the node is really gone. */
function* clearNode(name: string): ControllerProcedure<Outcome> {
  const node = yield* ask(SELF, getRequest('nodes', undefined, name))
  if (node.code !== 404) return
  for (const pod of yield* cachedBy<Pod>('pods', 'node', name)) yield* remove(pod, GONE)
}

/** markFailedAndDeletePodWithCondition; what fails is found again the next time. */
function* remove(pod: Pod, why?: typeof GONE): ControllerProcedure {
  const { namespace, name } = pod.metadata
  if (!isPodTerminal(pod)) {
    const body = disruptionPatch(pod, why, yield* now(), failedStatus(pod))
    const response = yield* ask(SELF, patchRequest('pods', namespace, name, body, MEDIA.strategicMergePatch, 'status'))
    if (!succeeded(response)) return
  }
  yield* ask(SELF, deleteRequest('pods', namespace, name, { ...DELETE_OPTIONS, gracePeriodSeconds: 0 }))
}

/** What the mark of the end changes in a pod's status. */
function failedStatus({ metadata, status }: Pod): object {
  const { generation } = metadata
  return {
    phase: 'Failed',
    ...(generation !== undefined &&
      (status as { observedGeneration?: number }).observedGeneration !== generation && { observedGeneration: generation }),
  }
}
