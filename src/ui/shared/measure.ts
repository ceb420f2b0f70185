/** How wide a text is, before it is drawn: to choose words that fit. */
import { type Look, useLook } from './preferences'

/** Pixels that a text takes on the stage, as labels are written: half bold, in the small size. */
export type Measure = (text: string) => number

/** Where the page cannot measure: pixels of a character, about. */
const CHARACTER = 0.58
const SIZE: Readonly<Record<'usual' | 'large', number>> = { usual: 12, large: 14 }

let pen: OffscreenCanvasRenderingContext2D | null | undefined
const known: Record<'usual' | 'large', Map<string, number>> = { usual: new Map(), large: new Map() }
/** Texts that are remembered at most. */
const MANY = 2000

function measured(text: string, size: 'usual' | 'large'): number {
  if (typeof OffscreenCanvas === 'undefined') return text.length * CHARACTER * SIZE[size]
  pen ??= new OffscreenCanvas(1, 1).getContext('2d')
  if (!pen) return text.length * CHARACTER * SIZE[size]
  pen.font = `600 ${SIZE[size]}px ${getComputedStyle(document.body).fontFamily}`
  // On the page all digits are equally wide, as wide as a nought.
  return pen.measureText(text.replaceAll(/\d/g, '0')).width
}

const measureAt =
  (size: 'usual' | 'large'): Measure =>
  text => {
    const before = known[size].get(text)
    if (before !== undefined) return before
    const width = measured(text, size)
    if (known[size].size >= MANY) known[size].clear()
    known[size].set(text, width)
    return width
  }
const USUAL = measureAt('usual')
const LARGE = measureAt('large')

/** Measures in a look's size. */
export const measureIn = (look: Look): Measure => (look === 'presenter' ? LARGE : USUAL)
/** Measures in the look that is on. */
export const useMeasure = (): Measure => measureIn(useLook())
