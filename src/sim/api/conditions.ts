/**
 * Conditions of a status, never changed in place. Each family of kinds has its own habits about times and order.
 */

/** What all conditions share. Times are RFC 3339. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly lastTransitionTime?: string | null | undefined
}

/** The condition of a type. Models GetPodCondition, GetDeploymentCondition and their like. */
export const getCondition = <C extends Condition>(conditions: readonly C[] | undefined, type: C['type']): C | undefined =>
  conditions?.find(condition => condition.type === type)

/** Whether a condition is there and its status is `True`. Models IsPodReady, IsStatusConditionTrue. */
export const isTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  getCondition(conditions, type)?.status === 'True'

/**
 * Puts a condition in its type's place, or at the end. Its transition time stays the old one while the status is the same.
 * The same list when nothing is new. Models podutil.UpdatePodCondition.
 */
export function updateCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] {
  const list = conditions ?? []
  const at = list.findIndex(({ type }) => type === condition.type)
  const old = list[at]
  if (old === undefined) return [...list, condition]
  const next = old.status === condition.status ? { ...condition, lastTransitionTime: old.lastTransitionTime } : condition
  return sameFields(old, next) ? list : list.with(at, next)
}

/**
 * As Deployments and ReplicaSets do it: a condition whose status and reason are as before changes nothing; else it moves to the end.
 * Models deploymentutil.SetDeploymentCondition and replicaset's SetCondition.
 */
export function setCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] {
  const list = conditions ?? []
  const old = getCondition(list, condition.type)
  if (old !== undefined && old.status === condition.status && old.reason === condition.reason) return list
  const kept = old !== undefined && old.status === condition.status
  const next = kept ? { ...condition, lastTransitionTime: old.lastTransitionTime } : condition
  return [...list.filter(({ type }) => type !== condition.type), next]
}

/** The same list when there is none of that type. Models RemoveDeploymentCondition. */
export function removeCondition<C extends Condition>(conditions: readonly C[] | undefined, type: C['type']): readonly C[] {
  const list = conditions ?? []
  return list.some(condition => condition.type === type) ? list.filter(condition => condition.type !== type) : list
}

function sameFields(a: object, b: object): boolean {
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const key in x) if (x[key] !== y[key]) return false
  for (const key in y) if (x[key] !== y[key]) return false
  return true
}
