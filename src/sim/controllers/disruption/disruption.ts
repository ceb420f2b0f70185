// Models pkg/controller/disruption/disruption.go: PodDisruptionBudgets know how many of their pods may be evicted.
import { deepEqual } from '../../api/deep'
import { resourceByKind, subresourceOf } from '../../api/kinds'
import { controllerOf } from '../../api/owners'
import { controllerRoom, controllerUser } from '../../api/rooms'
import { labelSelector } from '../../api/selectors'
import { rfc3339 } from '../../api/time'
import type { KubeObject, OwnerReference, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { recordEvent } from '../../client/events'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { request, updateRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import { ask, fail, failed, now, type Step, say } from '../ask'
import { messageOf } from '../objects'
import {
  type BudgetStatus,
  budgetStatus,
  DISRUPTION_TARGET,
  expectations,
  failSafe,
  healthy,
  needsScale,
  staleInMs,
  stillDisrupted,
  unmanagedMessage,
} from './budget'

const SELF = { name: 'disruption-controller', part: 'disruption', component: 'controllermanager' } as const
const BUDGETS = 'poddisruptionbudgets.policy'

/** Keeps the status of PodDisruptionBudgets, which evictions are answered by. */
export const disruption: Controller = {
  ...SELF,
  workers: 1,
  watches: {
    [BUDGETS]: (_, { type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]),
    pods: podChanged,
    ...Object.fromEntries(
      ['replicationcontrollers', 'replicasets.apps', 'deployments.apps', 'statefulsets.apps'].map(kind => [kind, () => []]),
    ),
  },
  reconcile,
}

/** A selector that is missing selects nothing, an empty one everything. */
const selects = (budget: KubeObject, pod: KubeObject): boolean =>
  labelSelector(budget.spec?.selector).matches(pod.metadata.labels)

/** getPdbForPod: a pod that several budgets select concerns one of them. What the pod was before does not matter. */
function podChanged(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  const wait = type === 'DELETED' ? undefined : staleInMs(object as Pod, world.context.now)
  if (wait !== undefined) enqueueAfter(world, SELF.part, `${STALE}${keyOf(object)}`, wait, true)
  const budgets = store(world, BUDGETS)
  if (budgets.objects.size === 0) return NO_KEYS
  const found = objectsBy(budgets, 'namespace', object.metadata.namespace ?? '').filter(budget => selects(budget, object))
  const [first] = found
  if (!first) return NO_KEYS
  if (found.length > 1) {
    const { namespace, name } = object.metadata
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first.metadata.name}" arbitrarily.`
    const record = { object, type: 'Warning' as const, reason: 'MultiplePodDisruptionBudgets', message }
    const source = { component: SELF.component, user: controllerUser(SELF.name) }
    recordEvent(world, source, record, controllerRoom(SELF.part))
  }
  return [keyOf(first)]
}

/** Keys of pods whose disruption was announced, so that it can be taken back. */
const STALE = 'stale '

/** syncStalePodDisruption: a pod that was to be disrupted and is still there after two minutes is not to be disrupted any more. */
function* takeBack(key: string): ControllerProcedure<Outcome> {
  const pod = yield* cached<Pod>('pods', key)
  const at = yield* now()
  const wait = pod && staleInMs(pod, at)
  if (!pod || wait === undefined) return
  if (wait > 0) return { againAfterMs: wait, housekeeping: true }
  const condition = { type: DISRUPTION_TARGET, status: 'False' as const, lastTransitionTime: rfc3339(at) }
  const conditions = (pod.status.conditions ?? []).map(c => (c.type === DISRUPTION_TARGET ? condition : c))
  const response = yield* ask(
    SELF,
    updateRequest('pods', { ...pod, status: { ...pod.status, conditions } } as KubeObject, 'status'),
  )
  if (!succeeded(response) && response.code !== 404) return fail(response)
}

/** What the controllers of some pods want in all, and whether there are pods that nobody controls; or why it can't be told. */
type Scale = { readonly total: number; readonly unmanaged: boolean } | { readonly error: string }

function* reconcile(key: string): ControllerProcedure<Outcome> {
  if (key.startsWith(STALE)) return yield* takeBack(key.slice(STALE.length))
  const budget = yield* cached(BUDGETS, key)
  if (!budget) return
  const pods = yield* perform<ControllerState, readonly Pod[]>(world => Object.freeze(podsOf(world, budget)))
  if (pods.length === 0) yield* event(budget, 'Normal', 'NoPods', 'No matching pods found')
  const scale: Scale = needsScale(budget) ? yield* scaleOf(pods) : { total: 0, unmanaged: false }
  const at = yield* now()
  if ('error' in scale) {
    yield* event(
      budget,
      'Warning',
      'CalculateExpectedPodCountFailed',
      `Failed to calculate the number of expected pods: ${scale.error}`,
    )
    const safe = yield* write(budget, failSafe(budget, scale.error, at))
    return failed(safe) ? safe : undefined
  }
  if (scale.unmanaged) yield* event(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(budget))
  const { disrupted, againMs, late } = stillDisrupted(budget, pods, at)
  for (const pod of late)
    yield* say(SELF, {
      object: pod,
      type: 'Warning',
      reason: 'NotDeleted',
      message: `Pod was expected by PDB ${key} to be deleted but it wasn't`,
    })
  const counts = { ...expectations(budget, pods.length, scale.total), current: healthy(pods, disrupted) }
  const written = yield* write(budget, budgetStatus(budget, counts, disrupted, at))
  if (failed(written)) return written
  if (againMs !== undefined) return { againAfterMs: againMs, housekeeping: true }
}

const event = (object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): ControllerProcedure =>
  say(SELF, { object, type, reason, message })

const podsOf = (world: ControllerWorld, budget: KubeObject): Pod[] =>
  (objectsBy(store(world, 'pods'), 'namespace', budget.metadata.namespace ?? '') as Pod[]).filter(pod => selects(budget, pod))

/** What the caches know of the pods' controllers: what they want by uid, and the references that they can't resolve. */
interface Known {
  readonly scales: ReadonlyMap<string, number>
  readonly unknown: readonly { readonly pod: Pod; readonly owner: OwnerReference }[]
  readonly unmanaged: boolean
}

/** getExpectedScale: each controller counts once; pods without one do not count. What the caches don't hold is asked for its scale. */
function* scaleOf(pods: readonly Pod[]): ControllerProcedure<Scale> {
  const { scales, unknown, unmanaged } = yield* perform<ControllerState, Known>(world => Object.freeze(knownScales(world, pods)))
  const all = new Map(scales)
  for (const { pod, owner } of unknown) {
    if (all.has(owner.uid)) continue
    const found = yield* askScale(pod, owner)
    if (typeof found === 'string') return { error: found }
    all.set(owner.uid, found)
  }
  return { total: [...all.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged }
}

function knownScales(world: ControllerWorld, pods: readonly Pod[]): Known {
  const scales = new Map<string, number>()
  const resolved = new Set<string>()
  const unknown: { pod: Pod; owner: OwnerReference }[] = []
  let unmanaged = false
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner) unmanaged = true
    if (!owner || resolved.has(owner.uid)) continue
    resolved.add(owner.uid)
    const found = controllerIn(world, pod, owner.kind, owner.name, owner.uid)
    if (found) scales.set(found.metadata.uid ?? '', found.spec?.replicas ?? 1)
    else unknown.push({ pod, owner })
  }
  return { scales, unknown, unmanaged }
}

