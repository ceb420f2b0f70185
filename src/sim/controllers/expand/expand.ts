// Models pkg/controller/volume/expand/expand_controller.go: claims that ask for more than they have.
import { unitsOf } from '../../api/quantity'
import type { KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { getRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, fail, say } from '../ask'

const SELF = { name: 'expand-controller', part: 'expand', component: 'volume_expand' } as const
const CLAIMS = 'persistentvolumeclaims'

const wanted = (claim: KubeObject): number => unitsOf(claim.spec?.resources?.requests?.storage)
const given = (claim: KubeObject): number => unitsOf(claim.status?.capacity?.storage)

/** Looks after claims that ask for more, or that have just been given more. */
export const expand: Controller = {
  ...SELF,
  workers: 10,
  watches: { [CLAIMS]: grown },
  reconcile,
}

function grown(_: unknown, { type, object, old }: InformerEvent): readonly string[] {
  if (type !== 'MODIFIED' || !old) return []
  return wanted(object) > wanted(old) || given(object) > given(old) ? [keyOf(object)] : []
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const claim = yield* cached(CLAIMS, key)
  if (!claim?.spec?.volumeName) return
  const volume = yield* ask<KubeObject>(SELF, getRequest('persistentvolumes', undefined, claim.spec.volumeName))
  if (!succeeded(volume)) return fail(volume)
  if (volume.body.spec.claimRef?.uid !== claim.metadata.uid || given(claim) >= wanted(claim)) return
  const message = 'waiting for an external controller to expand this PVC'
  yield* say(SELF, { object: claim, type: 'Normal', reason: 'ExternalExpanding', message })
}
