// Models k8s.io/client-go/util/jsonpath/parser.go
import { BadTemplate, UnreadableTemplate } from './bad-template'

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'exists'
export type Step =
  | { readonly kind: 'root' }
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'recursive' }
  /** `[from:to:by]`; `to` is `one` for a single index. */
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | 'one' | undefined; readonly by: number }
  | { readonly kind: 'filter'; readonly left: readonly Step[]; readonly operator: Operator; readonly right: readonly Step[] }
  | { readonly kind: 'union'; readonly paths: readonly (readonly Step[])[] }

export type Action =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Action[] }

/** Reads a template; what stands outside of braces is text. */
export const parseJsonPath = (template: string): readonly Action[] => readActions({ text: template, at: 0 }, false)

/** A path with or without its braces and its first dot, as columns and `--sort-by` take them. Models RelaxedJSONPathExpression. */
export function relaxedPath(path: string): string {
  if (path === '') return ''
  const found = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path)
  if (!found)
    throw new BadTemplate(
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    )
  return `{.${found[1] ?? found[2] ?? ''}}`
}

interface Reader {
  readonly text: string
  at: number
}

function readActions(reader: Reader, inRange: boolean): Action[] {
  const actions: Action[] = []
  while (reader.at < reader.text.length) {
    const open = reader.text.indexOf('{', reader.at)
    const end = open < 0 ? reader.text.length : open
    if (end > reader.at) actions.push({ kind: 'text', text: reader.text.slice(reader.at, end) })
    reader.at = end
    if (open < 0) break
    const inside = readBraces(reader)
    const range = /^range\s+(.*)$/s.exec(inside)
    if (inside === 'end') {
      if (inRange) return actions
      throw new BadTemplate('not in range, nothing to end')
    }
    if (range) actions.push({ kind: 'range', steps: readSteps(range[1] ?? ''), body: readActions(reader, true) })
    else if (/^["']/.test(inside)) actions.push({ kind: 'text', text: unquote(inside) })
    else actions.push({ kind: 'path', steps: readSteps(inside) })
  }
  return actions
}

/** What stands between braces; quotes may hold braces. */
function readBraces(reader: Reader): string {
  let quote = ''
  for (let at = reader.at + 1; at < reader.text.length; at++) {
    const char = reader.text.charAt(at)
    if (quote !== '') {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '}') {
      const inside = reader.text.slice(reader.at + 1, at).trim()
      reader.at = at + 1
      return inside
    }
  }
  throw new UnreadableTemplate('unclosed action')
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
const unquote = (quoted: string): string => quoted.slice(1, -1).replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char)

/** Reads a path: `.items[*].metadata.labels['app']`, `@.x`, `$..name`. */
function readSteps(path: string): readonly Step[] {
  const steps: Step[] = []
  let at = 0
  while (at < path.length) {
    const char = path.charAt(at)
    if (char === '$' && at === 0) {
      steps.push({ kind: 'root' })
      at++
    } else if (char === '@' || char === ' ') at++
    else if (path.startsWith('..', at)) {
      steps.push({ kind: 'recursive' })
      at += path.charAt(at + 2) === '[' ? 2 : 1
    } else if (char === '[') {
      const close = closing(path, at)
      steps.push(readBrackets(path.slice(at + 1, close).trim()))
      at = close + 1
    } else {
      const start = char === '.' ? at + 1 : at
      const { name, end } = readName(path, start)
      if (name === '*') steps.push({ kind: 'all' })
      else if (name !== '') steps.push({ kind: 'field', name })
      at = Math.max(end, at + 1)
    }
  }
  return steps
}

/** A field's name up to the next dot or bracket; a backslash keeps a dot in it. */
function readName(path: string, start: number): { readonly name: string; readonly end: number } {
  let name = ''
  let at = start
  while (at < path.length && !'.[ '.includes(path.charAt(at))) {
    if (path.charAt(at) === '\\') at++
    name += path.charAt(at)
    at++
  }
  return { name, end: at }
}

function closing(path: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let at = open; at < path.length; at++) {
    const char = path.charAt(at)
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '[' || char === '(') depth++
    else if ((char === ']' || char === ')') && --depth === 0) return at
  }
  throw new UnreadableTemplate('unterminated array')
}

function readBrackets(inside: string): Step {
  if (inside === '*') return { kind: 'all' }
  if (inside.startsWith('?(')) return readFilter(inside.slice(2, -1))
  const parts = splitOutside(inside, ',')
  if (parts.length > 1) return { kind: 'union', paths: parts.map(part => [readBrackets(part.trim())]) }
  // a quoted key is a path of its own: dots part it unless they are escaped
  if (/^'[^']*'$/.test(inside)) return keyOf(readSteps(`.${inside.slice(1, -1)}`))
  if (/^-?\d+$/.test(inside)) return { kind: 'slice', from: Number(inside), to: 'one', by: 1 }
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d*))?$/.exec(inside)
  if (!slice) throw new UnreadableTemplate(`invalid array index ${inside}`)
  const number = (text: string | undefined) => (text === undefined || text === '' ? undefined : Number(text))
  return { kind: 'slice', from: number(slice[1]), to: number(slice[2]), by: number(slice[3]) ?? 1 }
}

const keyOf = (steps: readonly Step[]): Step => (steps.length === 1 && steps[0] ? steps[0] : { kind: 'union', paths: [steps] })

function readFilter(inside: string): Step {
  const found = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(inside)
  if (!found) return { kind: 'filter', left: readSteps(inside), operator: 'exists', right: [] }
  const [, left = '', operator = '==', right = ''] = found
  return { kind: 'filter', left: readOperand(left), operator: operator as Operator, right: readOperand(right) }
}

function readOperand(text: string): readonly Step[] {
  const trimmed = text.trim()
  if (/^["']/.test(trimmed)) return [{ kind: 'literal', value: unquote(trimmed) }]
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return [{ kind: 'literal', value: Number(trimmed) }]
  if (trimmed === 'true' || trimmed === 'false') return [{ kind: 'literal', value: trimmed === 'true' }]
  return readSteps(trimmed)
}

function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = ['']
  let quote = ''
  for (const char of text) {
    if (quote === '' && char === separator) {
      parts.push('')
      continue
    }
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    parts[parts.length - 1] += char
  }
  return parts
}
