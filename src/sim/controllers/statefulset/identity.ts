// Models pkg/controller/statefulset/stateful_set_utils.go: who a StatefulSet's pods are, and how they do.
import { controllerRef } from '../../api/owners'
import type { KubeObject, Pod, PodTemplateSpec, StatefulSet } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isPodAvailable, isPodReady } from '../pods'

export const REVISION_LABEL = 'controller-revision-hash'
const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX = 'apps.kubernetes.io/pod-index'

/** A pod of a StatefulSet: one that is there, or one that is to be made (then it has no phase). */
export type Replica = Pod

export const replicasWanted = (set: StatefulSet): number => set.spec.replicas ?? 1
export const startOrdinal = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0
export const isParallel = (set: StatefulSet): boolean => set.spec.podManagementPolicy === 'Parallel'

/** The ordinal in a pod's name; -1 for a name of another shape. */
export function ordinalOf(set: StatefulSet, pod: KubeObject): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name)
  return match?.[1] === set.metadata.name ? Number(match[2]) : -1
}
export const inRange = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= startOrdinal(set) && ordinal < startOrdinal(set) + replicasWanted(set)

export const podRevision = (pod: KubeObject): string => pod.metadata.labels?.[REVISION_LABEL] ?? ''

export const isCreated = (pod: Replica): boolean => Boolean(pod.status?.phase)
export const isTerminating = (pod: Replica): boolean => pod.metadata.deletionTimestamp !== undefined
export const hasEnded = (pod: Replica): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
export const isRunningAndReady = (pod: Replica): boolean => pod.status?.phase === 'Running' && isPodReady(pod)
export const isRunningAndAvailable = (pod: Replica, minReadySeconds: number, at: Time): boolean =>
  isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, at)

/** identityMatches: the pod carries the name and the ordinal that it is known by. */
export const hasIdentity = (set: StatefulSet, pod: Pod): boolean =>
  ordinalOf(set, pod as KubeObject) >= 0 && pod.metadata.labels?.[POD_NAME] === pod.metadata.name
/** updateIdentity */
export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const { metadata } = pod
  const ordinal = String(ordinalOf(set, pod as KubeObject))
  return { ...pod, metadata: { ...metadata, labels: { ...metadata.labels, [POD_NAME]: metadata.name, [POD_INDEX]: ordinal } } }
}

/** isUnavailable: not there, going, or not (long enough) ready. */
export const isUnavailable = (pod: Replica, minReadySeconds: number, at: Time): boolean =>
  isTerminating(pod) || !isRunningAndAvailable(pod, minReadySeconds, at)

/** Name of the claim that a pod has from a template. */
export const claimName = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${set.metadata.name}-${ordinal}`

/** Whether a claim has the name of one that a pod of this set would have. */
export const isClaimOf = (set: StatefulSet, claim: string): boolean => {
  const ordinal = /-(\d+)$/.exec(claim)?.[1]
  const templates = set.spec.volumeClaimTemplates ?? []
  return ordinal !== undefined && templates.some(t => claimName(set, t.metadata?.name ?? '', Number(ordinal)) === claim)
}

/** The claims of a pod that are made with it. */
export function claimsOf(set: StatefulSet, ordinal: number): KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map(template => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimName(set, template.metadata?.name ?? '', ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, ...set.spec.selector.matchLabels },
    },
    spec: template.spec,
    status: { phase: 'Pending' },
  }))
}

/** newStatefulSetPod: the pod with an ordinal, of a revision's template. */
export function newPod(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Replica {
  const name = `${set.metadata.name}-${ordinal}`
  const claims = set.spec.volumeClaimTemplates ?? []
  const claimed = new Set(claims.map(({ metadata }) => metadata?.name))
  const volumes = [
    ...claims.map(({ metadata }) => ({
      name: metadata?.name ?? '',
      persistentVolumeClaim: { claimName: claimName(set, metadata?.name ?? '', ordinal) },
    })),
    ...(template.spec?.volumes ?? []).filter(volume => !claimed.has(volume.name)),
  ]
  const { labels, annotations, finalizers } = template.metadata ?? {}
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      labels: { ...labels, [POD_NAME]: name, [POD_INDEX]: String(ordinal), [REVISION_LABEL]: revision },
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerRef(set as KubeObject)],
    },
    spec: {
      ...template.spec,
      ...(volumes.length > 0 && { volumes }),
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
    },
    status: {},
  }
  return pod as Replica
}
