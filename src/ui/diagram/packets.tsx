/** The messages that are under way, on one canvas over the wires, in React Flow's viewport; a click asks one. */
import { useEffect, useMemo, useRef } from 'react'
import { useStoreApi } from 'reactflow'
import { stageTime, useClock } from '../session/clock'
import { useSession } from '../session/session'
import type { BeatScene } from '../session/types'
import { useLook } from '../shared/preferences'
import { housesOf, type StageLayout } from './layout'
import { paint, readPalette } from './paint'
import { type Flying, flyingAt, type Route, routeOf } from './routes'
import styles from './stage.module.css'

/** World pixels within which a click means the packet. */
const REACH = 13

interface PacketsProps {
  readonly layout: StageLayout
  readonly scene: BeatScene | undefined
}

export function Packets({ layout, scene }: PacketsProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const look = useLook()
  const flow = useStoreApi()
  const routes = useMemo(() => {
    const all = new Map<number, Route>()
    for (const packet of scene?.packets ?? []) {
      const route = routeOf(layout, packet)
      if (route) all.set(packet.seq, route)
    }
    return all
  }, [layout, scene])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new look has new colours to read
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const palette = readPalette(element)
    const grounds = { obstacles: housesOf(layout), spine: layout.spine.rect }
    let dirty = false
    const draw = () => {
      const flying =
        scene && useClock.getState().motion !== 'still' ? flyingAt(scene.packets, routes, scene.duration, stageTime.get()) : []
      if (flying.length === 0 && !dirty) return
      dirty = flying.length > 0
      const { transform, width, height } = flow.getState()
      fitCanvas(element, width, height)
      const [x, y, zoom] = transform
      const ratio = window.devicePixelRatio
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.clearRect(0, 0, element.width, element.height)
      context.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * x, ratio * y)
      paint(context, flying, palette, grounds)
    }
    draw()
    const off = [stageTime.on('change', draw), flow.subscribe(draw), useClock.subscribe(draw)]
    return () => {
      for (const each of off) each()
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.clearRect(0, 0, element.width, element.height)
    }
  }, [layout, scene, routes, flow, look])

  useAsking(canvas, scene, routes)
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
function useAsking(
  canvas: { readonly current: HTMLCanvasElement | null },
  scene: BeatScene | undefined,
  routes: ReadonlyMap<number, Route>,
): void {
  const flow = useStoreApi()
  const select = useSession(state => state.select)
  useEffect(() => {
    const stage = canvas.current?.parentElement
    if (!stage || !scene) return
    const under = (event: MouseEvent): Flying | undefined => {
      if (useClock.getState().motion === 'still') return undefined
      const box = stage.getBoundingClientRect()
      const [tx, ty, zoom] = flow.getState().transform
      const [x, y] = [(event.clientX - box.left - tx) / zoom, (event.clientY - box.top - ty) / zoom]
      const flying = flyingAt(scene.packets, routes, scene.duration, stageTime.get())
      return flying.findLast(each => Math.abs(each.x - x) <= REACH && Math.abs(each.y - y) <= REACH)
    }
    const onClick = (event: MouseEvent) => {
      const hit = under(event)
      if (!hit) return
      event.stopPropagation()
      event.preventDefault()
      select({ kind: 'entry', seq: hit.packet.seq })
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
  }, [canvas, scene, routes, flow, select])
}
