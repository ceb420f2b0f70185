// Models component-helpers/scheduling/corev1/helpers.go: which taints a pod tolerates.
import type { KubeObject, Pod, Taint, Toleration } from '../api/types'

/** Whether one toleration covers a taint. */
export function tolerates(t: Toleration, taint: Taint): boolean {
  if (t.effect && t.effect !== taint.effect) return false
  if (t.key && t.key !== taint.key) return false
  if (t.operator === 'Exists') return true
  return (t.operator || 'Equal') === 'Equal' && (t.value ?? '') === (taint.value ?? '')
}

/** Whether any toleration covers a taint. */
export const isTolerated = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some(t => tolerates(t, taint)) ?? false

/** Whether every taint that keeps new pods off (NoSchedule, NoExecute) is tolerated. */
export function toleratesAll(tolerations: readonly Toleration[] | undefined, taints: readonly Taint[]): boolean {
  for (const taint of taints) if (taint.effect !== 'PreferNoSchedule' && !isTolerated(tolerations, taint)) return false
  return true
}

/** Whether a pod has got another toleration: the API lets nobody change or remove one (extractPodTolerationChange). */
export const toleranceChanged = (old: KubeObject | undefined, now: KubeObject | undefined): boolean =>
  old !== undefined && now !== undefined && tolerationsOf(old).length !== tolerationsOf(now).length

const tolerationsOf = (pod: KubeObject): readonly Toleration[] => (pod as unknown as Pod).spec.tolerations ?? []
