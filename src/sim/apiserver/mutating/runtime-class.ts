// Models plugin/pkg/admission/runtimeclass/admission.go and pkg/util/tolerations: what a pod's RuntimeClass costs and where it runs.
import { copyWith, deepEqual } from '../../api/deep'
import { forbidden } from '../../api/status'
import type { KubeObject, Pod, Toleration } from '../../api/types'
import type { Attempt, Plugin, Verdict } from '../attempt'
import { markDefaulted } from '../defaulting/pod'
import type { Reader } from '../state'

const RESOURCE = 'runtimeclasses.node.k8s.io'
const OTHER_OVERHEAD = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
const NO_OVERHEAD = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'

/** A pod takes over its class's overhead, nodeSelector and tolerations; a class has to be there. */
export const runtimeClass: Plugin = {
  name: 'RuntimeClass',
  operations: ['CREATE'],
  resources: ['pods'],
  admit: (attempt, reader) => {
    if (!attempt.object) return undefined
    const { spec } = attempt.object as Pod
    if (spec.runtimeClassName === undefined) return undefined
    const of = classOf(spec, reader)
    if (!of) return no(attempt, `pod rejected: RuntimeClass "${spec.runtimeClassName}" not found`)
    const overhead = of.overhead?.podFixed
    if (overhead && spec.overhead && !deepEqual(overhead, spec.overhead)) return no(attempt, OTHER_OVERHEAD)
    const { nodeSelector, tolerations } = (of.scheduling ?? {}) as Pick<Pod['spec'], 'nodeSelector' | 'tolerations'>
    for (const key in nodeSelector) {
      const [own, wanted] = [spec.nodeSelector?.[key], nodeSelector[key]]
      if (own !== undefined && own !== wanted)
        return no(
          attempt,
          `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted}; pod.spec.nodeSelector[${key}] = ${own}`,
        )
    }
    const changes = {
      ...(overhead && { overhead }),
      ...(nodeSelector && { nodeSelector: { ...spec.nodeSelector, ...nodeSelector } }),
      ...(of.scheduling && { tolerations: merged(spec.tolerations ?? [], tolerations ?? []) }),
    }
    return { object: { ...attempt.object, spec: markDefaulted(copyWith(spec, changes)) } }
  },
}

/** A pod's overhead is that of its class, and nobody else's. */
export const runtimeClassOverhead: Plugin = {
  name: 'RuntimeClass',
  operations: ['CREATE'],
  resources: ['pods'],
  admit: (attempt, reader) => {
    const spec = (attempt.object as Pod | undefined)?.spec
    if (!spec?.overhead) return undefined
    const overhead = classOf(spec, reader)?.overhead?.podFixed
    if (!overhead) return no(attempt, NO_OVERHEAD)
    return deepEqual(overhead, spec.overhead) ? undefined : no(attempt, OTHER_OVERHEAD)
  },
}

const classOf = ({ runtimeClassName }: Pod['spec'], reader: Reader): KubeObject | undefined =>
  runtimeClassName === undefined ? undefined : reader.get(RESOURCE, undefined, runtimeClassName)

const no = ({ type, name }: Attempt, why: string): Verdict => ({ refused: forbidden(type, name, why) })

/** Both lists, without what another toleration covers. */
function merged(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second]
  const kept: Toleration[] = []
  all.forEach((t, i) => {
    if (kept.some(k => covers(k, t))) return
    if (all.slice(i + 1).some(later => !deepEqual(later, t) && covers(later, t))) return
    kept.push(t)
  })
  return kept
}

/** Whether one toleration covers all that another one does (isSuperset). */
function covers(wide: Toleration, t: Toleration): boolean {
  if (deepEqual(wide, t)) return true
  if (t.key !== wide.key && (wide.key || wide.operator !== 'Exists')) return false
  if (t.effect !== wide.effect && wide.effect) return false
  const lasts = wide.effect && wide.effect !== 'NoExecute' ? undefined : wide.tolerationSeconds
  if (lasts !== undefined && (t.tolerationSeconds === undefined || t.tolerationSeconds > lasts)) return false
  if (wide.operator === 'Exists') return true
  return (wide.operator || 'Equal') === 'Equal' && t.operator === 'Equal' && (t.value ?? '') === (wide.value ?? '')
}
