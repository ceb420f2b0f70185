/** What the stage shows of processes that a person stops and starts, and of what a kubelet has heard. */
import { expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { defaultCluster } from '../sim/cluster'
import { roomId } from '../sim/kernel/types'
import type { UserCommand } from './protocol'
import { roomDetail } from './rooms'
import { Session } from './session'

const tools = { podStatus: () => ({ status: '', ready: false }), milliCores: () => 0, bytes: () => 0 }

/** A session that has been given commands, one after the other, and what each printed. */
function sessionOf(...commands: readonly (string | Extract<UserCommand, { type: 'stop' | 'start' }>)[]) {
  const session = new Session(defaultCluster({ openapi }), tools)
  const said: string[] = []
  for (const command of commands) {
    const before = session.frame().terminal.length
    session.command(typeof command === 'string' ? { type: 'kubectl', line: command } : command)
    session.finish()
    session.toEnd()
    const lines = session.frame().terminal.slice(before)
    said.push(lines.flatMap(({ kind, text }) => (kind === 'command' ? [] : [text])).join(''))
  }
  return { session, said }
}
const stop = (room: string) => ({ type: 'stop', room: roomId(room) }) as const
const start = (room: string) => ({ type: 'start', room: roomId(room) }) as const
const CREATE = 'create deployment web --image=nginx:1.27 --replicas=3'

it('a process that is stopped is shown so, from its chapter on, until it is started', () => {
  const { session, said } = sessionOf(stop('apiserver'), 'get pods', start('apiserver'))
  expect(said[1]).toMatch(/^The connection to the server \S+ was refused/)
  const shown = [0, 1, 2, 3].map(position => {
    session.seek({ position })
    const { view, scene } = session.frame()
    return [view.stopped, scene?.beat.chapter]
  })
  expect(shown).toEqual([
    [[], undefined],
    [['apiserver'], 'process'],
    [['apiserver'], 'kubectl'],
    [[], 'process'],
  ])
  expect(session.log.commands.map(({ command }) => command.text)).toEqual(['stop apiserver', 'get pods', 'start apiserver'])
})

it.each(['etcd', 'apiserver', 'scheduler', 'controller-manager', 'kubelet/node-1', 'kube-proxy/node-2', 'runtime/node-3'])(
  'one can look into a stopped process, and it works again when it is started: %s',
  room => {
    const { session } = sessionOf(CREATE, stop(room))
    expect(roomDetail(session, roomId(room)).room).toBe(room)
    // who has to find it again does so of its own accord, and the run goes on until then
    for (const command of [start(room), { type: 'kubectl', line: 'scale deployment web --replicas=6' } as const]) {
      session.command(command)
      session.finish()
      session.toEnd()
      expect(session.frame().next).toBeUndefined()
    }
    expect(session.frame().view.nodes.reduce((n, { pods }) => n + pods.filter(({ sandbox }) => sandbox).length, 0)).toBe(6)
    expect(session.frame().failure).toBeUndefined()
  },
)

it('a scheduler and a controller manager that are stopped have nothing in their queues', () => {
  const { session } = sessionOf('run big --image=nginx --overrides=\'{"spec":{"nodeSelector":{"none":"such"}}}\'')
  expect(session.frame().view.scheduler.unschedulable).toBe(1)
  for (const room of ['scheduler', 'controller-manager']) {
    session.command(stop(room))
    session.finish()
    session.toEnd()
  }
  const { scheduler, controllers, informers } = session.frame().view
  expect(scheduler.unschedulable).toBe(0)
  expect(informers).toBe(0)
  expect(controllers.every(({ queue, active }) => queue + active === 0)).toBe(true)
})

it('a connection to etcd that closes is drawn as what goes on over it, as is a watch', () => {
  const kindsOf = (room: string) => {
    const { scene } = sessionOf(stop(room)).session.frame()
    return [...new Set(scene?.packets.map(({ from, to, kind }) => `${from} ${to} ${kind}`))]
  }
  expect(kindsOf('etcd')).toEqual(['etcd apiserver etcd'])
  expect(kindsOf('scheduler')).toEqual(['scheduler apiserver watch'])
})

it('a kubelet counts the Pods that it has heard of: none before it was told, and none that are gone', () => {
  const { session } = sessionOf(CREATE)
  const { nodes } = session.frame().view
  expect(nodes.map(({ kubeletPods }) => kubeletPods)).toEqual([1, 1, 1])
  session.setDepth('internals')
  let isAhead = false
  for (let n = 0; n <= session.frame().positions.internals.count; n++) {
    session.seek({ position: n })
    for (const { podCount, kubeletPods } of session.frame().view.nodes) {
      expect(kubeletPods).toBeLessThanOrEqual(podCount)
      isAhead ||= podCount > kubeletPods
    }
  }
  // a Pod is bound before its kubelet hears of it
  expect(isAhead).toBe(true)
  session.command({ type: 'kubectl', line: 'delete deployment web' })
  session.finish()
  session.toEnd()
  expect(session.frame().view.nodes.map(({ kubeletPods }) => kubeletPods)).toEqual([0, 0, 0])
})

it('a call to the runtime says which container it is about by its name', () => {
  const { session } = sessionOf(CREATE, 'delete deployment web')
  const calls = [...session.simulation.trace.entries()].flatMap(({ reason, args }) => {
    const { method, subject } = args as { method?: string; subject?: string }
    return reason.startsWith('cri.') && /^(Start|Stop)Container$/.test(method ?? '') ? [subject] : []
  })
  expect(calls.length).toBe(12)
  expect([...new Set(calls)]).toEqual(['nginx'])
})

it('a node whose kubelet is stopped is not ready after a while, without anybody doing anything; its Pods are left five minutes later', () => {
  const { session } = sessionOf(CREATE, stop('kubelet/node-1'))
  const ready = () => session.frame().view.nodes.map(node => node.ready)
  expect(ready()).toEqual([false, true, true])
  const { next = 0, now } = session.frame()
  expect((next - now) / 60e6).toBeCloseTo(5, 0)
  session.skip()
  session.finish()
  session.toEnd()
  expect(session.frame().view.nodes[0]?.pods.map(({ key }) => key).length).toBe(1)
  expect(
    session
      .frame()
      .view.nodes.slice(1)
      .reduce((n, { kubeletPods }) => n + kubeletPods, 0),
  ).toBe(3)
  session.command(start('kubelet/node-1'))
  session.finish()
  session.toEnd()
  expect(ready()).toEqual([true, true, true])
})

it('a node whose runtime is stopped says after a while that it is not ready', () => {
  const { session } = sessionOf(stop('runtime/node-2'))
  expect(session.frame().view.nodes.map(node => node.ready)).toEqual([true, false, true])
})

it('a back-off and the end of a program are offered to be skipped to', () => {
  const { session } = sessionOf('create job slow --image=busybox -- sleep 60')
  const { next = 0, now } = session.frame()
  expect((next - now) / 1e6).toBeGreaterThan(50)
  session.skip()
  session.finish()
  session.toEnd()
  expect(session.frame().view.workloads.map(({ kind, ready }) => [kind, ready])).toEqual([['Job', 1]])
  expect(session.frame().next).toBeUndefined()
  const crash = sessionOf('run crash --image=busybox -- sh -c "exit 1"').session
  expect((crash.frame().next ?? 0) - crash.frame().now).toBeGreaterThan(5e6)
})
