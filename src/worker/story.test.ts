import { describe, expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { defaultCluster } from '../sim/cluster'
import type { Seq } from '../sim/kernel/types'
import type { BeatScene } from '../view/types'
import { Session } from './session'

const tools = { podStatus: () => ({ status: '', ready: false }), milliCores: () => 0, bytes: () => 0 }

/** The chapters of the last of some commands. */
function storyOf(...commands: readonly (string | { readonly line: string; readonly stdin: string })[]): {
  readonly session: Session
  readonly scenes: readonly BeatScene[]
} {
  const session = new Session(defaultCluster({ openapi }), tools)
  let before = 0
  for (const command of commands) {
    session.toEnd()
    before = session.beats.count('story')
    session.command({ type: 'kubectl', ...(typeof command === 'string' ? { line: command } : command) })
    session.finish()
  }
  const scenes: BeatScene[] = []
  for (let n = before + 1; n <= session.beats.count('story'); n++) {
    session.seek({ position: n })
    const { scene } = session.frame()
    if (scene) scenes.push(scene)
  }
  return { session, scenes }
}
const kinds = (scenes: readonly BeatScene[]) => scenes.map(({ beat }) => beat.chapter)
const sum = (scenes: readonly BeatScene[], fact: string) => scenes.reduce((n, { facts }) => n + Number(facts[fact] ?? 0), 0)

describe('the story of a rolling update', () => {
  for (const replicas of [3, 6, 12, 48]) {
    it(`tells two rounds actor by actor and then in turns, each larger than those before: ${replicas} Pods`, () => {
      const { session, scenes } = storyOf(
        `create deployment web --image=nginx:1.27 --replicas=${replicas}`,
        'set image deployment/web nginx=nginx:1.28',
      )
      expect(scenes.length).toBeLessThan(18)
      expect(kinds(scenes).slice(0, 5)).toEqual(['kubectl', 'apiserver', 'deployment', 'replicaset', 'scheduler'])
      // each entry is in one chapter, and each Pod is created and deleted in the chapter that says so
      scenes.slice(1).forEach(({ beat }, i) => {
        expect(beat.from).toBe((scenes[i]?.beat.to ?? 0) + 1)
      })
      expect(scenes.at(-1)?.beat.to).toBe(session.simulation.trace.length)
      let deleted = 0
      for (const { beat, facts } of scenes.filter(({ beat }) => beat.chapter === 'turn')) {
        const asked = [...session.simulation.trace.entries(beat.from, beat.to)].filter(e => {
          const { verb, resource } = e.args as { verb?: string; resource?: string }
          return (
            e.reason === 'http.request' && e.room.startsWith('controller-manager/') && resource === 'pods' && verb === 'delete'
          )
        })
        expect(facts.podsDeleted ?? 0).toBe(asked.length)
        deleted += asked.length
      }
      expect(deleted).toBeGreaterThan(0)
      expect(deleted).toBeLessThanOrEqual(replicas)
    })
  }
})

it('a chapter holds what it is about, however much the actors of a rolling update overlap', () => {
  const { scenes } = storyOf(
    'create deployment web --image=nginx:1.27 --replicas=3',
    'expose deployment web --port=80',
    'set image deployment/web nginx=nginx:1.28',
  )
  for (const { beat } of scenes) {
    expect(beat.lead, `chapter ${beat.index}`).toBeGreaterThanOrEqual(beat.since ?? beat.from)
    expect(beat.lead, `chapter ${beat.index}`).toBeLessThanOrEqual(beat.to)
  }
  const proxies = scenes.filter(({ beat }) => beat.chapter === 'kube-proxy')
  expect(proxies.length).toBeGreaterThan(0)
  for (const { facts } of proxies) expect(facts.proxies).toBeDefined()
})

it('a command that is given while others are at work is told twice: when kubectl starts, and when it asks', () => {
  const { session } = storyOf('create deployment web --image=nginx:1.27 --replicas=3')
  session.seek({ position: 4 })
  session.command({ type: 'kubectl', line: 'scale deployment web --replicas=1' })
  session.finish()
  const told = session.beats.chapters().map(({ kind }) => kind)
  expect(told.slice(4, 10)).toEqual(['kubectl', 'scheduler', 'kubelet', 'kubectl', 'apiserver', 'deployment'])
  const sceneAt = (position: number) => {
    session.seek({ position })
    return session.frame().scene
  }
  expect(sceneAt(5)?.facts.silent).toBe(1)
  expect(sceneAt(8)?.lead).toMatchObject({ reason: 'http.request', room: 'kubectl', args: { resource: 'deployments/scale' } })
})

it('to read a log is no start of a Pod: the kubelet is asked for it by the apiserver', () => {
  const { scenes } = storyOf('create deployment web --image=nginx:1.27', 'logs deployment/web')
  const { lead, facts } = scenes.find(({ beat }) => beat.chapter === 'kubelet') as BeatScene
  expect([lead.reason, lead.room, facts.readers, facts.nodes]).toEqual(['kubelet.request', 'apiserver', 'node-1', undefined])
})

it('to run a command in a container is no start of a Pod, either', () => {
  const { scenes } = storyOf('create deployment web --image=nginx:1.27', 'exec deployment/web -- env')
  const { lead, facts } = scenes.find(({ beat }) => beat.chapter === 'kubelet') as BeatScene
  expect([lead.reason, lead.room, facts.runners, facts.nodes]).toEqual(['kubelet.request', 'apiserver', 'node-1', undefined])
})

it('a request to a forwarded port has a story of its own: curl, and the way into the Pod and back', () => {
  const up = ['create deployment web --image=nginx:1.27', 'port-forward deployment/web 8080:80 8081:81'] as const
  const opened = storyOf(...up).scenes.find(({ beat }) => beat.chapter === 'kubelet') as BeatScene
  expect([opened.facts.forwarders, opened.facts.opened, opened.facts.nodes]).toEqual(['node-1', 1, undefined])
  const { session, scenes } = storyOf(...up, 'curl localhost:8080')
  expect(kinds(scenes)).toEqual(['curl', 'forward'])
  expect(scenes[0]?.facts).toMatchObject({ connected: 'localhost:8080' })
  expect(scenes[1]?.facts).toMatchObject({ forwarders: 'node-1', port: 80, replied: 1 })
  expect(scenes[1]?.packets.map(({ from, to, kind }) => `${from} ${to} ${kind}`)).toEqual([
    'kubectl apiserver request',
    'apiserver kubelet/node-1 request',
    'kubelet/node-1 runtime/node-1 request',
    'runtime/node-1 kubelet/node-1 response',
    'kubelet/node-1 apiserver response',
    'apiserver kubectl response',
  ])
  session.toEnd()
  const before = session.beats.count('story')
  session.command({ type: 'kubectl', line: 'curl localhost:8081' })
  session.finish()
  session.seek({ position: before + 2 })
  expect(session.frame().scene?.facts).toMatchObject({ port: 81, unreached: 1 })
  session.toEnd()
  const end = session.beats.count('story')
  session.command({ type: 'kubectl', line: 'curl localhost:8080' })
  session.finish()
  session.seek({ position: end + 1 })
  expect(session.frame().scene?.facts).toMatchObject({ exited: 1 })
  expect(session.beats.count('story')).toBe(end + 1)
})

it('the story of many objects says which of them kubectl goes on with, and tells each actor once they repeat themselves', () => {
  const one = (name: string) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } },
      },
    })
  const stdin = Array.from({ length: 12 }, (_, i) => one(`part-${i}`)).join('\n')
  const { session, scenes } = storyOf({ line: 'apply -f -', stdin })
  expect(scenes.length).toBeLessThan(24)
  const asking = scenes.filter(({ beat }) => beat.chapter === 'kubectl')
  for (const { beat, facts } of asking) {
    const creates = [...session.simulation.trace.entries(beat.from, beat.to)].filter(
      e => e.reason === 'http.request' && e.room === 'kubectl' && (e.args as { verb?: string }).verb === 'create',
    )
    expect(facts.changes ?? 1, `chapter ${beat.index}`).toBe(creates.length)
  }
  expect(asking.some(({ facts }) => Number(facts.changes) > 1)).toBe(true)
})

