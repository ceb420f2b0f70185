// Models the binder's own caches (pv_controller_base.go, storeObjectUpdate): what it wrote counts before the informers have heard of it.
import type { KubeObject } from '../../api/types'
import { type ControllerProcedure, type ControllerState, type ControllerWorld, store } from '../../client/controller'
import { perform } from '../../client/effects'
import { keyOf } from '../../client/store'
import { versionOf } from '../objects'

/** Its Events come from a component of another name than its account. */
export const SELF = {
  name: 'persistent-volume-binder',
  part: 'persistent-volume-binder',
  component: 'persistentvolume-controller',
} as const
export const VOLUMES = 'persistentvolumes'
export const CLAIMS = 'persistentvolumeclaims'
/** The one provisioner within kube-controller-manager: directories of the nodes. */
export const HOST_PATH = 'kubernetes.io/host-path'
/** The informers that have a cache of the controller's own before them. */
export type Cached = typeof VOLUMES | typeof CLAIMS

/** Newest versions that the controller has written, by informer and key. */
export interface Own extends Readonly<Record<Cached, Map<string, KubeObject>>> {
  /** Volumes are made out of directories of the nodes (--enable-hostpath-provisioner). */
  readonly hostPath: boolean
}
export const newOwn = (hostPath: boolean): Own => ({ [VOLUMES]: new Map(), [CLAIMS]: new Map(), hostPath })
const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own

/** An object as the controller knows it. */
export function known(world: ControllerWorld, kind: Cached, key: string): KubeObject | undefined {
  const heard = store(world, kind).objects.get(key)
  const written = ownOf(world)[kind].get(key)
  return written && (!heard || versionOf(written) > versionOf(heard)) ? written : heard
}

/** Whether a provisioner is one of the controller manager's own. */
export function* isInTree(provisioner: string): ControllerProcedure<boolean> {
  return yield* perform<ControllerState, boolean>(world => provisioner === HOST_PATH && ownOf(world).hostPath)
}

/** All volumes, as the controller knows them. */
export function* allVolumes(world: ControllerWorld): Generator<KubeObject> {
  for (const key of store(world, VOLUMES).objects.keys()) {
    const volume = known(world, VOLUMES, key)
    if (volume) yield volume
  }
}

/** One recorded read. */
export function* read(kind: Cached, key: string): ControllerProcedure<KubeObject | undefined> {
  return yield* perform<ControllerState, KubeObject | undefined>(world => known(world, kind, key))
}

/** Remembers what the apiserver answered to a write. */
export function* remember(kind: Cached, object: KubeObject): ControllerProcedure {
  yield* perform<ControllerState, void>(world => {
    ownOf(world)[kind].set(keyOf(object), object)
  })
}

/** An object is gone, or the informers have caught up. */
export function forget(world: ControllerWorld, kind: Cached, object: KubeObject, gone: boolean): void {
  const own = ownOf(world)[kind]
  const written = own.get(keyOf(object))
  if (written && (gone || versionOf(written) <= versionOf(object))) own.delete(keyOf(object))
}
