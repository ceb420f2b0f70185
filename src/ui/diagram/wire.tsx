/** A wire: thin at rest, dashed where a watch stands on it, lit with its direction while the scene uses it; gone where a process at its end is. */
import type { EdgeProps } from 'reactflow'
import type { RoomId } from '../session/types'
import type { Point } from './layout'
import { useStage, useStopped } from './stage-state'
import styles from './wire.module.css'

const NOBODY = '' as RoomId

export function WireEdge({ id }: EdgeProps) {
  const wire = useStage(state => state.layout?.wires.get(id))
  const lit = useStage(state => state.lit?.wires.get(id))
  const told = useStage(state => state.lit !== undefined)
  const isFromStopped = useStopped(wire?.from ?? NOBODY)
  const isToStopped = useStopped(wire?.to ?? NOBODY)
  if (!wire || (!lit && (wire.hidden || isFromStopped || isToStopped))) return null
  const { points } = wire
  const [a, b] = [points[0], points.at(-1)]
  const [second, beforeLast] = [points[1], points.at(-2)]
  if (!a || !b || !second || !beforeLast) return null
  return (
    <g data-wire={id} data-kind={lit?.kind} className={styles.wire} data-dim={(told && !lit) || undefined}>
      <path d={`M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`} data-watches={wire.watches || undefined} />
      {lit?.forward && <Arrow from={beforeLast} to={b} />}
      {lit?.backward && <Arrow from={second} to={a} />}
    </g>
  )
}

/** A small head where the wire meets the room that is told. */
function Arrow({ from, to }: { readonly from: Point; readonly to: Point }) {
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI
  return <path className={styles.arrow} d="M0 0L-8 -4.5L-8 4.5Z" transform={`translate(${to.x} ${to.y}) rotate(${angle})`} />
}
