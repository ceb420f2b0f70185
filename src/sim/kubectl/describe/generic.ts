// Models genericDescriber of kubectl's describe.go: kinds that have no describer show all their fields.
import type { KubeObject } from '../../api/types'
import { eventsRead, writeEvents } from './events'
import { heading } from './format'
import type { Describer } from './types'
import type { Writer } from './writer'

const SKIPPED = new Set(['managedFields', 'name', 'namespace', 'labels', 'annotations'].map(field => `.metadata.${field}`))
const ACRONYMS = ['API', 'URL', 'UID', 'GUID']

function writeFields(writer: Writer, level: number, fields: object, path: string): void {
  for (const [field, value] of Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = `${path}.${field}`
    if (SKIPPED.has(own) || value === undefined) continue
    const title = titleOf(field)
    if (Array.isArray(value)) {
      writer.line(level, `${title}:`)
      for (const item of value) {
        if (typeof item === 'object' && item !== null) writeFields(writer, level + 1, item, own)
        else writer.line(level + 1, valueText(item))
      }
    } else if (typeof value === 'object' && value !== null) {
      writer.line(level, `${title}:`)
      writeFields(writer, level + 1, value, own)
    } else writer.line(level, `${title}:`, valueText(value))
  }
}
const valueText = (value: unknown): string => (value === null ? '<nil>' : String(value))

/** `apiVersion` becomes `API Version`, `holderIdentity` becomes `Holder Identity`. Models smartLabelFor. */
function titleOf(field: string): string {
  if (!/^[\p{L}-]+$/u.test(field)) return field
  return (field.match(/[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[^A-Za-z]+/g) ?? [field])
    .map(part => {
      if (ACRONYMS.includes(part.toUpperCase())) return part.toUpperCase()
      return part === part.toLowerCase() ? part.charAt(0).toUpperCase() + part.slice(1) : part
    })
    .join(' ')
}

export const GENERIC_DESCRIBER: Describer = {
  related: eventsRead,
  write: (writer, object: KubeObject, context) => {
    heading(writer, object.metadata)
    writeFields(writer, 0, object, '')
    writeEvents(writer, context)
  },
}
