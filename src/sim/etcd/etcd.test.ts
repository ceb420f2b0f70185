import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../api/types'
import { changesAfter, compact, currentOf, newMvcc, put, range, remove } from './mvcc'
import { addWatch, hears, type Watches, watchesNear } from './watch'

const value = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name } })
const POD = '/registry/pods/default/a'

describe('etcd', () => {
  test('gives each change a revision, and a key its own history', () => {
    const store = newMvcc()
    expect(put(store, POD, value('a')).revision).toBe(2)
    put(store, '/registry/nodes/n', value('n'))
    put(store, POD, value('a'))
    expect(currentOf(store, POD)).toMatchObject({ createRevision: 2, modRevision: 4, version: 2 })
  })

  test('spends no revision on the deletion of what is not there', () => {
    const store = newMvcc()
    expect(remove(store, POD)).toBeUndefined()
    expect(store.revision).toBe(1)
  })

  test('reads a prefix in the order of its keys, in pages', () => {
    const store = newMvcc()
    for (const name of ['c', 'a', 'b']) put(store, `/registry/pods/default/${name}`, value(name))
    put(store, '/registry/podtemplates/default/x', value('x'))
    const page = range(store, { key: '/registry/pods/', prefix: true, limit: 2 })
    expect(page).toMatchObject({ more: true, kvs: [{ value: value('a') }, { value: value('b') }] })
    const rest = range(store, { key: '/registry/pods/', prefix: true, from: '/registry/pods/default/b\0' })
    expect(rest).toMatchObject({ more: false, kvs: [{ value: value('c') }] })
  })

  test('a watch hears what it has missed, then nothing that is not under its prefix', () => {
    const store = newMvcc()
    const watches: Watches = new Map()
    put(store, POD, value('a'))
    put(store, '/registry/pods/other/b', value('b'))
    const missed = addWatch(watches, store, { id: 7, prefix: '/registry/pods/default/' }, 2)
    expect(missed?.map(change => change.kv.key)).toEqual([POD])
    const heardBy = (key: string): number[] =>
      watchesNear(watches, key)
        .filter(watch => hears(watch, key))
        .map(watch => watch.id)
    expect(heardBy(POD)).toEqual([7])
    expect(heardBy('/registry/pods/other/b')).toEqual([])
  })

  test('what is compacted can be neither read nor watched; the living keys stay', () => {
    const store = newMvcc()
    for (let i = 0; i < 3000; i++) put(store, POD, value(String(i)))
    compact(store, 2500)
    expect(range(store, { key: POD, revision: 2499 })).toEqual({ compacted: true })
    expect(addWatch(new Map(), store, { id: 1, prefix: '/registry/' }, 2500)).toBeUndefined()
    expect(changesAfter(store, 2500)).toHaveLength(501)
    expect(currentOf(store, POD)?.value.metadata.name).toBe('2999')
  })

  test('a read at a revision finds the store as it was then', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 5 }), put: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), steps => {
        const store = newMvcc()
        const past: [number, string[]][] = []
        for (const [i, { key, put: puts }] of steps.entries()) {
          const name = `/registry/pods/default/${key}`
          if (puts) put(store, name, value(`${key}-${i}`))
          else remove(store, name)
          const now = range(store, { key: '/registry/pods/', prefix: true })
          past.push([store.revision, 'kvs' in now ? now.kvs.map(kv => kv.value.metadata.name) : []])
        }
        for (const [revision, names] of past) {
          const then = range(store, { key: '/registry/pods/', prefix: true, revision })
          expect('kvs' in then && then.kvs.map(kv => kv.value.metadata.name)).toEqual(names)
        }
      }),
    )
  })
})
