// Models pkg/controller/deployment/{deployment_controller,rolling,recreate}.go.
import { semanticEqual } from '../../api/deep'
import { controllerOf } from '../../api/owners'
import { labelSelector } from '../../api/selectors'
import type { Deployment, KubeList, KubeObject, Pod, ReplicaSet } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  cachedBy,
  controllerEvent,
  enqueue,
  NO_KEYS,
  type Outcome,
  startPart,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { request } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, failed, now, type Step } from '../ask'
import { claim } from '../claim'
import { isDeleting } from '../objects'
import { ownerKey, type Parents, parentKeys, selectsByLabels } from '../owners'
import { isPodTerminal } from '../pods'
import { active, growNew, scaleAll, shrinkOld, sum, wasScaled } from './scaling'
import {
  calculateStatus,
  conditionOf,
  type DeploymentStatus,
  hasProgressDeadline,
  isComplete,
  newCondition,
  rolloutStatus,
  stuckCheckMs,
  withCondition,
} from './status'
import { cleanUp, SELF, scale, syncRevision, type View, writeStatus } from './steps'

const DEPLOYMENTS: Parents = { informer: 'deployments.apps', kind: 'Deployment', selects: selectsByLabels }
const REPLICA_SETS: Parents = { informer: 'replicasets.apps', kind: 'ReplicaSet' }

/** Asks whether the last pod of a Deployment is gone. */
const LAST_POD = 'deployment.lastPod'

/** Creates, sizes and replaces a Deployment's ReplicaSets. */
export const deployment: Controller = {
  ...SELF,
  workers: 5,
  maxRetries: 15,
  watches: {
    'deployments.apps': (_, { object }) => [keyOf(object)],
    'replicasets.apps': (world, event) => parentKeys(world, DEPLOYMENTS, event),
    pods: podGone,
  },
  reconcile,
  procedures: { [LAST_POD]: lastPodGone },
}

/** deletePod: a Deployment that is recreated waits for the last of its old pods to go. */
function podGone(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  if (type !== 'DELETED') return NO_KEYS
  const replicaSet = ownerKey(world, REPLICA_SETS, object)
  const owner = replicaSet === undefined ? undefined : store(world, 'replicasets.apps').objects.get(replicaSet)
  const key = owner && ownerKey(world, DEPLOYMENTS, owner)
  if (key === undefined) return NO_KEYS
  const found = store(world, 'deployments.apps').objects.get(key) as Deployment
  if (found.spec.strategy?.type === 'Recreate') startPart(world, SELF.part, LAST_POD, [key])
  return NO_KEYS
}

/** The ReplicaSets are asked of the apiserver here, not of the cache: an old one that is just made must not be missed. */
function* lastPodGone(key: string): ControllerProcedure {
  const deployment = yield* cached<Deployment>('deployments.apps', key)
  if (!deployment) return
  const query = { labelSelector: labelSelector(deployment.spec.selector).text }
  const { namespace, uid } = deployment.metadata
  const listed = yield* ask<KubeList<ReplicaSet>>(
    SELF,
    request('list', 'GET', 'replicasets.apps', namespace, undefined, { query }),
  )
  if (!succeeded(listed)) return
  for (const rs of listed.body.items) {
    if (controllerOf(rs)?.uid !== uid) continue
    const pods = yield* cachedBy<Pod>('pods', 'controller', rs.metadata.uid ?? '')
    if (pods.some(pod => selectsByLabels(deployment, pod as KubeObject))) return
  }
  yield* perform<ControllerState, void>(world => enqueue(world, SELF.part, key))
}

/** handleErr: a sync that failed because its namespace goes away is not tried again. */
function* reconcile(key: string): ControllerProcedure<Outcome> {
  const outcome = yield* syncDeployment(key)
  return outcome && failed(outcome) && outcome.isFinal ? undefined : outcome
}

function* syncDeployment(key: string): ControllerProcedure<Outcome> {
  const deployment = yield* cached<Deployment>('deployments.apps', key)
  if (!deployment) return
  const { selector } = deployment.spec
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    yield* controllerEvent(SELF, { object: deployment, type: 'Warning', reason: 'SelectingAll', message })
    if ((deployment.status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)) return
    return yield* end(writeStatus(deployment, { ...deployment.status, observedGeneration: deployment.metadata.generation }))
  }
  const found = yield* claim<ReplicaSet>({
    self: SELF,
    owner: deployment,
    ownerResource: 'deployments.apps',
    childResource: 'replicasets.apps',
    selects: child => selectsByLabels(deployment, child),
  })
  if ('retry' in found) return found
  const replicaSets = found.claimed
  if (isDeleting(deployment)) return yield* statusOnly(deployment, replicaSets)
  const noted = yield* notePause(deployment)
  if (failed(noted)) return noted
  if (noted.spec.paused) return yield* resize(noted, replicaSets)
  const view = yield* syncRevision(noted, replicaSets, false)
  if (failed(view)) return view
  if (wasScaled(view.deployment, all(view))) return yield* resize(view.deployment, replicaSets)
  return view.deployment.spec.strategy?.type === 'Recreate'
    ? yield* recreate(view.deployment, replicaSets)
    : yield* roll(view.deployment, replicaSets)
}

