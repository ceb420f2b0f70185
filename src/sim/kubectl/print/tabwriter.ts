/**
 * Text in columns. Models Go's text/tabwriter with spaces as padding, and github.com/liggitt/tabwriter, which kubectl uses so that
 * the rows of a watch stay under their header.
 *
 * A cell ends with a tab; what follows the last tab of a line is no cell of a column. A column is a block of consecutive lines that
 * have a cell there, and is as wide as its widest cell, so a line with fewer cells ends the columns that it does not reach.
 */

export interface TabOptions {
  /** Narrowest cell, padding included. */
  readonly minWidth: number
  /** Spaces after the widest cell of a column. */
  readonly padding: number
}

/** kubectl's tables (cli-runtime's printers.GetNewTabWriter). */
export const TABLE_TABS: TabOptions = { minWidth: 6, padding: 3 }
/** kubectl describe's texts (tabbedString). */
export const DESCRIBE_TABS: TabOptions = { minWidth: 0, padding: 2 }

/** Widths of columns that later text keeps. A plain array, so that a watch that waits is data. */
export type RememberedWidths = number[]

/**
 * Lays out text that has tabs and newlines. With `remembered`, columns are at least as wide as they have been, and the array is
 * brought up to date.
 */
export function layOut(text: string, options: TabOptions, remembered?: RememberedWidths): string {
  const lines = text.split('\n').map(line => line.split('\t'))
  const layout: Layout = { lines, options, remembered, widths: [], out: [] }
  formatColumn(layout, 0, lines.length)
  return layout.out.join('\n')
}

interface Layout {
  readonly lines: readonly (readonly string[])[]
  readonly options: TabOptions
  readonly remembered: RememberedWidths | undefined
  /** Widths of the columns to the left of the one that is being laid out. */
  readonly widths: number[]
  readonly out: string[]
}

/** Lays out the lines from `first` to before `end`, whose columns so far are in `widths`. */
function formatColumn(layout: Layout, first: number, end: number): void {
  const { lines, widths } = layout
  const column = widths.length
  const hasCell = (line: number) => column < (lines[line]?.length ?? 0) - 1
  let written = first
  for (let line = first; line < end; line++) {
    if (!hasCell(line)) continue
    writeLines(layout, written, line)
    let blockEnd = line
    let width = layout.options.minWidth
    for (; blockEnd < end && hasCell(blockEnd); blockEnd++) {
      width = Math.max(width, textWidth(lines[blockEnd]?.[column] ?? '') + layout.options.padding)
    }
    widths.push(keepWidth(layout, column, width))
    formatColumn(layout, line, blockEnd)
    widths.pop()
    written = blockEnd
    // The line that ended the block has no cell here.
    line = blockEnd
  }
  writeLines(layout, written, end)
}

function keepWidth({ remembered }: Layout, column: number, width: number): number {
  if (remembered === undefined) return width
  const kept = Math.max(width, remembered[column] ?? 0)
  remembered[column] = kept
  return kept
}

function writeLines({ lines, widths, out }: Layout, first: number, end: number): void {
  for (const cells of lines.slice(first, end)) {
    out.push(cells.map((cell, column) => pad(cell, widths[column])).join(''))
  }
}

const pad = (cell: string, width: number | undefined): string =>
  width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - textWidth(cell)))

/** Code points, as Go counts runes. */
const textWidth = (text: string): number => {
  let width = 0
  for (const _ of text) width++
  return width
}
