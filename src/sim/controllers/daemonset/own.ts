// What the DaemonSet controller keeps between syncs, and who it is.
import type { ControllerWorld } from '../../client/controller'
import type { Expectations } from '../../client/expectations'
import type { Written } from '../staleness'

/** Who asks, and who is named in Events. */
export const SELF = { name: 'daemon-set-controller', part: 'daemonset', component: 'daemonset-controller' } as const
/** Informers. */
export const SETS = 'daemonsets.apps'
export const REVISIONS = 'controllerrevisions.apps'

/** What is kept between syncs. */
export interface Own {
  readonly expectations: Expectations
  readonly written: Written
  /** By DaemonSet, generation and node: how long a failed daemon waits, and since when (µs). */
  readonly backoffs: Map<string, { readonly ms: number; readonly since: number }>
}
/** That of this controller manager. */
export const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own
