/** All that the inspector tells of an entry: the entry, and what its neighbours in the trace say of it. */
import type { WorkerConnection } from '../../../worker/client'
import type { EntryDetail, Seq, StageEntry } from '../../session/types'
import { asChange, type Change } from './messages'

type Api = Pick<WorkerConnection['api'], 'inspect'>

export interface EntryInside {
  readonly detail: EntryDetail
  /** The walk of the request down the apiserver's stages. */
  readonly pipeline?: StageEntry
  /** What the write changed. */
  readonly change?: Change
}

const find = (entries: readonly StageEntry[], reason: string): StageEntry | undefined => entries.find(e => e.reason === reason)

/** Asks for an entry and what belongs to it. */
export async function loadEntry(api: Api, seq: Seq): Promise<EntryInside> {
  const detail = await api.inspect(seq)
  const { reason } = detail.entry
  const request =
    reason === 'http.request'
      ? detail
      : reason === 'http.response' && detail.counterpart
        ? await api.inspect(detail.counterpart.entry.seq)
        : undefined
  const pipeline = reason === 'apiserver.pipeline' ? detail.entry : request && find(request.effects, 'apiserver.pipeline')
  const change = await loadChange(api, detail, request)
  return { detail, ...(pipeline && { pipeline }), ...(change && { change }) }
}

/** The write that an entry asks for, is, answers or tells of, as etcd's watch told it. */
async function loadChange(api: Api, detail: EntryDetail, request: EntryDetail | undefined): Promise<Change | undefined> {
  const own = asChange(detail.message)
  if (own) return own
  const told = detail.causes[0]?.entry
  if (detail.entry.reason === 'watch.event' && told?.reason === 'etcd.watch.event')
    return asChange((await api.inspect(told.seq)).message)
  const txn =
    detail.entry.reason === 'etcd.txn'
      ? detail.entry
      : detail.entry.reason === 'etcd.txn.answer'
        ? told
        : request && find(request.effects, 'etcd.txn')
  if (txn?.reason !== 'etcd.txn') return undefined
  const event = find((await api.inspect(txn.seq)).effects, 'etcd.watch.event')
  return event && asChange((await api.inspect(event.seq)).message)
}
