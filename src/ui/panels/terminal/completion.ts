/** Completion of a command line: what Tab does with the options that there are. */
import type { Completion } from '../../session/types'

/** A line with its cursor. */
export interface Line {
  readonly text: string
  readonly cursor: number
}

/** An option put into the line in place of the word that was begun; a word that is complete is followed by a space. */
export function accept({ text, cursor }: Line, from: number, label: string): Line {
  const rest = text.slice(cursor)
  const space = /[=/:,]$/.test(label) || rest.startsWith(' ') ? '' : ' '
  const head = `${text.slice(0, from)}${label}${space}`
  return { text: head + rest, cursor: head.length }
}

/** What all options begin with. */
export function commonPrefix(labels: readonly string[]): string {
  let prefix = labels[0] ?? ''
  for (const label of labels) while (!label.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** What Tab leads to: the line as far as it is certain, and the options that are left to choose from. */
export function complete(
  line: Line,
  { from, options }: Completion,
): { readonly line: Line; readonly menu: Completion['options'] } {
  const [first] = options
  if (!first) return { line, menu: [] }
  if (options.length === 1) return { line: accept(line, from, first.label), menu: [] }
  const prefix = commonPrefix(options.map(option => option.label))
  const begun = line.text.slice(from, line.cursor)
  if (prefix.length <= begun.length) return { line, menu: options }
  const text = line.text.slice(0, from) + prefix + line.text.slice(line.cursor)
  return { line: { text, cursor: from + prefix.length }, menu: options }
}
