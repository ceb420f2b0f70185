// Models sigs.k8s.io/structured-merge-diff/typed: values with their types, as trees of fields that have owners.
import { deepEqual } from '../../api/deep'
import type { Field, SchemaType } from '../../api/schema'
import { type Fields, isMember, LEAF, stepsOf, tree } from './fields'

type Value = unknown
type Fielded = Readonly<Record<string, Value>>

/** How a value is seen: as one thing, or as parts that have owners of their own. */
export interface Shape {
  readonly kind: 'leaf' | 'struct' | 'map' | 'set' | 'keyed'
  readonly type: SchemaType
  /** What tells the items of a `keyed` list apart. */
  readonly keys: readonly string[]
  /** An object that has no such value lacks the place as well; structs that Go always writes are there even when empty. */
  readonly optional: boolean
}

/** Structs that are part of their parent in Go, not behind a pointer. */
const INLINE: ReadonlySet<string> = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'strategy',
  'updateStrategy',
  'jobTemplate',
])

const shapes = new WeakMap<object, Shape>()

/** The shape of a type; `field` says how the list or map that it holds is to be seen. */
export function shapeOf(type: SchemaType, field?: Field): Shape {
  const key = field ?? type
  let shape = shapes.get(key)
  if (!shape) {
    const optional = field !== undefined && (type.kind === 'struct' ? !INLINE.has(field.name) : field.dropEmpty)
    shape = { ...relationship(type, field), type, optional }
    shapes.set(key, shape)
  }
  return shape
}

function relationship(type: SchemaType, field: Field | undefined): Pick<Shape, 'kind' | 'keys'> {
  const keys = field?.listMapKeys.length ? field.listMapKeys : field?.mergeKey ? [field.mergeKey] : []
  if (type.kind === 'struct') return { kind: type.atomic || field?.atomic ? 'leaf' : 'struct', keys: [] }
  if (type.kind === 'map') return { kind: field?.atomic ? 'leaf' : 'map', keys: [] }
  if (type.kind !== 'list') return { kind: 'leaf', keys: [] }
  const list = field?.listType ?? (field?.patch === 'merge' ? (keys.length > 0 ? 'map' : 'set') : 'atomic')
  return list === 'atomic' ? { kind: 'leaf', keys: [] } : list === 'set' ? { kind: 'set', keys: [] } : { kind: 'keyed', keys }
}

/** One part of a value. */
export interface Part {
  readonly step: string
  readonly shape: Shape
  readonly value: Value
}

/** The parts of a value that is not a leaf, by their steps. */
export function partsOf(shape: Shape, value: Value): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>()
  const { type } = shape
  if (type.kind === 'list') {
    const item = shapeOf(type.item)
    for (const each of value as readonly Value[]) {
      const step = shape.kind === 'set' ? `v:${JSON.stringify(each)}` : keyStep(shape.keys, each as Fielded)
      if (!parts.has(step)) parts.set(step, { step, shape: item, value: each })
    }
    return parts
  }
  for (const [name, each] of Object.entries(value as Fielded)) {
    if (each === undefined || each === null) continue
    const step = `f:${name}`
    const field = type.kind === 'struct' ? type.fields.get(name) : undefined
    if (field) parts.set(step, { step, shape: shapeOf(field.type, field), value: each })
    else if (type.kind === 'map') parts.set(step, { step, shape: shapeOf(type.value), value: each })
  }
  return parts
}

function keyStep(keys: readonly string[], item: Fielded): string {
  const named = [...keys].sort().map(key => [key, item[key] ?? keyDefault(key)] as const)
  return `k:${JSON.stringify(Object.fromEntries(named.filter(([, value]) => value !== undefined)))}`
}

/** The one key that has a default. */
export const keyDefault = (key: string): string | undefined => (key === 'protocol' ? 'TCP' : undefined)

const isWhole = (shape: Shape, value: Value): boolean =>
  shape.kind === 'leaf' || typeof value !== 'object' || value === null || Object.keys(value).length === 0

/**
 * Every field of a value. `appeared`: the value was not there before, so that the places which hold others belong to the set as well,
 * where they could have been absent.
 */
export function fieldsOf(shape: Shape, value: Value, appeared = false): Fields {
  if (isWhole(shape, value)) return LEAF
  const isList = shape.kind === 'set' || shape.kind === 'keyed'
  const children: Record<string, Fields> = {}
  for (const part of partsOf(shape, value).values()) {
    const below = fieldsOf(part.shape, part.value, appeared)
    // an item of a list is there by itself, whatever it holds
    children[part.step] = isList
      ? (tree(true, Object.fromEntries(stepsOf(below).map(s => [s, below[s] ?? LEAF]))) ?? LEAF)
      : below
  }
  return tree(appeared && shape.optional, children) ?? LEAF
}

