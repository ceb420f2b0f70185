/** The messages that are under way, on one canvas over the wires, in React Flow's viewport; a click asks one. */
import { useEffect, useMemo, useRef } from 'react'
import { useStoreApi } from 'reactflow'
import { stageTime, useClock } from '../session/clock'
import { useSession } from '../session/session'
import type { Packet } from '../session/types'
import { useLook } from '../shared/preferences'
import { type Flights, flyingAt, type Moment, momentFor } from './flights'
import { housesOf, type StageLayout } from './layout'
import { type Places, paint } from './paint'
import { readPalette, type Sprites, spritesFor } from './sprites'
import styles from './stage.module.css'

/** World pixels within which a click means the packet. */
const REACH = 13

interface PacketsProps {
  readonly layout: StageLayout
  readonly flights: Flights
}

export function Packets({ layout, flights }: PacketsProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const look = useLook()
  const flow = useStoreApi()
  const pictures = useRef<{ readonly look: string; readonly scale: number; readonly sprites: Sprites }>(undefined)

  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const spritesAt = (scale: number): Sprites => {
      const known = pictures.current
      if (known?.look === look && known.scale === scale) return known.sprites
      const sprites = spritesFor(readPalette(element), scale)
      pictures.current = { look, scale, sprites }
      return sprites
    }
    const obstacles = housesOf(layout)
    const moment = momentFor(flights)
    const places: Places = new Map()
    let dirty = false
    const draw = () => {
      moment.count = 0
      if (useClock.getState().motion !== 'still') flyingAt(flights, stageTime.get(), moment)
      if (moment.count === 0 && !dirty) return
      dirty = moment.count > 0
      const { transform, width, height } = flow.getState()
      fitCanvas(element, width, height)
      const [x, y, zoom] = transform
      const ratio = window.devicePixelRatio
      const scale = ratio * zoom
      context.clearRect(0, 0, element.width, element.height)
      const ground = { obstacles, spine: layout.spine.rect, scale, x: x * ratio, y: y * ratio }
      if (dirty) paint(context, flights, moment, spritesAt(scale), ground, places)
    }
    draw()
    const off = [stageTime.on('change', draw), flow.subscribe(draw), useClock.subscribe(draw)]
    return () => {
      for (const each of off) each()
      context.clearRect(0, 0, element.width, element.height)
    }
  }, [layout, flights, flow, look])

  useAsking(canvas, flights)
  return <canvas ref={canvas} className={styles.packets} />
}

function fitCanvas(element: HTMLCanvasElement, width: number, height: number): void {
  const ratio = window.devicePixelRatio
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (element.width === w && element.height === h) return
  element.width = w
  element.height = h
}

/** A click on a packet, wherever it is just now, selects it. */
function useAsking(canvas: { readonly current: HTMLCanvasElement | null }, flights: Flights): void {
  const flow = useStoreApi()
  const select = useSession(state => state.select)
  const moment = useMemo(() => momentFor(flights), [flights])
  useEffect(() => {
    const stage = canvas.current?.parentElement
    if (!stage || flights.packets.length === 0) return
    const under = (event: MouseEvent): Packet | undefined => {
      if (useClock.getState().motion === 'still') return undefined
      const box = stage.getBoundingClientRect()
      const [tx, ty, zoom] = flow.getState().transform
      const at = hit(
        flyingAt(flights, stageTime.get(), moment),
        (event.clientX - box.left - tx) / zoom,
        (event.clientY - box.top - ty) / zoom,
      )
      return at === undefined ? undefined : flights.packets[at]
    }
    const onClick = (event: MouseEvent) => {
      const packet = under(event)
      if (!packet) return
      event.stopPropagation()
      event.preventDefault()
      select({ kind: 'entry', seq: packet.seq })
    }
    const onMove = (event: MouseEvent) => {
      stage.style.cursor = under(event) ? 'pointer' : ''
    }
    stage.addEventListener('click', onClick, true)
    stage.addEventListener('pointermove', onMove)
    return () => {
      stage.removeEventListener('click', onClick, true)
      stage.removeEventListener('pointermove', onMove)
    }
  }, [canvas, flights, moment, flow, select])
}

/** The flight at a place: the one that lies on top. */
function hit({ count, flight, x, y }: Moment, px: number, py: number): number | undefined {
  for (let i = count - 1; i >= 0; i--)
    if (Math.abs((x[i] as number) - px) <= REACH && Math.abs((y[i] as number) - py) <= REACH) return flight[i]
  return undefined
}
