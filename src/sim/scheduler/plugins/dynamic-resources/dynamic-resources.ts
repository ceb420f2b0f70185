// Models what pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go does for pods without resource claims.
import { type Plugin, unresolvable } from '../../framework'

const NO_STATE = Object.freeze({ state: undefined })
const UNSUPPORTED = unresolvable('dynamic resource allocation is not simulated')

/** Says nothing about pods without claims: a 0 for every node. Claims are not simulated, and such a pod is told so. */
export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  preFilter: ({ pod }) => (pod.spec.resourceClaims?.length ? UNSUPPORTED : NO_STATE),
  /** Where another plugin ended PreFilter before this one, its state is missing, and that is an error. */
  postFilter: (_attempt, ready) =>
    ready ? { kind: 'refused', message: 'no new claims to deallocate' } : { kind: 'error', message: 'not found' },
  score: () => 0,
}
