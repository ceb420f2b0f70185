/** What the volume plugins read of claims and volumes (PersistentVolumeClaim, PersistentVolume, StorageClass). */
import { claimOf } from '../api/claim-names'
import type { KubeObject } from '../api/types'
import type { PodInfo } from './pod-info'

/** A claim of a pod: by name, and whether the claim belongs to the pod itself (a generic ephemeral volume). */
export interface ClaimName {
  readonly name: string
  readonly ephemeral: boolean
}

const NONE: readonly ClaimName[] = Object.freeze([])

/** The claims that a pod's volumes name. */
export function claimNames({ pod }: PodInfo): readonly ClaimName[] {
  let found: ClaimName[] | undefined
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimOf(pod, volume)
    if (name === undefined) continue
    found ??= []
    found.push({ name, ephemeral: !volume.persistentVolumeClaim })
  }
  return found ?? NONE
}

/** Whether the volume controller has completed the binding of a claim. */
export const isBound = (claim: KubeObject): boolean =>
  Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined
