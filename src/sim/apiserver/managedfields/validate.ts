// Models sigs.k8s.io/structured-merge-diff/typed/validate.go: whether an applied configuration is of its type, in its words.
import type { SchemaType } from '../../api/schema'
import { goText } from '../patch-refusal'
import { keyDefault, type Shape, shapeOf } from './typed'

/** All that is wrong with a configuration, as one text; undefined when it is good. Nulls are let be: they mean nothing. */
export function configurationError(type: SchemaType, config: unknown): string | undefined {
  const errors: string[] = []
  check(shapeOf(type), config, '', errors)
  const [first] = errors
  if (first === undefined) return undefined
  return errors.length === 1 ? first : `errors:\n${errors.map(error => `  ${error}`).join('\n')}`
}

type Fielded = Readonly<Record<string, unknown>>

function check(shape: Shape, value: unknown, path: string, errors: string[]): void {
  if (value === null || value === undefined) return
  const { type } = shape
  const say = (what: string): number => errors.push(path === '' ? what : `${path}: ${what}`)
  const isMap = typeof value === 'object' && !Array.isArray(value)
  switch (type.kind) {
    case 'struct':
    case 'map':
      if (isMap) checkMap(shape, value as Fielded, path, errors)
      else say(`expected map, got &{${goText(value)}}`)
      return
    case 'list':
      if (Array.isArray(value)) checkList(shape, value, path, errors)
      else say(`expected list, got &{${goText(value)}}`)
      return
    case 'string':
    case 'bytes':
    case 'time':
    case 'microTime':
      if (typeof value !== 'string') say(`expected string, got ${goValue(value)}`)
      return
    case 'int32':
    case 'int64':
    case 'double':
      if (typeof value !== 'number') say(`expected numeric (int or float), got ${goType(value)}`)
      return
    case 'boolean':
      if (typeof value !== 'boolean') say(`expected boolean, got &{${goText(value)}}`)
  }
}

function checkMap({ type }: Shape, value: Fielded, path: string, errors: string[]): void {
  for (const [name, part] of Object.entries(value)) {
    const at = `${path}.${name}`
    if (type.kind === 'map') check(shapeOf(type.value), part, at, errors)
    else if (type.kind === 'struct') {
      const field = type.fields.get(name)
      if (field) check(shapeOf(field.type, field), part, at, errors)
      else errors.push(`${at}: field not declared in schema`)
    }
  }
}

function checkList({ kind, type, keys }: Shape, value: readonly unknown[], path: string, errors: string[]): void {
  if (type.kind !== 'list') return
  const item = shapeOf(type.item)
  const seen = new Set<string>()
  value.forEach((part, i) => {
    if (kind !== 'keyed' && kind !== 'set') {
      check(item, part, `${path}[${i}]`, errors)
      return
    }
    const identity = kind === 'set' ? { text: `[=${JSON.stringify(part)}]` } : itemIdentity(keys, part)
    if ('error' in identity) {
      errors.push(`${path}: element ${i}: ${identity.error}`)
      return
    }
    if (seen.has(identity.text)) errors.push(`${path}: duplicate entries for key ${identity.text}`)
    seen.add(identity.text)
    check(item, part, path + identity.text, errors)
  })
}

/** What tells an item from the others, or why that cannot be said. */
function itemIdentity(keys: readonly string[], item: unknown): { readonly text: string } | { readonly error: string } {
  if (item === null || item === undefined) return { error: 'associative list with keys may not have a null element' }
  if (typeof item !== 'object' || Array.isArray(item))
    return { error: 'associative list with keys may not have non-map elements' }
  const parts: string[] = []
  for (const key of [...keys].sort()) {
    const value = (item as Fielded)[key] ?? keyDefault(key)
    if (value === undefined) {
      if (keys.length > 1) continue
      return { error: `associative list with keys has an element that omits key field "${key}" (and doesn't have default value)` }
    }
    parts.push(`${key}=${JSON.stringify(value)}`)
  }
  return { text: `[${parts.join(',')}]` }
}

/** Go's %T of what YAML is decoded to. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map[string]interface {}' : typeof value
}

/** Go's %#v of a structured-merge-diff value. */
const goValue = (value: unknown): string => `&value.valueUnstructured{Value:${goSyntax(value)}}`

function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${goSyntax(part)}`)
  return `map[string]interface {}{${fields.join(', ')}}`
}