it('a StatefulSet’s Pods come up one turn after the other', () => {
  const stdin = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: 5,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'postgres:16' }] } },
    },
  })
  const { scenes } = storyOf({ line: 'apply -f -', stdin })
  expect(kinds(scenes)).toEqual(['kubectl', 'apiserver', 'controller', 'scheduler', 'kubelet', 'turn', 'turn', 'turn'])
  expect(sum(scenes.slice(-3), 'podsCreated')).toBe(4)
})

it('what the apiserver stores is what kubectl asked for, though others write at the same time', () => {
  const stdin = ['a', 'b', 'c', 'd']
    .map(
      name => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"},"spec":{"containers":[{"name":"c","image":"x"}]}}`,
    )
    .join('\n')
  const { session, scenes } = storyOf({ line: 'apply -f -', stdin })
  for (const { beat, lead, facts } of scenes.filter(each => each.beat.chapter === 'apiserver')) {
    expect(session.simulation.trace.entry(lead.args.request as Seq).room, `chapter ${beat.index}`).toBe('kubectl')
    // that kubectl finds no such Pod before it creates it is no failure of what it creates
    expect(facts.failed).toBeUndefined()
  }
})

it('in the middle of a chapter, where finer steps have led, that chapter is shown as far as it has come', () => {
  const { session } = storyOf('create deployment web --image=nginx:1.27 --replicas=3')
  session.setDepth('requests')
  for (let n = 1; n <= session.beats.count('requests'); n += 7) {
    session.setDepth('requests')
    session.seek({ position: n })
    const { cursor } = session.place
    session.setDepth('story')
    const { scene, positions } = session.frame()
    const ends = session.beats.endOf('story', positions.story.n) === cursor
    expect(scene?.beat.index).toBe(positions.story.n + (ends ? 0 : 1))
    expect(scene?.beat.isUnderWay).toBe(ends ? undefined : true)
    expect(scene?.beat.to).toBe(cursor)
    for (const packet of scene?.packets ?? []) expect(packet.seq).toBeLessThanOrEqual(cursor)
    expect(scene?.lead.seq).toBeLessThanOrEqual(cursor)
    if (ends) continue
    session.step(-1)
    expect(session.place.cursor).toBe(session.beats.endOf('story', positions.story.n))
  }
})