/** What differs between two values of a type. */
export interface Comparison {
  readonly modified?: Fields
  readonly added?: Fields
  readonly removed?: Fields
}

/** What has become of a value. */
export function compare(shape: Shape, before: Value, after: Value): Comparison {
  if (before === after) return {}
  if (before === undefined || before === null) return { added: fieldsOf(shape, after, true) }
  if (after === undefined || after === null) return { removed: fieldsOf(shape, before, true) }
  if (isWhole(shape, before) && isWhole(shape, after)) return deepEqual(before, after) ? {} : { modified: LEAF }
  if (shape.kind === 'leaf') return deepEqual(before, after) ? {} : { modified: LEAF }
  const were = partsOf(shape, before)
  const are = partsOf(shape, after)
  const found: Record<keyof Comparison, Record<string, Fields>> = { modified: {}, added: {}, removed: {} }
  for (const step of new Set([...were.keys(), ...are.keys()])) {
    const [was, is] = [were.get(step), are.get(step)]
    const part = is ?? was
    if (!part) continue
    const differs = compare(part.shape, was?.value, is?.value)
    for (const what of ['modified', 'added', 'removed'] as const) {
      const fields = differs[what]
      if (fields) found[what][step] = asItem(shape, fields, what !== 'modified' && (was === undefined || is === undefined))
    }
  }
  const [modified, added, removed] = [tree(false, found.modified), tree(false, found.added), tree(false, found.removed)]
  return { ...(modified && { modified }), ...(added && { added }), ...(removed && { removed }) }
}

/** An item of a list that came or went belongs to the set itself. */
function asItem({ kind }: Shape, fields: Fields, whole: boolean): Fields {
  if (!whole || (kind !== 'set' && kind !== 'keyed')) return fields
  return tree(true, Object.fromEntries(stepsOf(fields).map(step => [step, fields[step] ?? LEAF]))) ?? LEAF
}

/** A value with another laid over it: what the other has wins, what it lacks stays. */
export function merge(shape: Shape, live: Value, over: Value): Value {
  if (over === undefined || over === null) return live
  if (live === undefined || live === null || shape.kind === 'leaf') return over
  if (typeof live !== 'object' || typeof over !== 'object') return over
  const were = partsOf(shape, live)
  const are = partsOf(shape, over)
  if (shape.type.kind === 'list') return mergeItems(were, are)
  const out: Record<string, Value> = { ...(live as Fielded) }
  for (const { step, shape: part, value } of are.values()) out[step.slice(2)] = merge(part, were.get(step)?.value, value)
  return out
}

/** Items that both have stand in the applied order; those that only the live one has keep their place among them, before new ones. */
function mergeItems(were: ReadonlyMap<string, Part>, are: ReadonlyMap<string, Part>): Value[] {
  const out: Value[] = []
  const live = [...were.values()]
  let at = 0
  const takeOwn = (): void => {
    for (let own = live[at]; own && !are.has(own.step); own = live[++at]) out.push(own.value)
  }
  for (const { step, shape, value } of are.values()) {
    takeOwn()
    const was = were.get(step)
    out.push(was ? merge(shape, was.value, value) : value)
    if (was === live[at]) at++
  }
  for (const own of live.slice(at)) if (!are.has(own.step)) out.push(own.value)
  return out
}

/** A value without the fields of a set; undefined when nothing of a map or list is left. */
export function removeFields(shape: Shape, value: Value, fields: Fields): Value {
  if (shape.kind === 'leaf' || typeof value !== 'object' || value === null) return value
  const parts = partsOf(shape, value)
  const goes = (step: string): boolean => step in fields && isMember(fields[step] ?? LEAF)
  const kept = (part: Part): Value => removeFields(part.shape, part.value, fields[part.step] ?? LEAF)
  if (shape.type.kind === 'list') {
    const left = [...parts.values()]
      .filter(({ step }) => !goes(step))
      .map(part => (part.step in fields ? kept(part) : part.value))
    return left.length > 0 ? left : undefined
  }
  const out: Record<string, Value> = { ...(value as Fielded) }
  for (const part of parts.values()) {
    if (!(part.step in fields)) continue
    const rest = goes(part.step) ? undefined : kept(part)
    if (rest === undefined) delete out[part.step.slice(2)]
    else out[part.step.slice(2)] = rest
  }
  return Object.keys(out).length > 0 || shape.kind === 'struct' ? out : undefined
}
