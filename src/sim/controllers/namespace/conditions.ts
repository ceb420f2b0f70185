// Models pkg/controller/namespace/deletion/status_condition_utils.go: how a namespace says what is left in it.

/** What a pass over a namespace's contents left. */
export interface Remaining {
  readonly total: number
  /** How long it may take, as the pods' grace periods say. */
  readonly seconds: number
  /** By resource and by finalizer. Pods that end are not counted: they are awaited first, without a word. */
  readonly counts: readonly (readonly [resource: string, count: number])[]
  readonly finalizers: readonly (readonly [finalizer: string, count: number])[]
}

interface ContentCondition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const sorted = (entries: readonly (readonly [string, number])[]) => [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
const no = (type: string, reason: string, message: string): ContentCondition => ({ type, status: 'False', reason, message })

/** The five conditions of a namespace that is being deleted, in their order. */
export function contentConditions({ counts, finalizers }: Remaining): readonly ContentCondition[] {
  // the core group has no name, but the dot before it stays
  const named = counts.map(([resource, n]) => [resource.includes('.') ? resource : `${resource}.`, n] as const)
  const resources = sorted(named).map(([resource, n]) => `${resource} has ${n} resource instances`)
  const names = sorted(finalizers).map(([finalizer, n]) => `${finalizer} in ${n} resource instances`)
  return [
    no('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    no('NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    no('NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    resources.length === 0
      ? no('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
      : {
          type: 'NamespaceContentRemaining',
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${resources.join(', ')}`,
        },
    names.length === 0
      ? no('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${names.join(', ')}`,
        },
  ]
}
