/** What hops carry, as far as the inspector reads it. Messages are the simulation's data: everything is looked at before it is believed. */
import { stringify } from 'yaml'

type Fields = Readonly<Record<string, unknown>>

export interface HttpMessage {
  readonly method?: string
  readonly path?: string
  readonly query: Fields
  readonly headers: Fields
  readonly code?: number
  readonly warnings: readonly string[]
  readonly body?: unknown
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const fields = (value: unknown): Fields => (isFields(value) ? value : {})

/** A request or an answer; undefined for other messages. */
export function asHttp(message: unknown): HttpMessage | undefined {
  if (!isFields(message) || (message.type !== 'request' && message.type !== 'response')) return undefined
  const method = text(message.method)
  const path = text(message.path)
  return {
    ...(method && { method }),
    ...(path && { path }),
    ...(typeof message.code === 'number' && { code: message.code }),
    query: fields(message.query),
    headers: fields(message.headers),
    warnings: Array.isArray(message.warnings) ? message.warnings.map(String) : [],
    ...(message.body !== undefined && { body: message.body }),
  }
}

/** An object before and after a write, as etcd's watch tells it. */
export interface Change {
  readonly before: string
  readonly after: string
}

/** The change that a message of etcd's watch tells of. */
export function asChange(message: unknown): Change | undefined {
  if (!isFields(message) || message.type !== 'etcd.watch.event') return undefined
  const yamlOf = (kv: unknown): string => (isFields(kv) && kv.value !== undefined ? toYaml(kv.value) : '')
  const now = yamlOf(message.kv)
  return message.event === 'DELETE' ? { before: now, after: '' } : { before: yamlOf(message.previous), after: now }
}

/** What else a message carries, beyond what tells it from others. */
export function payloadOf(message: unknown): unknown {
  if (!isFields(message)) return undefined
  const { type: _type, id: _id, ...rest } = message
  return Object.keys(rest).length > 0 ? rest : undefined
}

/** An OpenAPI document has sixteen thousand lines: nobody reads them here, and a page of them is slow. */
const MOST_LINES = 3000

/** Data as YAML, in the order in which it is; of a very long one the beginning, and how many lines it has besides. */
export function toYaml(data: unknown): string {
  const lines = stringify(data, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n')
  if (lines.length <= MOST_LINES) return lines.join('\n')
  return `${lines.slice(0, MOST_LINES).join('\n')}\n# … +${lines.length - MOST_LINES}`
}
