// Models pkg/controller/volume/pvprotection/pv_protection_controller.go: a volume that is bound is not gone before its claim is.
import type { KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { updateRequest } from '../../client/requests'
import { ask, fail } from '../ask'
import { withMetadata } from '../objects'

const SELF = { name: 'pv-protection-controller', part: 'pv-protection' } as const
const FINALIZER = 'kubernetes.io/pv-protection'
const VOLUMES = 'persistentvolumes'

/** Lets volumes go that are to be deleted and that no claim has. */
export const pvProtection: Controller = {
  ...SELF,
  workers: 1,
  watches: { [VOLUMES]: (_, { type, object }) => (type !== 'DELETED' && isDue(object) ? [object.metadata.name] : []) },
  reconcile,
}

/** To be deleted, not bound and still held; or not held yet. */
function isDue({ metadata, status }: KubeObject): boolean {
  const held = metadata.finalizers?.includes(FINALIZER) ?? false
  return metadata.deletionTimestamp === undefined ? !held : held && status?.phase !== 'Bound'
}

function* reconcile(name: string): ControllerProcedure<Outcome> {
  const volume = yield* cached(VOLUMES, name)
  if (!volume || !isDue(volume)) return
  const { finalizers = [], ...metadata } = volume.metadata
  const left = volume.metadata.deletionTimestamp ? finalizers.filter(f => f !== FINALIZER) : [...finalizers, FINALIZER]
  const body = left.length > 0 ? withMetadata(volume, { finalizers: left }) : { ...volume, metadata }
  const response = yield* ask(SELF, updateRequest(VOLUMES, body))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}
