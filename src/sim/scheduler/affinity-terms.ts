// Models pkg/scheduler/framework/types.go (AffinityTerm, WeightedAffinityTerm).
import { type Labels, labelSelector } from '../api/selectors'
import type { LabelSelector, Pod } from '../api/types'

/** One term of inter-pod (anti-)affinity, made ready. Frozen. */
export interface AffinityTerm {
  /** As the API has it; undefined matches no pod. */
  readonly selector: LabelSelector | undefined
  readonly namespaces: readonly string[]
  /** Selects namespaces by their labels; undefined selects none. */
  readonly namespaceSelector: LabelSelector | undefined
  readonly topologyKey: string
  /** 0 for a required term. */
  readonly weight: number
}

/** The inter-pod affinity that a pod asks for. */
export interface AffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[]
  readonly requiredAntiAffinity: readonly AffinityTerm[]
  readonly preferredAffinity: readonly AffinityTerm[]
  readonly preferredAntiAffinity: readonly AffinityTerm[]
}

type ApiAffinity = NonNullable<NonNullable<Pod['spec']['affinity']>['podAffinity']>
type ApiTerm = NonNullable<ApiAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number]

const NONE: readonly AffinityTerm[] = Object.freeze([])

/** A pod's terms; undefined for most pods, which have none. */
export function affinityTermsOf(pod: Pod): AffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  if (!podAffinity && !podAntiAffinity) return undefined
  const namespace = pod.metadata.namespace ?? ''
  return Object.freeze({
    requiredAffinity: required(podAffinity, namespace),
    requiredAntiAffinity: required(podAntiAffinity, namespace),
    preferredAffinity: preferred(podAffinity, namespace),
    preferredAntiAffinity: preferred(podAntiAffinity, namespace),
  })
}

const required = (affinity: ApiAffinity | undefined, namespace: string): readonly AffinityTerm[] => {
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution
  return terms?.length ? Object.freeze(terms.map(term => termOf(term, namespace, 0))) : NONE
}
const preferred = (affinity: ApiAffinity | undefined, namespace: string): readonly AffinityTerm[] => {
  const terms = affinity?.preferredDuringSchedulingIgnoredDuringExecution
  return terms?.length ? Object.freeze(terms.map(t => termOf(t.podAffinityTerm, namespace, t.weight))) : NONE
}

function termOf(term: ApiTerm, own: string, weight: number): AffinityTerm {
  const given = term.namespaces ?? []
  return Object.freeze({
    selector: term.labelSelector,
    namespaces: given.length === 0 && !term.namespaceSelector ? Object.freeze([own]) : Object.freeze([...given]),
    namespaceSelector: term.namespaceSelector,
    topologyKey: term.topologyKey,
    weight,
  })
}

/** Whether a term speaks of pods with these labels in this namespace. `namespaceLabels` is asked only where a term selects by them. */
export function termMatches(
  term: AffinityTerm,
  namespace: string,
  labels: Labels | undefined,
  namespaceLabels: (namespace: string) => Labels | undefined,
): boolean {
  if (!term.selector) return false
  const inNamespace =
    term.namespaces.includes(namespace) ||
    (term.namespaceSelector !== undefined && labelSelector(term.namespaceSelector).matches(namespaceLabels(namespace)))
  return inNamespace && labelSelector(term.selector).matches(labels)
}
