/** Objects as the apiserver's internal types print them, and what two of them differ in. Models encoding/json on pkg/apis, and apimachinery's pkg/util/diff. */
import { canonicalQuantity } from '../../api/quantity'
import type { PodSpec, PodTemplateSpec } from '../../api/types'
import { unifiedDiff } from './diff'
import { fieldsOf, type InternalField, type InternalType, isTagged } from './types'

type Plain = Readonly<Record<string, unknown>>

/** An object of the API as JSON of its internal type: every field, in Go's order. */
export function toInternal(type: InternalType, value: object): object {
  return structOf(type, value as Plain)
}

/** A pod's spec: what a host shares with it is in its security context there. */
export function internalPodSpec({ hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace, ...spec }: PodSpec): object {
  const shared = { hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace }
  const securityContext = spec.securityContext && { ...shared, ...spec.securityContext }
  return structOf('PodSpec', { ...spec, securityContext })
}

/** A template: its metadata is its own, without a name for all of it. */
export const internalTemplate = ({ metadata, spec }: PodTemplateSpec = {}): object => ({
  ...structOf('ObjectMeta', (metadata ?? {}) as Plain),
  Spec: internalPodSpec(spec ?? ({} as PodSpec)),
})

function structOf(type: string, value: Plain): object {
  const out: Record<string, unknown> = {}
  for (const field of fieldsOf(type)) {
    const printed = fieldOf(field, value[field.json])
    if (isTagged(field) && isEmpty(printed)) continue
    out[field.go] = printed
  }
  return out
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

function fieldOf({ sort, type }: InternalField, value: unknown): unknown {
  switch (sort) {
    case 'string':
      return value ?? ''
    case 'number':
      return value ?? 0
    case 'truth':
      return value ?? false
    case 'quantity':
      return canonicalQuantity((value as string | undefined) ?? '0') ?? '0'
    case 'struct':
      return structOf(type ?? '', (value ?? {}) as Plain)
    case 'quantities':
      return value === undefined || value === null ? null : sorted(value as Plain, amount => canonicalQuantity(String(amount)))
    case 'optional':
      return optional(type, value)
  }
}

function optional(type: string | undefined, value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return type === undefined ? value : value.map(item => structOf(type, item as Plain))
  if (typeof value !== 'object') return value
  return type === undefined ? sorted(value as Plain, item => item) : structOf(type, value as Plain)
}

/** A map, in the order in which Go prints one: by key. */
const sorted = (map: Plain, change: (value: unknown) => unknown): object =>
  Object.fromEntries(
    Object.keys(map)
      .sort()
      .map(key => [key, change(map[key])]),
  )

/** What differs, line by line, in two values as they are printed: three lines of context, and no names of files. Models diff.Diff. */
export const internalDiff = (before: object, after: object): string => unifiedDiff(lines(before), lines(after), 3)

/** json.MarshalIndent, which writes for browsers: no `<`, `>` or `&`. */
const lines = (value: object): readonly string[] =>
  JSON.stringify(value, null, 1)
    .replace(/[<>&\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .split('\n')
