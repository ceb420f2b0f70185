// Models plugin/pkg/admission/defaulttolerationseconds and plugin/pkg/admission/nodetaint: what pods bear, and what new nodes ask to bear.
import { copyWith } from '../../api/deep'
import type { Pod, Taint, Toleration } from '../../api/types'
import type { Plugin } from '../attempt'
import { markDefaulted } from '../defaulting/pod'

/** The tolerations that pods get, by their seconds: made once for each apiserver's flags. */
const made = new Map<string, Toleration[]>()

function tolerationsOf(notReadySeconds: number, unreachableSeconds: number): Toleration[] {
  const key = `${notReadySeconds} ${unreachableSeconds}`
  let both = made.get(key)
  if (!both) {
    const toleration = (condition: string, tolerationSeconds: number): Toleration =>
      Object.freeze({ key: `node.kubernetes.io/${condition}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds })
    both = Object.freeze([
      toleration('not-ready', notReadySeconds),
      toleration('unreachable', unreachableSeconds),
    ]) as Toleration[]
    made.set(key, both)
  }
  return both
}

const bears = (tolerations: readonly Toleration[], key: string | undefined): boolean =>
  tolerations.some(t => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect))

/** A pod leaves a node that has failed after five minutes, unless it says otherwise. */
export const defaultTolerationSeconds: Plugin = {
  name: 'DefaultTolerationSeconds',
  operations: ['CREATE', 'UPDATE'],
  resources: ['pods'],
  admit: ({ object, old }, { config }) => {
    if (!object || object.spec === old?.spec) return undefined
    const { spec } = object as Pod
    const both = tolerationsOf(config.notReadyTolerationSeconds, config.unreachableTolerationSeconds)
    const given = spec.tolerations ?? []
    const added = given.length === 0 ? both : both.filter(t => !bears(given, t.key))
    if (added.length === 0) return undefined
    const tolerations = given.length === 0 ? both : [...given, ...added]
    return { object: { ...object, spec: markDefaulted(copyWith(spec, { tolerations })) } }
  },
}

/** A node that registers takes no pods until somebody has seen that it is ready. */
export const taintNodesByCondition: Plugin = {
  name: 'TaintNodesByCondition',
  operations: ['CREATE'],
  resources: ['nodes'],
  admit: ({ object }) => {
    if (!object) return undefined
    const taints: Taint[] = object.spec?.taints ?? []
    if (taints.some(t => t.key === 'node.kubernetes.io/not-ready' && t.effect === 'NoSchedule')) return undefined
    return {
      object: {
        ...object,
        spec: { ...object.spec, taints: [...taints, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
      },
    }
  },
}
