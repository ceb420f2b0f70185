// Models plugin/pkg/admission/storage: storageclass/setdefault and storageobjectinuseprotection.
import { defaultClass, namedClass } from '../../api/storage'
import type { Plugin } from '../attempt'

/** A claim that names no class asks for the default one. */
export const defaultStorageClass: Plugin = {
  name: 'DefaultStorageClass',
  operations: ['CREATE'],
  resources: ['persistentvolumeclaims'],
  admit: ({ object }, reader) => {
    if (!object || namedClass(object) !== undefined) return undefined
    const found = defaultClass(reader.list('storageclasses.storage.k8s.io'))
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
