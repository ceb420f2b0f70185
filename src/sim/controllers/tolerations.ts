// Models k8s.io/component-helpers/scheduling/corev1/helpers.go.
import type { Taint, Toleration } from '../api/types'

/** Toleration.ToleratesTaint */
export function toleratesTaint({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  return operator === 'Exists' || (Boolean(key) && (value ?? '') === (taint.value ?? ''))
}
