/** Which controllers have a room of their own. Pure; rooms keep their place once they have it, as long as there is room. */
import type { ControllerView } from '../session/types'

/** In this order they stand, and in this order they are chosen when nothing else tells. */
const ORDER = [
  'deployment',
  'replicaset',
  'statefulset',
  'daemonset',
  'job',
  'cronjob',
  'endpointslice',
  'endpoints',
  'garbage-collector',
  'node-lifecycle',
  'namespace',
  'serviceaccount',
]
/** Those that are drawn in a calm cluster, so that one sees what the house is for. */
const CALM = ['deployment', 'replicaset', 'endpointslice', 'garbage-collector', 'node-lifecycle']
/** A controller that has not been heard of yet is at rest. */
const atRest = (part: string): ControllerView => ({ part, queue: 0, active: 0, retries: 0 })

/** Those that have been heard of, and those that are drawn in any case. */
export const withCalm = (controllers: readonly ControllerView[]): readonly ControllerView[] => [
  ...controllers,
  ...CALM.filter(part => !controllers.some(controller => controller.part === part)).map(atRest),
]

const rank = (part: string): number => {
  const index = ORDER.indexOf(part)
  return index < 0 ? ORDER.length : index
}

/** Whether a controller has something to do. */
export const isBusy = (controller: ControllerView): boolean =>
  controller.queue + controller.active + controller.retries > 0 || (controller.desired ?? 0) > 0

/**
 * The controllers that have a room: those of the scene first, then those that had one, then the busy ones, then the calm
 * cluster's; at most `slots`, in a fixed order.
 */
export function chooseControllers(
  controllers: readonly ControllerView[],
  inScene: ReadonlySet<string>,
  had: readonly string[],
  slots: number,
): readonly string[] {
  const weight = (controller: ControllerView): number => {
    if (inScene.has(controller.part)) return 4
    if (isBusy(controller)) return had.includes(controller.part) ? 3 : 2
    if (had.includes(controller.part)) return 1.5
    return CALM.includes(controller.part) ? 1 : 0
  }
  const wanted = withCalm(controllers).filter(controller => weight(controller) > 0)
  const chosen = wanted.toSorted((a, b) => weight(b) - weight(a) || rank(a.part) - rank(b.part)).slice(0, slots)
  return chosen.map(({ part }) => part).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
