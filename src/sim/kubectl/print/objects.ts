/** Objects as kubectl prints them with `-o yaml`, `-o json` and `-o name`. Models k8s.io/cli-runtime/pkg/printers. */
import type { SchemaType } from '../../api/schema'
import type { KubeObject } from '../../api/types'
import { inGoOrder } from './go-order'
import { kindPrefix } from './table'
import { yamlOf } from './yaml'

/** Several objects as one, as `get` prints them: items keep their own `apiVersion` and `kind`. */
export const listOf = (items: readonly KubeObject[]) => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
})

/** The object without `metadata.managedFields`. Models OmitManagedFieldsPrinter. */
export function omitManagedFields<T extends { readonly metadata: object }>(object: T): T {
  if (!('managedFields' in object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** YAML documents, with `---` between them, as commands that print one object after another do. */
export const yamlDocuments = (objects: readonly unknown[]): string => objects.map(yamlOf).join('---\n')

/**
 * `-o json`: four spaces, keys in order, and `<`, `>` and `&` as Go escapes them. Models encoding/json's MarshalIndent: a struct's fields
 * are in Go's order where its `type` is known.
 */
export const jsonOf = (value: unknown, type?: SchemaType): string => `${json(value, '\n', '    ', ': ', type)}\n`

/** As `jsonOf` on one line, without a newline at its end: what jsonpath prints of a map or list. */
export const compactJson = (value: unknown): string => json(value, '', '', ':')

/** Not JSON.stringify, which puts keys that look like numbers first. `line` begins a line at the level of `value`. */
function json(value: unknown, line: string, indent: string, colon: string, type?: SchemaType): string {
  if (typeof value !== 'object' || value === null) {
    return (JSON.stringify(value) ?? 'null').replace(/[<>&\u2028\u2029]/g, escaped)
  }
  const inside = line + indent
  const part = (field: unknown, of: SchemaType | undefined) => json(field, inside, indent, colon, of)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const parts = Array.isArray(value)
    ? value.map(item => part(item, type?.kind === 'list' ? type.item : undefined))
    : Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .sort(type?.kind === 'struct' ? byKey(inGoOrder(type)) : byKey(byAlphabet))
        .map(([key, field]) => `${json(key, '', '', '')}${colon}${part(field, fieldType(type, key))}`)
  return parts.length === 0 ? `${open}${close}` : `${open}${inside}${parts.join(`,${inside}`)}${line}${close}`
}
const byAlphabet = (a: string, b: string): number => (a < b ? -1 : 1)
const byKey =
  (compare: (a: string, b: string) => number) =>
  ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
    compare(a, b)
const fieldType = (type: SchemaType | undefined, key: string): SchemaType | undefined =>
  type?.kind === 'struct' ? type.fields.get(key)?.type : type?.kind === 'map' ? type.value : undefined
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `-o name`: `pod/web`, `deployment.apps/web`. */
export const nameOf = (object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string =>
  `${kindPrefix(object)}/${object.metadata.name}`
