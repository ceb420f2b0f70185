// Models validatePodResources in pkg/apis/core/validation/validation.go: what a pod asks for as a whole, and what its containers do.
import { type FieldError, forbidden, invalid, notSupported } from '../../api/field-error'
import { compareQuantities, formatQuantity, quantity } from '../../api/quantity'
import { containerSum } from '../../api/quota'
import type { Container, Pod, PodSpec } from '../../api/types'
import { containerResourceErrors, resourceErrors } from './resources'

type Resources = NonNullable<Container['resources']> & { readonly claims?: unknown }

/** What a pod can be given as a whole (IsSupportedPodLevelResource). */
export const isOfPods = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** validatePodResourceName */
function nameErrors(name: string, field: string): FieldError[] {
  if (isOfPods(name)) return []
  const wrong = containerResourceErrors(name, field).filter(
    ({ detail }) => detail !== 'must be a standard resource for containers',
  )
  return wrong.length > 0 ? wrong : [notSupported(field, name, ['cpu', 'hugepages-', 'memory'])]
}

/** What is wrong with a spec's own resources. */
export function podResourceErrors(spec: PodSpec, path: string): readonly FieldError[] {
  const { resources } = spec as { resources?: Resources }
  if (!resources) return []
  const errors: FieldError[] = resources.claims
    ? [forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level')]
    : []
  const own = resourceErrors(resources, path, nameErrors)
  return own.length > 0 ? [...errors, ...own] : [...errors, ...consistencyErrors(spec, resources, path)]
}

/** validatePodResourceConsistency: together containers ask for no more than their pod, and none may use more. */
function consistencyErrors(spec: PodSpec, { requests, limits }: Resources, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const asked = containerSum({ spec } as Pod, 'requests')
  for (const name of Object.keys(requests ?? {}).sort()) {
    const all = asked.get(name)
    const own = quantity(requests?.[name] ?? '0')
    if (!all || compareQuantities(own, all) >= 0) continue
    const why = `must be greater than or equal to aggregate container requests of ${formatQuantity(all)}`
    errors.push(invalid(`${path}.requests[${name}]`, formatQuantity(own), why))
  }
  spec.containers?.forEach(({ resources }, i) => {
    for (const [name, amount] of Object.entries(resources?.limits ?? {})) {
      const own = limits?.[name]
      if (own === undefined || compareQuantities(quantity(amount), quantity(own)) <= 0) continue
      const why = `must be less than or equal to pod limits of ${formatQuantity(quantity(own))}`
      // the field's name is upstream's
      errors.push(invalid(`${path}.containers[${i}][${name}].limits`, formatQuantity(quantity(amount)), why))
    }
  })
  return errors
}
