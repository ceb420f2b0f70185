// Models pkg/api/persistentvolumeclaim, pkg/api/persistentvolume and pkg/api/storage: warnings about claims, volumes and classes.
import { canonicalQuantity, milliOf } from '../../api/quantity'
import { OLD_CLASS } from '../../api/storage'
import type { KubeObject } from '../../api/types'

const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options'
const USE_CLASS = 'deprecated since v1.8; use "storageClassName" attribute instead'

const isFraction = (text: string | undefined): text is string => text !== undefined && !Number.isInteger(milliOf(text) / 1000)

const fraction = (text: string | undefined, field: string): string[] =>
  isFraction(text)
    ? [`${field}: fractional byte value ${JSON.stringify(canonicalQuantity(text) ?? text)} is invalid, must be an integer`]
    : []

const annotated = ({ metadata }: KubeObject, key: string, message: string): string[] =>
  metadata.annotations && key in metadata.annotations ? [`metadata.annotations[${key}]: ${message}`] : []

/** Warnings about the spec of a claim, which stands at `field`. */
export const claimSpecWarnings = (spec: KubeObject['spec'], field: string): string[] => [
  ...fraction(spec?.resources?.requests?.storage, `${field}.resources.requests[storage]`),
  ...fraction(spec?.resources?.limits?.storage, `${field}.resources.limits[storage]`),
]

/** Warnings about the claim that a generic ephemeral volume makes. */
export const ephemeralClaimWarnings = (volume: KubeObject['spec'], field: string): string[] =>
  claimSpecWarnings(volume?.ephemeral?.volumeClaimTemplate?.spec, `${field}.ephemeral.volumeClaimTemplate.spec`)

export const claimWarnings = (claim: KubeObject): string[] => [
  ...annotated(claim, OLD_CLASS, USE_CLASS),
  ...claimSpecWarnings(claim.spec, 'spec'),
]

export const volumeWarnings = (volume: KubeObject): string[] => [
  ...annotated(volume, OLD_CLASS, USE_CLASS),
  ...annotated(volume, MOUNT_OPTIONS, 'deprecated since v1.31; use "mountOptions" attribute instead'),
  ...(volume.spec?.persistentVolumeReclaimPolicy === 'Recycle'
    ? [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      ]
    : []),
  ...fraction(volume.spec?.capacity?.storage, 'spec.capacity[storage]'),
]
