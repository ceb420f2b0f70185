// Models k8s.io/apiserver/pkg/storage/etcd3/store.go: what the apiserver asks of etcd, and objects as etcd keeps them (without resourceVersion).
import type { Resource } from '../../api/kinds'
import type { EtcdAnswer, EtcdKeyValue, EtcdRequest, EtcdTxn } from '../../api/messages'
import { ROOMS } from '../../api/rooms'
import type { KubeObject } from '../../api/types'
import { awaitOne, type Once } from '../../kernel/procedure'
import type { SendOptions } from '../../kernel/types'
import { storedAs, type Waiter, type World } from '../state'
import { cached, withRevision } from '../watch-cache/cacher'

export type RangeAnswer = EtcdAnswer & { type: 'etcd.range.answer' }
export type TxnAnswer = EtcdAnswer & { type: 'etcd.txn.answer' }
type Range = EtcdRequest & { type: 'etcd.range' }

/** Time that the apiserver works before it asks etcd, in virtual ms; in proportion as golden/README.md measured it. */
const READ_MS = 0.2
const WRITE_MS = 0.5
/** A change of what is there is made, defaulted, validated and merged into managed fields again, on its newest version. */
const UPDATE_MS = 2.5

/** Reads from etcd. */
export function range(query: Omit<Range, 'type' | 'id'>): Once<World, RangeAnswer> {
  return awaitOne((world, { procedure }) => sendRange(world, query, { procedure, slot: 0 }))
}

/** Sends a read; its answer will find `waiter`. */
export function sendRange({ state, context }: World, query: Omit<Range, 'type' | 'id'>, waiter: Waiter): void {
  const id = state.etcd.next++
  state.etcd.waiting.set(id, waiter)
  const message: Range = { type: 'etcd.range', id, ...query }
  context.send(
    ROOMS.etcd,
    message,
    'etcd.range',
    { id, key: query.key, prefix: query.prefix ?? false },
    { delayMs: READ_MS, stream: 'range' },
  )
}

/** Puts a value if the key is still at `compare` (0: absent). */
export function put(key: string, compare: number, value: KubeObject, quiet: boolean): Once<World, TxnAnswer> {
  return awaitOne((world, { procedure }) => commit(world, key, compare, { put: value }, quiet, { procedure, slot: 0 }))
}

/** Deletes a key if it is still at `compare`. */
export function remove(key: string, compare: number, quiet: boolean): Once<World, TxnAnswer> {
  return awaitOne((world, { procedure }) => commit(world, key, compare, DELETE, quiet, { procedure, slot: 0 }))
}

const DELETE = Object.freeze({ delete: true } as const)

/** What is not `quiet` (a lease, a heartbeat) is worth waiting for, even if it began as housekeeping. */
function commit(world: World, key: string, compare: number, then: EtcdTxn['then'], quiet: boolean, waiter: Waiter): void {
  if (quiet || !world.context.housekeeping) sendTxn(world, key, compare, then, waiter)
  else world.context.quietly(false, () => sendTxn(world, key, compare, then, waiter))
}

const WRITE: SendOptions = Object.freeze({ delayMs: WRITE_MS, stream: 'txn' })
/** A slow update does not hold up a quick create. */
const UPDATE: SendOptions = Object.freeze({ delayMs: UPDATE_MS, stream: 'update' })

function sendTxn({ state, context }: World, key: string, compare: number, then: EtcdTxn['then'], waiter: Waiter): void {
  const id = state.etcd.next++
  state.etcd.waiting.set(id, waiter)
  const event = 'put' in then ? 'PUT' : 'DELETE'
  context.send(
    ROOMS.etcd,
    { type: 'etcd.txn', id, key, compare, then } as EtcdRequest,
    'etcd.txn',
    { id, key, compare, event },
    compare > 0 && 'put' in then ? UPDATE : WRITE,
  )
}

/** An object as it is stored: without its resourceVersion, which is etcd's to say. Frozen. */
export const storedValue = (object: KubeObject): KubeObject =>
  Object.freeze(
    object.metadata.resourceVersion === undefined
      ? object
      : { ...object, metadata: { ...object.metadata, resourceVersion: undefined } },
  )

/** The object of a key as clients see it; the one that the watch cache has, if it is the same. */
export function objectOf({ state }: World, type: Resource, { key, value, modRevision }: EtcdKeyValue): KubeObject {
  const cacher = state.cachers.get(storedAs(type))
  const there = cacher && cached(cacher, value.metadata.namespace, value.metadata.name)
  if (there && there.metadata.resourceVersion === String(modRevision)) return there
  const written = state.written.get(key)
  if (written && written.metadata.resourceVersion === String(modRevision)) return written
  return withRevision(value, modRevision)
}

/** The object that a successful put has made; kept until its watch event comes, which is decoded no second time. */
export function written({ state }: World, type: Resource, key: string, value: KubeObject, revision: number): KubeObject {
  const cacher = state.cachers.get(storedAs(type))
  const there = cacher && cached(cacher, value.metadata.namespace, value.metadata.name)
  if (there && there.metadata.resourceVersion === String(revision)) return there
  const object = withRevision(value, revision)
  if (cacher && revision > cacher.revision) state.written.set(key, object)
  return object
}
