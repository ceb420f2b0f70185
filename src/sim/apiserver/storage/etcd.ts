// Models k8s.io/apiserver/pkg/storage/etcd3/store.go: what the apiserver asks of etcd, and objects as etcd keeps them (without resourceVersion).
import type { Resource } from '../../api/kinds'
import type { EtcdAnswer, EtcdKeyValue, EtcdRequest, EtcdTxn } from '../../api/messages'
import { ROOMS } from '../../api/rooms'
import type { KubeObject } from '../../api/types'
import { awaitOne, type Once } from '../../kernel/procedure'
import { storedAs, type World } from '../state'
import { cached, withRevision } from '../watch-cache/cacher'
import { hold } from './channel'

export type RangeAnswer = EtcdAnswer & { type: 'etcd.range.answer' }
export type TxnAnswer = EtcdAnswer & { type: 'etcd.txn.answer' }
type Range = EtcdRequest & { type: 'etcd.range' }

/** Time that the apiserver works before it asks etcd, in virtual ms; in proportion as golden/README.md measured it. */
const READ_MS = 0.2
const WRITE_MS = 0.5
/** A change of what is there is made, defaulted, validated and merged into managed fields again, on its newest version. */
const UPDATE_MS = 2.5

const READ = Object.freeze({ delayMs: READ_MS, stream: 'range' })
const WRITE = Object.freeze({ delayMs: WRITE_MS, stream: 'txn' })
/** A slow update does not hold up a quick create. */
const UPDATE = Object.freeze({ delayMs: UPDATE_MS, stream: 'update' })

/** Reads from etcd. */
export const range = (query: Omit<Range, 'type' | 'id'>): Once<World, RangeAnswer> => awaitOne(sendRange, query)

function sendRange(world: World, procedure: number, query: Omit<Range, 'type' | 'id'>): void {
  const { state, context } = world
  const id = state.etcd.next++
  const { key, prefix, revision, limit, from, afterWatch } = query
  const message: Range = { type: 'etcd.range', id, key, prefix, revision, limit, from, afterWatch }
  state.etcd.waiting.set(id, { procedure, message })
  if (state.etcd.broken) hold(world, message)
  else context.send(ROOMS.etcd, message, 'etcd.range', { id, key, prefix: prefix ?? false }, READ)
}

/** Puts a value if the key is still at `compare` (0: absent). */
export const put = (key: string, compare: number, value: KubeObject, quiet: boolean): Once<World, TxnAnswer> =>
  awaitOne(commit, key, compare, { put: value }, quiet)

/** Deletes a key if it is still at `compare`. */
export const remove = (key: string, compare: number, quiet: boolean): Once<World, TxnAnswer> =>
  awaitOne(commit, key, compare, DELETE, quiet)

const DELETE = Object.freeze({ delete: true } as const)

/** What is not `quiet` (a lease, a heartbeat) is worth waiting for, even if it began as housekeeping. */
function commit(world: World, procedure: number, key: string, compare: number, then: EtcdTxn['then'], quiet: boolean): void {
  if (quiet || !world.context.housekeeping) sendTxn(world, procedure, key, compare, then)
  else commitAloud(world, procedure, key, compare, then)
}

// a function of its own: one that makes a function keeps its arguments for that, whether it comes to it or not
function commitAloud(world: World, procedure: number, key: string, compare: number, then: EtcdTxn['then']): void {
  world.context.quietly(false, () => sendTxn(world, procedure, key, compare, then))
}

function sendTxn(world: World, procedure: number, key: string, compare: number, then: EtcdTxn['then']): void {
  const { state, context } = world
  const id = state.etcd.next++
  const event = 'put' in then ? 'PUT' : 'DELETE'
  const message: EtcdRequest = { type: 'etcd.txn', id, key, compare, then }
  state.etcd.waiting.set(id, { procedure, message })
  const options = compare > 0 && event === 'PUT' ? UPDATE : WRITE
  if (state.etcd.broken) hold(world, message)
  else context.send(ROOMS.etcd, message, 'etcd.txn', { id, key, compare, event }, options)
}

/** An object as it is stored: without its resourceVersion, which is etcd's to say. */
export const storedValue = (object: KubeObject): KubeObject =>
  object.metadata.resourceVersion === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, resourceVersion: undefined } }

/** The object of a key as clients see it; the one that the watch cache has, if it is the same. */
export function objectOf({ state }: World, type: Resource, { key, value, modRevision }: EtcdKeyValue): KubeObject {
  const cacher = state.cachers.peek(storedAs(type))
  const there = cacher && cached(cacher, value.metadata.namespace, value.metadata.name)
  if (there && there.metadata.resourceVersion === String(modRevision)) return there
  const written = state.written.get(key)
  if (written && written.metadata.resourceVersion === String(modRevision)) return written
  return withRevision(value, modRevision)
}

/** The object that a successful put has made; kept until its watch event comes, which is decoded no second time. */
export function written({ state }: World, type: Resource, key: string, value: KubeObject, revision: number): KubeObject {
  const cacher = state.cachers.peek(storedAs(type))
  const there = cacher && cached(cacher, value.metadata.namespace, value.metadata.name)
  if (there && there.metadata.resourceVersion === String(revision)) return there
  const object = withRevision(value, revision)
  if (cacher && revision > cacher.revision) state.written.set(key, object)
  return object
}
