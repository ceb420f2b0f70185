/** A wire: thin at rest, dashed where a watch stands on it, lit with its direction while the scene uses it. */
import type { EdgeProps } from 'reactflow'
import type { Point } from './layout'
import { useStage } from './stage-state'
import styles from './wire.module.css'

export function WireEdge({ id }: EdgeProps) {
  const wire = useStage(state => state.layout?.wires.get(id))
  const lit = useStage(state => state.lit?.wires.get(id))
  const told = useStage(state => state.lit !== undefined)
  const [a, b] = [wire?.points[0], wire?.points.at(-1)]
  if (!wire || !a || !b || (wire.hidden && !lit)) return null
  return (
    <g data-wire={id} data-kind={lit?.kind} className={styles.wire} data-dim={(told && !lit) || undefined}>
      <path d={`M${a.x} ${a.y}L${b.x} ${b.y}`} data-watches={wire.watches || undefined} />
      {lit?.forward && <Arrow from={a} to={b} />}
      {lit?.backward && <Arrow from={b} to={a} />}
    </g>
  )
}

/** A small head where the wire meets the room that is told. */
function Arrow({ from, to }: { readonly from: Point; readonly to: Point }) {
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI
  return <path className={styles.arrow} d="M0 0L-8 -4.5L-8 4.5Z" transform={`translate(${to.x} ${to.y}) rotate(${angle})`} />
}
