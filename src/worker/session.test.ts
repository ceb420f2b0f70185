import { beforeAll, describe, expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { milliOf, unitsOf } from '../sim/api/quantity'
import { podStatus } from '../sim/apiserver/printers/pods'
import { defaultCluster } from '../sim/cluster'
import type { Seq } from '../sim/kernel/types'
import { DEPTHS } from '../view/types'
import { inspect, objectDetail } from './details'
import type { Frame } from './protocol'
import { roomDetail } from './rooms'
import { Session } from './session'

const tools = {
  podStatus: (pod: Parameters<typeof podStatus>[0]) => ({ status: podStatus(pod), ready: false }),
  milliCores: milliOf,
  bytes: unitsOf,
}
const CREATE = 'create deployment web --image=nginx:1.27 --replicas=3'
const EXPOSE = 'expose deployment web --port=80'

const newSession = () => new Session(defaultCluster({ openapi }), tools)
const give = (s: Session, line: string) => {
  const answer = s.command({ type: 'kubectl', line })
  s.finish()
  return answer
}
/** What the picture shows, without what depends on where the cursor stands within a beat. */
const picture = ({ view, terminal }: Frame) => JSON.stringify({ view, terminal })
const running = (frame: Frame) =>
  frame.view.nodes.reduce((n, node) => n + node.pods.filter(p => p.status === 'Running').length, 0)

describe('a command that goes on', () => {
  it('leaves the prompt free, and Ctrl-C stops it though others were given since', () => {
    const session = newSession()
    for (const line of ['create deployment web --image=nginx:1.27', 'port-forward deploy/web 8080:80', 'get pods']) {
      give(session, line)
      session.toEnd()
    }
    expect(session.frame().goesOn).toEqual(['port-forward deploy/web 8080:80'])
    const { from } = give(session, 'curl localhost:8080')
    // it is there to be watched: the others only read
    expect(session.readOnlySince(from)).toBe(false)
    session.toEnd()
    expect(
      session
        .frame()
        .terminal.slice(-3)
        .map(({ text }) => text),
    ).toEqual(['curl localhost:8080', 'Handling connection for 8080\n', expect.stringContaining('<h1>Welcome to nginx!</h1>\n')])
    session.command({ type: 'interrupt' })
    session.finish()
    session.toEnd()
    expect(session.frame().goesOn).toEqual([])
  })
})

describe('a session', () => {
  const session = newSession()
  const idle = session.frame()
  beforeAll(() => {
    give(session, CREATE)
  })

  it('begins with three ready nodes, nothing running, and nothing to step', () => {
    expect(idle.positions.story).toEqual({ n: 0, count: 0 })
    expect(idle.view.nodes.map(n => [n.name, n.ready, n.podCount])).toEqual([
      ['node-1', true, 0],
      ['node-2', true, 0],
      ['node-3', true, 0],
    ])
    expect(idle.settled).toBe(true)
  })

  it('tells the story of a Deployment in the order in which it happens', () => {
    expect(session.frame().chapters.map(c => c.chapter)).toEqual([
      'kubectl',
      'apiserver',
      'deployment',
      'replicaset',
      'scheduler',
      'kubelet',
    ])
  })

  it.each(DEPTHS)('steps to the end in %s, back to the idle cluster, and forward to the same end', depth => {
    session.setDepth(depth)
    session.seek({ position: 0 })
    const { count } = session.frame().positions[depth]
    expect(count).toBeGreaterThan(5)
    const pictures: string[] = [picture(session.frame())]
    expect(JSON.parse(pictures[0] as string).view.nodes).toEqual(JSON.parse(picture(idle)).view.nodes)
    for (let n = 1; n <= count; n++) {
      session.step(1)
      const frame = session.frame()
      expect(frame.positions[depth]).toEqual({ n, count })
      expect(frame.scene?.beat.from).toBeLessThanOrEqual(frame.scene?.beat.to ?? 0)
      pictures.push(picture(frame))
    }
    expect(running(session.frame())).toBe(3)
    const places = [...new Set([count - 1, Math.floor(count / 2), 1, 0])].filter(n => n < count)
    for (const n of places) {
      session.seek({ position: n })
      expect(picture(session.frame())).toBe(pictures[n])
    }
    session.step(count)
    expect(picture(session.frame())).toBe(pictures[count])
  })

  it('draws no packet that is not an entry of the trace, and each within its scene', () => {
    session.setDepth('requests')
    session.seek({ position: 0 })
    const { count } = session.frame().positions.requests
    for (let n = 1; n <= count; n++) {
      session.step(1)
      const { scene } = session.frame()
      for (const packet of scene?.packets ?? []) {
        const entry = session.simulation.trace.entry(packet.seq)
        expect(entry.hop?.to).toBe(packet.to)
        expect(entry.room).toBe(packet.from)
        expect(packet.start).toBeGreaterThanOrEqual(0)
        expect(packet.end).toBeLessThanOrEqual((scene?.duration ?? 0) + 1e-6)
        expect(packet.end).toBeGreaterThan(packet.start)
      }
    }
  })

  it('answers for every entry what it is and why, back to the keystroke or to boot', () => {
    const { length } = session.simulation.trace
    for (let seq = 1; seq <= length; seq += 3) {
      const detail = inspect(session, seq as Seq)
      const root = detail.causes.at(-1)?.entry ?? detail.entry
      expect(['user.command', 'kernel.boot']).toContain(root.reason)
    }
  })

  it('finds the answer to each request of the story, and how long it took', () => {
    let requests = 0
    for (const e of session.simulation.trace.entries((session.beats.baseline + 1) as Seq)) {
      if (e.reason !== 'http.request') continue
      requests++
      const detail = inspect(session, e.seq)
      expect(detail.counterpart?.entry.reason, `entry ${e.seq}`).toBe('http.response')
      expect(detail.latency).toBeGreaterThan(0)
    }
    expect(requests).toBeGreaterThan(20)
  })

  it('shows an object with its revisions and who wrote each', () => {
    session.toEnd()
    const detail = objectDetail(session, 'deployments.apps', 'default/web')
    expect(detail.yaml).toContain('image: nginx:1.27')
    expect(detail.revisions.map(r => r.by)).toContain('kubectl')
    expect(detail.revisions.map(r => r.by)).toContain('controller-manager/deployment')
  })

  it('opens every room', () => {
    for (const room of [
      'kubectl',
      'apiserver',
      'etcd',
      'scheduler',
      'controller-manager',
      'controller-manager/deployment',
      'node/node-1',
      'kubelet/node-1',
      'kube-proxy/node-1',
      'runtime/node-1',
      'network/node-1',
    ])
      expect(roomDetail(session, room as Frame['view']['nodes'][0]['name'] as never).room).toBe(room)
  })
})

describe('a command in the past', () => {
  it('forks a branch and keeps the old future', () => {
    const session = newSession()
    give(session, CREATE)
    session.toEnd()
    const end = picture(session.frame())
    session.setDepth('story')
    session.seek({ position: 2 })
    const { forked } = give(session, 'delete deployment web')
    expect(forked).toBe(1)
    session.toEnd()
    expect(running(session.frame())).toBe(0)
    expect(session.frame().branches.map(b => b.commands)).toEqual([[CREATE], [CREATE, 'delete deployment web']])
    session.switchBranch(0 as never)
    session.toEnd()
    expect(picture(session.frame())).toBe(end)
  })
})

describe('a Service', () => {
  it('adds the chapters of the endpoints and of every kube-proxy, and can be asked', () => {
    const session = newSession()
    give(session, CREATE)
    session.toEnd()
    give(session, EXPOSE)
    session.toEnd()
    const frame = session.frame()
    expect(frame.chapters.map(c => c.chapter).slice(6)).toEqual(['kubectl', 'apiserver', 'endpoints', 'kube-proxy'])
    const service = frame.view.services.find(s => s.key === 'default/web')
    expect(service?.endpoints).toBe(3)
    const from = session.simulation.trace.length
    session.command({ type: 'traffic', from: 'network/node-1', to: `${service?.clusterIP}:80` })
    session.finish()
    const reasons = [...session.simulation.trace.entries((from + 1) as Seq)].map(e => e.reason as string)
    expect(reasons.filter(r => r.startsWith('network.')).length).toBeGreaterThan(2)
  })
})

describe('a log of commands', () => {
  it('makes the same trace again', () => {
    const session = newSession()
    give(session, CREATE)
    session.toEnd()
    give(session, 'scale deployment web --replicas=1')
    session.toEnd()
    const again = new Session(defaultCluster({ openapi }), tools, session.log)
    expect(again.simulation.trace.hash()).toBe(session.simulation.trace.hash())
  })
})

describe('the chapters of many Pods', () => {
  for (const replicas of [1, 2, 3, 10, 30]) {
    const session = newSession()
    beforeAll(() => {
      give(session, `create deployment web --image=nginx:1.27 --replicas=${replicas}`)
    })

    it(`the replicaset controller’s covers all that its sync creates, the scheduler’s all that it has bound: ${replicas}`, () => {
      const kinds = session.beats.chapters().map(({ kind }) => kind)
      expect(kinds).toEqual(['kubectl', 'apiserver', 'deployment', 'replicaset', 'scheduler', 'kubelet'])
      session.seek({ position: 4 })
      expect(session.frame().scene?.facts).toMatchObject({ podsCreated: replicas, wanted: replicas })
      session.seek({ position: 5 })
      const { scene } = session.frame()
      // a kubelet may have begun with the first Pod before the last has its node
      const until = scene?.beat.to ?? 0
      const reasons = Array.from({ length: until }, (_, i) => session.simulation.trace.entry((i + 1) as Seq).reason)
      const bound = reasons.filter(reason => reason === 'scheduler.cycle.chosen').length
      expect(scene?.facts.boundCount).toBe(bound)
      expect(bound).toBeGreaterThan(replicas * 0.8)
    })
  }
})

it('in a large scene each message is in exactly one packet, alone or counted', () => {
  const session = newSession()
  give(session, 'create deployment web --image=nginx:1.27 --replicas=60')
  session.seek({ position: 4 })
  const { scene } = session.frame()
  if (!scene) throw new Error('there is no scene')
  const { from, to } = scene.beat
  const hops = Array.from({ length: to - from + 1 }, (_, i) => session.simulation.trace.entry((from + i) as Seq)).filter(
    e => e.hop && !e.housekeeping,
  )
  expect(hops.length).toBeGreaterThan(1000)
  expect(scene.packets.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(hops.length)
  const links = (list: readonly { from: string; to: string; n: number }[]) => {
    const sums: Record<string, number> = {}
    for (const { from, to, n } of list) sums[`${from} ${to}`] = (sums[`${from} ${to}`] ?? 0) + n
    return sums
  }
  expect(links(scene.packets.map(({ from, to, count = 1 }) => ({ from, to, n: count })))).toEqual(
    links(hops.map(e => ({ from: e.room, to: e.hop?.to ?? '', n: 1 }))),
  )
})

it('a controller retries from a sync that failed until the same key’s next one ends well', () => {
  const session = newSession()
  give(session, CREATE)
  const retries = (seq: number) => {
    session.seek({ seq: seq as Seq })
    return session.frame().view.controllers.find(({ part }) => part === 'deployment')?.retries
  }
  session.setDepth('internals')
  const of = (reason: string, after: number) => {
    for (const e of session.simulation.trace.entries((after + 1) as Seq))
      if ((e.reason as string) === reason && e.room === 'controller-manager/deployment') return e.seq
    throw new Error(`there is no ${reason}`)
  }
  const failed = of('queue.retry', 0)
  expect(retries(failed)).toBe(1)
  const again = of('queue.take', failed)
  expect(retries(again)).toBe(1)
  expect(retries(of('queue.done', again))).toBe(0)
})

it('what waits beyond can be let come: a CronJob’s next Job is the next step', () => {
  const s = newSession()
  give(s, 'create cronjob tick --image=busybox --schedule="* * * * *" -- true')
  s.toEnd()
  const before = s.frame()
  expect(before.next).toBeGreaterThan(before.end)
  s.skip()
  s.finish()
  const { positions, view } = s.frame()
  expect(positions.story.n).toBe(before.positions.story.n)
  expect(positions.story.count).toBeGreaterThan(before.positions.story.count)
  expect(view.counts.Job ?? 0).toBe(0)
})

it('where a metrics server runs, its next look at the nodes can be let come: after two of them there are metrics', () => {
  const s = new Session(defaultCluster({ openapi, metricsServer: 'process' }), tools)
  give(s, 'get nodes')
  s.toEnd()
  expect(s.frame().view.metricsServer).toEqual({ runsOn: [''], answered: 0 })
  for (let i = 0; i < 2; i++) {
    const { next, end, positions } = s.frame()
    expect((next ?? 0) - end).toBeGreaterThan(0)
    expect((next ?? 0) - end).toBeLessThanOrEqual(15_000_000)
    s.skip()
    s.finish()
    expect(s.frame().positions).toEqual(positions)
  }
  expect(s.frame().view.metricsServer?.answered).toBe(3)
  give(s, 'top nodes')
  s.toEnd()
  expect(JSON.stringify(s.frame().terminal)).toContain('node-3')
  expect(newSession().frame().next).toBeUndefined()
})
