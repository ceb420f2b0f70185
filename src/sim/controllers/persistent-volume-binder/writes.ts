// Models pkg/controller/volume/persistentvolume/pv_controller.go: bind, updateVolumePhase, updateClaimStatus.
import { deepEqual } from '../../api/deep'
import type { KubeObject } from '../../api/types'
import type { ControllerProcedure } from '../../client/controller'
import { succeeded } from '../../client/http'
import { updateRequest } from '../../client/requests'
import { ask, fail, failed, type Step, say } from '../ask'
import { withMetadata } from '../objects'
import { type Cached, CLAIMS, remember, SELF, VOLUMES } from './cache'
import { annotation, BIND_COMPLETED, BOUND_BY_CONTROLLER, isBoundTo } from './matching'

export const event = (object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): ControllerProcedure =>
  say(SELF, { object, type, reason, message })

/** Writes an object or its status; what came back. */
export function* write(kind: Cached, object: KubeObject, subresource?: 'status'): Step<KubeObject> {
  const response = yield* ask<KubeObject>(SELF, updateRequest(kind, object, subresource))
  if (!succeeded(response)) return fail(response)
  yield* remember(kind, response.body)
  return response.body
}

/** The object with some annotations more (or, where undefined, fewer). */
export function annotated(object: KubeObject, changes: Readonly<Record<string, string | undefined>>): KubeObject {
  const annotations: Record<string, string> = { ...object.metadata.annotations }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete annotations[name]
    else annotations[name] = value
  }
  return withMetadata(object, { annotations })
}

/** updateVolumePhase: nothing when it says so already. */
export function* setPhase(volume: KubeObject, phase: string, message = ''): Step<KubeObject> {
  if (volume.status?.phase === phase) return volume
  const { message: _, ...status } = volume.status ?? {}
  return yield* write(VOLUMES, { ...volume, status: { ...status, phase, ...(message && { message }) } }, 'status')
}

/** updateClaimStatus: phase, and of a bound claim what its volume gives. */
export function* setClaimStatus(claim: KubeObject, phase: string, volume?: KubeObject): Step<KubeObject> {
  const { accessModes: _, capacity: __, ...rest } = claim.status ?? {}
  // what has been resized is the resizer's to say
  const capacity = claim.status?.phase === 'Bound' && claim.status.capacity ? claim.status.capacity : volume?.spec?.capacity
  const status = { ...rest, phase, ...(volume && { accessModes: volume.spec.accessModes, capacity }) }
  return deepEqual(status, claim.status) ? claim : yield* write(CLAIMS, { ...claim, status }, 'status')
}

/** bind: the volume gets its claim's name, then the claim its volume's; each is written only where it changes. */
export function* bind(volume: KubeObject, claim: KubeObject): Step<void> {
  const promised = yield* promise(volume, claim)
  if (failed(promised)) return promised
  const bound = yield* setPhase(promised, 'Bound')
  if (failed(bound)) return bound
  const named = yield* nameVolume(claim, bound)
  if (failed(named)) return named
  const done = yield* setClaimStatus(named, 'Bound', bound)
  if (failed(done)) return done
}

/** bindVolumeToClaim */
function* promise(volume: KubeObject, claim: KubeObject): Step<KubeObject> {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const ref = volume.spec.claimRef
  if (ref?.uid === uid) return volume
  // who made the promise beforehand keeps it: only the controller's own bindings may be undone
  const byController = !isBoundTo(volume, claim)
  const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion }
  const next = { ...volume, spec: { ...volume.spec, claimRef } }
  return yield* write(VOLUMES, byController ? annotated(next, { [BOUND_BY_CONTROLLER]: 'yes' }) : next)
}

/** bindClaimToVolume */
function* nameVolume(claim: KubeObject, volume: KubeObject): Step<KubeObject> {
  const { name } = volume.metadata
  const named = claim.spec.volumeName === name
  if (named && annotation(claim, BIND_COMPLETED) !== undefined) return claim
  const next = annotated(claim, { [BIND_COMPLETED]: 'yes', ...(!named && { [BOUND_BY_CONTROLLER]: 'yes' }) })
  return yield* write(CLAIMS, named ? next : { ...next, spec: { ...next.spec, volumeName: name } })
}

/** unbindVolume: the volume is free again; what was promised to a claim beforehand stays so, for any claim of that name. */
export function* unbind(volume: KubeObject): Step<void> {
  const { claimRef, ...spec } = volume.spec
  const byController = annotation(volume, BOUND_BY_CONTROLLER) !== undefined
  const { uid: _, ...promised } = claimRef ?? {}
  const free = byController
    ? annotated({ ...volume, spec }, { [BOUND_BY_CONTROLLER]: undefined })
    : { ...volume, spec: { ...spec, claimRef: promised } }
  const written = yield* write(VOLUMES, free)
  if (failed(written)) return written
  const available = yield* setPhase(written, 'Available')
  if (failed(available)) return available
}
