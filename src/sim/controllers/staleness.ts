// Models pkg/controller/util/consistency (KEP-5647): a sync that would act on a cache older than its controller's own writes waits.
import type { KubeObject } from '../api/types'
import type { ControllerWorld } from '../client/controller'

/** The latest versions that a controller wrote for a key, by informer. */
export type Written = Map<string, Map<string, number>>

/** Notes a write that was answered with `object`. */
export function noteWrite(written: Written, key: string, informer: string, object: KubeObject): void {
  const version = Number(object.metadata.resourceVersion ?? 0)
  const versions = written.get(key)
  if (!versions) written.set(key, new Map([[informer, version]]))
  else if (version > (versions.get(informer) ?? 0)) versions.set(informer, version)
}

/** The informer that has not yet seen what was written for a key; undefined when all have. */
export function staleInformer(world: ControllerWorld, written: Written, key: string): string | undefined {
  const versions = written.get(key)
  if (!versions) return undefined
  for (const [informer, version] of versions)
    if (Number(world.state.informers.peek(informer)?.resourceVersion ?? 0) < version) return informer
  written.delete(key)
  return undefined
}
