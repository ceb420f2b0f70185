/** The table of one scheduling cycle, small enough to stand in the trace: columns, and one number for a column of equals. */

import type { Filtered } from './filtering'
import type { Rejection } from './framework'
import { PLUGINS } from './profile'
import type { Scores } from './scoring'

/** One number for every node, or a number for each. */
export type Column = number | readonly number[]

/** Nodes that one plugin refused with the same words. */
export interface RejectedNodes {
  readonly plugin: string
  readonly code: Rejection['code']
  readonly reasons: readonly string[]
  /** How many. */
  readonly count: number
  /** Their places in the table's `nodes`. */
  readonly nodes: readonly number[]
}

/** What one cycle looked at and found. Frozen. */
export interface CycleTable {
  /** Nodes of the cluster. */
  readonly all: number
  /** How many of them were looked at. */
  readonly considered: number
  /** How many would do. */
  readonly feasible: number
  /** The nodes that were looked at, in order; where that were more than 100, only the best 20 of those that will do. */
  readonly nodes: readonly string[]
  readonly rejected: readonly RejectedNodes[]
  /** By plugin in order of call, weights applied; an entry for each feasible node of `nodes`, in order. Absent where only one would do. */
  readonly scores?: Readonly<Record<string, Column>>
  readonly totals?: Column
}

/** Larger tables are cut; replay can work them out again. */
const MAX_ROWS = 100
const KEPT_ROWS = 20

/** Makes the table of a cycle. `names` is shared where all nodes were looked at in the cluster's order. */
export function tableOf(filtered: Filtered, scores: Scores | undefined, all: number, names: readonly string[]): CycleTable {
  const { considered, feasible } = filtered
  const cut = considered.length > MAX_ROWS
  const rows = cut && scores ? bestRows(scores.totals) : undefined
  const table: { -readonly [Key in keyof CycleTable]: CycleTable[Key] } = {
    all,
    considered: considered.length,
    feasible: feasible.length,
    nodes: cut ? Object.freeze((rows ?? [0]).flatMap(row => feasible[row]?.name ?? [])) : sharedNames(filtered, names),
    rejected: Object.freeze(groupRejections(filtered, !cut)),
  }
  if (scores) {
    table.scores = scoreColumns(scores, rows)
    table.totals = columnOf(scores.totals, rows)
  }
  return Object.freeze(table)
}

function sharedNames({ considered }: Filtered, names: readonly string[]): readonly string[] {
  if (considered.length === names.length && considered.every((node, i) => node.name === names[i])) return names
  return Object.freeze(considered.map(node => node.name))
}

function groupRejections({ rejections }: Filtered, withPlaces: boolean): RejectedNodes[] {
  const groups = new Map<Rejection, { plugin: number; places: number[]; count: number }>()
  rejections.forEach((rejected, place) => {
    if (!rejected) return
    let group = groups.get(rejected.rejection)
    if (!group) {
      group = { plugin: rejected.plugin, places: [], count: 0 }
      groups.set(rejected.rejection, group)
    }
    group.count++
    if (withPlaces) group.places.push(place)
  })
  return [...groups].map(([{ code, reasons }, { plugin, places, count }]) =>
    Object.freeze({ plugin: PLUGINS[plugin]?.name ?? '', code, reasons, count, nodes: Object.freeze(places) }),
  )
}

function scoreColumns(scores: Scores, rows: readonly number[] | undefined): Readonly<Record<string, Column>> {
  const columns: Record<string, Column> = {}
  scores.plugins.forEach((plugin, i) => {
    columns[plugin] = columnOf(scores.columns[i] ?? [], rows)
  })
  return Object.freeze(columns)
}

function columnOf(values: readonly number[], rows: readonly number[] | undefined): Column {
  const kept = rows ? rows.map(row => values[row] ?? 0) : values
  const first = kept[0] ?? 0
  return kept.every(v => v === first) ? first : Object.freeze(kept)
}

function bestRows(totals: readonly number[]): number[] {
  const order = totals.map((_, i) => i).sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0) || a - b)
  return order.slice(0, KEPT_ROWS)
}

/** The number that a column has for the n-th feasible node. */
export const cell = (column: Column, n: number): number => (typeof column === 'number' ? column : (column[n] ?? 0))

/** The feasible nodes of a table, in the order of its columns. */
export function feasibleNodes(table: CycleTable): readonly string[] {
  const refused = new Set(table.rejected.flatMap(r => r.nodes))
  return refused.size === 0 ? table.nodes : table.nodes.filter((_, i) => !refused.has(i))
}
