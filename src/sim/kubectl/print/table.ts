/**
 * Tables as text. Models k8s.io/cli-runtime/pkg/printers/tableprinter.go and the loop of kubectl's `get`.
 */

import { formatLabels } from '../../api/selectors'
import type { KubeObject, Table, TableColumn, TableRow } from '../../api/types'
import { layOut, type RememberedWidths, TABLE_TABS } from './tabwriter'

export interface TableOptions {
  /** `-o wide`: all columns. */
  readonly wide?: boolean
  readonly noHeaders?: boolean
  /** `--show-labels`: a last column. */
  readonly showLabels?: boolean
  /** `-L app,env`: a column per label. */
  readonly labelColumns?: readonly string[]
  /** `-A`: a first column NAMESPACE; for kinds that have namespaces. */
  readonly withNamespace?: boolean
  /** Puts it before names: `pod`, `deployment.apps`. When one command prints several kinds. */
  readonly kindPrefix?: string
}

/** A Table as text with aligned columns; empty when it has no rows. */
export const printTable = (table: Table, options: TableOptions = {}): string => printRows(table, options, [])

/**
 * As `printTable`, for one table of a stream of them, as a watch is: columns are never narrower than before. `widths` starts as an
 * empty array and is brought up to date; tables after the first have `noHeaders`.
 */
export const printRows = (table: Table, options: TableOptions, widths: RememberedWidths): string =>
  layOut(tabbed(table, options), TABLE_TABS, widths)

/** Several tables, one per kind, with an empty line between them, as `get all` and `get pods,services` print them. */
export function printTables(tables: readonly (readonly [Table, TableOptions])[]): string {
  const texts = tables.map(([table, options]) => printTable(table, options)).filter(text => text !== '')
  return texts.join(tables.some(([, options]) => options.noHeaders) ? '' : '\n')
}

function tabbed(table: Table, options: TableOptions): string {
  if (table.rows.length === 0) return ''
  const shown = table.columnDefinitions.map(column => options.wide === true || column.priority === 0)
  const rows = table.rows.map(row => line(cellsOf(row, table.columnDefinitions, shown, options)))
  if (options.noHeaders) return rows.join('')
  return line(headers(table.columnDefinitions, shown, options)) + rows.join('')
}

const line = (cells: readonly string[]) => `${cells.join('\t')}\n`

function headers(columns: readonly TableColumn[], shown: readonly boolean[], options: TableOptions): string[] {
  const names = columns.filter((_, index) => shown[index]).map(({ name }) => name)
  if (options.withNamespace) names.unshift('Namespace')
  for (const label of options.labelColumns ?? []) names.push(label.slice(label.lastIndexOf('/') + 1))
  if (options.showLabels) names.push('Labels')
  return names.map(name => name.toUpperCase())
}

function cellsOf(row: TableRow, columns: readonly TableColumn[], shown: readonly boolean[], options: TableOptions): string[] {
  const { metadata } = row.object
  const named = columns.findIndex(({ format, type }) => format === 'name' && type === 'string')
  const cells = row.cells.flatMap((cell, index) => {
    if (!shown[index]) return []
    return index === named && options.kindPrefix ? `${options.kindPrefix}/${cellText(cell)}` : cellText(cell)
  })
  if (options.withNamespace) cells.unshift(metadata.namespace ?? '')
  for (const label of options.labelColumns ?? []) cells.push(metadata.labels?.[label] ?? '')
  if (options.showLabels) cells.push(formatLabels(metadata.labels))
  return cells
}

/** One line, cut at the first line break, with control characters made visible. */
function cellText(cell: TableRow['cells'][number]): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const end = cell.search(/[\f\n\r]/)
  return escaped(end < 0 ? cell : `${cell.slice(0, end)}...`)
}

/** Terminals must not be steered by what objects say. Models printers.WriteEscaped. */
export const escaped = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r')

/** `deployment.apps`: how names are prefixed, and how `-o name` and messages call an object's kind. */
export const kindPrefix = (object: Pick<KubeObject, 'apiVersion' | 'kind'>): string => {
  const slash = object.apiVersion.indexOf('/')
  return (slash < 0 ? object.kind : `${object.kind}.${object.apiVersion.slice(0, slash)}`).toLowerCase()
}
