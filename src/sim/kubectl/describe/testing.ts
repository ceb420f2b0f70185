/** For tests: an object of any kind, and its description. */
import { BOOT_SECONDS, fromUnixSeconds } from '../../api/time'
import type { KubeObject } from '../../api/types'
import { DESCRIBE_SETTINGS, describe, describeReads, type NamedRead } from '.'

const NOW = fromUnixSeconds(BOOT_SECONDS + 100)
export const CREATED = '2026-01-01T00:00:00Z'
export const metadata = { name: 'x', namespace: 'dev', uid: 'u', creationTimestamp: CREATED }
export const object = (apiVersion: string, kind: string, fields: object): KubeObject => ({
  apiVersion,
  kind,
  metadata,
  ...fields,
})

/** The description of an object whose other reads find what is given by name, or nothing. */
export function text(subject: KubeObject, found: Readonly<Record<string, unknown>> = {}, settings = DESCRIBE_SETTINGS): string {
  const answers = describeReads(subject, settings).map(({ name }) => {
    const body = name === 'object' ? subject : found[name]
    if (body instanceof Error) return { code: 403, body: { message: body.message } }
    return { code: 200, body: Array.isArray(body) || body === undefined ? { items: body ?? [] } : body }
  })
  return describe(subject, answers, NOW, settings)
}
/** Reads as one line each. */
export const summary = (reads: readonly NamedRead[]) => reads.map(({ path, query }) => `${path} ${JSON.stringify(query)}`)
