// Models what k8s.io/apiserver/pkg/endpoints/handlers/patch.go says of a patch that makes no object of its kind: 422 about the patch itself.
import { invalid } from '../api/field-error'
import { MEDIA } from '../api/messages'
import type { Decoded } from '../api/schema'
import { invalid as invalidStatus } from '../api/status'
import type { Status } from '../api/types'

/** No kind is named: NewInvalid of an empty GroupKind. */
const NO_KIND = { group: '', kind: '', groupKind: '' }

/** `patched` is what the patch made of the object: it is shown for all but strategic merges, which show themselves. */
export const patchRefusal = (media: string, patch: unknown, patched: unknown, why: string): Status =>
  invalidStatus(NO_KIND, '', [
    invalid('patch', media === MEDIA.strategicMergePatch ? goText(patch) : JSON.stringify(sorted(patched)), why),
  ])

/** What reflection in Go calls a value of JSON. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map' : typeof value
}

/**
 * Why a strategic merge makes no object: its result is no JSON any more, and another converter has other words.
 * Models fromUnstructured in k8s.io/apimachinery/pkg/runtime/converter.go.
 */
export function converterText({ value, type }: NonNullable<Decoded['wrong']>): string {
  const kind = kindOf(value)
  switch (type.kind) {
    case 'struct':
      return `cannot restore struct from: ${kind}`
    case 'map':
      return `cannot restore map from ${kind}`
    case 'list':
    case 'bytes':
      return `cannot restore slice from ${kind}`
    case 'string':
      return kind === 'int64' ? `cannot convert int64 to ${type.goType}` : 'unrecognized type: string'
    case 'boolean':
      return 'unrecognized type: bool'
    case 'double':
      return 'unrecognized type: float64'
    default:
      return kind === 'float64' || kind === 'int64'
        ? `cannot convert ${kind} to ${type.goType}`
        : `unrecognized type: ${type.kind}`
  }
}

/** As %+v prints JSON in Go: `map[spec:map[replicas:1]]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  return `map[${entriesOf(value)
    .map(([key, field]) => `${key}:${goText(field)}`)
    .join(' ')}]`
}

/** Fields in order, as Go writes maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(entriesOf(value).map(([key, field]) => [key, sorted(field)]))
}

const entriesOf = (value: object): [string, unknown][] =>
  Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
