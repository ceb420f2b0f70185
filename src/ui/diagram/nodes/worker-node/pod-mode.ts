/** How a node's pods are drawn, by how many there are and how much room. Pure. */
import type { NodeView, PodView } from '../../../session/types'
import type { Rect } from '../../layout'

/** How a pod is doing: good, on its way, going, or in trouble. */
export type Mood = 'good' | 'waiting' | 'going' | 'bad'

const ON_THE_WAY = new Set(['Pending', 'ContainerCreating', 'PodInitializing', 'Running', 'SchedulingGated'])

export function moodOf({ status, ready }: Pick<PodView, 'status' | 'ready'>): Mood {
  if (status === 'Terminating') return 'going'
  if (ready || status === 'Completed' || status === 'Succeeded') return 'good'
  return ON_THE_WAY.has(status) || status.startsWith('Init:') ? 'waiting' : 'bad'
}

export interface PodMode {
  readonly mode: 'full' | 'tile' | 'groups'
  readonly columns: number
}

const FULL = { width: 84, height: 72, gap: 6 }
const TILE = { width: 72, height: 24, gap: 4 }

/** How many cells of a size fit side by side, and in all. */
function cellsIn(
  area: Rect,
  cell: { readonly width: number; readonly height: number; readonly gap: number },
): { columns: number; cells: number } {
  const columns = Math.max(1, Math.floor((area.width + cell.gap) / (cell.width + cell.gap)))
  return { columns, cells: columns * Math.max(0, Math.floor((area.height + cell.gap) / (cell.height + cell.gap))) }
}

/** Each pod with its insides, as a tile, or only counted. */
export function podMode(view: Pick<NodeView, 'podCount' | 'pods'>, area: Rect): PodMode {
  const full = cellsIn(area, FULL)
  if (view.podCount <= full.cells && view.podCount <= view.pods.length) return { mode: 'full', columns: full.columns }
  const tiles = cellsIn(area, TILE)
  if (view.podCount <= tiles.cells && view.podCount <= view.pods.length) return { mode: 'tile', columns: tiles.columns }
  return { mode: 'groups', columns: 1 }
}
