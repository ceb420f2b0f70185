// Models pkg/controller/volume/persistentvolume/index.go and component-helpers/storage/volume: which volume a claim can have.
import { unitsOf } from '../../api/quantity'
import { labelSelector } from '../../api/selectors'
import { classOf } from '../../api/storage'
import type { KubeObject } from '../../api/types'

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
/** Where a claim says who is to make its volume. The first name is the old one; both are written. */
export const STORAGE_PROVISIONER = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
] as const

/** An annotation of an object. */
export const annotation = (object: KubeObject, name: string): string | undefined => object.metadata.annotations?.[name]

const modesOf = (object: KubeObject): readonly string[] => object.spec?.accessModes ?? []
const modeOf = (object: KubeObject): string => object.spec?.volumeMode ?? 'Filesystem'
const sizeOf = (volume: KubeObject): number => unitsOf(volume.spec?.capacity?.storage ?? '0')
const wantedOf = (claim: KubeObject): number => unitsOf(claim.spec?.resources?.requests?.storage ?? '0')

/** IsVolumeBoundToClaim: the volume's claimRef names this claim, and not an earlier one of that name. */
export function isBoundTo(volume: KubeObject, claim: KubeObject): boolean {
  const ref = volume.spec?.claimRef
  const { namespace, name, uid } = claim.metadata
  return Boolean(ref) && ref.name === name && ref.namespace === namespace && (!ref.uid || ref.uid === uid)
}

/** Why a claim can't have the volume that it names; undefined: it can (checkVolumeSatisfyClaim). */
export function mismatch(volume: KubeObject, claim: KubeObject): string | undefined {
  if (sizeOf(volume) < wantedOf(claim)) return 'requested PV is too small'
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match'
  if ((volume.spec?.volumeAttributesClassName ?? '') !== (claim.spec?.volumeAttributesClassName ?? ''))
    return 'volumeAttributesClassName does not match'
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode'
  return modesOf(claim).every(mode => modesOf(volume).includes(mode)) ? undefined : 'incompatible accessMode'
}

/**
 * The volume that is promised to the claim, or the smallest free one that it can have, those with the fewest access modes first.
 * While the binding waits for a first consumer, only a promised one will do.
 */
export function bestVolume(claim: KubeObject, volumes: Iterable<KubeObject>, waits: boolean): KubeObject | undefined {
  const selector = claim.spec?.selector ? labelSelector(claim.spec.selector) : undefined
  let best: KubeObject | undefined
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp && !isBoundTo(volume, claim)) continue
    if (volume.spec?.claimRef) {
      if (isBoundTo(volume, claim) && sizeOf(volume) >= wantedOf(claim) && modeOf(volume) === modeOf(claim)) return volume
      continue
    }
    if (waits || volume.status?.phase !== 'Available' || mismatch(volume, claim)) continue
    if (selector && !selector.matches(volume.metadata.labels)) continue
    if (!best || before(volume, best)) best = volume
  }
  return best
}

function before(a: KubeObject, b: KubeObject): boolean {
  const modes = modesOf(a).length - modesOf(b).length
  return modes !== 0 ? modes < 0 : sizeOf(a) < sizeOf(b)
}
