// Models plugin/pkg/admission/resourcequota: the last of all admission, because it writes what has been used.
import { resourceByPlural } from '../../api/kinds'
import type { HttpResponse } from '../../api/messages'
import {
  type Amounts,
  addAmounts,
  exceeding,
  inScope,
  maskAmounts,
  matchingNames,
  subtractAmounts,
  unspecified,
  usageOf,
} from '../../api/quota'
import { forbidden } from '../../api/status'
import type { KubeObject, Pod, Status } from '../../api/types'
import type { Time } from '../../kernel/types'
import type { Attempt, Plugin, Verdict } from '../attempt'
import type { Reader } from '../state'

/** Resources whose updates may use more. */
const UPDATES: ReadonlySet<string> = new Set(['services', 'persistentvolumeclaims'])

const shown = (amounts: Amounts, names: readonly string[]): string =>
  [...names]
    .sort()
    .map(name => `${name}=${amounts[name] ?? '0'}`)
    .join(',')

/** What the request uses on top of what is used already; undefined when it is nothing. */
function delta({ object, old, operation, type }: Attempt, now: Time): Amounts | undefined {
  if (!object) return undefined
  const usage = usageOf(object, type.groupResource, now)
  if (operation === 'CREATE') return usage
  if (!UPDATES.has(type.groupResource) || !old) return undefined
  const before = usageOf(old, type.groupResource, now)
  const more = exceeding(usage, { ...Object.fromEntries(Object.keys(usage).map(name => [name, '0'])), ...before })
  return more.length > 0 ? subtractAmounts(maskAmounts(usage, more), before) : undefined
}

/** A quota that is about an attempt, and those of its names that are. */
interface Pertinent {
  readonly quota: KubeObject
  readonly names: readonly string[]
}

/** checkRequest, its first half: the quotas that are about an attempt, or why one of them cannot judge it. */
function pertinent(quotas: Iterable<KubeObject>, { object, operation, type }: Attempt): readonly Pertinent[] | string {
  const found: Pertinent[] = []
  for (const quota of quotas) {
    const names = matchingNames(type.groupResource, Object.keys(quota.status?.hard ?? {}))
    if (!object || names.length === 0 || !inScope(quota, object, type.groupResource)) continue
    const { name } = quota.metadata
    const missing = type.groupResource === 'pods' && operation === 'CREATE' ? unspecified(object as Pod, names) : undefined
    if (missing) return `failed quota: ${name}: ${missing}`
    if (names.some(each => quota.status?.used?.[each] === undefined))
      return `status unknown for quota: ${name}, resources: ${[...names].sort().join(',')}`
    found.push({ quota, names })
  }
  return found
}

/** checkRequest, its second half: a quota with what an attempt uses on top, or why that is too much. */
function charged({ quota, names }: Pertinent, usage: Amounts): KubeObject | string | undefined {
  const hard: Amounts = quota.status?.hard ?? {}
  const used: Amounts = quota.status?.used ?? {}
  const requested = maskAmounts(usage, names)
  const wanted = Object.keys(requested)
  if (wanted.length === 0) return undefined
  const total = addAmounts(maskAmounts(used, wanted), requested)
  const over = exceeding(total, hard)
  if (over.length > 0)
    return `exceeded quota: ${quota.metadata.name}, requested: ${shown(requested, over)}, used: ${shown(used, over)}, limited: ${shown(hard, over)}`
  return { ...quota, status: { ...quota.status, hard, used: { ...used, ...total } } }
}

export const resourceQuota: Plugin = {
  name: 'ResourceQuota',
  operations: ['CREATE', 'UPDATE'],
  resources: ['*'],
  admit: (attempt, reader) => {
    const { object, type, namespace } = attempt
    if (!object || !type.namespaced) return undefined
    if (!hasAny(reader.list('resourcequotas', namespace))) return undefined
    return charge(attempt, object, reader)
  },
}

/** How often quotas that could not be written are tried again (checkQuotas). */
const RETRIES = 3

/** What the refusals of a quota's status are about: its resource, its kind, or nothing, when the server is at fault. */
const ABOUT_QUOTAS: ReadonlySet<string | undefined> = new Set(['resourcequotas', 'ResourceQuota', undefined])

/** A quota that cannot be written is tried again with what the cache then has of it; in the end its refusal is the answer. */
function lastRefusal(asked: readonly HttpResponse[]): Status | undefined {
  const tries = new Map<string, number>()
  for (const { code, body } of asked) {
    const { details } = body as Status
    if (code < 400 || !ABOUT_QUOTAS.has(details?.kind)) continue
    const name = details?.name ?? ''
    const count = (tries.get(name) ?? 0) + 1
    if (count > RETRIES) return body as Status
    tries.set(name, count)
  }
  return undefined
}

/** Charges an attempt to the quotas of its namespace, of which there are some. */
function charge(attempt: Attempt, object: KubeObject, reader: Reader): Verdict {
  const { type, namespace, name, asked, call } = attempt
  const last = lastRefusal(asked)
  if (last) return { refused: last }
  // a quota that has been written for this attempt counts it already
  const written = new Set(
    asked.map(({ body }) => body as KubeObject).flatMap(body => (body.kind === 'ResourceQuota' ? [body.metadata.name] : [])),
  )
  const quotas = [...reader.list('resourcequotas', namespace)].filter(quota => !written.has(quota.metadata.name))
  if (quotas.length === 0) return undefined
  const no = (why: string): Verdict => ({ refused: forbidden(type, object.metadata.name || name, why) })
  const found = pertinent(quotas, attempt)
  if (typeof found === 'string') return no(found)
  const usage = found.length === 0 ? undefined : delta(attempt, reader.now())
  if (!usage) return undefined
  // all of them have to agree before any of them is written
  const after: KubeObject[] = []
  for (const each of found) {
    const made = charged(each, usage)
    if (typeof made === 'string') return no(made)
    if (made) after.push(made)
  }
  const [next] = after
  const quotaType = resourceByPlural('resourcequotas')
  // a dry run is checked, and counts for nothing
  if (!next || !quotaType || call.request.query.dryRun === 'All') return undefined
  return {
    ask: {
      method: 'PUT',
      verb: 'update',
      type: quotaType,
      subresource: 'status',
      namespace,
      name: next.metadata.name,
      body: next,
    },
  }
}

function hasAny(list: Iterable<unknown>): boolean {
  for (const _ of list) return true
  return false
}