it('a Pod that a quota refuses is not told as created', () => {
  const { scenes } = storyOf('create quota q --hard=pods=1', 'create deployment web --image=nginx:1.27 --replicas=2')
  const facts = scenes.find(({ beat }) => beat.chapter === 'replicaset')?.facts
  expect(facts).toMatchObject({ podsCreated: 1, podsDenied: 1 })
  expect(facts?.denial).toContain('exceeded quota')
})

it('the story of a schedule begins anew with each tick', () => {
  const { session } = storyOf('create cronjob tick --image=busybox --schedule="* * * * *" -- true')
  session.toEnd()
  for (let i = 0; i < 2; i++) {
    const before = session.beats.count('story')
    session.skip()
    session.finish()
    const ticked = session.beats.chapters().slice(before)
    expect(ticked.map(({ kind }) => kind)).toEqual(['controller', 'scheduler', 'kubelet'])
    session.toEnd()
  }
})

it('a ReplicaSet is said to be scaled only where another number of Pods is asked for', () => {
  const of = (...lines: readonly string[]) =>
    storyOf(CREATE_THREE, ...lines).scenes.find(({ beat }) => beat.chapter === 'deployment')
  const annotated = of('annotate deployment web note=hi')?.facts
  expect(annotated?.replicasetsChanged).toBeUndefined()
  expect(annotated?.replicasetsKept).toMatch(/^web-/)
  const scaled = of('scale deployment web --replicas=5')?.facts
  expect(scaled?.replicasetsChanged).toMatch(/^web-/)
  expect(scaled?.replicasetsKept).toBeUndefined()
})

