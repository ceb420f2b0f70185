// Models component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go: which nodes a pod's spec asks for.
import { matchesAnyTerm } from '../api/node-selector'
import type { Pod } from '../api/types'
import type { NodeInfo } from './node-info'

/** Whether a node meets a pod's nodeSelector and its required node affinity. */
export function matchesRequiredAffinity(pod: Pod, node: NodeInfo): boolean {
  const { nodeSelector, affinity } = pod.spec
  for (const key in nodeSelector) if (node.labels[key] !== nodeSelector[key]) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || matchesAnyTerm(required.nodeSelectorTerms, node.labels, node.name)
}
