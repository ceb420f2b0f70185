// Models pkg/util/pod/pod.go's PatchPodStatus as the controllers use it that put a pod to its end: why, in a condition, before they delete it.
import { rfc3339 } from '../api/time'
import type { Pod } from '../api/types'
import type { Time } from '../kernel/types'

/** Why a pod has to go, as its condition DisruptionTarget says it. */
export interface Disruption {
  readonly reason: string
  readonly message: string
}

/** A strategic merge patch of a pod's status: what is set, and the condition with the order of all of them. */
export function disruptionPatch(pod: Pod, disruption: Disruption | undefined, at: Time, set: object = {}): object {
  const { uid, generation } = pod.metadata
  if (!disruption) return { metadata: { uid }, status: set }
  const types = (pod.status.conditions ?? []).map(({ type }) => type).filter(type => type !== 'DisruptionTarget')
  const condition = {
    lastProbeTime: null,
    lastTransitionTime: rfc3339(at),
    message: disruption.message,
    ...(generation !== undefined && { observedGeneration: generation }),
    reason: disruption.reason,
    status: 'True',
    type: 'DisruptionTarget',
  }
  const order = [...types, 'DisruptionTarget'].map(type => ({ type }))
  return { metadata: { uid }, status: { '$setElementOrder/conditions': order, conditions: [condition], ...set } }
}
