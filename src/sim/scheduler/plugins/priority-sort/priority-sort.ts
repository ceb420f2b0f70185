// Models pkg/scheduler/framework/plugins/queuesort/priority_sort.go.
import type { Plugin } from '../../framework'

/** Higher priority first, then who waits longer. */
export const prioritySort: Plugin & Required<Pick<Plugin, 'compare'>> = {
  name: 'PrioritySort',
  compare: (a, b) => b.priority - a.priority || a.at - b.at,
}