const all = ({ newReplicaSet, old }: View): readonly ReplicaSet[] => (newReplicaSet ? [...old, newReplicaSet] : old)

function* end(step: Step<void>): ControllerProcedure<Outcome> {
  const result = yield* step
  if (failed(result)) return result
}

/** checkPausedConditions: says that a rollout was paused or resumed, so that its deadline does not run meanwhile. */
function* notePause(deployment: Deployment): Step<Deployment> {
  const condition = conditionOf(deployment.status, 'Progressing')
  const noted = condition?.reason === 'DeploymentPaused'
  if (!hasProgressDeadline(deployment) || condition?.reason === 'ProgressDeadlineExceeded') return deployment
  if ((deployment.spec.paused ?? false) === noted) return deployment
  const at = yield* now()
  const change = noted
    ? newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', at)
    : newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', at)
  const status = withCondition(deployment.status ?? {}, change)
  const written = yield* writeStatus(deployment, status)
  return failed(written) ? written : { ...deployment, status }
}

/** syncStatusOnly: a Deployment that is being deleted only counts. */
function* statusOnly(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ControllerProcedure<Outcome> {
  const view = yield* syncRevision(deployment, replicaSets, false)
  return failed(view) ? view : yield* countOnly(view)
}

/** syncDeploymentStatus: the counts, without a word about progress. */
function* countOnly(view: View): ControllerProcedure<Outcome> {
  const status = calculateStatus(view.deployment, view.newReplicaSet, all(view), yield* now())
  if (!semanticEqual(view.deployment.status, status)) return yield* end(writeStatus(view.deployment, status))
}

/** sync: the wanted number of pods has changed, or the rollout is paused. */
function* resize(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ControllerProcedure<Outcome> {
  const view = yield* syncRevision(deployment, replicaSets, false)
  if (failed(view)) return view
  const scales = scaleAll(view.deployment, view.newReplicaSet, view.old)
  const scaled = yield* scale(view.deployment, scales, active(all(view)).length > 1)
  if (failed(scaled)) return scaled
  if (view.deployment.spec.paused) {
    const cleaned = yield* cleanUp(view.deployment, view.old)
    if (failed(cleaned)) return cleaned
  }
  return yield* countOnly(view)
}

/** rolloutRolling: the new ReplicaSet grows as far as it may; if it can't, old ones shrink as far as they may. */
function* roll(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ControllerProcedure<Outcome> {
  const view = yield* syncRevision(deployment, replicaSets, true)
  if (failed(view)) return view
  const { newReplicaSet, old } = view
  if (!newReplicaSet) return
  const grown = yield* scale(view.deployment, [
    { replicaSet: newReplicaSet, replicas: growNew(view.deployment, newReplicaSet, old) },
  ])
  if (failed(grown)) return grown
  if (grown) return yield* report(view)
  // what goes wrong here is swallowed: the rest of the sync goes on as if nothing had been done
  const { scales, isLost } = shrinkOld(view.deployment, newReplicaSet, old)
  const shrunk = yield* scale(view.deployment, scales)
  return shrunk === true && !isLost ? yield* report(view) : yield* finish(view)
}

/** rolloutRecreate: all old pods go before a new one comes. */
function* recreate(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ControllerProcedure<Outcome> {
  let view = yield* syncRevision(deployment, replicaSets, false)
  if (failed(view)) return view
  const shrunk = yield* scale(
    view.deployment,
    active(view.old).map(replicaSet => ({ replicaSet, replicas: 0 })),
  )
  if (failed(shrunk)) return shrunk
  if (shrunk || sum(view.old, rs => rs.status?.replicas ?? 0) > 0) return yield* report(view)
  for (const rs of view.old) {
    const pods = yield* cachedBy<Pod>('pods', 'controller', rs.metadata.uid ?? '')
    if (pods.some(pod => !isPodTerminal(pod))) return yield* report(view)
  }
  if (!view.newReplicaSet) {
    view = yield* syncRevision(view.deployment, replicaSets, true)
    if (failed(view)) return view
  }
  const { newReplicaSet } = view
  if (!newReplicaSet) return
  const grown = yield* scale(view.deployment, [{ replicaSet: newReplicaSet, replicas: view.deployment.spec.replicas ?? 0 }])
  return failed(grown) ? grown : yield* finish(view)
}

function* finish(view: View): ControllerProcedure<Outcome> {
  if (isComplete(view.deployment, view.deployment.status)) {
    const cleaned = yield* cleanUp(view.deployment, view.old)
    if (failed(cleaned)) return cleaned
  }
  return yield* report(view)
}

/** syncRolloutStatus: writes how the rollout goes, or sees to it that a stuck one is looked at again. */
function* report(view: View): ControllerProcedure<Outcome> {
  const { deployment, newReplicaSet } = view
  const at = yield* now()
  const status: DeploymentStatus = rolloutStatus(deployment, newReplicaSet, all(view), at)
  if (!semanticEqual(deployment.status, status)) return yield* end(writeStatus(deployment, status))
  const ms = stuckCheckMs(deployment, status, at)
  if (ms !== undefined) return { againAfterMs: ms, housekeeping: true }
}
