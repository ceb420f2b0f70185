/** How wide a text is, before it is drawn: to choose words that fit. */
import { useLook } from './preferences'

/** Pixels that a text takes on the stage, as labels are written: half bold, in the small size. */
export type Measure = (text: string) => number

/** Where the page cannot measure: how wide a character is, of its height, about. */
const CHARACTER = 0.58

let pen: OffscreenCanvasRenderingContext2D | null | undefined
/** Texts that are remembered at most. */
const MANY = 2000

function measured(text: string, size: number): number {
  if (typeof OffscreenCanvas !== 'undefined') pen ??= new OffscreenCanvas(1, 1).getContext('2d')
  if (!pen) return text.length * CHARACTER * size
  pen.font = `600 ${size}px ${getComputedStyle(document.body).fontFamily}`
  // On the page all digits are equally wide, as wide as a nought.
  return pen.measureText(text.replaceAll(/\d/g, '0')).width
}

/** Measures in letters of so many pixels. */
function measureAt(size: number): Measure {
  const known = new Map<string, number>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    const width = measured(text, size)
    if (known.size >= MANY) known.clear()
    known.set(text, width)
    return width
  }
}
const USUAL = measureAt(12)
const LARGE = measureAt(14)

/** Measures in the size of the look that is on. */
export const useMeasure = (): Measure => (useLook() === 'presenter' ? LARGE : USUAL)
