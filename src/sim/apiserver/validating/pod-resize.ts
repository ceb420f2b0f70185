// Models plugin/pkg/admission/podresize/admission.go: what a bound pod's containers ask for anew has to fit its node.
import { compareQuantities, milliValue, quantity, unitValue } from '../../api/quantity'
import { podSum } from '../../api/quota'
import { forbidden } from '../../api/status'
import type { KubeObject, Pod, Status } from '../../api/types'
import type { Attempt, Plugin } from '../attempt'

export const podResize: Plugin = {
  name: 'PodResizeValidator',
  operations: ['UPDATE'],
  resources: ['pods'],
  subresources: true,
  admit: (attempt, reader) => {
    const { object, old, subresource, type, name } = attempt
    if (subresource !== 'resize' || !object?.spec?.nodeName || object.metadata.generation === old?.metadata.generation)
      return undefined
    const node = reader.get('nodes', undefined, object.spec.nodeName)
    if (!node) return { refused: forbidden(type, name, `node "${object.spec.nodeName}" not found`) }
    const os = node.metadata.labels?.['kubernetes.io/os']
    if (os !== undefined && os !== 'linux')
      return no(
        attempt,
        'UnsupportedPlatform',
        `pod resize is only supported on linux nodes, node "${node.metadata.name}" is "${os}"`,
      )
    const short = shortOf(object as Pod, node)
    return short.length === 0
      ? undefined
      : no(attempt, 'NodeCapacity', `node didn't have enough allocatable resources: ${short.join('; ')}`)
  },
}

/** validateRequestsWithinAllocatable: what the node could not give, even if it had no other pod. */
function shortOf(pod: Pod, node: KubeObject): readonly string[] {
  const requests = podSum(pod, 'requests')
  const allocatable: Readonly<Record<string, string>> = node.status?.allocatable ?? {}
  return (['cpu', 'memory'] as const).flatMap(resource => {
    const [asked, there] = [requests.get(resource) ?? quantity('0'), quantity(allocatable[resource] ?? '0')]
    const value = resource === 'cpu' ? milliValue : unitValue
    return compareQuantities(asked, there) > 0 ? [`${resource}, requested: ${value(asked)}, allocatable: ${value(there)}`] : []
  })
}

function no({ type, name }: Attempt, reason: string, why: string): { readonly refused: Status } {
  const status = forbidden(type, name, why)
  return { refused: { ...status, details: { ...status.details, causes: [{ reason }] } } as Status }
}
