// Models pkg/scheduler/framework/plugins/volumebinding/binder.go (bindAPIUpdate, checkBindings): PreBind of VolumeBinding.

import type { HttpResponse } from '../api/messages'
import type { KubeObject, Pod, Status } from '../api/types'
import { call, perform, sleep } from '../client/effects'
import { succeeded } from '../client/http'
import { updateRequest } from '../client/requests'
import { isBound } from './claims'
import { reaches, SELECTED_NODE } from './plugins/volume-binding/matching'
import type { VolumeDecision } from './plugins/volume-binding/volume-binding'
import { podKey } from './pod-info'
import { knownPod, type SchedulerProcedure, type SchedulerState, type SchedulerWorld } from './state'

const CHECK_MS = 1000
const TIMEOUT_MS = 600_000

/**
 * Has the claims bound that waited for this pod: a free volume gets its claim's name; for the rest the provisioner learns the node.
 * Then looks each second whether the volume controller has done its part. Returns what went wrong.
 */
export function* bindVolumes(
  pod: Pod,
  decisions: readonly VolumeDecision[],
  node: string,
): SchedulerProcedure<string | undefined> {
  if (decisions.length === 0) return undefined
  const error = yield* bindAndWait(pod, decisions, node)
  yield* perform<SchedulerState, void>(({ state }) => {
    for (const { key, object } of decisions) if (state.assumedObjects.get(key) === object) state.assumedObjects.delete(key)
  })
  return error
}

function* bindAndWait(pod: Pod, decisions: readonly VolumeDecision[], node: string): SchedulerProcedure<string | undefined> {
  const versions: number[] = []
  for (const { resource, object } of decisions) {
    const answer = yield* call<SchedulerState, KubeObject>(updateRequest(resource, object))
    if (!succeeded(answer)) return messageOf(answer)
    versions.push(Number(answer.body.metadata?.resourceVersion ?? 0))
  }
  for (let waited = 0; waited < TIMEOUT_MS; waited += CHECK_MS) {
    yield* sleep<SchedulerState>(CHECK_MS)
    const found = yield* perform<SchedulerState, Check>(world => check(world, pod, decisions, versions, node))
    if (found === 'bound') return undefined
    if (found !== 'waiting') return `binding volumes: ${found.error}`
  }
  return 'binding volumes: context deadline exceeded'
}

const messageOf = ({ body, code }: HttpResponse): string => (body as Status | undefined)?.message ?? String(code)

type Check = 'bound' | 'waiting' | { readonly error: string }
const fails = (error: string): Check => Object.freeze({ error })

/** Whether all that was decided has come true, or never will. */
function check(
  world: SchedulerWorld,
  pod: Pod,
  decisions: readonly VolumeDecision[],
  versions: readonly number[],
  node: string,
): Check {
  const { name } = pod.metadata
  if (!knownPod(world, podKey(pod))) return fails(`pod does not exist any more: pod "${name}" not found`)
  for (const [i, decision] of decisions.entries()) {
    const found = checkOne(world, decision, versions[i] ?? 0, node)
    if (found !== 'bound') return found
  }
  return 'bound'
}

function checkOne(world: SchedulerWorld, { resource, key, claim }: VolumeDecision, version: number, node: string): Check {
  const stored = (informer: string, name: string): KubeObject | undefined =>
    world.state.informers.peek(informer)?.store.objects.get(name)
  const now = stored(resource, key.slice(resource.length + 1))
  const claimNow = stored('persistentvolumeclaims', claim)
  const what = resource === 'persistentvolumes' ? 'check binding' : 'check provisioning pvc'
  if (!now || !claimNow) return fails(`failed to ${what}: could not find object`)
  // the informer does not have yet what was written
  if (Number(now.metadata.resourceVersion) < version) return 'waiting'
  if (resource === 'persistentvolumes') {
    if (!isWithin(world, now, node)) return wrongNode(now, node)
    if (!now.spec?.claimRef?.uid) return fails(`ClaimRef got reset for pv "${now.metadata.name}"`)
  } else {
    const { annotations, name } = now.metadata
    if (!annotations) return fails(`selectedNode annotation reset for PVC "${name}"`)
    if (annotations[SELECTED_NODE] !== node) return fails(`provisioning failed for PVC "${name}"`)
    const volume = now.spec?.volumeName ? stored('persistentvolumes', String(now.spec.volumeName)) : undefined
    if (now.spec?.volumeName && !volume) return 'waiting'
    if (volume && !isWithin(world, volume, node)) return wrongNode(volume, node)
  }
  return isBound(claimNow) ? 'bound' : 'waiting'
}

/** A node that is gone has no labels. */
const isWithin = ({ state }: SchedulerWorld, volume: KubeObject, name: string): boolean =>
  reaches(volume, { name, labels: state.cache.nodes.peek(name)?.labels ?? {} })

const wrongNode = ({ metadata }: KubeObject, node: string): Check =>
  fails(`pv "${metadata.name}" node affinity doesn't match node "${node}": no matching NodeSelectorTerms`)
