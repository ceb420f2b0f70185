// The words of go.yaml.in/yaml/v2 for what the `yaml` package finds wrong, with its way of counting lines: from 1 for what its scanner
// says, from 0 for what its parser says, and no line at all for the first.
import type { YAMLError } from 'yaml'

/** Words and place of one error; `line` and `column` count from 1. */
export interface YamlProblem {
  /** As Go's yaml says it: `yaml: line 3: mapping values are not allowed in this context`. */
  readonly message: string
  readonly line: number
  readonly column: number
}

/** What Go's yaml says of a document that does not parse. */
export function yamlProblem(text: string, error: Pick<YAMLError, 'code' | 'message' | 'pos'>): YamlProblem {
  const [start] = error.pos
  const { words, at, parser } = describe(text, error)
  const line = lineOf(`${text}\n`, at)
  const counted = parser ? line - 1 : line
  const numbered = parser ? counted > 0 : counted > 1
  return {
    message: `yaml: ${numbered ? `line ${counted}: ` : ''}${words}`,
    line: lineOf(text, at),
    column: columnOf(text, Math.max(at, start)),
  }
}

interface Description {
  readonly words: string
  /** Where Go's yaml stands when it gives up. */
  readonly at: number
  readonly parser: boolean
}
const scanner = (words: string, at: number): Description => ({ words, at, parser: false })
const parser = (words: string, at: number): Description => ({ words, at, parser: true })

const NO_KEY = 'did not find expected key'
const NO_NODE = 'did not find expected node content'
const NO_START = 'found character that cannot start any token'

function describe(text: string, { code, message, pos }: Pick<YAMLError, 'code' | 'message' | 'pos'>): Description {
  const [start, end] = pos
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (text.startsWith('? ', start)) return scanner('mapping keys are not allowed in this context', start)
      return message.startsWith('A block sequence')
        ? parser(NO_KEY, start)
        : scanner('mapping values are not allowed in this context', colonAfter(text, start))
    case 'MULTILINE_IMPLICIT_KEY':
      if (text.startsWith('- ', start)) return parser(NO_KEY, start)
      return isFirstKey(text, start)
        ? scanner('mapping values are not allowed in this context', colonAfter(text, start))
        : scanner("could not find expected ':'", nextLine(text, start))
    case 'TAB_AS_INDENT':
      return scanner(
        continuesScalar(text, end) ? 'found a tab character that violates indentation' : NO_START,
        tabAfter(text, start),
      )
    case 'BAD_INDENT':
      if (message.startsWith('Flow') && endsOpen(text, start)) return parser(NO_NODE, text.length + (text.endsWith('\n') ? 0 : 1))
      if (message.startsWith('Flow'))
        return parser(message.includes('}') ? "did not find expected ',' or '}'" : "did not find expected ',' or ']'", start)
      return parser(besideSequence(text, start) ? "did not find expected '-' indicator" : NO_KEY, start)
    case 'MISSING_CHAR':
      if (message.startsWith('Missing closing')) return scanner('found unexpected end of stream', text.length)
      if (message.startsWith('Sequence item'))
        return parser(besideSequence(text, start) ? "did not find expected '-' indicator" : NO_KEY, start)
      return scanner("could not find expected ':'", nextLine(text, start))
    case 'BAD_SCALAR_START':
      return text.charAt(start) === ',' ? parser(NO_NODE, start) : scanner(NO_START, start)
    case 'BAD_DQ_ESCAPE':
      return scanner(
        /^\\[xuU]/.test(text.slice(start)) ? 'did not find expected hexdecimal number' : 'found unknown escape character',
        start,
      )
    case 'BAD_ALIAS':
      return scanner('did not find expected alphabetic or numeric character', start)
    case 'UNEXPECTED_TOKEN':
      if (message.startsWith('Unexpected block-seq-ind'))
        return scanner('block sequence entries are not allowed in this context', start)
      if (message.startsWith('Block scalar header')) return scanner('did not find expected comment or line break', start)
      if (message.includes('at node end') && isEntry(text)) return parser("did not find expected '-' indicator", start)
      return parser(message.includes('flow') && /([,[{]|[:-]\s)\s*$/.test(lineBefore(text, start)) ? NO_NODE : NO_KEY, start)
    default:
      return parser(NO_KEY, start)
  }
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length
const columnOf = (text: string, at: number): number => at - text.lastIndexOf('\n', at - 1)
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const lineBefore = (text: string, at: number): string => text.slice(lineStart(text, at), at)

/** True if a text ends where a flow collection has just asked for more. */
const endsOpen = (text: string, at: number): boolean =>
  text.slice(at).trim() === '' && /[[{,:]$/.test(text.slice(0, at).trimEnd())

/** The first colon behind `at` that makes a mapping. */
function colonAfter(text: string, at: number): number {
  const found = text.slice(at).search(/:(\s|$)/)
  return found < 0 ? at : at + found
}

function tabAfter(text: string, at: number): number {
  const found = text.indexOf('\t', at)
  return found < 0 ? at : found
}

/** Where the next line that says something begins; the end of the text where there is none. */
function nextLine(text: string, at: number): number {
  for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', end + 1)) {
    const line =
      text
        .slice(end + 1)
        .split('\n')[0]
        ?.trim() ?? ''
    if (line !== '' && !line.startsWith('#')) return end + 1
  }
  return text.length
}

/** True if the line before `at` ends in a plain scalar, which a next line would go on with. */
function continuesScalar(text: string, at: number): boolean {
  const before = text.slice(0, lineStart(text, at)).trimEnd()
  return /[^\s:|>"'\]}-]$/.test(before)
}

/** True if no key of the same mapping stands before the one at `at`. */
function isFirstKey(text: string, at: number): boolean {
  const column = columnOf(text, at) - 1
  const lines = text.slice(0, lineStart(text, at)).split('\n').reverse()
  for (const line of lines) {
    if (line.trim() === '' || line.trim().startsWith('#') || line.startsWith('---')) continue
    const dash = /^(\s*(?:- +)*)/.exec(line)?.[1]?.length ?? 0
    if (dash === column) return false
    if (indentOf(line) < column) return true
  }
  return true
}

/** True if the block that the bad line falls out of is a sequence that is indented: one at its key's own column ends without a word. */
function besideSequence(text: string, at: number): boolean {
  const from = lineStart(text, at)
  const indent = indentOf(text.slice(from).split('\n')[0] ?? '')
  const lines = text.slice(0, from).split('\n').reverse()
  const dash = lines.findIndex(line => line.trim() !== '' && indentOf(line) <= indent)
  const first = lines[dash] ?? ''
  if (!isEntry(first)) return false
  const owner = lines
    .slice(dash + 1)
    .find(
      line => line.trim() !== '' && indentOf(line) <= indentOf(first) && !(isEntry(line) && indentOf(line) === indentOf(first)),
    )
  return owner === undefined || indentOf(owner) < indentOf(first)
}

const isEntry = (line: string): boolean => /^\s*-(\s|$)/.test(line)
const indentOf = (line: string): number => line.length - line.trimStart().length
