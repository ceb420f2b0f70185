// Models the describers of Namespaces, quotas and limits in kubectl's describe.go.
import type { LimitRange, LimitRangeItem, ResourceQuota } from 'kubernetes-types/core/v1'
import { apiPath, mustResource } from '../../api/kinds'
import { formatQuantity, fromUnits, quantity, unitValue } from '../../api/quantity'
import type { Namespace, ObjectMeta } from '../../api/types'
import { dateOf, labelsAndAnnotations, sortedBy } from './format'
import { type DescribeContext, type Describers, describer, type NamedRead } from './types'
import type { Writer } from './writer'

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }
type Quota = WithMetadata<ResourceQuota>

/** What `--help`-like text kubectl adds to a quota's scope. */
const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

function scopes(writer: Writer, level: number, bullet: string, { spec }: Quota): void {
  const list = [...(spec?.scopes ?? [])].sort()
  if (list.length === 0) return
  writer.line(level, 'Scopes:', list.join(', '))
  for (const scope of list) if (SCOPES[scope]) writer.line(level, `${bullet} ${SCOPES[scope]}`)
}

/** The amount used in the format of the hard limit: 1Gi, not 1073741824. */
function usedText(used: string | undefined, hard: string): string {
  if (used === undefined) return '0'
  const [amount, { format }] = [quantity(used), quantity(hard)]
  return amount.format === format ? formatQuantity(amount) : formatQuantity(fromUnits(unitValue(amount), format))
}

function writeQuota(writer: Writer, quota: Quota): void {
  writer.line(0, 'Name:', quota.metadata.name)
  writer.line(0, 'Namespace:', quota.metadata.namespace ?? '')
  scopes(writer, 0, ' *', quota)
  writer.line(0, 'Resource', 'Used', 'Hard')
  writer.line(0, '--------', '----', '----')
  const { hard = {}, used = {} } = quota.status ?? {}
  for (const name of Object.keys(hard).sort()) writer.line(0, name, usedText(used[name], hard[name] ?? '0'), hard[name] ?? '0')
}

const HEADER = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'] as const
const DASHES = ['----', '--------', '---', '---', '---------------', '-------------', '-----------------------'] as const

function limitRows(writer: Writer, indent: string, items: readonly LimitRangeItem[] = []): void {
  for (const item of items) {
    const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
    // Upstream goes over a map, in whatever order.
    const names = [...new Set(columns.flatMap(column => Object.keys(column ?? {})))].sort()
    for (const name of names) writer.line(0, `${indent}${item.type}`, name, ...columns.map(column => column?.[name] ?? '-'))
  }
}

function writeLimitRange(writer: Writer, { metadata, spec }: WithMetadata<LimitRange>): void {
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, ...HEADER)
  writer.line(0, ...DASHES)
  limitRows(writer, '', spec?.limits)
}

function writeNamespace(writer: Writer, { metadata, status }: Namespace, { items, error }: DescribeContext): void {
  writer.line(0, 'Name:', metadata.name)
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Status:', status.phase ?? '')
  if (status.conditions?.length) {
    writer.line(0, 'Conditions:')
    writer.line(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message')
    writer.line(1, '----', '------', '------------------', '------', '-------')
    for (const { type, status: value, lastTransitionTime, reason = '', message = '' } of status.conditions) {
      writer.line(1, type, value, dateOf(lastTransitionTime), reason, message)
    }
  }
  if (error('quotas') === undefined) {
    writer.line(0)
    quotas(writer, items<Quota>('quotas') ?? [])
  }
  if (error('limits') === undefined) {
    writer.line(0)
    limitRanges(writer, items<LimitRange>('limits') ?? [])
  }
}

function quotas(writer: Writer, list: readonly Quota[]): void {
  writer.line(0, list.length === 0 ? 'No resource quota.' : 'Resource Quotas')
  for (const quota of sortedBy(list, ({ metadata }) => metadata.name)) {
    writer.line(1, 'Name:', quota.metadata.name)
    scopes(writer, 1, '*', quota)
    writer.line(1, 'Resource', 'Used', 'Hard')
    writer.line(1, '--------', '---', '---')
    const { hard = {}, used = {} } = quota.status ?? {}
    for (const name of Object.keys(hard).sort()) writer.line(1, name, used[name] ?? '0', hard[name] ?? '0')
  }
}

function limitRanges(writer: Writer, list: readonly LimitRange[]): void {
  if (list.length === 0) {
    writer.line(0, 'No LimitRange resource.')
    return
  }
  writer.line(0, 'Resource Limits')
  writer.line(0, ` ${HEADER[0]}`, ...HEADER.slice(1))
  writer.line(0, ` ${DASHES[0]}`, ...DASHES.slice(1))
  for (const { spec } of list) limitRows(writer, ' ', spec?.limits)
}

const listRead = (name: string, kind: string, namespace: string, limit: number): NamedRead => ({
  name,
  path: apiPath(mustResource('v1', kind), namespace),
  query: { limit: String(limit) },
})

export const namespaceDescribers: Describers = {
  Namespace: describer<Namespace>(
    ({ metadata }, { chunkSize }) => [
      listRead('quotas', 'ResourceQuota', metadata.name, chunkSize),
      listRead('limits', 'LimitRange', metadata.name, chunkSize),
    ],
    writeNamespace,
  ),
  ResourceQuota: describer<Quota>(() => [], writeQuota),
  LimitRange: describer<WithMetadata<LimitRange>>(() => [], writeLimitRange),
}
