// Models etcd 3.7 as one member: server/etcdserver (KV and Watch services) over mvcc.ts and watch.ts.
import type { EtcdAnswer, EtcdRequest, EtcdTxn, EtcdWatchEvent } from '../api/messages'
import { ROOMS } from '../api/rooms'
import type { Context, Message, Room, SendOptions } from '../kernel/types'
import { type Change, compact, currentOf, type Mvcc, newMvcc, put, range, remove } from './mvcc'
import './reasons'
import { addWatch, hears, type Watches, watchesNear } from './watch'

/** State of the room. */
export interface EtcdState {
  readonly store: Mvcc
  readonly watches: Watches
}

/** A commit waits for the disk; a read does not. In ms of virtual time. */
const COMMIT_MS = 1
const READ_MS = 0.2
/** Watchers are told by another goroutine than the one that answers: in the recordings an informer hears of a write after its writer does. */
const NEWS_MS = COMMIT_MS + 0.5
const TXN = Object.freeze({ delayMs: COMMIT_MS, stream: 'txn' })
const RANGE = Object.freeze({ delayMs: READ_MS, stream: 'range' })

/** The room `etcd`. Only the apiserver talks to it. */
export const createEtcd = (): Room<EtcdState> => ({
  id: ROOMS.etcd,
  init: left => ({ store: (left as Mvcc | undefined) ?? newMvcc(), watches: new Map() }),
  leaves: ({ store }): Mvcc => store,
  handle: (state, message, context) => {
    // what the process at the other end watched is watched no more
    if (message.type === 'closed') state.watches.clear()
    else handle(state, message as Message & EtcdRequest, context)
  },
})

function handle(state: EtcdState, message: EtcdRequest, context: Context): void {
  switch (message.type) {
    case 'etcd.txn':
      transact(state, message, context)
      break
    case 'etcd.range':
      read(state, message, context)
      break
    case 'etcd.watch':
      watch(state, message, context)
      break
    case 'etcd.load':
      load(state, message, context)
      break
    case 'etcd.connect':
      context.send(context.from, { type: 'etcd.connected', id: message.id } as EtcdAnswer, 'etcd.connected', { id: message.id })
      break
    case 'etcd.compact':
      forget(state, message, context)
  }
}

function forget({ store }: EtcdState, { id, revision }: EtcdRequest & { type: 'etcd.compact' }, context: Context): void {
  compact(store, revision)
  const answer: EtcdAnswer = { type: 'etcd.compact.answer', id, revision: store.compacted }
  context.send(context.from, answer, 'etcd.compact.answer', { id, revision: store.compacted })
}

/** One comparison of a key's mod revision, then one put or delete; or the current value for who lost. */
function transact(state: EtcdState, message: EtcdTxn, context: Context): void {
  const { id, key, compare, then } = message
  const current = currentOf(state.store, key)
  const succeeded = (current?.modRevision ?? 0) === compare
  const change = succeeded ? ('put' in then ? put(state.store, key, then.put) : remove(state.store, key)) : undefined
  if (change)
    for (const watch of watchesNear(state.watches, key)) if (hears(watch, key)) tell(watch.id, change, context, newsOf(watch.id))
  const revision = state.store.revision
  const answer: EtcdAnswer =
    succeeded || !current
      ? { type: 'etcd.txn.answer', id, succeeded, revision }
      : { type: 'etcd.txn.answer', id, succeeded, revision, current }
  context.send(context.from, answer, 'etcd.txn.answer', { id, key, succeeded, revision }, TXN)
}

function load({ store }: EtcdState, { id, values }: EtcdRequest & { type: 'etcd.load' }, context: Context): void {
  const succeeded = store.revision === 1
  if (succeeded) for (const { key, value } of values) put(store, key, value)
  const { revision } = store
  const answer: EtcdAnswer = { type: 'etcd.txn.answer', id, succeeded, revision }
  context.send(context.from, answer, 'etcd.txn.answer', { id, key: '/registry/', succeeded, revision }, TXN)
}

function read(state: EtcdState, message: EtcdRequest & { type: 'etcd.range' }, context: Context): void {
  const { id, key, afterWatch } = message
  const found = range(state.store, message)
  const { revision } = state.store
  const answer: EtcdAnswer =
    'compacted' in found
      ? { type: 'etcd.range.answer', id, revision, kvs: [], more: false, compacted: true }
      : { type: 'etcd.range.answer', id, revision, kvs: Object.freeze(found.kvs), more: found.more }
  const options = afterWatch === undefined ? RANGE : { delayMs: READ_MS, stream: streamOf(afterWatch) }
  context.send(context.from, answer, 'etcd.range.answer', { id, key, count: answer.kvs.length, revision }, options)
}

function watch(state: EtcdState, message: EtcdRequest & { type: 'etcd.watch' }, context: Context): void {
  const { id, prefix, fromRevision } = message
  const missed = addWatch(state.watches, state.store, { id, prefix }, fromRevision)
  if (missed) {
    for (const change of missed) tell(id, change, context, { delayMs: 0, stream: streamOf(id) })
    return
  }
  const revision = state.store.compacted
  const answer: EtcdAnswer = { type: 'etcd.watch.compacted', id, revision }
  context.send(context.from, answer, 'etcd.watch.compacted', { id, prefix, revision }, { stream: streamOf(id) })
}

const streams = new Map<number, string>()

/** Each watch has a stream of its own, whose name is made once. */
function streamOf(watch: number): string {
  const known = streams.get(watch)
  if (known !== undefined) return known
  const name = `watch ${watch}`
  streams.set(watch, name)
  return name
}

const news = new Map<number, SendOptions>()

/** How what is committed is told to a watch. */
function newsOf(watch: number): SendOptions {
  let options = news.get(watch)
  if (!options) {
    options = Object.freeze({ delayMs: NEWS_MS, stream: streamOf(watch) })
    news.set(watch, options)
  }
  return options
}

function tell(id: number, change: Change, context: Context, options: SendOptions): void {
  const { event, kv, previous, revision } = change
  const message: EtcdWatchEvent = { type: 'etcd.watch.event', id, event, kv, previous, revision }
  context.send(ROOMS.apiserver, message, 'etcd.watch.event', { id, event, key: kv.key, revision }, options)
}
