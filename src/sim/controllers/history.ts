// Models pkg/controller/history/controller_history.go: ControllerRevisions, in which DaemonSets and StatefulSets keep their former templates.
import { semanticEqual } from '../api/deep'
import { controllerRevisionHash } from '../api/hash'
import { controllerRef } from '../api/owners'
import type { KubeObject, PodTemplateSpec } from '../api/types'

/** A ControllerRevision: `data` is a patch that brings the template back. */
export interface ControllerRevision extends KubeObject {
  readonly revision: number
  readonly data: { readonly spec: { readonly template: PodTemplateSpec & { readonly $patch?: string } } }
}

/** The patch that replaces an object's template by the one that it has now. */
export const templatePatch = (template: PodTemplateSpec): ControllerRevision['data'] => ({
  spec: { template: { ...template, $patch: 'replace' } },
})

/** Revisions with the same data. */
export const sameData = (a: ControllerRevision, b: Pick<ControllerRevision, 'data'>): boolean => semanticEqual(a.data, b.data)

/** By revision, then by age and name. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision
  const [at, bt] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  if (at !== bt) return at < bt ? -1 : 1
  return a.metadata.name < b.metadata.name ? -1 : 1
}

/** A revision of an owner's template. `label` is the label that holds the hash. */
export function newRevision(
  owner: KubeObject,
  label: string,
  revision: number,
  options: { readonly collisionCount?: number; readonly hash?: string; readonly namespaced?: boolean } = {},
): ControllerRevision {
  const template = owner.spec.template as PodTemplateSpec
  const data = templatePatch(template)
  const hash = options.hash ?? controllerRevisionHash(data, options.collisionCount)
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      ...(options.namespaced && { namespace: owner.metadata.namespace }),
      labels: { ...template.metadata?.labels, [label]: hash },
      ...(owner.metadata.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [controllerRef(owner)],
    },
    data,
    revision,
  }
}

/** The template that a revision holds. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = data.spec.template
  return template
}

/** Revisions that can go: none of `live`, the oldest first, so that `limit` of the others stay. */
export function surplus(
  revisions: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  limit: number,
): readonly ControllerRevision[] {
  const dead = revisions.filter(({ metadata }) => !live.has(metadata.name)).sort(byRevision)
  return dead.slice(0, Math.max(0, dead.length - limit))
}
