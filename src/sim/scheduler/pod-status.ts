// Models pkg/scheduler/util/utils.go (PatchPodStatus) and podutil.UpdatePodCondition: patches that say only what is new.
import { getCondition } from '../api/conditions'
import { MEDIA } from '../api/messages'
import { rfc3339 } from '../api/time'
import type { Pod } from '../api/types'
import type { RequestSpec } from '../client/http'
import { patchRequest } from '../client/requests'
import type { Time } from '../kernel/types'

/** A condition that the scheduler sets. */
export interface NewCondition {
  readonly type: 'PodScheduled' | 'DisruptionTarget'
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** What to patch into pods/status; undefined when there is nothing new. `nominatedNodeName` '' takes the nomination back. */
export function statusPatch(
  pod: Pod,
  condition: NewCondition | undefined,
  nominatedNodeName: string | undefined,
  now: Time,
): object | undefined {
  const conditions = condition && conditionsPatch(pod, condition, now)
  const before = pod.status.nominatedNodeName ?? ''
  const nomination = nominatedNodeName === undefined || nominatedNodeName === before ? undefined : nominatedNodeName
  if (!conditions && nomination === undefined) return undefined
  return {
    status: { ...conditions, ...(nomination !== undefined && { nominatedNodeName: nomination === '' ? null : nomination }) },
  }
}

/** A strategic merge patch of the conditions: the order of all, and of this one what has changed. */
function conditionsPatch(pod: Pod, condition: NewCondition, now: Time): object | undefined {
  const list = pod.status.conditions ?? []
  const { generation } = pod.metadata
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  const old = getCondition(list, condition.type)
  const order = [...list.map(c => c.type), ...(old ? [] : [condition.type])].map(type => ({ type }))
  const setOrder = list.length > 0 ? { '$setElementOrder/conditions': order } : {}
  if (!old)
    return { ...setOrder, conditions: [{ lastProbeTime: null, lastTransitionTime: rfc3339(now), ...condition, ...observed }] }
  const wanted: Record<string, unknown> = {
    status: condition.status,
    reason: condition.reason,
    message: condition.message,
    ...observed,
  }
  const before = old as unknown as Readonly<Record<string, unknown>>
  const changed: Record<string, unknown> = {}
  for (const field in wanted) if (wanted[field] !== before[field]) changed[field] = wanted[field]
  if (Object.keys(changed).length === 0) return undefined
  if ('status' in changed) changed.lastTransitionTime = rfc3339(now)
  return { ...setOrder, conditions: [{ ...changed, type: condition.type }] }
}

/** A strategic merge patch of pods/status. */
export const patchStatus = ({ metadata: { namespace = '', name } }: Pod, body: object): RequestSpec =>
  patchRequest('pods', namespace, name, body, MEDIA.strategicMergePatch, 'status')
