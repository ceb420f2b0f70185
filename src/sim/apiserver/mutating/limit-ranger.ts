// Models plugin/pkg/admission/limitranger/admission.go, the part that fills in: containers get the requests and limits of LimitRanges.
import type { Container, Pod } from '../../api/types'
import type { Plugin } from '../attempt'

/** One item of a LimitRange's spec. */
export interface LimitItem {
  readonly type: string
  readonly max?: Readonly<Record<string, string>>
  readonly min?: Readonly<Record<string, string>>
  readonly default?: Readonly<Record<string, string>>
  readonly defaultRequest?: Readonly<Record<string, string>>
  readonly maxLimitRequestRatio?: Readonly<Record<string, string>>
}

export const limitRangerDefaults: Plugin = {
  name: 'LimitRanger',
  operations: ['CREATE'],
  resources: ['pods'],
  admit: ({ object, namespace }, reader) => {
    if (!object) return undefined
    let pod = object as Pod
    for (const range of reader.list('limitranges', namespace)) pod = withDefaults(pod, range.spec?.limits ?? [])
    return pod === (object as Pod) ? undefined : { object: pod as typeof object }
  },
}

/** mergePodResourceRequirements: an annotation tells what was set. Of several items for containers in one LimitRange the last counts. */
function withDefaults(pod: Pod, items: readonly LimitItem[]): Pod {
  const set: string[] = []
  const ofContainers = items.filter(({ type }) => type === 'Container')
  const defaultLimits = Object.assign({}, ...ofContainers.map(item => item.default))
  const defaultRequests = Object.assign({}, ...ofContainers.map(item => item.defaultRequest))
  const fill =
    (kind: string) =>
    (container: Container): Container => {
      const { requests, limits } = container.resources ?? {}
      const newRequests = missing(defaultRequests, requests)
      const newLimits = missing(defaultLimits, limits)
      for (const [what, names] of [
        ['request', newRequests],
        ['limit', newLimits],
      ] as const)
        if (Object.keys(names).length > 0)
          set.push(`${Object.keys(names).sort().join(', ')} ${what} for ${kind} ${container.name}`)
      if (Object.keys(newRequests).length + Object.keys(newLimits).length === 0) return container
      const merged = { ...requests, ...newRequests }
      return { ...container, resources: { ...container.resources, limits: { ...limits, ...newLimits }, requests: merged } }
    }
  const containers = pod.spec.containers.map(fill('container'))
  const initContainers = pod.spec.initContainers?.map(fill('init container'))
  if (set.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${set.join('; ')}` }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers, ...(initContainers && { initContainers }) },
  }
}

function missing(
  defaults: Readonly<Record<string, string>> | undefined,
  given: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name of Object.keys(defaults ?? {})) if (given?.[name] === undefined) out[name] = defaults?.[name] ?? ''
  return out
}
