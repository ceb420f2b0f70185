/** What the rooms on the stage draw from: the layout, what is lit, and the cluster as each house knows it by now. */
import { create } from 'zustand'
import type { BeatScene, ClusterView, RoomId } from '../session/types'
import { type Flights, NO_FLIGHTS } from './flights'
import type { StageLayout } from './layout'
import type { Lit } from './lit'
import { houseOf } from './routes'

export interface StageState {
  readonly layout: StageLayout | undefined
  readonly scene: BeatScene | undefined
  /** Where the scene's messages are, at every moment. */
  readonly flights: Flights
  /** What the current scene lights; undefined when nothing is told: then nothing is dim. */
  readonly lit: Lit | undefined
  /** The cluster as of the cursor. */
  readonly view: ClusterView | undefined
  /** Houses that still show the cluster as it was before the beat, because their last message is under way. */
  readonly before: ReadonlyMap<RoomId, ClusterView>
  /** Keys of pods, and `Kind key` of workloads, that this beat changed. */
  readonly changed: ReadonlySet<string>
}

export const useStage = create<StageState>(() => ({
  layout: undefined,
  scene: undefined,
  flights: NO_FLIGHTS,
  lit: undefined,
  view: undefined,
  before: new Map(),
  changed: new Set(),
}))

/**
 * A part of the cluster as a house shows it now: the new state once its last message of the beat has arrived. Parts keep their
 * identity from frame to frame while they stay as they are, so a house is drawn again when its own part has changed, and only then.
 */
export const useHouseView = <T>(house: RoomId, part: (view: ClusterView) => T): T | undefined =>
  useStage(state => {
    const view = state.before.get(house) ?? state.view
    return view && part(view)
  })

/** Whether a room's process is stopped, as its house shows it now. */
export const useStopped = (room: RoomId): boolean =>
  useStage(({ before, view }) => (before.get(houseOf(room)) ?? view)?.stopped.includes(room) ?? false)

/** Whether this beat changed an object: the key of a pod, `Kind key` of others. */
export const useChanged = (key: string): boolean => useStage(state => state.changed.has(key))

/** Whether a room acts in the scene `self`, holds one that does, or takes no part. `undefined`: nothing is told, so nothing is dim. */
export const useLit = (room: RoomId): 'self' | 'inside' | false | undefined =>
  useStage(({ lit }) => lit && (lit.rooms.has(room) ? 'self' : lit.houses.has(room) ? 'inside' : false))
