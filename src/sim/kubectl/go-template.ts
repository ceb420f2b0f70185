// Models Go's text/template with the functions that kubectl's templates have: the common forms.
import { BadTemplate } from './bad-template'
import { type Expression, type Node, parseTemplate } from './go-template-parser'

/** Prints an object by a template; throws with words where it cannot. */
export function evaluateTemplate(template: string, data: unknown): string {
  const scope: Scope = { root: data, variables: new Map([['$', data]]) }
  return render(parseTemplate(template), data, scope)
}

interface Scope {
  readonly root: unknown
  readonly variables: Map<string, unknown>
}

function render(nodes: readonly Node[], dot: unknown, scope: Scope): string {
  return nodes.map(node => renderNode(node, dot, scope)).join('')
}

function renderNode(node: Node, dot: unknown, scope: Scope): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'print':
      return printed(evaluate(node.value, dot, scope))
    case 'assign':
      scope.variables.set(node.name, evaluate(node.value, dot, scope))
      return ''
    case 'if':
      return truth(evaluate(node.value, dot, scope)) ? render(node.body, dot, scope) : render(node.otherwise, dot, scope)
    case 'with': {
      const value = evaluate(node.value, dot, scope)
      return truth(value) ? render(node.body, value, scope) : render(node.otherwise, dot, scope)
    }
    default:
      return renderRange(node, dot, scope)
  }
}

function renderRange(node: Extract<Node, { kind: 'range' }>, dot: unknown, scope: Scope): string {
  const entries = entriesOf(evaluate(node.value, dot, scope))
  if (entries.length === 0) return render(node.otherwise, dot, scope)
  const [first, second] = node.variables
  return entries
    .map(([key, value]) => {
      if (first !== undefined) scope.variables.set(first, second === undefined ? value : key)
      if (second !== undefined) scope.variables.set(second, value)
      return render(node.body, value, scope)
    })
    .join('')
}

const entriesOf = (value: unknown): readonly (readonly [unknown, unknown])[] =>
  Array.isArray(value)
    ? value.map((item, i) => [i, item] as const)
    : isMap(value)
      ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      : []
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function evaluate(expression: Expression, dot: unknown, scope: Scope, piped?: { readonly value: unknown }): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'dot':
      return fieldsOf(dot, expression.path)
    case 'variable':
      return fieldsOf(scope.variables.get(expression.name), expression.path)
    case 'chain':
      return fieldsOf(evaluate(expression.of, dot, scope), expression.path)
    case 'pipe': {
      let value: { readonly value: unknown } | undefined
      for (const stage of expression.stages) value = { value: evaluate(stage, dot, scope, value) }
      return value?.value
    }
    default: {
      const values = expression.args.map(arg => evaluate(arg, dot, scope))
      return callFunction(expression.name, piped ? [...values, piped.value] : values)
    }
  }
}

const fieldsOf = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isMap(at) ? at[name] : undefined), value)

function callFunction(name: string, args: readonly unknown[]): unknown {
  const [a, b] = args
  switch (name) {
    case 'len':
      return typeof a === 'string' ? a.length : entriesOf(a).length
    case 'index':
      return args
        .slice(1)
        .reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : isMap(at) ? at[String(key)] : undefined), a)
    case 'eq':
      return args.slice(1).some(other => other === a)
    case 'ne':
      return a !== b
    case 'lt':
      return Number(a) < Number(b)
    case 'le':
      return Number(a) <= Number(b)
    case 'gt':
      return Number(a) > Number(b)
    case 'ge':
      return Number(a) >= Number(b)
    case 'not':
      return !truth(a)
    case 'and':
      return args.find(value => !truth(value)) ?? args[args.length - 1]
    case 'or':
      return args.find(truth) ?? args[args.length - 1]
    case 'print':
      return args.map(printed).join('')
    case 'println':
      return `${args.map(printed).join(' ')}\n`
    case 'printf':
      return format(String(a), args.slice(1))
    case 'base64decode':
      return decodeBase64(String(a))
    case 'exists':
      return args.slice(1).reduce<unknown>((at, key) => (isMap(at) ? at[String(key)] : undefined), a) !== undefined
    default:
      throw new BadTemplate(`template: output:1: function ${JSON.stringify(name)} not defined`)
  }
}

function format(pattern: string, args: readonly unknown[]): string {
  let next = 0
  return pattern.replace(/%([-+0-9.]*)([sdvqt%])/g, (_, width: string, verb: string) => {
    if (verb === '%') return '%'
    const value = args[next++]
    const text = verb === 'q' ? JSON.stringify(printed(value)) : printed(value)
    const wide = Number(width.replace(/[^0-9]/g, '') || 0)
    return width.startsWith('-') ? text.padEnd(wide) : text.padStart(wide)
  })
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 as UTF-8 text. */
function decodeBase64(text: string): string {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const char of text.replace(/=+$/, '')) {
    held = (held << 6) | ALPHABET.indexOf(char)
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  return decodeURIComponent(bytes.map(byte => `%${byte.toString(16).padStart(2, '0')}`).join(''))
}

/** Text as base64 of its UTF-8 bytes. */
export function encodeBase64(text: string): string {
  const bytes = [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|(.)/gs)].map(([, hex, char]) =>
    hex ? Number.parseInt(hex, 16) : (char ?? '').charCodeAt(0),
  )
  let encoded = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(at, at + 3)
    const group = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63].map(index => ALPHABET.charAt(index))
    const left = bytes.length - at
    encoded += left === 1 ? `${group[0]}${group[1]}==` : left === 2 ? `${group[0]}${group[1]}${group[2]}=` : group.join('')
  }
  return encoded
}

const truth = (value: unknown): boolean => (isMap(value) || Array.isArray(value) ? entriesOf(value).length > 0 : Boolean(value))

/** A value as Go prints it with %v. */
function printed(value: unknown): string {
  if (value === undefined || value === null) return '<no value>'
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`
  if (isMap(value))
    return `map[${entriesOf(value)
      .map(([key, field]) => `${String(key)}:${printed(field)}`)
      .join(' ')}]`
  return String(value)
}
