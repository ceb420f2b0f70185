/** The inside of kube-controller-manager's house: shared informers on top, then a room for each controller with something to do. */
import type { Rect } from './layout'

export interface ControllerRooms {
  readonly informers: Rect
  readonly rooms: readonly { readonly part: string; readonly rect: Rect }[]
  /** What is at rest is named here. */
  readonly atRest: Rect
}

const TITLE = { usual: 30, large: 36 } as const
const PITCH = { least: 27, most: 36 } as const

/** How many controllers can have a room in a house that begins at `top` when wires may not lie lower than `lowest`. */
export function controllerSlots(top: number, lowest: number, large: boolean): number {
  const first = top + (large ? TITLE.large : TITLE.usual) + pitchLeast(large) + 6
  return Math.max(1, Math.floor((lowest + PITCH.least / 2 - first) / pitchLeast(large)))
}

const pitchLeast = (large: boolean): number => (large ? PITCH.least + 3 : PITCH.least)

/** Places the rooms. Controllers beyond those that fit have no room. */
export function placeControllerManager(
  house: Rect,
  controllers: readonly string[],
  lowest: number,
  large: boolean,
): ControllerRooms {
  const title = large ? TITLE.large : TITLE.usual
  const x = house.x + 10
  const width = house.width - 20
  const slots = controllerSlots(house.y, lowest, large)
  const shown = controllers.slice(0, slots)
  const first = house.y + title
  const pitch = Math.max(pitchLeast(large), Math.min(PITCH.most, Math.floor((lowest + 10 - first) / (slots + 1))))
  const row = (i: number): Rect => ({ x, y: first + i * pitch + (i > 0 ? 4 : 0), width, height: pitch - 5 })
  const rooms = shown.map((part, i) => ({ part, rect: row(i + 1) }))
  const end = (rooms.at(-1)?.rect ?? row(0)).y + pitch
  return { informers: row(0), rooms, atRest: { x, y: end, width, height: Math.max(0, house.y + house.height - 8 - end) } }
}
