import type { Container, Pod } from '../api/types'

/** Fields of a pod that the kubelet here does not act on: said in the trace, never passed over in silence. */
export function unsupportedFields(pod: Pod): readonly string[] {
  const { spec } = pod
  const fields: string[] = []
  for (const container of spec.containers) addContainer(container, fields)
  for (const container of spec.initContainers ?? []) addContainer(container, fields)
  if (spec.ephemeralContainers?.length) fields.push('ephemeralContainers')
  for (const volume of spec.volumes ?? []) for (const kind in volume) if (!SIMULATED.has(kind)) fields.push(`volumes.${kind}`)
  return fields.length > 0 ? Object.freeze([...new Set(fields)].sort()) : NONE
}

const NONE: readonly string[] = Object.freeze([])
const SIMULATED = new Set([
  'name',
  'projected',
  'configMap',
  'secret',
  'emptyDir',
  'downwardAPI',
  'hostPath',
  'persistentVolumeClaim',
  'ephemeral',
])

function addContainer(container: Container, fields: string[]): void {
  if (container.ports?.some(p => p.hostPort)) fields.push('hostPort')
}
