/**
 * Pictures of what moves, painted once and then copied: a packet's shape with the number of messages that it stands for in it, and the
 * label beside one. In screen pixels, so that they are copied pixel by pixel.
 */
import type { PacketKind } from '../session/types'
import type { PacketLook } from './flights'
import { shortLabel } from './lit'
import { SHAPES } from './shapes'

export interface Palette {
  readonly colours: Readonly<Record<PacketKind, string>>
  readonly failed: string
  readonly paper: string
  /** Of labels, in world pixels: weight, size and family. */
  readonly font: { readonly size: number; readonly family: string }
}

/** A picture and where its middle, or a label's left edge, lies in it: screen pixels. */
export interface Sprite {
  readonly image: ImageBitmap
  readonly x: number
  readonly y: number
  /** World pixels. */
  readonly width: number
}

/** The pictures for one palette and one scale (screen pixels of a world pixel). */
export interface Sprites {
  shape(look: PacketLook): Sprite
  label(look: PacketLook): Sprite
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
    font: { size: Number.parseFloat(value('--stage-small')), family: value('--font') },
  }
}

/** World pixels: of a label's pill, and around a shape. */
export const PILL = 20
const AROUND = 10
/** So many pictures are kept; a long session has more labels than that. */
const KEPT = 400

export function spritesFor(palette: Palette, scale: number): Sprites {
  const shapes = new Map<string, Sprite>()
  const labels = new Map<string, Sprite>()
  const colourOf = (look: PacketLook) => (look.failed ? palette.failed : palette.colours[look.kind])
  return {
    shape(look) {
      const key = `${look.kind} ${look.failed} ${look.count}`
      return kept(shapes, key, () => shapeSprite(look, colourOf(look), palette, scale))
    },
    label(look) {
      const key = `${look.kind} ${look.failed} ${look.label}`
      return kept(labels, key, () => labelSprite(shortLabel(look.label), colourOf(look), palette, scale))
    },
  }
}

function kept(sprites: Map<string, Sprite>, key: string, make: () => Sprite): Sprite {
  const known = sprites.get(key)
  if (known) return known
  if (sprites.size >= KEPT) sprites.clear()
  const sprite = make()
  sprites.set(key, sprite)
  return sprite
}

/** A context on a fresh picture, in world pixels from its top left corner. */
function picture(width: number, height: number, scale: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale)).getContext('2d')
  if (!context) throw new Error('there is no 2D context')
  context.scale(scale, scale)
  return context
}

let ruler: OffscreenCanvasRenderingContext2D | undefined
/** World pixels of a text. */
function widthOf(text: string, font: string): number {
  ruler ??= picture(1, 1, 1)
  ruler.font = font
  return Math.ceil(ruler.measureText(text).width)
}

const fontOf = ({ font }: Palette): string => `600 ${font.size}px ${font.family}`

/** How much larger a shape is that has a number in it, by the number's digits. */
const GROWN = [1, 1.4, 1.55, 1.8, 2.1] as const
/** Where a number stands in a shape whose middle is not its heaviest part; world pixels of the plain shape. */
const SUNK: Readonly<Partial<Record<PacketKind, number>>> = { local: 1.4 }

function shapeSprite({ kind, count = 1 }: PacketLook, colour: string, palette: Palette, scale: number): Sprite {
  const number = count > 1 ? String(count) : ''
  const grown = GROWN[Math.min(number.length, GROWN.length - 1)] ?? 1
  const middle = AROUND * grown
  const context = picture(2 * middle, 2 * middle, scale)
  context.translate(middle, middle)
  context.scale(grown, grown)
  context.lineJoin = 'round'
  const path = new Path2D(SHAPES[kind].path)
  context.strokeStyle = palette.paper
  context.lineWidth = 4 / grown
  context.stroke(path)
  context.fillStyle = SHAPES[kind].hollow ? palette.paper : colour
  context.fill(path)
  if (SHAPES[kind].hollow) {
    context.strokeStyle = colour
    context.lineWidth = number === '' ? 2.6 : 1.4
    context.stroke(path)
  }
  if (number !== '') {
    context.font = `700 ${(palette.font.size - 2) / grown}px ${palette.font.family}`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillStyle = SHAPES[kind].hollow ? colour : palette.paper
    context.fillText(number, 0, (SUNK[kind] ?? 0) + 0.5 / grown)
  }
  return { image: context.canvas.transferToImageBitmap(), x: middle * scale, y: middle * scale, width: 2 * middle }
}

function labelSprite(text: string, colour: string, palette: Palette, scale: number): Sprite {
  const font = fontOf(palette)
  const width = widthOf(text, font) + 14
  const context = picture(width, PILL, scale)
  context.globalAlpha = 0.94
  context.fillStyle = palette.paper
  context.beginPath()
  context.roundRect(0, 0, width, PILL, PILL / 2)
  context.fill()
  context.globalAlpha = 1
  context.font = font
  context.textBaseline = 'middle'
  context.fillStyle = colour
  context.fillText(text, 7, PILL / 2 + 1)
  return { image: context.canvas.transferToImageBitmap(), x: 0, y: 0, width }
}
