/** Objects as kubectl prints them with `-o yaml`, `-o json` and `-o name`. Models k8s.io/cli-runtime/pkg/printers. */
import type { KubeObject } from '../../api/types'
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

/** `-o json`: four spaces, keys in order, and `<`, `>` and `&` as Go escapes them. Models encoding/json's MarshalIndent. */
export const jsonOf = (value: unknown): string => `${json(value, '\n', '    ', ': ')}\n`

/** As `jsonOf` on one line, without a newline at its end: what jsonpath prints of a map or list. */
export const compactJson = (value: unknown): string => json(value, '', '', ':')

/** Not JSON.stringify, which puts keys that look like numbers first. `line` begins a line at the level of `value`. */
function json(value: unknown, line: string, indent: string, colon: string): string {
  if (typeof value !== 'object' || value === null) {
    return (JSON.stringify(value) ?? 'null').replace(/[<>&\u2028\u2029]/g, escaped)
  }
  const inside = line + indent
  const part = (field: unknown) => json(field, inside, indent, colon)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const parts = Array.isArray(value)
    ? value.map(part)
    : Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, field]) => `${json(key, '', '', '')}${colon}${part(field)}`)
  return parts.length === 0 ? `${open}${close}` : `${open}${inside}${parts.join(`,${inside}`)}${line}${close}`
}
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `-o name`: `pod/web`, `deployment.apps/web`. */
export const nameOf = (object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string =>
  `${kindPrefix(object)}/${object.metadata.name}`
