/**
 * From JSON to an object of a known type, as if it had gone through Go's structs: unknown fields and nulls are dropped, quantities are
 * canonical, a value of the wrong type is an error. Models k8s.io/apimachinery/pkg/runtime/serializer/json and sigs.k8s.io/json.
 */
import { canonicalQuantity, QUANTITY_FORMAT_ERROR } from '../quantity'
import { parseTime } from '../time'
import type { Field, ListType, MapType, ScalarType, SchemaType, StructType } from './types'

export interface Decoded<T = unknown> {
  /** The same object when nothing had to change. Meaningless when there is an error. */
  readonly object: T
  /** Paths of fields that the type does not have: `spec.replica`. */
  readonly unknown: readonly string[]
  /** The first value of a wrong type, in Go's words. */
  readonly error: string | undefined
  /** That value, and the type that was wanted, where the type has no words of its own about it. */
  readonly wrong: { readonly value: unknown; readonly type: SchemaType } | undefined
}

/** `strict decoding error: unknown field "spec.replica"`, or nothing. Models runtime.NewStrictDecodingError. */
export const strictErrorText = (unknown: readonly string[]): string =>
  `strict decoding error: ${unknown.map(path => `unknown field "${path}"`).join(', ')}`

/** What the apiserver answers (400) to a body that it cannot decode. */
export const unhandledText = (kind: string, version: string, why: string): string =>
  `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`

type Fields = Readonly<Record<string, unknown>>

/** What a decode is about to find out, and where it is. */
interface Run {
  readonly unknown: string[]
  error: string | undefined
  wrong: Decoded['wrong']
  readonly path: (string | number)[]
  /** Which steps of the path are keys of maps: Go's errors do not name them. */
  readonly keys: number[]
}

/** Stands for "this field is not there". */
const DROPPED = Symbol('dropped')

/**
 * Decodes a value. What is the same reference as in `previous`, at the same place, has been decoded before and costs nothing:
 * after a patch to the status, only the status is looked at.
 */
export function decode<T>(type: StructType, value: T, previous?: unknown): Decoded<T> {
  const run: Run = { unknown: [], error: undefined, wrong: undefined, path: [], keys: [] }
  const object = decodeValue(type, value, previous, run, undefined) as T
  return { object, unknown: run.unknown, error: run.error, wrong: run.wrong }
}

function decodeValue(type: SchemaType, value: unknown, previous: unknown, run: Run, owner: StructType | undefined): unknown {
  if (value === previous) return value
  switch (type.kind) {
    case 'struct':
      return isMap(value) ? decodeStruct(type, value, previous, run) : mistyped(type, value, run, owner)
    case 'map':
      return isMap(value) ? decodeMap(type, value, previous, run, owner) : mistyped(type, value, run, owner)
    case 'list':
      return Array.isArray(value) ? decodeList(type, value, previous, run, owner) : mistyped(type, value, run, owner)
    default:
      return decodeScalar(type, value, run, owner)
  }
}

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function decodeStruct(type: StructType, value: Fields, previous: unknown, run: Run): Fields {
  const before = isMap(previous) ? previous : undefined
  let out: Record<string, unknown> | undefined
  for (const key in value) {
    const old = value[key]
    const field = type.fields.get(key)
    let next: unknown
    if (field === undefined) {
      next = DROPPED
      if (old !== undefined) run.unknown.push(pathText(run.path, key))
    } else if (old === undefined || (old === null && field.type.kind !== 'any')) {
      next = old === null && type.nullable.includes(key) ? old : DROPPED
    } else {
      run.path.push(key)
      next = decodeValue(field.type, old, before?.[key], run, type)
      run.path.pop()
      if (isLeftOut(field, next)) next = DROPPED
    }
    if (next === old) {
      if (out !== undefined) out[key] = old
    } else {
      out ??= copyBefore(value, key)
      if (next !== DROPPED) out[key] = next
    }
  }
  for (const key of type.nullable) if ((out ?? value)[key] === undefined) out = { ...(out ?? value), [key]: null }
  return out ?? value
}

/** Models omitempty. */
function isLeftOut(field: Field, value: unknown): boolean {
  if (value === 0 || value === false) return field.dropZero
  if (!field.dropEmpty) return false
  if (value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return field.type.kind === 'map' && isEmpty(value as Fields)
}
function isEmpty(value: Fields): boolean {
  for (const _ in value) return false
  return true
}

/** The fields before `key`, to go on from. */
function copyBefore(value: Fields, key: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const k in value) {
    if (k === key) break
    copy[k] = value[k]
  }
  return copy
}

