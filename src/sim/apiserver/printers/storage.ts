// Models pkg/printers/internalversion/printers.go for volumes.
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { CSIDriver, CSINode, StorageClass, VolumeAttachment } from 'kubernetes-types/storage/v1'
import { accessModesText, classOf, isDefaultClass } from '../../api/storage'
import type { KubeObject, ObjectMeta } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer, wideColumn } from './types'

const DEFAULT_ATTRIBUTES = 'volumeattributesclass.kubernetes.io/is-default-class'

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }

const phase = (metadata: ObjectMeta, status: { phase?: string } | undefined): string =>
  metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating'

/** A field that newer versions have than the types do. */
const attributesClass = (spec: object | undefined): string =>
  (spec as { volumeAttributesClassName?: string } | undefined)?.volumeAttributesClassName ?? '<unset>'

export const storagePrinters: Printers = {
  PersistentVolume: printer<WithMetadata<PersistentVolume>>(
    [
      NAME,
      column('Capacity'),
      column('Access Modes'),
      column('Reclaim Policy'),
      column('Status'),
      column('Claim'),
      column('StorageClass'),
      column('VolumeAttributesClass'),
      column('Reason'),
      AGE,
      wideColumn('VolumeMode'),
    ],
    ({ metadata, spec, status }, now) => [
      metadata.name,
      spec?.capacity?.storage ?? '0',
      accessModesText(spec?.accessModes),
      spec?.persistentVolumeReclaimPolicy ?? '',
      phase(metadata, status),
      spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
      classOf({ metadata, spec }),
      attributesClass(spec),
      status?.reason ?? '',
      age({ metadata }, now),
      spec?.volumeMode ?? '<unset>',
    ],
  ),
  PersistentVolumeClaim: printer<WithMetadata<PersistentVolumeClaim>>(
    [
      NAME,
      column('Status'),
      column('Volume'),
      column('Capacity'),
      column('Access Modes'),
      column('StorageClass'),
      column('VolumeAttributesClass'),
      AGE,
      wideColumn('VolumeMode'),
    ],
    ({ metadata, spec, status }, now) => [
      metadata.name,
      phase(metadata, status),
      spec?.volumeName ?? '',
      spec?.volumeName ? (status?.capacity?.storage ?? '0') : '',
      spec?.volumeName ? accessModesText(status?.accessModes) : '',
      classOf({ metadata, spec }),
      attributesClass(spec),
      age({ metadata }, now),
      spec?.volumeMode ?? '<unset>',
    ],
  ),
  StorageClass: printer<WithMetadata<StorageClass>>(
    [NAME, column('Provisioner'), column('ReclaimPolicy'), column('VolumeBindingMode'), column('AllowVolumeExpansion'), AGE],
    (storage, now) => {
      const isDefault = isDefaultClass(storage.metadata)
      return [
        isDefault ? `${storage.metadata.name} (default)` : storage.metadata.name,
        storage.provisioner,
        storage.reclaimPolicy ?? 'Delete',
        storage.volumeBindingMode ?? 'Immediate',
        storage.allowVolumeExpansion ?? false,
        age(storage, now),
      ]
    },
  ),
  CSINode: printer<WithMetadata<CSINode>>([NAME, column('Drivers', 'integer'), AGE], (node, now) => [
    node.metadata.name,
    node.spec?.drivers?.length ?? 0,
    age(node, now),
  ]),
  CSIDriver: printer<WithMetadata<CSIDriver>>(
    [
      NAME,
      column('AttachRequired', 'boolean'),
      column('PodInfoOnMount', 'boolean'),
      column('StorageCapacity', 'boolean'),
      column('TokenRequests'),
      column('RequiresRepublish', 'boolean'),
      column('Modes'),
      AGE,
    ],
    ({ metadata, spec }, now) => [
      metadata.name,
      spec.attachRequired ?? true,
      spec.podInfoOnMount ?? false,
      spec.storageCapacity ?? false,
      spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
      spec.requiresRepublish ?? false,
      spec.volumeLifecycleModes?.join(',') || '<none>',
      age({ metadata }, now),
    ],
  ),
  CSIStorageCapacity: printer<KubeObject>([NAME, column('StorageClassName'), column('Capacity')], ({ metadata, ...capacity }) => [
    metadata.name,
    capacity.storageClassName ?? '',
    capacity.capacity ?? '<unset>',
  ]),
  VolumeAttachment: printer<WithMetadata<VolumeAttachment>>(
    [NAME, column('Attacher'), column('PV'), column('Node'), column('Attached', 'boolean'), AGE],
    ({ metadata, spec, status }, now) => [
      metadata.name,
      spec?.attacher ?? '',
      spec?.source?.persistentVolumeName ?? '',
      spec?.nodeName ?? '',
      status?.attached ?? false,
      age({ metadata }, now),
    ],
  ),
  VolumeAttributesClass: printer<KubeObject>([NAME, column('DriverName'), AGE], (kind, now) => [
    kind.metadata.annotations?.[DEFAULT_ATTRIBUTES] === 'true' ? `${kind.metadata.name} (default)` : kind.metadata.name,
    kind.driverName ?? '',
    age(kind, now),
  ]),
}
