/** What the rooms on the stage draw from: the layout, what is lit, and the cluster as each house knows it by now. */
import { create } from 'zustand'
import type { BeatScene, ClusterView, RoomId } from '../session/types'
import type { StageLayout } from './layout'
import type { Lit } from './lit'

export interface StageState {
  readonly layout: StageLayout | undefined
  readonly scene: BeatScene | undefined
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
  lit: undefined,
  view: undefined,
  before: new Map(),
  changed: new Set(),
}))

/** The cluster as a house shows it now: the new state once its last message of the beat has arrived. */
export const useHouseView = (house: RoomId): ClusterView | undefined => useStage(state => state.before.get(house) ?? state.view)

/** Whether a room acts in the scene `self`, holds one that does, or takes no part. `undefined`: nothing is told, so nothing is dim. */
export const useLit = (room: RoomId): 'self' | 'inside' | false | undefined =>
  useStage(({ lit }) => lit && (lit.rooms.has(room) ? 'self' : lit.houses.has(room) ? 'inside' : false))
