// Models plugin/pkg/admission/resourcequota: the last of all admission, because it writes what has been used.
import { resourceByPlural } from '../../api/kinds'
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
import type { KubeObject, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import type { Attempt, Plugin, Question } from '../attempt'

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

/** checkRequest for one quota: a refusal's words, what to write, or nothing when the quota is not about it. */
function check(quota: KubeObject, attempt: Attempt, usage: Amounts): string | Question | undefined {
  const { object, operation, type, namespace } = attempt
  const hard: Amounts = quota.status?.hard ?? {}
  const used: Amounts = quota.status?.used ?? {}
  const names = matchingNames(type.groupResource, Object.keys(hard))
  if (!object || names.length === 0 || !inScope(quota, object, type.groupResource)) return undefined
  const { name } = quota.metadata
  const missing = type.groupResource === 'pods' && operation === 'CREATE' ? unspecified(object as Pod, names) : undefined
  if (missing) return `failed quota: ${name}: ${missing}`
  const unknown = names.filter(each => used[each] === undefined)
  if (unknown.length > 0) return `status unknown for quota: ${name}, resources: ${[...unknown].sort().join(',')}`
  const requested = maskAmounts(usage, names)
  const wanted = Object.keys(requested)
  if (wanted.length === 0) return undefined
  const total = addAmounts(maskAmounts(used, wanted), requested)
  const over = exceeding(total, hard)
  if (over.length > 0)
    return `exceeded quota: ${name}, requested: ${shown(requested, over)}, used: ${shown(used, over)}, limited: ${shown(hard, over)}`
  const quotas = resourceByPlural('resourcequotas')
  if (!quotas) return undefined
  const body = { ...quota, status: { ...quota.status, hard, used: { ...used, ...total } } }
  return { method: 'PUT', verb: 'update', type: quotas, subresource: 'status', namespace, name, body }
}

export const resourceQuota: Plugin = {
  name: 'ResourceQuota',
  operations: ['CREATE', 'UPDATE'],
  resources: ['*'],
  admit: (attempt, reader) => {
    const { object, type, namespace, name, asked, call } = attempt
    if (!object || !type.namespaced) return undefined
    const quotas = [...reader.list('resourcequotas', namespace)]
    if (quotas.length === 0) return undefined
    const usage = delta(attempt, reader.now())
    if (!usage) return undefined
    // a quota that has been written for this attempt counts it already
    const written = new Set(
      asked.map(({ body }) => body as KubeObject).flatMap(body => (body.kind === 'ResourceQuota' ? [body.metadata.name] : [])),
    )
    for (const quota of quotas) {
      if (written.has(quota.metadata.name)) continue
      const answer = check(quota, attempt, usage)
      if (typeof answer === 'string') return { refused: forbidden(type, object.metadata.name || name, answer) }
      // a dry run is checked, and counts for nothing
      if (answer && call.request.query.dryRun !== 'All') return { ask: answer }
    }
    return undefined
  },
}
