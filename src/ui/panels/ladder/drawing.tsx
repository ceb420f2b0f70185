/** The ladder, drawn. */
import { Fragment } from 'react'
import { entryLine, roomName } from '../../../content/captions'
import { pointAtEntry, usePointer } from '../../session/pointer'
import { useSession } from '../../session/session'
import type { PacketKind, Seq } from '../../session/types'
import { duration } from '../../shared/format'
import { useLanguage, useT } from '../../shared/i18n'
import { useLayout } from '../../shared/layout'
import { walkByArrows } from '../../shared/roving'
import styles from './ladder.module.css'
import type { Ladder, Rung } from './rungs'

/** Lanes are as far apart as there is room for, within these. */
const LANE = { least: 34, most: 110 } as const
const EDGE = { least: 26, most: 52 } as const
/** Names of lanes nearer than this stand upright. */
const UPRIGHT = 84
const RUNG = 34
const GAP = 26
const TOP = 14
/** Pixels of a letter of a label, about; Chinese ones are as wide as high. */
const LETTER = { latin: 6.4, han: 12.5 } as const
const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u2e7f' ? LETTER.han : LETTER.latin), 0)
const SCROLLBAR = 16

const COLOURS: Readonly<Record<PacketKind, string>> = {
  request: 'var(--packet-request)',
  response: 'var(--packet-response)',
  watch: 'var(--packet-watch)',
  etcd: 'var(--packet-etcd)',
  local: 'var(--packet-local)',
  traffic: 'var(--packet-traffic)',
}

interface RungsProps {
  readonly ladder: Ladder
  /** What lies before this is past: drawn dim. */
  readonly from: Seq | undefined
}

export function Rungs({ ladder: { lanes, rungs }, from }: RungsProps) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const available = useLayout(state => state.sideWidth) - SCROLLBAR
  const lane = laneOf(lanes.length, available)
  const isUpright = lane < UPRIGHT
  const edge = isUpright ? EDGE.least : EDGE.most
  const width = edge * 2 + lane * Math.max(0, lanes.length - 1)
  const x = (room: string) => edge + lane * lanes.indexOf(room)
  let y = TOP
  const placed = rungs.map(rung => {
    y += RUNG + (rung.gap ? GAP : 0)
    return { rung, y }
  })
  const height = y + 20
  return (
    <div style={{ width, minWidth: '100%' }}>
      <div className={styles.heads} data-upright={isUpright || undefined}>
        {lanes.map(room => (
          <span key={room} style={{ left: x(room), ...(!isUpright && { width: lane - 6 }) }}>
            {roomName(room, language)}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldsets */}
      <svg width={width} height={height} role="group" aria-label={t('ladder.label')} onKeyDown={walkByArrows}>
        {lanes.map(room => (
          <line key={room} x1={x(room)} x2={x(room)} y1={0} y2={height} className={styles.lane} />
        ))}
        {placed.map(({ rung, y: at }, i) => (
          <Fragment key={rung.seq}>
            {rung.gap !== undefined && (
              <text x={8} y={at - RUNG + 4} className={styles.gap}>
                +{duration(rung.gap)}
              </text>
            )}
            <Arrow
              rung={rung}
              x1={x(rung.from)}
              x2={x(rung.to)}
              y={at}
              width={width}
              isStop={i === 0}
              isPast={from !== undefined && rung.seq < from}
            />
          </Fragment>
        ))}
      </svg>
    </div>
  )
}

/** Pixels between two of so many lanes in a dock that is so wide. */
function laneOf(count: number, available: number): number {
  const wide = (available - 2 * EDGE.most) / Math.max(1, count - 1)
  if (wide >= UPRIGHT) return Math.min(LANE.most, wide)
  return Math.max(LANE.least, (available - 2 * EDGE.least) / Math.max(1, count - 1))
}

interface ArrowProps {
  readonly rung: Rung
  readonly x1: number
  readonly x2: number
  readonly y: number
  readonly width: number
  readonly isStop: boolean
  readonly isPast: boolean
}

function Arrow({ rung, x1, x2, y, width, isStop, isPast }: ArrowProps) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const select = useSession(state => state.select)
  const isLit = usePointer(state => state.seq === rung.seq)
  const what = entryLine(rung.entry, language)
  const colour = rung.isRefused ? 'var(--packet-failed)' : COLOURS[rung.kind]
  const ask = () => select({ kind: 'entry', seq: rung.seq })
  const label = labelAt(what, x1, x2, width)
  const tip = x2 > x1 ? -8 : 8
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <g
      role="button"
      data-roving
      tabIndex={isStop ? 0 : -1}
      aria-label={t('ladder.arrow', { from: roomName(rung.from, language), to: roomName(rung.to, language), what })}
      className={styles.arrow}
      data-lit={isLit || undefined}
      data-past={isPast || undefined}
      style={{ color: colour }}
      onClick={ask}
      onKeyDown={event => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        event.stopPropagation()
        ask()
      }}
      onPointerEnter={() => pointAtEntry(rung.seq)}
      onPointerLeave={() => pointAtEntry(undefined)}
      onFocus={() => pointAtEntry(rung.seq)}
      onBlur={() => pointAtEntry(undefined)}
    >
      <title>{what}</title>
      <rect x={Math.min(x1, x2)} y={y - 22} width={Math.max(Math.abs(x2 - x1), 40)} height={28} className={styles.target} />
      <line x1={x1} y1={y} x2={x2 + tip / 2} y2={y} className={styles.stroke} data-kind={rung.kind} />
      <path d={`M${x2} ${y}l${tip} -4.5v9z`} className={styles.tip} />
      <circle cx={x1} cy={y} r={2.5} className={styles.tip} />
      <text x={label.x} y={y - 6} textAnchor={label.anchor} className={styles.label}>
        {label.text}
      </text>
    </g>
  )
}

/** Where a label stands so that it stays within the drawing, and how much of it there is room for. */
export function labelAt(text: string, x1: number, x2: number, width: number): Label {
  const middle = (x1 + x2) / 2
  const room = Math.max(60, width - 2 * MARGIN)
  let shown = text
  while (widthOf(shown) > room) shown = `${shown.slice(0, -2)}…`
  const half = widthOf(shown) / 2
  if (middle - half < MARGIN) return { x: MARGIN, anchor: 'start', text: shown }
  if (middle + half > width - MARGIN) return { x: width - MARGIN, anchor: 'end', text: shown }
  return { x: middle, anchor: 'middle', text: shown }
}

interface Label {
  readonly x: number
  readonly anchor: 'start' | 'middle' | 'end'
  readonly text: string
}
const MARGIN = 8