/** getScaleController: what a controller of another kind wants, by its scale; or why that can't be told. */
function* askScale(pod: Pod, { apiVersion, kind, name, uid }: OwnerReference): ControllerProcedure<number | string> {
  const resource = resourceByKind(apiVersion, kind)
  if (!resource) return `no matches for kind "${kind}" in version "${apiVersion}"`
  const of = { subresource: 'scale' }
  const answer = yield* ask<KubeObject>(SELF, request('get', 'GET', resource.groupResource, pod.metadata.namespace, name, of))
  if (!succeeded(answer) && answer.code !== 404) return messageOf(answer)
  if (!succeeded(answer) && !subresourceOf(resource, 'scale'))
    return `${resource.groupResource} does not implement the scale subresource`
  if (!succeeded(answer) || answer.body.metadata.uid !== uid) return `found no controllers for pod "${pod.metadata.name}"`
  return answer.body.spec?.replicas ?? 0
}

const INFORMERS: Readonly<Record<string, string>> = {
  ReplicationController: 'replicationcontrollers',
  ReplicaSet: 'replicasets.apps',
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
}

/** The object whose replicas count: of a Deployment's ReplicaSet, the Deployment. */
function controllerIn(
  world: ControllerWorld,
  child: KubeObject,
  kind: string,
  name: string,
  uid: string,
): KubeObject | undefined {
  const informer = INFORMERS[kind]
  const found = informer && store(world, informer).objects.get(`${child.metadata.namespace}/${name}`)
  if (!found || found.metadata.uid !== uid) return undefined
  const above = kind === 'ReplicaSet' ? controllerOf(found) : undefined
  return above?.kind === 'Deployment' ? controllerIn(world, found, above.kind, above.name, above.uid) : found
}

function* write(budget: KubeObject, status: BudgetStatus): Step<void> {
  if (deepEqual(budget.status, status)) return
  const response = yield* ask(SELF, updateRequest(BUDGETS, { ...budget, status }, 'status'))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}
