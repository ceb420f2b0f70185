// What the job controller keeps between syncs, and who it is.
import type { ControllerWorld } from '../../client/controller'
import type { Expectations } from '../../client/expectations'
import type { Written } from '../staleness'
import type { Backoff } from './pods'

export const SELF = { name: 'job-controller', part: 'job' } as const

/** What is kept between syncs. */
export interface Own {
  readonly expectations: Expectations
  readonly backoffs: Map<string, Backoff>
  /** Uids of pods whose finalizer is being taken off and which the cache still shows with it. */
  readonly removing: Set<string>
  readonly written: Written
}
export const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own