it('where a Service is deleted its Endpoints are deleted and its rules are taken away; else both are written', () => {
  const facts = (...lines: readonly string[]) => {
    const { scenes } = storyOf(CREATE_THREE, ...lines)
    const of = (chapter: string) => scenes.find(({ beat }) => beat.chapter === chapter)?.facts
    return [of('endpoints')?.endpointsGone, of('kube-proxy')?.unruled]
  }
  expect(facts('expose deployment web --port=80', 'delete service web')).toEqual(['web', 3])
  expect(facts('expose deployment web --port=80')).toEqual([undefined, undefined])
})
const CREATE_THREE = 'create deployment web --image=nginx:1.27 --replicas=3'

it('a Pod that finds no node at first is not said to wait where it finds one in the same chapter', () => {
  const { scenes } = storyOf({ line: 'apply -f -', stdin: STATEFUL })
  const facts = scenes.find(({ beat }) => beat.chapter === 'scheduler')?.facts
  expect([facts?.bound, facts?.unschedulable]).toEqual(['default/db-0', undefined])
})
const STATEFUL = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: redis, image: "redis:7"}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

it('what holds Pods is shown with its numbers, whatever its kind', () => {
  const { session } = storyOf({ line: 'apply -f -', stdin: STATEFUL }, CREATE_THREE, 'create job pi --image=busybox -- echo 3', {
    line: 'apply -f -',
    stdin: STATEFUL.replace('StatefulSet', 'DaemonSet')
      .replace('name: db', 'name: each')
      .replace('  serviceName: db\n', '')
      .replace(/ {2}volumeClaim[\s\S]*/, ''),
  })
  session.toEnd()
  const { workloads, controllers } = session.frame().view
  expect(workloads.map(({ kind, ready, desired }) => `${kind} ${ready}/${desired}`)).toEqual([
    'Deployment 3/3',
    'StatefulSet 1/1',
    'DaemonSet 3/3',
    'Job 1/1',
    'ReplicaSet 3/3',
  ])
  const numbers = (part: string) => controllers.filter(each => each.part === part).map(({ actual, desired }) => [actual, desired])
  expect(['statefulset', 'daemonset', 'job'].flatMap(numbers)).toEqual([
    [1, 1],
    [3, 3],
    [1, 1],
  ])
})

it('a kubelet is said to set up a sandbox where it asks for one: not where a container is started again, a pull is tried again or a Pod is gone', () => {
  const session = new Session(defaultCluster({ openapi }), tools)
  const kubeletOf = () => {
    let position = session.beats.count('story')
    while (position > 0 && session.beats.beat('story', position).chapter !== 'kubelet') position--
    session.seek({ position })
    return session.frame().scene?.facts
  }
  session.command({ type: 'kubectl', line: 'run crash --image=busybox -- sh -c "exit 1"' })
  session.finish()
  expect(kubeletOf()).toMatchObject({ sandboxes: 1 })
  session.toEnd()
  // the first restarts come within half a minute, and are told with the start
  for (let i = 0; i < 6; i++) session.skip()
  const again = kubeletOf()
  expect([again?.started, again?.sandboxes]).toEqual([1, undefined])
  session.toEnd()
  session.command({ type: 'kubectl', line: 'delete pod crash --force --grace-period=0' })
  session.finish()
  const gone = kubeletOf()
  expect([gone?.started, gone?.sandboxes]).toEqual([undefined, undefined])
})

it('an image whose pull fails is not among those that are pulled', () => {
  const { scenes } = storyOf('create deployment bad --image=nginx:doesnotexist')
  const { trouble, images } = scenes.find(({ beat }) => beat.chapter === 'kubelet')?.facts ?? {}
  expect([trouble, images]).toEqual(['PullImage nginx:doesnotexist', undefined])
})

it('a node that is cordoned is said to get its taint, and one that is uncordoned to lose it', () => {
  const facts = (...lines: readonly string[]) => storyOf(...lines).scenes.find(({ beat }) => beat.chapter === 'controller')?.facts
  expect(facts('cordon node-1')?.taints).toBe('node.kubernetes.io/unschedulable:NoSchedule')
  expect(facts('cordon node-1', 'uncordon node-1')?.untainted).toBe(1)
})
