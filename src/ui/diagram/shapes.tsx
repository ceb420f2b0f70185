/** The shape of each kind of message, for the canvas and for the page. One path on a 16 × 16 field around the origin. */
import type { PacketKind } from '../session/types'

export interface Shape {
  readonly path: string
  /** Drawn as an outline. */
  readonly hollow?: boolean
}

export const SHAPES: Readonly<Record<PacketKind, Shape>> = {
  request: { path: 'M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0Z' },
  response: { path: 'M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z', hollow: true },
  watch: { path: 'M0 -7.2L7.2 0L0 7.2L-7.2 0Z' },
  etcd: { path: 'M-5.4 -5.4H5.4V5.4H-5.4Z' },
  local: { path: 'M0 -6.6L6.6 5.2H-6.6Z' },
  traffic: { path: 'M3.4 -5.9L6.8 0L3.4 5.9L-3.4 5.9L-6.8 0L-3.4 -5.9Z' },
}

export const PACKET_KINDS = Object.keys(SHAPES) as readonly PacketKind[]

/** The shape as an icon, in its colour. */
export function ShapeIcon({ kind, size = 12 }: { readonly kind: PacketKind; readonly size?: number }) {
  const { path, hollow } = SHAPES[kind]
  const colour = `var(--packet-${kind})`
  return (
    <svg width={size} height={size} viewBox="-8 -8 16 16" aria-hidden="true" focusable="false">
      <path d={path} fill={hollow ? 'none' : colour} stroke={hollow ? colour : 'none'} strokeWidth={hollow ? 2.6 : 0} />
    </svg>
  )
}
