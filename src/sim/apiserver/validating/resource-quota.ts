// Models plugin/pkg/admission/resourcequota: the last of all admission, because it writes what has been used.

import { resourceByPlural } from '../../api/kinds'
import { addQuantities, compareQuantities, formatQuantity, quantity } from '../../api/quantity'
import { forbidden } from '../../api/status'
import type { KubeObject, Pod } from '../../api/types'
import type { Plugin } from '../attempt'

type Amounts = Record<string, string>

/** What a new object would use, by the names that a quota's `hard` knows (pkg/quota/v1/evaluator). */
export function usageOf(object: KubeObject, groupResource: string): Amounts {
  const count = { [`count/${groupResource}`]: '1' }
  switch (groupResource) {
    case 'pods':
      return { ...count, pods: '1', ...podUsage(object as Pod) }
    case 'services': {
      const ports = ((object.spec?.ports ?? []) as { nodePort?: number }[]).filter(p => p.nodePort).length
      return {
        ...count,
        services: '1',
        ...(ports > 0 && { 'services.nodeports': String(ports) }),
        ...(object.spec?.type === 'LoadBalancer' && { 'services.loadbalancers': '1' }),
      }
    }
    case 'persistentvolumeclaims':
      return { ...count, persistentvolumeclaims: '1', 'requests.storage': object.spec?.resources?.requests?.storage ?? '0' }
    case 'configmaps':
    case 'secrets':
    case 'replicationcontrollers':
    case 'resourcequotas':
      return { ...count, [groupResource]: '1' }
    default:
      return count
  }
}

function podUsage({ spec }: Pod): Amounts {
  const sums = new Map<string, ReturnType<typeof quantity>>()
  for (const { resources } of spec.containers)
    for (const [which, prefix] of [
      ['requests', 'requests.'],
      ['limits', 'limits.'],
    ] as const)
      for (const [name, text] of Object.entries(resources?.[which] ?? {})) {
        const key = prefix + name
        const so = sums.get(key)
        sums.set(key, so ? addQuantities(so, quantity(text)) : quantity(text))
      }
  const out: Amounts = {}
  for (const [key, sum] of sums) {
    out[key] = formatQuantity(sum)
    if (key.startsWith('requests.')) out[key.slice(9)] = formatQuantity(sum)
  }
  return out
}

export const resourceQuota: Plugin = {
  name: 'ResourceQuota',
  operations: ['CREATE'],
  resources: ['*'],
  admit: ({ object, type, namespace, name, asked, call }, reader) => {
    if (!object || !type.namespaced || call.request.query.dryRun === 'All') return undefined
    // a quota that has been written for this attempt counts it already
    const written = new Set(
      asked.map(({ body }) => body as KubeObject).flatMap(body => (body.kind === 'ResourceQuota' ? [body.metadata.name] : [])),
    )
    for (const quota of reader.list('resourcequotas', namespace)) {
      if (written.has(quota.metadata.name)) continue
      const hard: Amounts = quota.status?.hard ?? quota.spec?.hard ?? {}
      const usage = usageOf(object, type.groupResource)
      const names = Object.keys(hard)
        .filter(key => usage[key] !== undefined)
        .sort()
      const missing =
        type.groupResource === 'pods'
          ? Object.keys(hard)
              .filter(key => /^(requests\.|limits\.)?(cpu|memory)$/.test(key) && usage[key] === undefined)
              .sort()
          : []
      const shown = object.metadata.name || name
      if (missing.length > 0)
        return {
          refused: forbidden(
            type,
            shown,
            `failed quota: ${quota.metadata.name}: must specify ${missing.map(m => `${m} for: ${(object as Pod).spec.containers.map(c => c.name).join(',')}`).join('; ')}`,
          ),
        }
      if (names.length === 0) continue
      const used: Amounts = quota.status?.used ?? {}
      const over = names.filter(
        key =>
          compareQuantities(addQuantities(quantity(used[key] ?? '0'), quantity(usage[key] ?? '0')), quantity(hard[key] ?? '0')) >
          0,
      )
      if (over.length > 0) {
        const list = (of: Amounts): string => over.map(key => `${key}=${of[key] ?? '0'}`).join(',')
        return {
          refused: forbidden(
            type,
            shown,
            `exceeded quota: ${quota.metadata.name}, requested: ${list(usage)}, used: ${list(used)}, limited: ${list(hard)}`,
          ),
        }
      }
      const quotas = resourceByPlural('resourcequotas')
      if (!quotas) continue
      const more = Object.fromEntries(
        names.map(key => [key, formatQuantity(addQuantities(quantity(used[key] ?? '0'), quantity(usage[key] ?? '0')))]),
      )
      const body = { ...quota, status: { ...quota.status, hard, used: { ...used, ...more } } }
      return {
        ask: { method: 'PUT', verb: 'update', type: quotas, subresource: 'status', namespace, name: quota.metadata.name, body },
      }
    }
    return undefined
  },
}
