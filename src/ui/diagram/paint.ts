/** Draws packets on a canvas. What is drawn is a function of the moment, so that seek and step back land every packet exactly. */
import type { FlightColumns, Moment } from './flights'
import { PILL, type Sprites } from './sprites'

/** Where labels stand, for those that come after. World pixels. */
interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What labels keep away from. */
export interface Ground {
  readonly obstacles: readonly Box[]
  readonly spine: Box
}

/** Where the stage is shown: screen pixels = world pixels × scale + x, y. */
export interface View {
  readonly width: number
  readonly height: number
  readonly scale: number
  readonly x: number
  readonly y: number
}

/** More than this at once are a cloud: labels would only hide it. */
const LABELS = 24
/** Shapes move by fractions of a pixel while they are few enough for that to be seen. */
const SMOOTH = 60

/** Whether two boxes touch. */
export const touch = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** From a packet to its label, vertically; the best first. */
const OFFSETS = [-PILL - 10, 10, -2 * PILL - 13, PILL + 13, -3 * PILL - 16]

/**
 * A free place for a label above or below its packet, over no room and no other label; undefined when there is none. `wanted` is
 * tried first: a label that has a place keeps it while it can.
 */
export function placeLabel(
  x: number,
  y: number,
  width: number,
  taken: readonly Box[],
  spine: Box,
  wanted?: number,
): Box | undefined {
  const inside = x >= spine.x && x <= spine.x + spine.width
  // Inside the spine there is no room for words: they stand beside it, on the side of the rail.
  const beside = x < spine.x + spine.width / 2 ? spine.x - width - 6 : spine.x + spine.width + 6
  const left = inside && y < spine.y + spine.height ? beside : x - width / 2
  for (const offset of wanted === undefined ? OFFSETS : [wanted, ...OFFSETS]) {
    const box = { x: left, y: y + offset, width, height: PILL }
    if (!taken.some(other => touch(box, other))) return box
  }
  return undefined
}

/** Where each flight's label stood last, from its packet: by flight. */
export type Places = Map<number, number>

/** Paints all that is under way. The context is in screen pixels. */
export function paint(
  context: OffscreenCanvasRenderingContext2D,
  flights: FlightColumns,
  moment: Moment,
  sprites: Sprites,
  ground: Ground,
  view: View,
  places: Places,
): void {
  if (moment.count <= LABELS) paintLabels(context, flights, moment, sprites, ground, view, places)
  const { scale, x, y } = view
  const smooth = moment.count <= SMOOTH
  for (let i = 0; i < moment.count; i++) {
    const look = flights.looks[flights.look[moment.flight[i] as number] as number]
    if (!look) continue
    const sprite = sprites.shape(look)
    const [left, top] = [(moment.x[i] as number) * scale + x - sprite.x, (moment.y[i] as number) * scale + y - sprite.y]
    if (smooth) context.drawImage(sprite.image, left, top)
    else context.drawImage(sprite.image, Math.round(left), Math.round(top))
  }
}

function paintLabels(
  context: OffscreenCanvasRenderingContext2D,
  { look, looks }: FlightColumns,
  moment: Moment,
  sprites: Sprites,
  { obstacles, spine }: Ground,
  { scale, x, y }: View,
  places: Places,
): void {
  const taken: Box[] = [...obstacles]
  for (let i = 0; i < moment.count; i++) {
    const flight = moment.flight[i] as number
    const what = looks[look[flight] as number]
    const [px, py] = [moment.x[i] as number, moment.y[i] as number]
    // A watch event that is not out of the spine yet will be told on the wire.
    if (!what || (what.kind === 'watch' && px > spine.x && px < spine.x + spine.width)) continue
    const sprite = sprites.label(what)
    const box = placeLabel(px, py, sprite.width, taken, spine, places.get(flight))
    if (!box) continue
    taken.push(box)
    places.set(flight, box.y - py)
    context.drawImage(sprite.image, Math.round(box.x * scale + x), Math.round(box.y * scale + y))
  }
}
