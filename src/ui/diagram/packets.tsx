/** The messages that are under way, on one canvas over the wires, in React Flow's viewport; a click asks one. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useStoreApi } from 'reactflow'
import { stageTime, useClock } from '../session/clock'
import { useSession } from '../session/session'
import type { Packet } from '../session/types'
import { useLook } from '../shared/preferences'
import { type Flights, flyingAt, type Moment, momentFor } from './flights'
import { housesOf, type StageLayout } from './layout'
import type { View } from './paint'
import type { Order } from './painter'
import { readPalette } from './sprites'
import styles from './stage.module.css'
import { useStage } from './stage-state'

/** World pixels within which a click means the packet. */
const REACH = 13

/** Tells the painter something. */
type Tell = (order: Order) => void

export function Packets({ layout }: { readonly layout: StageLayout }) {
  const flights = useStage(state => state.flights)
  const box = useRef<HTMLDivElement>(null)
  const tell = usePainter(box)
  const look = useLook()
  const flow = useStoreApi()

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new look has new colours to read
  useEffect(() => {
    if (tell && box.current) tell({ type: 'palette', palette: readPalette(box.current) })
  }, [tell, look])

  useEffect(() => {
    if (!tell) return
    const { packets: _, ...columns } = flights
    tell({ type: 'scene', flights: columns, ground: { obstacles: housesOf(layout), spine: layout.spine.rect } })
    const show = () => {
      const time = useClock.getState().motion === 'still' ? undefined : stageTime.get()
      tell({ type: 'moment', time, view: viewOf(flow.getState()) })
    }
    show()
    const off = [stageTime.on('change', show), flow.subscribe(show), useClock.subscribe(show)]
    return () => {
      for (const each of off) each()
    }
  }, [tell, layout, flights, flow])

  useAsking(box, flights)
  return <div ref={box} className={styles.packets} />
}

/** Where React Flow shows the world, in screen pixels. */
function viewOf({
  transform: [x, y, zoom],
  width,
  height,
}: {
  readonly transform: readonly [number, number, number]
  readonly width: number
  readonly height: number
}): View {
  const ratio = window.devicePixelRatio
  return { width: Math.round(width * ratio), height: Math.round(height * ratio), scale: ratio * zoom, x: x * ratio, y: y * ratio }
}

/** Puts a canvas into the box, and a painter to work on it. Where a browser cannot do that, messages are told by stills only. */
function usePainter(box: { readonly current: HTMLElement | null }): Tell | undefined {
  const [tell, setTell] = useState<Tell>()
  useEffect(() => {
    const canvas = document.createElement('canvas')
    if (!box.current || !('transferControlToOffscreen' in canvas)) return
    box.current.append(canvas)
    const painter = new Worker(new URL('./painter.ts', import.meta.url), { type: 'module', name: 'painter' })
    const offscreen = canvas.transferControlToOffscreen()
    painter.postMessage({ type: 'canvas', canvas: offscreen } satisfies Order, [offscreen])
    setTell(() => (order: Order) => painter.postMessage(order))
    return () => {
      painter.terminate()
      canvas.remove()
      setTell(undefined)
    }
  }, [box])
  return tell
}

/** A click on a packet, wherever it is just now, selects it. */
function useAsking(box: { readonly current: HTMLElement | null }, flights: Flights): void {
  const flow = useStoreApi()
  const select = useSession(state => state.select)
  const moment = useMemo(() => momentFor(flights), [flights])
  useEffect(() => {
    const stage = box.current?.parentElement
    if (!stage || flights.packets.length === 0) return
    const under = (event: MouseEvent): Packet | undefined => {
      if (useClock.getState().motion === 'still') return undefined
      const { left, top } = stage.getBoundingClientRect()
      const [tx, ty, zoom] = flow.getState().transform
      const at = hit(
        flyingAt(flights, stageTime.get(), moment),
        (event.clientX - left - tx) / zoom,
        (event.clientY - top - ty) / zoom,
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
  }, [box, flights, moment, flow, select])
}

/** The flight at a place: the one that lies on top. */
function hit({ count, flight, x, y }: Moment, px: number, py: number): number | undefined {
  for (let i = count - 1; i >= 0; i--)
    if (Math.abs((x[i] as number) - px) <= REACH && Math.abs((y[i] as number) - py) <= REACH) return flight[i]
  return undefined
}