function decodeMap(type: MapType, value: Fields, previous: unknown, run: Run, owner: StructType | undefined): Fields {
  const before = isMap(previous) ? previous : undefined
  let out: Record<string, unknown> | undefined
  run.keys.push(run.path.length)
  for (const key in value) {
    const old = value[key]
    run.path.push(key)
    // A null in a map is the zero value, and stays.
    const next = old === null ? zeroOf(type.value) : decodeValue(type.value, old, before?.[key], run, owner)
    run.path.pop()
    if (next !== old) out ??= copyBefore(value, key)
    if (out !== undefined) out[key] = next
  }
  run.keys.pop()
  return out ?? value
}
const zeroOf = (type: SchemaType): unknown =>
  type.kind === 'string' || type.kind === 'bytes' ? '' : type.kind === 'quantity' ? '0' : null

function decodeList(
  type: ListType,
  value: readonly unknown[],
  previous: unknown,
  run: Run,
  owner: StructType | undefined,
): unknown {
  const before: readonly unknown[] | undefined = Array.isArray(previous) ? previous : undefined
  let out: unknown[] | undefined
  for (let i = 0; i < value.length; i++) {
    const old = value[i]
    run.path.push(i)
    const next = old === null ? nullIn(type.item, run) : decodeValue(type.item, old, before?.[i], run, owner)
    run.path.pop()
    if (next !== old) out ??= value.slice(0, i)
    out?.push(next)
  }
  return out ?? value
}

/** A null in a list is the zero value of what the list holds. */
function nullIn(type: SchemaType, run: Run): unknown {
  switch (type.kind) {
    case 'struct':
      return decodeStruct(type, {}, undefined, run)
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'boolean':
      return false
    default:
      return zeroOf(type)
  }
}

const INT32 = 2 ** 31

function decodeScalar(type: ScalarType, value: unknown, run: Run, owner: StructType | undefined): unknown {
  switch (type.kind) {
    case 'any':
      return value
    case 'string':
      return typeof value === 'string' ? value : mistyped(type, value, run, owner)
    case 'boolean':
      return typeof value === 'boolean' ? value : mistyped(type, value, run, owner)
    case 'double':
      return typeof value === 'number' ? value : mistyped(type, value, run, owner)
    case 'int32':
      if (typeof value === 'number' && Number.isInteger(value) && value >= -INT32 && value < INT32) return value
      return mistyped(type, value, run, owner)
    case 'int64':
      return typeof value === 'number' && Number.isInteger(value) ? value : mistyped(type, value, run, owner)
    case 'bytes':
      return typeof value === 'string' ? checkBase64(value, run) : mistyped(type, value, run, owner)
    case 'intOrString':
      if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value
      return refuse(run, value, `json: cannot unmarshal ${describe(value)} into Go value of type int32`)
    case 'quantity':
      return decodeQuantity(value, run)
    default:
      return decodeTime(value, run)
  }
}

function decodeQuantity(value: unknown, run: Run): unknown {
  const text = typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : undefined
  return text ?? refuse(run, value, QUANTITY_FORMAT_ERROR)
}

function decodeTime(value: unknown, run: Run): unknown {
  if (typeof value !== 'string')
    return refuse(run, value, `json: cannot unmarshal ${describe(value)} into Go value of type string`)
  // What the simulation writes itself ends so; anything else is looked at.
  if (parseTime(value) !== undefined) return value
  const layout = '2006-01-02T15:04:05Z07:00'
  return refuse(run, value, `parsing time "${value}" as "${layout}": cannot parse "${value}" as "2006"`)
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
function checkBase64(value: string, run: Run): unknown {
  if (BASE64.test(value)) return value
  const at = value.search(/[^A-Za-z0-9+/]/)
  return refuse(run, value, `illegal base64 data at input byte ${at < 0 ? value.length - (value.length % 4) : at}`)
}

function refuse(run: Run, value: unknown, error: string): unknown {
  run.error ??= error
  return value
}

/** Go names the innermost struct, the fields on the way (without places in lists and keys of maps) and the type it wanted. */
function mistyped(type: SchemaType, value: unknown, run: Run, owner: StructType | undefined): unknown {
  if (run.error !== undefined) return value
  run.wrong = { value, type }
  if (owner === undefined)
    return refuse(run, value, `json: cannot unmarshal ${describe(value)} into Go value of type ${type.goType}`)
  const fields = run.path.filter((step, i) => typeof step === 'string' && !run.keys.includes(i)).join('.')
  return refuse(
    run,
    value,
    `json: cannot unmarshal ${describe(value)} into Go struct field ${owner.name}.${fields} of type ${type.goType}`,
  )
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < INT32 ? 'number' : `number ${value}`
  return typeof value === 'boolean' ? 'bool' : typeof value
}

const pathText = (path: readonly (string | number)[], last: string): string =>
  [...path, last].reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
