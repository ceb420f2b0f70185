/** What controllers share about objects: counts in a status, labels, answers. */
import type { HttpResponse } from '../api/messages'
import type { KubeObject, LabelSelector, Status } from '../api/types'

/** Labels or annotations. */
export type StringMap = Readonly<Record<string, string>>

/** True for an object whose deletion has begun. */
export const isDeleting = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined

/** Fields that are undefined or zero are left out, as Go's omitempty does. */
export function omitEmpty<T extends object>(fields: T): T {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && value !== 0 && value !== '' && !(Array.isArray(value) && value.length === 0)) kept[name] = value
  return kept as T
}

/** The object with other metadata. */
export const withMetadata = <T extends KubeObject>(object: T, metadata: Partial<T['metadata']>): T => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
})

/** Labels or a selector's matchLabels with one more. */
export const withLabel = (labels: StringMap | undefined, name: string, value: string): StringMap => ({ ...labels, [name]: value })
export const selectorWithLabel = (selector: LabelSelector | undefined, name: string, value: string): LabelSelector => ({
  ...selector,
  matchLabels: { ...selector?.matchLabels, [name]: value },
})

/** What went wrong, in the apiserver's words. */
export const messageOf = (response: HttpResponse): string =>
  (response.body as Status).message ?? `the server answered ${response.code}`

/** True for a create that fails because its namespace is going away: nothing will ever help. */
export const namespaceIsTerminating = (response: HttpResponse): boolean =>
  response.code === 403 &&
  ((response.body as Status).details?.causes ?? []).some(cause => cause.reason === 'NamespaceTerminating')

/** True for a refusal because of the version that was written against. */
export const isConflict = (response: HttpResponse): boolean =>
  response.code === 409 && (response.body as Status).reason === 'Conflict'

/** True for a create of what is there already. */
export const alreadyExists = (response: HttpResponse): boolean =>
  response.code === 409 && (response.body as Status).reason === 'AlreadyExists'

/** A resourceVersion as the number that it is. */
export const versionOf = (object: KubeObject): number => Number(object.metadata.resourceVersion ?? 0)
