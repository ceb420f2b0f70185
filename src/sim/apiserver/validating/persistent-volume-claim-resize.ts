// Models plugin/pkg/admission/storage/persistentvolume/resize/admission.go: a claim grows where its class lets it.
import { milliOf } from '../../api/quantity'
import { forbidden } from '../../api/status'
import { classOf } from '../../api/storage'
import type { KubeObject } from '../../api/types'
import type { Plugin } from '../attempt'
import type { Reader } from '../state'

export const persistentVolumeClaimResize: Plugin = {
  name: 'PersistentVolumeClaimResize',
  operations: ['UPDATE'],
  resources: ['persistentvolumeclaims'],
  admit: ({ object, old, type, name, subresource }, reader) => {
    if (!object || !old || subresource !== '' || object.spec === old.spec || sizeOf(object) <= sizeOf(old)) return undefined
    const why =
      old.status?.phase !== 'Bound'
        ? 'Only bound persistent volume claims can be expanded'
        : canGrow(object, old, reader)
          ? undefined
          : 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
    return why === undefined ? undefined : { refused: forbidden(type, name, why) }
  },
}

const sizeOf = ({ spec }: KubeObject): number => milliOf(spec?.resources?.requests?.storage)

/** allowResize */
function canGrow(claim: KubeObject, old: KubeObject, reader: Reader): boolean {
  const name = classOf(claim)
  if (name === '' || name !== classOf(old)) return false
  return reader.get('storageclasses.storage.k8s.io', undefined, name)?.allowVolumeExpansion === true
}
