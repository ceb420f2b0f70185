// Models k8s.io/client-go/util/jsonpath: templates of text and `{paths}`, with range, filters, slices and unions.

import { BadTemplate } from './bad-template'
import { type Action, type Operator, parseJsonPath, relaxedPath, type Step } from './jsonpath-parser'
import { compactJson } from './print/objects'

/** All that a template finds, as values (`jsonpath-as-json`). */
export function evaluateJsonPath(template: string, root: unknown, allowMissing: boolean): unknown[] {
  const found: unknown[] = []
  evaluate(
    parseJsonPath(template),
    root,
    [root],
    allowMissing,
    value => found.push(value),
    () => {},
  )
  return found
}

/** What a template prints. */
export function jsonPathText(template: string, root: unknown, allowMissing: boolean): string {
  let printed = ''
  let parts: string[] = []
  const flush = () => {
    printed += parts.join(' ')
    parts = []
  }
  evaluate(
    parseJsonPath(template),
    root,
    [root],
    allowMissing,
    value => parts.push(valueText(value)),
    text => {
      flush()
      printed += text
    },
    flush,
  )
  flush()
  return printed
}

/** The values of one path (`.metadata.name`), for custom columns and sorting. */
export function valuesAt(path: string, root: unknown): readonly unknown[] {
  const [action] = parseJsonPath(relaxedPath(path))
  return action?.kind === 'path' ? walk(action.steps, root, [root], true) : []
}

/** A value as Go's templates print it. */
export const valueText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null
      ? compactJson(value)
      : value === null
        ? ''
        : String(value)

function evaluate(
  actions: readonly Action[],
  root: unknown,
  current: readonly unknown[],
  allowMissing: boolean,
  found: (value: unknown) => void,
  text: (text: string) => void,
  flush: () => void = () => {},
): void {
  for (const action of actions) {
    if (action.kind === 'text') text(action.text)
    else if (action.kind === 'range') {
      for (const item of walk(action.steps, root, current, allowMissing))
        evaluate(action.body, root, [item], allowMissing, found, text, flush)
    } else {
      flush()
      for (const value of walk(action.steps, root, current, allowMissing)) found(value)
    }
  }
}

function walk(steps: readonly Step[], root: unknown, current: readonly unknown[], allowMissing: boolean): readonly unknown[] {
  let values = current
  for (const step of steps) values = take(step, root, values, allowMissing)
  return values
}

function take(step: Step, root: unknown, values: readonly unknown[], allowMissing: boolean): readonly unknown[] {
  switch (step.kind) {
    case 'root':
      return [root]
    case 'literal':
      return [step.value]
    case 'field':
      return values.flatMap(value => {
        const field = isObject(value) && !Array.isArray(value) ? (value as Record<string, unknown>)[step.name] : undefined
        if (field !== undefined) return [field]
        if (allowMissing || value === null || value === undefined) return []
        throw new BadTemplate(`${step.name} is not found`)
      })
    case 'all':
      return values.flatMap(childrenOf)
    case 'recursive':
      return values.flatMap(value => descendants(value))
    case 'slice':
      return values.flatMap(value => sliceOf(value, step))
    case 'filter':
      return values.flatMap(childrenOf).filter(item => holds(step, root, item))
    default:
      return step.paths.flatMap(path => walk(path, root, values, allowMissing))
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Values of a map come in the order of their keys, so that what is printed does not depend on chance. */
const childrenOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value)
    ? value
    : isObject(value)
      ? Object.keys(value)
          .sort()
          .map(key => (value as Record<string, unknown>)[key])
      : []

const descendants = (value: unknown): readonly unknown[] => [value, ...childrenOf(value).filter(isObject).flatMap(descendants)]

/** evalArray: what is out of bounds is an error even where keys may be missing. */
function sliceOf(value: unknown, { from, to, by }: Extract<Step, { kind: 'slice' }>): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new BadTemplate(`${goType(value)} is not array or slice`)
  const { length } = value
  const start = (from ?? 0) < 0 ? (from ?? 0) + length : (from ?? 0)
  const given = to === 'one' ? (from ?? 0) + 1 : (to ?? length)
  const end = given < 0 || (given === 0 && to === 'one') ? given + length : given
  if (start === end) return []
  if (start >= length || start < 0) throw new BadTemplate(`array index out of bounds: index ${start}, length ${length}`)
  if (end > length || end < 0) throw new BadTemplate(`array index out of bounds: index ${end - 1}, length ${length}`)
  if (start > end) throw new BadTemplate(`starting index ${start} is greater than ending index ${end}`)
  const picked: unknown[] = []
  for (let at = start; at < end; at += by) picked.push(value[at])
  return picked
}

/** A value's type as Go has it in an unstructured object. */
function goType(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : 'string'
}

function holds(filter: Extract<Step, { kind: 'filter' }>, root: unknown, item: unknown): boolean {
  const left = walk(filter.left, root, [item], true)
  if (filter.operator === 'exists') return left.length > 0
  const right = left.length === 0 ? [] : walk(filter.right, root, [item], true)
  if (left.length > 1 || right.length > 1) throw new BadTemplate('can only compare one element at a time')
  if (left.length === 0 || right.length === 0) return false
  const [a, b] = [left[0], right[0]]
  const [kind, other] = [basicKind(a), basicKind(b)]
  if (kind !== other) throw new BadTemplate('incompatible types for comparison')
  switch (filter.operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    default:
      if (kind === 'bool') throw new BadTemplate('invalid type for comparison')
      return inOrder(filter.operator, a as number | string, b as number | string)
  }
}

/** Models basicKind of the forked text/template: what can be compared at all. */
function basicKind(value: unknown): string {
  if (typeof value === 'object' || value === undefined) throw new BadTemplate('invalid type for comparison')
  return goType(value)
}

function inOrder(operator: Operator, a: number | string, b: number | string): boolean {
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}
