/**
 * Pictures of what moves, painted once and then copied: a packet's shape with the number of messages that it stands for, and the
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

const fontOf = ({ font }: Palette, size = font.size): string => `600 ${size}px ${font.family}`

function shapeSprite({ kind, count = 1 }: PacketLook, colour: string, palette: Palette, scale: number): Sprite {
  const text = count > 1 ? `×${count}` : ''
  const font = fontOf(palette, palette.font.size - 1)
  const room = text === '' ? 0 : widthOf(text, font) + 2
  const context = picture(2 * AROUND + room, 2 * AROUND, scale)
  context.translate(AROUND, AROUND)
  context.lineJoin = 'round'
  if (text !== '') {
    context.font = font
    context.textBaseline = 'middle'
    context.strokeStyle = palette.paper
    context.lineWidth = 3
    context.strokeText(text, 9, 0.5)
    context.fillStyle = colour
    context.fillText(text, 9, 0.5)
  }
  const path = new Path2D(SHAPES[kind].path)
  context.strokeStyle = palette.paper
  context.lineWidth = 4
  context.stroke(path)
  context.fillStyle = SHAPES[kind].hollow ? palette.paper : colour
  context.fill(path)
  if (SHAPES[kind].hollow) {
    context.strokeStyle = colour
    context.lineWidth = 2.6
    context.stroke(path)
  }
  return { image: context.canvas.transferToImageBitmap(), x: AROUND * scale, y: AROUND * scale, width: 2 * AROUND + room }
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
