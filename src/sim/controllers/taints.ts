// Models pkg/controller/util/node/controller_utils.go and pkg/controller/controller_utils.go: taints put on nodes and taken off.
import { MEDIA } from '../api/messages'
import { rfc3339 } from '../api/time'
import type { KubeObject, Node, Taint } from '../api/types'
import { succeeded } from '../client/http'
import { getRequest, patchRequest } from '../client/requests'
import type { Time } from '../kernel/types'
import { ask, fail, type Self, type Step } from './ask'
import { isConflict } from './objects'

/** Taint.MatchTaint: the same key and effect. */
export const sameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect

/** What a taint is called by: key and effect. */
export const hasTaint = (node: KubeObject, taint: Taint): boolean =>
  ((node as Node).spec.taints ?? []).some(t => sameTaint(t, taint))

/** SwapNodeControllerTaint: adds taints, then removes others, each by a read and a patch. What is so already costs no request. */
export function* swapTaints(self: Self, node: Node, add: readonly Taint[], remove: readonly Taint[], at: Time): Step<void> {
  const stamped = add.map(taint => ({ ...taint, timeAdded: rfc3339(at) }))
  if (stamped.length > 0) {
    const error = yield* patchTaints(self, node.metadata.name, taints => {
      const missing = stamped.filter(t => !taints.some(there => sameTaint(there, t)))
      return missing.length > 0 ? [...taints, ...missing] : taints
    })
    if (error) return error
  }
  const present = remove.filter(taint => hasTaint(node, taint))
  if (present.length === 0) return
  const error = yield* patchTaints(self, node.metadata.name, taints => {
    const kept = taints.filter(there => !present.some(t => sameTaint(t, there)))
    return kept.length < taints.length ? kept : taints
  })
  if (error) return error
}

/** Reads the node (the first time from the watch cache) and patches its taints, again on a conflict. */
function* patchTaints(self: Self, name: string, change: (taints: readonly Taint[]) => readonly Taint[]): Step<void> {
  for (let tries = 0; ; tries++) {
    const response = yield* ask<Node>(
      self,
      getRequest('nodes', undefined, name, tries === 0 ? { resourceVersion: '0' } : undefined),
    )
    if (response.code === 404) return
    if (!succeeded(response)) return fail(response)
    const { metadata, spec } = response.body
    const before = spec.taints ?? []
    const taints = change(before)
    if (taints === before) return
    const body = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } }
    const patched = yield* ask(self, patchRequest('nodes', undefined, name, body, MEDIA.strategicMergePatch))
    if (succeeded(patched)) return
    if (!isConflict(patched) || tries === 9) return fail(patched)
  }
}
