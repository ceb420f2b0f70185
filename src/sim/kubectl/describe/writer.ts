/** Indented lines of cells. Models the PrefixWriter of kubectl's describe.go over its tabwriter. */
import { escaped } from '../print/table'
import { DESCRIBE_TABS, layOut } from '../print/tabwriter'

export interface Writer {
  /** Writes a line of cells, two spaces in for each level. A last cell that is empty leaves its column padded. */
  readonly line: (level: number, ...cells: readonly string[]) => void
  /** Ends the alignment with what came before. */
  readonly flush: () => void
}

/** The text that `write` writes. */
export function describeText(write: (writer: Writer) => void): string {
  let pending = ''
  let text = ''
  const flush = () => {
    text += layOut(pending, DESCRIBE_TABS)
    pending = ''
  }
  write({
    line: (level, ...cells) => {
      pending += escaped(`${'  '.repeat(level)}${cells.join('\t')}\n`)
    },
    flush,
  })
  flush()
  return text
}

/** Several descriptions, as one command prints them. */
export const joinDescriptions = (texts: readonly string[]): string => texts.join('\n\n')
