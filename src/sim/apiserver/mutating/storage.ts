// Models plugin/pkg/admission/storage: storageclass/setdefault and storageobjectinuseprotection.
import type { KubeObject } from '../../api/types'
import type { Plugin } from '../attempt'
import type { Reader } from '../state'

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class'

function defaultClass(reader: Reader): KubeObject | undefined {
  let newest: KubeObject | undefined
  for (const each of reader.list('storageclasses.storage.k8s.io')) {
    if (each.metadata.annotations?.[IS_DEFAULT] !== 'true') continue
    const { creationTimestamp = '' } = each.metadata
    if (!newest || creationTimestamp > (newest.metadata.creationTimestamp ?? '')) newest = each
  }
  return newest
}

/** A claim that names no class asks for the default one. */
export const defaultStorageClass: Plugin = {
  name: 'DefaultStorageClass',
  operations: ['CREATE'],
  resources: ['persistentvolumeclaims'],
  admit: ({ object }, reader) => {
    if (!object || object.spec?.storageClassName !== undefined) return undefined
    const found = defaultClass(reader)
    return found && { object: { ...object, spec: { ...object.spec, storageClassName: found.metadata.name } } }
  },
}

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
}

/** Claims and volumes that are in use are not gone before they are let go. */
export const storageObjectInUseProtection: Plugin = {
  name: 'StorageObjectInUseProtection',
  operations: ['CREATE'],
  resources: ['persistentvolumeclaims', 'persistentvolumes'],
  admit: ({ object, type }) => {
    const finalizer = FINALIZERS[type.groupResource]
    if (!object || !finalizer || object.metadata.finalizers?.includes(finalizer)) return undefined
    return {
      object: { ...object, metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] } },
    }
  },
}
