// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import openapi from '../../../sim/api/data/openapi.json'
import { defaultCluster } from '../../../sim/cluster'
import { inspect, objectDetail } from '../../../worker/details'
import { roomDetail } from '../../../worker/rooms'
import { Session } from '../../../worker/session'
import { useSession } from '../../session/session'
import type { RoomId, Seq } from '../../session/types'
import { useLanguage } from '../../shared/i18n'
import { objectOfEntry, objectOfKey } from '../object-links'
import Inspector from '.'
import { relatedTo } from './object-view'

const tools = { podStatus: () => ({ status: '', ready: false }), milliCores: () => 0, bytes: () => 0 }
const COMMANDS = [
  'create deployment web --image=nginx:1.27 --replicas=2',
  'expose deployment web --port=80',
  'get pods',
  'get pod nope',
]

/** A real cluster, asked as the page asks the worker. */
const session = new Session(defaultCluster({ openapi }), tools)
const api = {
  inspect: async (seq: Seq) => inspect(session, seq),
  object: async (resource: string, key: string) => objectDetail(session, resource, key),
  room: async (room: RoomId) => roomDetail(session, room),
}
const place = document.createElement('div')
const root = createRoot(place)
const shown = async (selection: Parameters<ReturnType<typeof useSession.getState>['select']>[0]) => {
  await act(async () => useSession.setState({ selection }))
  await act(async () => {})
  return place.textContent ?? ''
}

describe('the inspector', () => {
  let begin = 0
  beforeAll(async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    begin = session.simulation.trace.length
    for (const line of COMMANDS) {
      session.command({ type: 'kubectl', line })
      session.finish()
      session.toEnd()
    }
    useSession.setState({ frame: session.frame(), api: () => api as never })
    useLanguage.setState({ language: 'en' })
    await act(async () => root.render(<Inspector place="side" close={() => {}} />))
  })

  it('answers for every arrow and every note, with why', async () => {
    const { trace } = session.simulation
    const seen = new Set<string>()
    for (let seq = 1; seq <= trace.length; seq++) {
      const { reason, args, room } = trace.entry(seq as Seq)
      // Of entries that are alike, one is asked.
      const like = `${reason} ${'verb' in args ? args.verb : ''} ${'resource' in args ? args.resource : ''} ${room.split('/')[0]}`
      if (seen.has(like)) continue
      seen.add(like)
      const text = await shown({ kind: 'entry', seq: seq as Seq })
      expect(text, `${seq} ${reason}`).toContain('Because')
      expect(text, `${seq} ${reason}`).not.toMatch(/\{\w+\}|undefined|\[object/)
    }
    expect(seen.size).toBeGreaterThan(60)
  }, 60_000)
  it('leads every request back to the keystroke', async () => {
    const { trace } = session.simulation
    let requests = 0
    const others: string[] = []
    for (let seq = begin + 1; seq <= trace.length; seq++) {
      const e = trace.entry(seq as Seq)
      if (e.reason !== 'http.request' || e.housekeeping) continue
      const root = inspect(session, seq as Seq).causes.at(-1)?.entry.reason ?? ''
      if (root !== 'user.command') others.push(`${e.room} ${root}`)
      requests++
    }
    expect(requests).toBeGreaterThan(20)
    expect(others).toEqual([])
  })
  it('shows request, answer and the stages of the apiserver', async () => {
    const { trace } = session.simulation
    let seq = begin
    while (trace.entry(seq as Seq).reason !== 'http.request') seq++
    const text = await shown({ kind: 'entry', seq: seq as Seq })
    for (const part of [
      'POST /apis/apps/v1/namespaces/default/deployments',
      '201 Created',
      'mutating admission',
      'image: nginx:1.27',
    ])
      expect(text).toContain(part)
  })
  it('shows every object under etcd, and every room', async () => {
    for (const key of session.foldAt(session.place.cursor).objects.keys()) {
      const object = objectOfKey(key)
      if (!object) continue
      const { yaml } = await api.object(object.resource, object.key)
      expect(yaml, key).toBeDefined()
    }
    const text = await shown({ kind: 'object', resource: 'deployments.apps', key: 'default/web' })
    expect(text).toContain('kind: Deployment')
    expect(text).toContain('Revisions')
    for (const room of [
      'etcd',
      'apiserver',
      'scheduler',
      'controller-manager/replicaset',
      'kubelet/node-1',
      'kube-proxy/node-1',
      'runtime/node-1',
      'node/node-1',
      'kubectl',
    ])
      expect(await shown({ kind: 'room', room: room as RoomId }), room).toContain('What it did last')
  }, 30_000)
  it('says so when there is no answer', async () => {
    expect(await shown({ kind: 'entry', seq: 9_999_999 as Seq })).toContain('There is no answer to this.')
    expect(await shown({ kind: 'object', resource: 'pods', key: 'default/nope' })).toContain('There is no such object')
  })
})

describe('links to objects', () => {
  it('are found in what an entry says', () => {
    const of = (reason: string, args: Record<string, unknown>) => objectOfEntry({ reason: reason as 'http.request', args })
    expect(of('http.request', { resource: 'deployments/status', namespace: 'default', name: 'web' })).toEqual({
      kind: 'object',
      resource: 'deployments.apps',
      key: 'default/web',
    })
    expect(of('scheduler.queue.add', { pod: 'default/web-1' })?.resource).toBe('pods')
    expect(of('etcd.txn', { key: '/registry/minions/node-1' })).toEqual({ kind: 'object', resource: 'nodes', key: 'node-1' })
    expect(of('http.request', { resource: '/api/v1' })).toBeUndefined()
    expect(objectOfKey('/registry/services/specs/default/web')?.resource).toBe('services')
    expect(objectOfKey('/registry/pods/')).toBeUndefined()
  })
  it('are owners and the node', () => {
    const yaml =
      'metadata:\n  ownerReferences:\n  - apiVersion: apps/v1\n    kind: ReplicaSet\n    name: web-1\n    uid: x\n  uid: y\nspec:\n  nodeName: node-2\n'
    expect(relatedTo(yaml, 'default/web-1-a').map(o => `${o.resource} ${o.key}`)).toEqual([
      'replicasets.apps default/web-1',
      'nodes node-2',
    ])
  })
})
