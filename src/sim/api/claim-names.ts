// Models k8s.io/component-helpers/storage/ephemeral: which claims a pod's volumes are.
import type { Pod } from './types'

const NONE: readonly string[] = Object.freeze([])

/** Names of the claims that a pod's volumes are, its own ephemeral ones among them. Most pods have none, and no list is made for them. */
export function claimNames(pod: Pod): readonly string[] {
  let names: string[] | undefined
  for (const volume of pod.spec?.volumes ?? []) {
    const name = claimOf(pod, volume)
    if (name === undefined) continue
    names ??= []
    names.push(name)
  }
  return names ?? NONE
}

/** Name of the claim that a volume of a pod is; undefined where it is none. */
export function claimOf(
  { metadata }: Pod,
  { name, persistentVolumeClaim: claim, ephemeral }: NonNullable<Pod['spec']['volumes']>[number],
): string | undefined {
  if (claim) return claim.claimName
  return ephemeral ? `${metadata.name}-${name}` : undefined
}
