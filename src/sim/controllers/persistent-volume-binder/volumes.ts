// Models pkg/controller/volume/persistentvolume/pv_controller.go, syncVolume: a volume's phase follows its claim.
import type { KubeObject } from '../../api/types'
import { type ControllerState, cached, enqueue } from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { getRequest } from '../../client/requests'
import { ask, fail, failed, type Step } from '../ask'
import { CLAIMS, read, SELF } from './cache'
import { annotation, BOUND_BY_CONTROLLER, PROVISIONED_BY } from './matching'
import { reclaim } from './provision'
import { setPhase, unbind } from './writes'

/** Free, promised, bound, or released by a claim that is gone. */
export function* syncVolume(volume: KubeObject): Step<void> {
  const ref = volume.spec.claimRef
  if (!ref?.uid) return yield* phase(volume, 'Available')
  const claim = yield* claimOf(volume)
  if (claim && failed(claim)) return claim
  if (!claim) return yield* release(volume)
  if (claim.spec.volumeName === volume.metadata.name) return yield* phase(volume, 'Bound')
  if (!claim.spec.volumeName) {
    // the claim's own sync completes the binding
    const key = `claim ${claim.metadata.namespace}/${claim.metadata.name}`
    if (annotation(volume, BOUND_BY_CONTROLLER) !== undefined)
      yield* perform<ControllerState, void>(world => enqueue(world, SELF.part, key))
    return
  }
  if (annotation(volume, PROVISIONED_BY) !== undefined && volume.spec.persistentVolumeReclaimPolicy === 'Delete')
    return yield* release(volume)
  return yield* unbind(volume)
}

function* phase(volume: KubeObject, name: string): Step<void> {
  const written = yield* setPhase(volume, name)
  if (failed(written)) return written
}

/** The claim that a volume is promised to, if it is still that one. Before anything is given up, the apiserver is asked. */
function* claimOf({ spec, status }: KubeObject): Step<KubeObject | undefined> {
  const { namespace, name, uid } = spec.claimRef
  let claim = yield* read(CLAIMS, `${namespace}/${name}`)
  if (!claim && status?.phase !== 'Released' && status?.phase !== 'Failed') {
    claim = yield* cached(CLAIMS, `${namespace}/${name}`)
    if (!claim) {
      const response = yield* ask<KubeObject>(SELF, getRequest(CLAIMS, namespace, name))
      if (!succeeded(response) && response.code !== 404) return fail(response)
      if (succeeded(response)) claim = response.body
    }
  }
  return claim?.metadata.uid === uid ? claim : undefined
}

function* release(volume: KubeObject): Step<void> {
  const kept = volume.status?.phase === 'Released' || volume.status?.phase === 'Failed'
  const released = kept ? volume : yield* setPhase(volume, 'Released')
  return failed(released) ? released : yield* reclaim(released)
}
