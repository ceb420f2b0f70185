/**
 * Objects as YAML, letter for letter as kubectl prints them.
 * Models sigs.k8s.io/yaml's Marshal: its goyaml.v2's encode.go, sorter.go and emitterc.go.
 *
 * Not the `yaml` package, which reads here but cannot be made to write the same: Go's emitter breaks a long line at the first space
 * beyond column 80 (not before it), puts lists at the indentation of their key, sorts keys by natural order, and has YAML 1.1's
 * notion of what must be quoted.
 */
import { blockHints, doubleQuoted, type ScalarStyle, scalarStyle } from './yaml-scalar'

/** A line is broken at the next space once it is wider than this. */
const WIDTH = 80
/** Longer keys are written as `? key`. */
const LONGEST_KEY = 128

/** One document, with a newline at its end. Fields that are undefined are left out. */
export function yamlOf(value: unknown): string {
  const writer: Writer = { text: '', column: 0 }
  node(writer, value, 0, 'root')
  return writer.text.endsWith('\n') ? writer.text : `${writer.text}\n`
}

interface Writer {
  text: string
  /** Characters since the line began. */
  column: number
}
type Place = 'root' | 'item' | 'value'

function put(writer: Writer, text: string): void {
  writer.text += text
  for (const _ of text) writer.column++
}
function newLine(writer: Writer, indent: number): void {
  writer.text += `\n${' '.repeat(indent)}`
  writer.column = indent
}
/** Begins a line, unless a block has just ended one. */
function freshLine(writer: Writer, indent: number): void {
  if (writer.text.endsWith('\n')) {
    writer.column = 0
    put(writer, ' '.repeat(indent))
  } else newLine(writer, indent)
}
/** Begins an entry: on the line of the dash or at the start of the text as it is, else on a line of its own. */
function begin(writer: Writer, first: boolean, place: Place, indent: number): void {
  if (!first || place === 'value') freshLine(writer, indent)
}

/** `indent` is that of the mapping or list that a collection makes, or of the one that a scalar stands in. */
function node(writer: Writer, value: unknown, indent: number, place: Place): void {
  const items = Array.isArray(value) ? value : []
  const fields = isCollection(value) && !Array.isArray(value) ? fieldsOf(value) : []
  if (items.length > 0) list(writer, items, indent, place)
  else if (fields.length > 0) mapping(writer, fields, indent, place)
  else {
    if (place !== 'root') put(writer, ' ')
    if (typeof value === 'string') scalar(writer, value, indent, scalarStyle(value, false), true)
    else put(writer, Array.isArray(value) ? '[]' : isCollection(value) ? '{}' : String(value ?? null))
  }
}

type Field = readonly [string, unknown]
const fieldsOf = (value: object): Field[] => Object.entries(value).filter(([, field]) => field !== undefined)
const isCollection = (value: unknown): value is object => typeof value === 'object' && value !== null

function list(writer: Writer, items: readonly unknown[], indent: number, place: Place): void {
  items.forEach((item, index) => {
    begin(writer, index === 0, place, indent)
    if (place === 'item' && index === 0) put(writer, ' ')
    put(writer, '-')
    const inside = isCollection(item) ? indent + 2 : indent
    node(writer, item, inside, 'item')
  })
}

function mapping(writer: Writer, fields: readonly Field[], indent: number, place: Place): void {
  const sorted = [...fields].sort(([a], [b]) => compareKeys(a, b))
  sorted.forEach(([key, value], index) => {
    begin(writer, index === 0, place, indent)
    if (place === 'item' && index === 0) put(writer, ' ')
    writeKey(writer, key, indent)
    // A list stands at its key's own indentation.
    node(writer, value, isCollection(value) && !Array.isArray(value) ? indent + 2 : indent, 'value')
  })
}

function writeKey(writer: Writer, key: string, indent: number): void {
  const simple = key.length <= LONGEST_KEY && !key.includes('\n')
  if (!simple) put(writer, '? ')
  scalar(writer, key, indent, scalarStyle(key, simple), !simple)
  if (!simple) freshLine(writer, indent)
  put(writer, ':')
}

function scalar(writer: Writer, text: string, indent: number, style: ScalarStyle, breaks: boolean): void {
  if (style === 'literal') literal(writer, text, indent + 2)
  else if (style === 'plain') flow(writer, text, indent + 2, breaks, character => character)
  else {
    const double = style === 'double'
    const quote = double ? '"' : "'"
    const written = double ? doubleQuoted : (character: string) => (character === quote ? "''" : character)
    put(writer, quote)
    flow(writer, text, indent + 2, breaks, written, { keepEnds: true, escapeSpace: double })
    put(writer, quote)
  }
}

function literal(writer: Writer, text: string, indent: number): void {
  put(writer, `|${blockHints(text)}`)
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) {
    if (line === '') writer.text += '\n'
    else {
      newLine(writer, indent)
      put(writer, line)
    }
  }
  writer.text += text.endsWith('\n') ? '\n' : ''
}

interface FlowOptions {
  /** A space at either end of the text is no place for a break. */
  readonly keepEnds?: boolean
  /** After a break, a space that stands first is escaped. */
  readonly escapeSpace?: boolean
}

/** Writes a text on one line, or broken at single spaces where lines grow too long. */
function flow(
  writer: Writer,
  text: string,
  indent: number,
  breaks: boolean,
  written: (character: string) => string,
  { keepEnds = false, escapeSpace = false }: FlowOptions = {},
): void {
  const characters = [...text]
  let afterSpace = false
  characters.forEach((character, index) => {
    if (character !== ' ') {
      put(writer, written(character))
      afterSpace = false
      return
    }
    const next = characters[index + 1]
    const inside = !keepEnds || (index > 0 && index < characters.length - 1)
    if (breaks && !afterSpace && writer.column > WIDTH && inside && (escapeSpace || next !== ' ')) {
      newLine(writer, indent)
      if (escapeSpace && next === ' ') put(writer, '\\')
    } else put(writer, ' ')
    afterSpace = true
  })
}

const isLetter = (character: string) => /\p{L}/u.test(character)
const isDigit = (character: string | undefined) => character !== undefined && /\p{Nd}/u.test(character)

/** Natural order: `a2` before `a10`, and other characters before letters. Models keyList.Less. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [l, r] = [left[i] ?? '', right[i] ?? '']
    if (l === r) continue
    if (isLetter(l) || isLetter(r)) {
      if (isLetter(l) && isLetter(r)) return l < r ? -1 : 1
      return isLetter(r) ? -1 : 1
    }
    return compareNumbers(left, right, i) || (l < r ? -1 : 1)
  }
  return left.length - right.length
}

/** Compares the numbers that begin where two keys first differ. A zero there counts with the digits before it. */
function compareNumbers(left: readonly string[], right: readonly string[], from: number): number {
  let start = 0
  if (left[from] === '0' || right[from] === '0') {
    for (let j = from - 1; j >= 0 && isDigit(left[j]); j--) {
      if (left[j] !== '0') {
        start = 1
        break
      }
    }
  }
  const read = (characters: readonly string[]) => {
    let value = start
    let end = from
    for (; isDigit(characters[end]); end++) value = value * 10 + Number(characters[end])
    return { value, end }
  }
  const [l, r] = [read(left), read(right)]
  return l.value - r.value || l.end - r.end
}
