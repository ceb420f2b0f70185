// Models Go's text/template/parse: the common forms of templates.
import { BadTemplate } from './bad-template'
import { scanJson } from './json-syntax'

export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'dot'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** Fields of what stands in parentheses. */
  | { readonly kind: 'chain'; readonly of: Expression; readonly path: readonly string[] }
  | { readonly kind: 'pipe'; readonly stages: readonly Expression[] }

interface Block {
  readonly value: Expression
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[]
}
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly value: Expression }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression }
  | ({ readonly kind: 'if' } & Block)
  | ({ readonly kind: 'with' } & Block)
  | ({ readonly kind: 'range'; readonly variables: readonly string[] } & Block)

type Piece = { readonly text: string } | { readonly action: string }

const wrong = (why: string): BadTemplate => new BadTemplate(`template: output:1: ${why}`)

/** Reads a template. */
export function parseTemplate(template: string): readonly Node[] {
  const state = { pieces: cut(template), at: 0 }
  const nodes = readNodes(state)
  if (state.at < state.pieces.length) throw wrong(`unexpected {{${actionAt(state)?.split(/\s/)[0] ?? ''}}}`)
  return nodes
}

/** Text and actions; a dash in the braces trims the blanks beside them. */
function cut(template: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let trim = false
  while (at < template.length) {
    const open = template.indexOf('{{', at)
    let text = template.slice(at, open < 0 ? template.length : open)
    if (trim) text = text.trimStart()
    if (open >= 0 && template.startsWith('{{- ', open)) text = text.trimEnd()
    if (text !== '') pieces.push({ text })
    if (open < 0) break
    const close = template.indexOf('}}', open)
    if (close < 0) throw wrong('unclosed action')
    const inside = template.slice(open + 2, close)
    trim = inside.endsWith(' -')
    const action = inside.replace(/^- /, '').replace(/ -$/, '').trim()
    if (!action.startsWith('/*')) pieces.push({ action })
    at = close + 2
  }
  return pieces
}

interface State {
  readonly pieces: readonly Piece[]
  at: number
}
function actionAt({ pieces, at }: State): string | undefined {
  const piece = pieces[at]
  return piece && 'action' in piece ? piece.action : undefined
}

function readNodes(state: State): Node[] {
  const nodes: Node[] = []
  for (; state.at < state.pieces.length; state.at++) {
    const piece = state.pieces[state.at]
    if (!piece) break
    if ('text' in piece) nodes.push({ kind: 'text', text: piece.text })
    else if (/^(end|else)\b/.test(piece.action)) return nodes
    else nodes.push(readAction(state, piece.action))
  }
  return nodes
}

const MISSING = ['block', 'break', 'call', 'continue', 'define', 'html', 'js', 'slice', 'template', 'urlquery']

function readAction(state: State, action: string): Node {
  const block = /^(if|with|range)(?:\s+(.*))?$/s.exec(action)
  if (block && !block[2]?.trim()) throw wrong(`missing value for ${block[1]}`)
  if (!block) {
    const assign = /^(\$\w*)\s*:?=\s*(.*)$/s.exec(action)
    return assign
      ? { kind: 'assign', name: assign[1] ?? '$', value: readPipe(assign[2] ?? '') }
      : { kind: 'print', value: readPipe(action) }
  }
  const [, kind, head = ''] = block
  const named = kind === 'range' ? /^(\$\w+)(?:\s*,\s*(\$\w+))?\s*:=\s*(.*)$/s.exec(head) : undefined
  const value = readPipe(named ? (named[3] ?? '') : head)
  state.at++
  const body = readNodes(state)
  const otherwise = readElse(state)
  if (actionAt(state) !== 'end') throw wrong('unexpected EOF')
  const rest = { value, body, otherwise }
  if (kind === 'range') return { kind: 'range', variables: [named?.[1], named?.[2]].filter(name => name !== undefined), ...rest }
  return { kind: kind === 'if' ? 'if' : 'with', ...rest }
}

function readElse(state: State): readonly Node[] {
  const action = actionAt(state)
  if (action === undefined || !action.startsWith('else')) return []
  const chained = /^else\s+(if\s.*)$/s.exec(action)
  if (chained) return [readAction(state, chained[1] ?? '')]
  state.at++
  return readNodes(state)
}

function readPipe(text: string): Expression {
  const tokens = tokensOf(text)
  const stages: string[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token === '(') depth++
    if (token.startsWith(')')) depth--
    if (token === '|' && depth === 0) stages.push([])
    else stages[stages.length - 1]?.push(token)
  }
  const read = stages.map(readCall)
  return read.length === 1 ? (read[0] ?? { kind: 'literal', value: '' }) : { kind: 'pipe', stages: read }
}

function tokensOf(text: string): readonly string[] {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|`[^`]*`|["`].*|\)(?:\.\w+)+|[()|]|[^\s()|]+/gs) ?? []
  for (const token of tokens) {
    if (token.startsWith('"') && !/^"(?:\\.|[^"\\])*"$/s.test(token)) throw wrong('unterminated quoted string')
    if (token.startsWith('`') && !/^`[^`]*`$/s.test(token)) throw wrong('unterminated raw quoted string')
  }
  let depth = 0
  for (const token of tokens) {
    if (token === '(') depth++
    else if (token.startsWith(')') && --depth < 0) throw wrong('unexpected right paren')
  }
  if (depth > 0) throw wrong('unclosed left paren')
  return tokens
}

function readCall(tokens: readonly string[]): Expression {
  const args: Expression[] = []
  let at = 0
  while (at < tokens.length) {
    if (tokens[at] === '(') {
      let depth = 1
      let end = at + 1
      while (end < tokens.length && depth > 0) {
        if (tokens[end] === '(') depth++
        if (tokens[end]?.startsWith(')')) depth--
        end++
      }
      const of = readPipe(tokens.slice(at + 1, end - 1).join(' '))
      const path = (tokens[end - 1] ?? '').split('.').slice(1)
      args.push(path.length === 0 ? of : { kind: 'chain', of, path })
      at = end
    } else {
      args.push(readTerm(tokens[at] ?? ''))
      at++
    }
  }
  const [first, ...rest] = args
  if (!first) throw wrong('missing value for command')
  // what stands in parentheses has its arguments already
  return first.kind === 'call' && tokens[0] !== '(' ? { ...first, args: rest } : first
}

/** A Go string: of what it can escape, what JSON can as well. */
function unquoted(token: string): string {
  const scanned = scanJson(token)
  if (!('end' in scanned)) throw wrong('invalid syntax')
  return String(JSON.parse(token))
}

function readTerm(token: string): Expression {
  if (token.startsWith('"')) return { kind: 'literal', value: unquoted(token) }
  if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) }
  if (/^-?\d+(\.\d+)?$/.test(token)) return { kind: 'literal', value: Number(token) }
  if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' }
  if (token === 'nil') return { kind: 'literal', value: null }
  const path = token.split('.').filter(name => name !== '')
  if (token.startsWith('.')) return { kind: 'dot', path }
  if (token.startsWith('$')) return { kind: 'variable', name: path[0] ?? '$', path: path.slice(1) }
  if (MISSING.includes(token)) throw new BadTemplate(`{{${token}}} is not simulated here`)
  if (/^\w+$/.test(token)) return { kind: 'call', name: token, args: [] }
  throw wrong(`unexpected ${JSON.stringify(token)} in operand`)
}
