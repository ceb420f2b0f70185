// Models k8s.io/kubectl/pkg/cmd/get/customcolumn.go

import type { KubeObject } from '../api/types'
import { BadTemplate } from './bad-template'
import { valuesAt, valueText } from './jsonpath'
import { relaxedPath } from './jsonpath-parser'
import { layOut, TABLE_TABS } from './print/tabwriter'

/** `-o custom-columns=NAME:.metadata.name,…`: throws kubectl's words where the columns are no columns. */
export function customColumns(spec: string, objects: readonly KubeObject[], noHeaders: boolean): string {
  const columns = spec.split(',').map(part => {
    const colon = part.indexOf(':')
    const header = part.slice(0, colon)
    const path = part.slice(colon + 1)
    if (colon < 0) throw new BadTemplate(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    relaxedPath(path)
    return { header, path }
  })
  const rows = objects.map(object => columns.map(({ path }) => cellAt(path, object)))
  const lines = noHeaders ? rows : [columns.map(column => column.header), ...rows]
  return layOut(lines.map(line => `${line.join('\t')}\n`).join(''), TABLE_TABS)
}

function cellAt(path: string, object: KubeObject): string {
  const values = valuesAt(path, object)
  if (values.length === 0) return '<none>'
  return values.map(value => (value === null ? '<nil>' : columnText(value))).join(',')
}

/** Maps and lists as Go prints them: `map[a:1]`, `[x y]`. */
function columnText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(columnText).join(' ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${fields.map(([key, field]) => `${key}:${columnText(field)}`).join(' ')}]`
  }
  return valueText(value)
}
