import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { nodeUser } from '../api/rooms'
import type { KubeList, KubeObject, Table } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { roomId } from '../kernel/types'
import { pod, TestCluster, withAccount } from './testing'

const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))
const configMap = (name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
})
const story = (cluster: TestCluster, id: number): string[] =>
  cluster.events(id).map(({ event, object }) => `${event} ${object.metadata.name}`)

describe('a watch', () => {
  test('tells what changes after the version that it starts from', () => {
    const cluster = newCluster()
    cluster.create(configMap('before'))
    const { resourceVersion = '' } = cluster.ask<KubeList>('GET', CONFIGMAPS).body.metadata
    cluster.create(configMap('a'))
    const id = cluster.watch(CONFIGMAPS, { resourceVersion })
    cluster.ask('PATCH', `${CONFIGMAPS}/a`, { data: { k: '1' } }, { contentType: MEDIA.mergePatch })
    cluster.ask('DELETE', `${CONFIGMAPS}/a`)
    expect(story(cluster, id)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
    const versions = cluster.events(id).map(e => Number(e.object.metadata.resourceVersion))
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(new Set(versions).size).toBe(3)
  })

  test('without a version begins with all that is there', () => {
    const cluster = newCluster()
    cluster.create(configMap('a'))
    expect(story(cluster, cluster.watch(CONFIGMAPS))).toEqual(['ADDED a'])
  })

  test('with sendInitialEvents says when it has told all that was there', () => {
    const cluster = newCluster()
    cluster.create(configMap('a'))
    const id = cluster.watch(CONFIGMAPS, {
      sendInitialEvents: 'true',
      allowWatchBookmarks: 'true',
      resourceVersionMatch: 'NotOlderThan',
    })
    const last = cluster.events(id).at(-1)
    expect(last?.event).toBe('BOOKMARK')
    expect(last?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
  })

  test('with a selector sees objects enter and leave', () => {
    const cluster = newCluster()
    const id = cluster.watch(CONFIGMAPS, { labelSelector: 'app=x' })
    cluster.create(configMap('a', { app: 'y' }))
    for (const app of ['x', 'z'])
      cluster.ask('PATCH', `${CONFIGMAPS}/a`, { metadata: { labels: { app } } }, { contentType: MEDIA.mergePatch })
    expect(story(cluster, id)).toEqual(['ADDED a', 'DELETED a'])
    expect(cluster.events(id)[1]?.object.metadata.labels).toEqual({ app: 'x' })
  })

  test('of a node hears of its own pods only', () => {
    const cluster = newCluster()
    const ids = [1, 2].map(n =>
      cluster.watch(
        '/api/v1/pods',
        { fieldSelector: `spec.nodeName=node-${n}`, resourceVersion: '0' },
        { user: nodeUser(`node-${n}`) },
      ),
    )
    cluster.ask('POST', PODS, pod('a', { nodeName: 'node-1' }))
    cluster.ask('POST', PODS, pod('b'))
    expect(ids.map(id => story(cluster, id))).toEqual([['ADDED a'], []])
  })

  test('from a version that the window has lost ends with 410, so that the client lists again', () => {
    const cluster = newCluster()
    for (let i = 0; i < 2100; i++) cluster.send('POST', CONFIGMAPS, configMap(`c${i}`))
    cluster.settle()
    const id = cluster.watch(CONFIGMAPS, { resourceVersion: '10' })
    expect(cluster.events(id)).toMatchObject([{ event: 'ERROR', object: { code: 410, reason: 'Expired' } }, { event: 'END' }])
  })

  test('from a version that has not come to be hears only of what is later', () => {
    const cluster = newCluster()
    const now = Number(cluster.create(configMap('a')).body.metadata.resourceVersion)
    const id = cluster.watch(CONFIGMAPS, { resourceVersion: String(now + 1) })
    cluster.create(configMap('b'))
    cluster.create(configMap('c'))
    expect(story(cluster, id)).toEqual(['ADDED c'])
  })

  test('with sendInitialEvents=false begins with what comes', () => {
    const cluster = newCluster()
    cluster.create(configMap('a'))
    const id = cluster.watch(CONFIGMAPS, { sendInitialEvents: 'false', resourceVersionMatch: 'NotOlderThan' })
    cluster.create(configMap('b'))
    expect(story(cluster, id)).toEqual(['ADDED b'])
  })

  test.each([
    [{ sendInitialEvents: 'true' }, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      { resourceVersionMatch: 'NotOlderThan' },
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('that says %j is refused', (query, why) => {
    const message = `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: ${why}`
    const given = { ...(query as unknown as Record<string, string>), watch: 'true' }
    expect(newCluster().refusal('GET', CONFIGMAPS, undefined, { query: given })).toMatchObject({ code: 422, message })
  })

  test('ends after its timeoutSeconds, with a bookmark each minute and one just before, and the cluster is at rest meanwhile', () => {
    const cluster = newCluster()
    const began = cluster.simulation.now
    const id = cluster.watch(CONFIGMAPS, { resourceVersion: '0', timeoutSeconds: '150', allowWatchBookmarks: 'true' })
    cluster.create(configMap('a'))
    expect(cluster.simulation.settled).toBe(true)
    cluster.pass(400_000)
    const told = cluster.events(id)
    expect(told.map(({ event }) => event)).toEqual(['ADDED', 'BOOKMARK', 'BOOKMARK', 'BOOKMARK', 'END'])
    expect(told[1]?.object).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { resourceVersion: told[0]?.object.metadata.resourceVersion },
    })
    const times = [...cluster.entries('watch.event'), ...cluster.entries('watch.end')]
      .filter(({ args }) => (args as { id: number }).id === id)
      .map(({ at }) => Math.round((at - began) / 1e6))
    expect(times).toEqual([0, 61, 121, 149, 151])
    expect(cluster.entries('watch.end').every(({ housekeeping }) => housekeeping)).toBe(true)
    cluster.create(configMap('b'))
    expect(cluster.events(id)).toHaveLength(told.length)
  })

  test('that says nothing hears no bookmarks and ends after half an hour to an hour', () => {
    const cluster = newCluster()
    const ids = [1, 2, 3].map(() => cluster.watch(CONFIGMAPS, { resourceVersion: '0' }))
    cluster.pass(1_799_000)
    expect(ids.flatMap(id => cluster.events(id))).toEqual([])
    cluster.pass(1_802_000)
    expect(ids.map(id => cluster.events(id).map(({ event }) => event))).toEqual([['END'], ['END'], ['END']])
    expect(new Set(cluster.entries('watch.end').map(({ at }) => at)).size).toBe(3)
  })

  test('that is closed hears no more', () => {
    const cluster = newCluster()
    const id = cluster.watch(CONFIGMAPS, { resourceVersion: '0' })
    const [client] = cluster.clients
    if (client) cluster.simulation.command({ to: client, message: { type: 'close', id } as never, text: 'close' })
    cluster.settle()
    cluster.create(configMap('a'))
    expect(cluster.events(id)).toEqual([])
  })

  test('of a Table tells rows', () => {
    const cluster = newCluster()
    const id = cluster.watch(CONFIGMAPS, { resourceVersion: '0' }, { accept: MEDIA.table })
    cluster.create(configMap('a'))
    const [event] = cluster.events(id)
    expect((event?.object as unknown as Table | undefined)?.rows[0]?.cells[0]).toBe('a')
  })

  test('of Events reads both API groups', () => {
    const cluster = newCluster()
    const id = cluster.watch('/api/v1/namespaces/default/events', {
      resourceVersion: '0',
      fieldSelector: 'involvedObject.name=web',
    })
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'e.1' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: { kind: 'Pod', name: 'web' },
      note: 'hello',
      reportingController: 'me',
      reportingInstance: 'me-1',
      action: 'Greeting',
      reason: 'Greeted',
      type: 'Normal',
    }
    const made = cluster.ask('POST', '/apis/events.k8s.io/v1/namespaces/default/events', event).body
    expect(made).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'hello' })
    expect(cluster.events(id)[0]?.object).toMatchObject({
      apiVersion: 'v1',
      message: 'hello',
      involvedObject: { name: 'web' },
      source: {},
      firstTimestamp: null,
    })
  })

  test('costs etcd one watch, however many clients there are', () => {
    const clients = [1, 2, 3].map(n => roomId(`client-${n}`))
    const cluster = new TestCluster(createEtcd(), 1, clients)
    for (const from of clients) cluster.watch(CONFIGMAPS, { resourceVersion: '0' }, { from })
    const keys = cluster.entries('etcd.watch').map(e => (e.args as { key: string }).key)
    expect(keys.filter(key => key === '/registry/configmaps/')).toHaveLength(1)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

/** Everything that a client may do to a few ConfigMaps. */
const act = fc.record({
  do: fc.constantFrom('create', 'patch', 'delete', 'settle', 'watch'),
  name: fc.constantFrom('a', 'b', 'c'),
  app: fc.constantFrom('x', 'y'),
})

test('a list and the watch from its version always add up to what is stored, with and without a selector', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.array(act, { maxLength: 30, size: 'max' }), (seed, acts) => {
      const cluster = new TestCluster(createEtcd(), seed)
      const followed: { id: number; selector: string; seen: Map<string, string> }[] = []
      for (const { do: what, name, app } of acts) {
        if (what === 'settle') cluster.settle()
        else if (what === 'create') cluster.send('POST', CONFIGMAPS, configMap(name, { app }))
        else if (what === 'delete') cluster.send('DELETE', `${CONFIGMAPS}/${name}`)
        else if (what === 'patch')
          cluster.send('PATCH', `${CONFIGMAPS}/${name}`, { metadata: { labels: { app } } }, { contentType: MEDIA.mergePatch })
        else {
          const selector = app === 'x' ? 'app=x' : ''
          const { items, metadata } = cluster.ask<KubeList>('GET', CONFIGMAPS, undefined, {
            query: { labelSelector: selector },
          }).body
          const id = cluster.send('GET', CONFIGMAPS, undefined, {
            query: { watch: 'true', labelSelector: selector, resourceVersion: metadata.resourceVersion ?? '' },
          })
          followed.push({ id, selector, seen: new Map(items.map(o => [o.metadata.name, o.metadata.resourceVersion ?? ''])) })
        }
      }
      cluster.settle()
      for (const { id, selector, seen } of followed) {
        for (const { event, object } of cluster.events(id)) {
          if (event === 'DELETED') seen.delete(object.metadata.name)
          else seen.set(object.metadata.name, object.metadata.resourceVersion ?? '')
        }
        const now = cluster.ask<KubeList>('GET', CONFIGMAPS, undefined, { query: { labelSelector: selector } }).body.items
        expect([...seen].sort()).toEqual(now.map(o => [o.metadata.name, o.metadata.resourceVersion]))
      }
    }),
    { numRuns: 60 },
  )
})

test('seeking into the middle of requests and running on gives the same trace', () => {
  const build = (): TestCluster => {
    const cluster = newCluster()
    for (let i = 0; i < 5; i++) cluster.send('POST', PODS, { ...pod(), metadata: { generateName: 'p-' } })
    return cluster
  }
  const straight = build()
  straight.settle()
  const stopped = build()
  stopped.simulation.run({ deliveries: 12 })
  const restored = stopped.copy()
  restored.run({ settled: true })
  expect(restored.trace.hash()).toBe(straight.simulation.trace.hash())
})
