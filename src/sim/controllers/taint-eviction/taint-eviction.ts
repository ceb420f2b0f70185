// Models pkg/controller/tainteviction/taint_eviction.go: pods leave nodes whose taints NoExecute they do not tolerate (any longer).
import { deepEqual } from '../../api/deep'
import { MEDIA } from '../../api/messages'
import type { KubeObject, Node, Pod, Taint } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { deleteRequest, getRequest, patchRequest } from '../../client/requests'
import { keyOf, objectsBy, splitKey } from '../../client/store'
import { ask, DELETE_OPTIONS, now } from '../ask'
import { disruptionPatch } from '../disruption-target'
import { BY_NODE, eventAbout } from '../nodes'
import { messageOf } from '../objects'
import { podCondition } from '../pods'
import { secondsToStay } from './tolerations'

const SELF = { name: 'node-controller', part: 'taint-eviction' } as const
const COMPONENT = 'taint-eviction-controller'
const WHY = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' }

/** Pods that will be deleted: when (µs), and since when that is known. */
type Evictions = Map<string, { readonly since: number; readonly at: number }>
const evictions = (world: ControllerWorld): Evictions => world.state.own.get(SELF.part) as Evictions

/** Deletes pods from nodes with taints NoExecute, after the time that they tolerate them. */
export const taintEviction: Controller<Evictions> = {
  ...SELF,
  workers: 8,
  own: () => new Map(),
  indices: { pods: BY_NODE },
  watches: { nodes: nodeChanged, pods: podChanged },
  reconcile,
}

const noExecute = (node: KubeObject | undefined): readonly Taint[] =>
  ((node as Node | undefined)?.spec.taints ?? []).filter(t => t.effect === 'NoExecute')

/** handleNodeUpdate: every pod of a node whose taints changed is judged anew. */
function nodeChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const taints = type === 'DELETED' ? [] : noExecute(object)
  const before = noExecute(old)
  if (taints.length + before.length === 0 || (type === 'MODIFIED' && deepEqual(taints, before))) return []
  return objectsBy(store(world, 'pods'), 'node', object.metadata.name).flatMap(pod => judge(world, pod as Pod, taints))
}

/** handlePodUpdate: a pod came to a node that has such taints, or changed what it tolerates. */
function podChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const pod = object as Pod
  if (type === 'DELETED') return cancel(world, keyOf(object))
  if (!pod.spec.nodeName) return NO_KEYS
  if (old && old.spec.nodeName === pod.spec.nodeName && old.spec.tolerations === pod.spec.tolerations) return NO_KEYS
  const taints = noExecute(store(world, 'nodes').objects.get(pod.spec.nodeName))
  return taints.length > 0 ? judge(world, pod, taints) : NO_KEYS
}

/** processPodOnNode: whether and when a pod has to go. Keys of pods that go now are returned, timers armed for the others. */
function judge(world: ControllerWorld, pod: Pod, taints: readonly Taint[]): readonly string[] {
  const key = keyOf(pod)
  const known = evictions(world).get(key)
  const seconds = taints.length === 0 ? undefined : secondsToStay(taints, pod.spec.tolerations ?? [])
  if (seconds === undefined) return cancel(world, key)
  const { now } = world.context
  const since = known?.since ?? now
  const at = since + seconds * 1e6
  if (known && seconds > 0 && at >= known.at) return []
  evictions(world).set(key, Object.freeze({ since, at: Math.max(at, now) }))
  if (at <= now) return [`evict ${key}`]
  enqueueAfter(world, SELF.part, `evict ${key}`, (at - now) / 1000, true)
  return []
}

/** A pod may stay after all. */
function cancel(world: ControllerWorld, key: string): readonly string[] {
  return evictions(world).delete(key) ? [`spare ${key}`] : []
}

function* reconcile(task: string): ControllerProcedure<Outcome> {
  const [what, key = ''] = task.split(' ')
  const { namespace, name } = splitKey(key)
  if (what === 'spare') {
    const there = yield* perform<ControllerState, boolean>(world => store(world, 'pods').objects.has(key))
    if (there) yield* podEvent(namespace, name, `Cancelling deletion of Pod ${key}`)
    return
  }
  const wait = yield* perform<ControllerState, number | undefined>(world => {
    const due = evictions(world).get(key)
    return due && due.at - world.context.now
  })
  if (wait === undefined) return
  if (wait > 0) return { againAfterMs: wait / 1000, housekeeping: true }
  yield* podEvent(namespace, name, `Marking for deletion Pod ${key}`)
  const error = yield* markAndDelete(namespace, name)
  if (error !== undefined) return { retry: error }
  yield* perform<ControllerState, void>(world => void evictions(world).delete(key))
}

const podEvent = (namespace: string, name: string, message: string) =>
  eventAbout(
    SELF,
    { kind: 'Pod', metadata: { name, namespace } },
    { type: 'Normal', reason: 'TaintManagerEviction', message, component: COMPONENT },
  )

/** addConditionAndDeletePod: says why in a condition, then deletes. Returns an error. */
function* markAndDelete(namespace: string, name: string): ControllerProcedure<string | undefined> {
  const response = yield* ask<Pod>(SELF, getRequest('pods', namespace, name))
  if (response.code === 404) return undefined
  if (!succeeded(response)) return messageOf(response)
  const pod = response.body
  if (podCondition(pod, 'DisruptionTarget')?.status !== 'True') {
    const body = disruptionPatch(pod, WHY, yield* now())
    const patched = yield* ask(SELF, patchRequest('pods', namespace, name, body, MEDIA.strategicMergePatch, 'status'))
    if (patched.code === 404) return undefined
    if (!succeeded(patched)) return messageOf(patched)
  }
  const deleted = yield* ask(SELF, deleteRequest('pods', namespace, name, DELETE_OPTIONS))
  return succeeded(deleted) || deleted.code === 404 ? undefined : messageOf(deleted)
}
