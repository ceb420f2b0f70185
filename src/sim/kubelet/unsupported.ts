import type { Pod } from '../api/types'

/** Fields of a pod that the kubelet here does not act on: said in the trace, never passed over in silence. */
export function unsupportedFields(pod: Pod): readonly string[] {
  const fields = new Set<string>()
  const { spec } = pod
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) if (container[probe]) fields.add(probe)
    if (container.lifecycle) fields.add('lifecycle')
    if (container.ports?.some(p => p.hostPort)) fields.add('hostPort')
  }
  if (spec.ephemeralContainers?.length) fields.add('ephemeralContainers')
  if (spec.activeDeadlineSeconds !== undefined) fields.add('activeDeadlineSeconds')
  const simulated = new Set(['name', 'projected', 'configMap', 'secret', 'emptyDir', 'downwardAPI', 'hostPath'])
  for (const volume of spec.volumes ?? []) for (const kind in volume) if (!simulated.has(kind)) fields.add(`volumes.${kind}`)
  return Object.freeze([...fields].sort())
}
