/**
 * The painter of what is under way. It has a thread of its own: painting a canvas takes longer than all else that the page does in a
 * frame, and the page's thread has other things to do. It knows the scene's flights and is told the time; it asks nothing.
 */
import { type FlightColumns, flyingAt, type Moment, momentFor, NO_FLIGHTS } from './flights'
import { type Ground, type Places, paint, type View } from './paint'
import { type Palette, type Sprites, spritesFor } from './sprites'

/** What the page tells the painter. */
export type Order =
  | { readonly type: 'canvas'; readonly canvas: OffscreenCanvas }
  | { readonly type: 'palette'; readonly palette: Palette }
  | { readonly type: 'scene'; readonly flights: FlightColumns; readonly ground: Ground }
  /** Paint the moment `time` (stage ms); nothing is under way when there is none. */
  | { readonly type: 'moment'; readonly time: number | undefined; readonly view: View }

let context: OffscreenCanvasRenderingContext2D | null = null
let palette: Palette | undefined
let sprites: { readonly scale: number; readonly all: Sprites } | undefined
let flights: FlightColumns = NO_FLIGHTS
let ground: Ground | undefined
let moment: Moment = momentFor(NO_FLIGHTS)
let places: Places = new Map()
let clean = true

self.onmessage = ({ data }: MessageEvent<Order>) => {
  switch (data.type) {
    case 'canvas':
      context = data.canvas.getContext('2d')
      return
    case 'palette':
      palette = data.palette
      sprites = undefined
      return
    case 'scene':
      flights = data.flights
      ground = data.ground
      moment = momentFor(flights)
      places = new Map()
      return
    case 'moment':
      show(data.time, data.view)
  }
}

function show(time: number | undefined, view: View): void {
  if (!context || !palette || !ground) return
  moment.count = 0
  if (time !== undefined) flyingAt(flights, time, moment)
  if (moment.count === 0 && clean) return
  clean = moment.count === 0
  resize(context.canvas, view)
  context.clearRect(0, 0, view.width, view.height)
  if (sprites?.scale !== view.scale) sprites = { scale: view.scale, all: spritesFor(palette, view.scale) }
  paint(context, flights, moment, sprites.all, ground, view, places)
}

function resize(canvas: OffscreenCanvas, { width, height }: View): void {
  if (canvas.width === width && canvas.height === height) return
  canvas.width = width
  canvas.height = height
}
