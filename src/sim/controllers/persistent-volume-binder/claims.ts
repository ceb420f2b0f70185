// Models pkg/controller/volume/persistentvolume/pv_controller.go, syncClaim: a claim finds its volume, or has one made.
import { classOf, defaultClass, namedClass } from '../../api/storage'
import type { KubeObject, Pod } from '../../api/types'
import { type ControllerState, cached, store } from '../../client/controller'
import { perform } from '../../client/effects'
import { objectsBy } from '../../client/store'
import { failed, type Step } from '../ask'
import { isPodTerminal } from '../pods'
import { allVolumes, CLAIMS, read, VOLUMES } from './cache'
import { annotation, BIND_COMPLETED, BOUND_BY_CONTROLLER, bestVolume, isBoundTo, mismatch, SELECTED_NODE } from './matching'
import { provision } from './provision'
import { bind, event, setClaimStatus, write } from './writes'

/** A claim that has been bound is only watched over; any other looks for a volume. */
export function* syncClaim(claim: KubeObject): Step<void> {
  if (annotation(claim, BIND_COMPLETED) !== undefined) return yield* syncBound(claim)
  return claim.spec.volumeName ? yield* syncNamed(claim) : yield* syncUnbound(claim)
}

/** syncUnboundClaim, of a claim that names no volume. */
function* syncUnbound(claim: KubeObject): Step<void> {
  const name = classOf(claim)
  const storageClass = name === '' ? undefined : yield* cached('storageclasses.storage.k8s.io', name)
  const lazy = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const waits = lazy && annotation(claim, SELECTED_NODE) === undefined
  const volume = yield* perform<ControllerState, KubeObject | undefined>(world => bestVolume(claim, allVolumes(world), waits))
  if (volume) return yield* bind(volume, claim)
  const given = yield* giveDefaultClass(claim)
  if (given !== undefined) return given === true ? undefined : given
  if (waits) yield* sayForWhom(claim)
  else if (name !== '') return yield* provision(claim, name, storageClass)
  else yield* event(claim, 'Normal', 'FailedBinding', NO_VOLUME)
  return yield* pending(claim)
}
const NO_VOLUME = 'no persistent volumes available for this claim and no storage class is set'

/** assignDefaultStorageClass: a claim that says nothing of classes gets the default one as soon as there is one; true where it did. */
function* giveDefaultClass(claim: KubeObject): Step<true | undefined> {
  if (namedClass(claim) !== undefined) return undefined
  const name = yield* perform<ControllerState, string | undefined>(
    world => defaultClass(store(world, 'storageclasses.storage.k8s.io').objects.values())?.metadata.name,
  )
  if (name === undefined) return undefined
  const written = yield* write(CLAIMS, { ...claim, spec: { ...claim.spec, storageClassName: name } })
  return failed(written) ? written : true
}

/** emitEventForUnboundDelayBindingClaim: a claim whose volume is chosen with a node waits for a pod, or for that pod's node. */
function* sayForWhom(claim: KubeObject): Step<void> {
  const { namespace = '', name } = claim.metadata
  const pods = yield* perform<ControllerState, readonly string[]>(world =>
    Object.freeze(
      (objectsBy(store(world, 'pods'), 'namespace', namespace) as Pod[])
        .filter(pod => !pod.spec.nodeName && !isPodTerminal(pod) && mounts(pod, name))
        .map(pod => pod.metadata.name),
    ),
  )
  if (pods.length === 0)
    return yield* event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  const whom = `pod${pods.length > 1 ? 's' : ''} ${pods.join(',')}`
  yield* event(claim, 'Normal', 'WaitForPodScheduled', `waiting for ${whom} to be scheduled`)
}
const mounts = (pod: Pod, claim: string): boolean =>
  (pod.spec.volumes ?? []).some(volume => volume.persistentVolumeClaim?.claimName === claim)

function* pending(claim: KubeObject): Step<void> {
  const written = yield* setClaimStatus(claim, 'Pending')
  if (failed(written)) return written
}

/** syncUnboundClaim, of a claim whose author has chosen the volume. */
function* syncNamed(claim: KubeObject): Step<void> {
  const { volumeName } = claim.spec
  const volume = yield* read(VOLUMES, volumeName)
  if (!volume) return yield* pending(claim)
  if (volume.spec.claimRef && !isBoundTo(volume, claim)) {
    // somebody else has it: wait until it is free
    if (annotation(claim, BOUND_BY_CONTROLLER) === undefined) {
      const { namespace, name } = volume.spec.claimRef
      yield* event(claim, 'Warning', 'FailedBinding', `volume "${volumeName}" already bound to a different claim.`)
      return name && namespace ? yield* pending(claim) : undefined
    }
    return { retry: `invalid binding of claim ${claim.metadata.name} to volume ${volumeName}: volume already claimed` }
  }
  const why = volume.spec.claimRef ? undefined : mismatch(volume, claim)
  if (why === undefined) return yield* bind(volume, claim)
  yield* event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${why}`)
  return yield* pending(claim)
}

/** syncBoundClaim: bound once, bound for ever; or lost. */
function* syncBound(claim: KubeObject): Step<void> {
  const { volumeName } = claim.spec
  if (!volumeName)
    return yield* lost(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  const volume = yield* read(VOLUMES, volumeName)
  if (!volume) return yield* lost(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  const owner = volume.spec.claimRef?.uid
  if (!volume.spec.claimRef || owner === claim.metadata.uid || (!owner && isBoundTo(volume, claim)))
    return yield* bind(volume, claim)
  return yield* lost(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

function* lost(claim: KubeObject, reason: string, message: string): Step<void> {
  if (claim.status?.phase === 'Lost') return
  const written = yield* setClaimStatus(claim, 'Lost')
  if (failed(written)) return written
  yield* event(written, 'Warning', reason, message)
}
