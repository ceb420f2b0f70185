/** Draws packets on a canvas. What is drawn is a function of the moment, so that seek and step back land every packet exactly. */
import type { PacketKind } from '../session/types'
import { shortLabel } from './lit'
import type { Flying } from './routes'
import { SHAPES } from './shapes'

/** Where labels stand, for those that come after. */
interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Palette {
  readonly colours: Readonly<Record<PacketKind, string>>
  readonly failed: string
  readonly paper: string
  readonly font: string
}

/** The colours of the theme that is on. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const value = (name: string) => style.getPropertyValue(name).trim()
  const kinds = Object.keys(SHAPES) as PacketKind[]
  return {
    colours: Object.fromEntries(kinds.map(kind => [kind, value(`--packet-${kind}`)])) as Record<PacketKind, string>,
    failed: value('--packet-failed'),
    paper: value('--stage'),
    font: `600 ${value('--stage-small')} ${value('--font')}`,
  }
}

const paths = new Map<PacketKind, Path2D>()
function pathOf(kind: PacketKind): Path2D {
  const kept = paths.get(kind)
  if (kept) return kept
  const path = new Path2D(SHAPES[kind].path)
  paths.set(kind, path)
  return path
}

const PILL = 20
/** More than this at once are a cloud: labels would only hide it. */
const LABELS = 24

/** Whether two boxes touch. */
export const touch = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** A free place for a label above or below its packet, over no room and no other label; undefined when there is none. */
export function placeLabel(x: number, y: number, width: number, taken: readonly Box[], spine: Box): Box | undefined {
  const inside = x >= spine.x && x <= spine.x + spine.width
  // Inside the spine there is no room for words: they stand beside it, on the side of the rail.
  const beside = x < spine.x + spine.width / 2 ? spine.x - width - 6 : spine.x + spine.width + 6
  const left = inside && y < spine.y + spine.height ? beside : x - width / 2
  for (const offset of [-PILL - 10, 10, -2 * PILL - 13, PILL + 13, -3 * PILL - 16]) {
    const box = { x: left, y: y + offset, width, height: PILL }
    if (!taken.some(other => touch(box, other))) return box
  }
  return undefined
}

/** Paints all that is under way. The context is in world pixels. */
export function paint(
  context: CanvasRenderingContext2D,
  flying: readonly Flying[],
  palette: Palette,
  { obstacles, spine }: { readonly obstacles: readonly Box[]; readonly spine: Box },
): void {
  context.font = palette.font
  context.textBaseline = 'middle'
  const taken: Box[] = [...obstacles]
  // A watch event that is not out of the spine yet will be told on the wire.
  const isOut = ({ packet, x }: Flying) => packet.kind !== 'watch' || x <= spine.x || x >= spine.x + spine.width
  const labelled = flying.length <= LABELS ? flying.filter(isOut) : []
  for (const { packet, x, y } of labelled) {
    const box = placeLabel(x, y, Math.ceil(context.measureText(shortLabel(packet.label)).width) + 14, taken, spine)
    if (!box) continue
    taken.push(box)
    context.globalAlpha = 0.94
    context.fillStyle = palette.paper
    context.beginPath()
    context.roundRect(box.x, box.y, box.width, box.height, PILL / 2)
    context.fill()
    context.globalAlpha = 1
    context.fillStyle = packet.failed ? palette.failed : palette.colours[packet.kind]
    context.fillText(shortLabel(packet.label), box.x + 7, box.y + PILL / 2 + 1)
  }
  for (const { packet, x, y } of flying)
    paintShape(context, packet.kind, x, y, packet.failed ? palette.failed : palette.colours[packet.kind], palette.paper)
}

function paintShape(
  context: CanvasRenderingContext2D,
  kind: PacketKind,
  x: number,
  y: number,
  colour: string,
  paper: string,
): void {
  const path = pathOf(kind)
  context.save()
  context.translate(x, y)
  context.lineJoin = 'round'
  context.strokeStyle = paper
  context.lineWidth = 4
  context.stroke(path)
  if (SHAPES[kind].hollow) {
    context.fillStyle = paper
    context.fill(path)
    context.strokeStyle = colour
    context.lineWidth = 2.6
    context.stroke(path)
  } else {
    context.fillStyle = colour
    context.fill(path)
  }
  context.restore()
}
