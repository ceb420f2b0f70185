// Models pkg/controller/disruption/disruption.go: PodDisruptionBudgets know how many of their pods may be evicted.
import { deepEqual } from '../../api/deep'
import { controllerOf } from '../../api/owners'
import { labelSelector } from '../../api/selectors'
import type { KubeObject, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { updateRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import { ask, fail, failed, now, type Step, say } from '../ask'
import { type BudgetStatus, budgetStatus, expectations, failSafe, healthy, needsScale, stillDisrupted } from './budget'

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

function podChanged(world: ControllerWorld, { object, old }: InformerEvent): readonly string[] {
  const budgets = store(world, BUDGETS)
  if (budgets.objects.size === 0) return []
  return objectsBy(budgets, 'namespace', object.metadata.namespace ?? '')
    .filter(budget => selects(budget, object) || (old !== undefined && selects(budget, old)))
    .map(keyOf)
}

/** What the controllers of some pods want in all, or which pod has a controller that is not known. */
type Scale = { readonly total: number } | { readonly error: string }

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const budget = yield* cached(BUDGETS, key)
  if (!budget) return
  const pods = yield* perform<ControllerState, readonly Pod[]>(world => Object.freeze(podsOf(world, budget)))
  if (pods.length === 0) yield* event(budget, 'Normal', 'NoPods', 'No matching pods found')
  const scale: Scale = needsScale(budget)
    ? yield* perform<ControllerState, Scale>(world => Object.freeze(scaleOf(world, pods)))
    : { total: 0 }
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

/** getExpectedScale: each controller counts once; pods without one do not count. */
function scaleOf(world: ControllerWorld, pods: readonly Pod[]): Scale {
  const counted = new Set<string>()
  let total = 0
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner || counted.has(owner.uid)) continue
    const found = controllerIn(world, pod, owner.kind, owner.name, owner.uid)
    if (!found) return { error: `found no controllers for pod "${pod.metadata.name}"` }
    counted.add(owner.uid)
    const uid = found.metadata.uid ?? ''
    if (found.kind === 'Deployment' && counted.has(uid)) continue
    counted.add(uid)
    total += found.spec?.replicas ?? 1
  }
  return { total }
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
