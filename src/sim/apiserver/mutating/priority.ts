// Models plugin/pkg/admission/priority/admission.go: a pod's priority is the number that its class stands for.
import { copyWith } from '../../api/deep'
import { forbidden } from '../../api/status'
import type { KubeObject, Pod } from '../../api/types'
import type { Plugin } from '../attempt'
import { markDefaulted } from '../defaulting/pod'
import type { Reader } from '../state'

const CLASSES = 'priorityclasses.scheduling.k8s.io'

export const priority: Plugin = {
  name: 'Priority',
  operations: ['CREATE', 'UPDATE'],
  resources: ['pods'],
  admit: ({ object, old, operation, type, name }, reader) => {
    if (!object || (old && object.spec === old.spec)) return undefined
    const { spec } = object as Pod
    if (operation === 'UPDATE') {
      const kept = old?.spec as Pod['spec'] | undefined
      if (spec.priority !== undefined || kept?.priority === undefined) return undefined
      return {
        object: {
          ...object,
          spec: { ...spec, priority: kept.priority, preemptionPolicy: spec.preemptionPolicy ?? kept.preemptionPolicy },
        },
      }
    }
    const of = classOf(reader, spec.priorityClassName)
    if (!of && spec.priorityClassName)
      return { refused: forbidden(type, name, `no PriorityClass with name ${spec.priorityClassName} was found`) }
    const value: number = of?.value ?? 0
    if (spec.priority !== undefined && spec.priority !== value)
      return {
        refused: forbidden(
          type,
          name,
          `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        ),
      }
    const policy: string = of?.preemptionPolicy ?? 'PreemptLowerPriority'
    const given = { priority: value, preemptionPolicy: policy }
    const classed = of && !spec.priorityClassName ? { priorityClassName: of.metadata.name, ...given } : given
    return { object: { ...object, spec: markDefaulted(copyWith(spec, classed)) } }
  },
}

/** The class of that name; without a name, the one that is the cluster's default. */
function classOf(reader: Reader, name: string | undefined): KubeObject | undefined {
  if (name) return reader.get(CLASSES, undefined, name)
  for (const each of reader.list(CLASSES)) if (each.globalDefault === true) return each
  return undefined
}
