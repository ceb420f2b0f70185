// Models pkg/controller/daemon/{daemon_controller,util/daemonset_util}.go: on which nodes a DaemonSet's pods run, and how they are bound to them.

import { matchesAnyTerm } from '../../api/node-selector'
import type { DaemonSet, KubeObject, Node, Pod, PodTemplateSpec, Taint, Toleration } from '../../api/types'
import { toleratesTaint } from '../tolerations'

export const HASH_LABEL = 'controller-revision-hash'
const GENERATION_LABEL = 'pod-template-generation'
const GENERATION = 'deprecated.daemonset.template.generation'

/** Taints that a node may have and still run its daemons. */
const TOLERATED: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]
const NETWORK: Toleration = { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }

/** AddOrUpdateDaemonPodTolerations: the pod's own, and those of every daemon. */
function tolerationsOf(template: PodTemplateSpec): Toleration[] {
  const own = template.spec?.tolerations ?? []
  const daemons = template.spec?.hostNetwork ? [...TOLERATED, NETWORK] : TOLERATED
  const same = (a: Toleration, b: Toleration) => a.key === b.key && a.operator === b.operator && a.effect === b.effect
  return [...own.filter(t => !daemons.some(d => same(d, t))), ...daemons]
}

/** NodeShouldRunDaemonPod: whether a daemon may come to a node, and whether one that is there may stay. */
export function fitOf(set: DaemonSet, node: Node): { readonly comes: boolean; readonly stays: boolean } {
  const { spec } = set.spec.template
  if (spec?.nodeName && spec.nodeName !== node.metadata.name) return { comes: false, stays: false }
  const labels = node.metadata.labels ?? {}
  const selected = Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (!selected || (required && !matchesAnyTerm(required.nodeSelectorTerms, node.metadata.labels ?? {}, node.metadata.name)))
    return { comes: false, stays: false }
  const tolerations = tolerationsOf(set.spec.template)
  const bothers = (taint: Taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some(t => toleratesTaint(t, taint))
  const untolerated = (node.spec.taints ?? []).filter(bothers)
  return { comes: untolerated.length === 0, stays: !untolerated.some(({ effect }) => effect === 'NoExecute') }
}

/** What changes of a node may change where daemons run. */
export const sameForDaemons = (a: Node, b: Node): boolean =>
  a.metadata.labels === b.metadata.labels && a.spec.taints === b.spec.taints && a.spec.unschedulable === b.spec.unschedulable

/** The template with what tells its revision apart, and with a daemon's tolerations. */
export function daemonTemplate(set: DaemonSet, hash: string): PodTemplateSpec {
  const { template } = set.spec
  const generation = set.metadata.annotations?.[GENERATION]
  return {
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        [HASH_LABEL]: hash,
        ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
      },
    },
    spec: { ...template.spec, containers: template.spec?.containers ?? [], tolerations: tolerationsOf(template) },
  }
}

/** ReplaceDaemonSetPodNodeNameNodeAffinity: the scheduler shall bind the pod to this node and no other. */
export function pinnedTo(template: PodTemplateSpec, node: string): PodTemplateSpec {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }]
  const affinity = template.spec?.affinity
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
  }
  return {
    ...template,
    spec: { ...template.spec, containers: template.spec?.containers ?? [], affinity: { ...affinity, nodeAffinity } },
  }
}

/** GetTargetNodeName: the node that a daemon is on or is pinned to. */
export function nodeOf(pod: Pod): string {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const { matchFields } of terms)
    for (const { key, operator, values } of matchFields ?? [])
      if (key === 'metadata.name' && operator === 'In') return values?.[0] ?? ''
  return ''
}

/** IsPodUpdated: of this revision, by its hash or its generation. */
export function isUpdated(set: DaemonSet, pod: KubeObject, hash: string): boolean {
  const generation = set.metadata.annotations?.[GENERATION]
  const { labels } = pod.metadata
  return labels?.[HASH_LABEL] === hash || (generation !== undefined && labels?.[GENERATION_LABEL] === generation)
}
