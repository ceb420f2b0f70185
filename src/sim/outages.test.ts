/** Processes of the control plane that stop at any moment and come back: nothing throws, and the cluster ends up as without that. */
import { describe, expect, it } from 'vitest'
import openapi from './api/data/openapi.json'
import { appNode } from './api/node-profile'
import { nodeRoom, ROOMS } from './api/rooms'
import type { KubeObject } from './api/types'
import type { ApiserverState } from './apiserver/apiserver'
import { createCluster } from './cluster'
import { nextRandom, randomStream } from './kernel/random'
import { Simulation } from './kernel/simulation'
import type { Message, RoomId, Seq, Time } from './kernel/types'

const SECOND = 1_000_000
const STOPPED = {
  etcd: ROOMS.etcd,
  'kube-apiserver': ROOMS.apiserver,
  'kube-controller-manager': ROOMS.controllerManager,
  'kube-scheduler': ROOMS.scheduler,
  'a kubelet': nodeRoom('kubelet', 'node-2'),
  'a kube-proxy': nodeRoom('kube-proxy', 'node-2'),
  containerd: nodeRoom('runtime', 'node-2'),
}
/** What a person does, one after another. */
const LINES = [
  'create deployment web --image=nginx:1.27 --replicas=3',
  'expose deployment web --port=80',
  'create configmap settings --from-literal=a=b',
  'scale deployment web --replicas=5',
  'set image deployment/web nginx=nginx:1.28',
  'create job once --image=busybox -- echo done',
  'run alone --image=nginx',
  'create namespace other',
  'create deployment db --image=redis -n other --replicas=2',
  'delete pod alone --wait=false',
  'delete namespace other --wait=false',
]
/** A reflector's two longest back-offs, before it watches and before it lists, and a little. */
const BACK_OFF = 125
/** Until the last of what failed has been tried again. */
const AT_REST = 400

/** A process is not there for so many seconds, so many after the first command. */
interface Outage {
  readonly room: RoomId
  readonly from: number
  readonly seconds: number
}

class Cluster {
  readonly simulation: Simulation
  private id = 0
  private isBack = false

  constructor(
    seed: number,
    private readonly acts: { readonly at: number; readonly room: RoomId; readonly type: 'boot' | 'stop' }[],
  ) {
    const nodes = [1, 2, 3].map(i => appNode(`node-${i}`, i))
    this.simulation = Simulation.boot(createCluster({ openapi, seed, nodes }))
    this.simulation.run({ settled: true })
    const begin = this.simulation.now
    for (const [i, act] of acts.entries()) acts[i] = { ...act, at: begin + act.at * SECOND }
    acts.sort((a, b) => a.at - b.at)
  }

  /** Time goes by; processes stop and start when it is theirs to. */
  wait(seconds: number): void {
    const { simulation, acts } = this
    const until = simulation.now + seconds * SECOND
    for (let act = acts[0]; act && act.at <= until; act = acts[0]) {
      acts.shift()
      if (act.type === 'boot') this.isBack = true
      simulation.run({ time: act.at as Time })
      simulation.command({ to: act.room, message: { type: act.type }, text: `${act.type} ${act.room}` })
    }
    simulation.run({ time: until as Time })
  }

  /** Runs a command; whether it worked. */
  kubectl(line: string): boolean {
    const { simulation } = this
    const id = ++this.id
    let seen = simulation.trace.length
    simulation.command({ to: ROOMS.kubectl, message: { type: 'kubectl', id, line } as Message, text: line })
    for (;;) {
      this.wait(0.02)
      for (const { reason, args } of simulation.trace.entries((seen + 1) as Seq)) {
        const of = args as unknown as { id?: number; code?: number }
        if (reason === 'kubectl.exit' && of.id === id) return of.code === 0
      }
      seen = simulation.trace.length
    }
  }

  /** A person does something again until it works, or turns out to have worked. */
  insist(line: string): void {
    if (this.kubectl(line)) return
    for (let more = 12; more > 0; ) {
      this.wait(5)
      if (this.acts.length === 0) more--
      if (this.kubectl(line)) break
    }
  }

  /** Until everybody has noticed that a process is back: what is done before may find another order of things. */
  recover(): void {
    if (!this.isBack) return
    this.isBack = false
    this.wait(BACK_OFF)
  }

  /** The objects, but for what differs from run to run. Whether there was time for a ReplicaSet that is not wanted any more does. */
  objects(): string[] {
    const { cachers } = this.simulation.state(ROOMS.apiserver) as ApiserverState
    const all = (kind: string) => [...(cachers.peek(kind)?.objects.values() ?? [])].flatMap(space => [...space.values()])
    return KINDS.flatMap(kind =>
      all(kind)
        .filter(({ spec }) => kind !== 'replicasets.apps' || spec?.replicas !== 0)
        .map(object => `${kind} ${summary(object)}`),
    ).sort()
  }
}
const KINDS = [
  'configmaps',
  'deployments.apps',
  'endpointslices.discovery.k8s.io',
  'jobs.batch',
  'namespaces',
  'nodes',
  'pods',
  'replicasets.apps',
  'serviceaccounts',
  'services',
]

function summary({ metadata, spec, status }: KubeObject): string {
  const { name, namespace, generateName, labels, finalizers, deletionTimestamp } = metadata
  const { replicas, readyReplicas, phase, succeeded, active } = (status ?? {}) as Readonly<Record<string, unknown>>
  const conditions = (status?.conditions ?? []) as readonly { readonly type: string; readonly status: string }[]
  const told = conditions.map(c => `${c.type}=${c.status}`).sort()
  return JSON.stringify({
    ...{ namespace, name: generateName ?? name, app: labels?.app, finalizers, isGoing: deletionTimestamp !== undefined },
    ...{ wanted: spec?.replicas, replicas, readyReplicas, phase, succeeded, active, told, taints: spec?.taints },
  })
}

function play(seed: number, outages: readonly Outage[]): string[] {
  const cluster = new Cluster(
    seed,
    outages.flatMap(({ room, from, seconds }) => [
      { at: from, type: 'stop' as const, room },
      { at: from + seconds, type: 'boot' as const, room },
    ]),
  )
  for (const line of LINES) {
    cluster.wait(2)
    cluster.insist(line)
    cluster.recover()
  }
  cluster.wait(AT_REST)
  return cluster.objects()
}

describe.each([1, 2, 3, 4, 5, 6])('with seed %d', seed => {
  const undisturbed = play(seed, [])
  const outageOf = (name: keyof typeof STOPPED, chance: () => number): Outage => ({
    room: STOPPED[name],
    from: chance() * 30,
    seconds: 0.001 + chance() * 60,
  })
  const chanceOf = (name: string) => {
    const stream = randomStream(seed, name)
    return () => nextRandom(stream)
  }
  it.each(Object.keys(STOPPED) as (keyof typeof STOPPED)[])('%s stops and comes back', name => {
    expect(play(seed, [outageOf(name, chanceOf(name))])).toEqual(undisturbed)
  })
  it('all of them stop and come back', () => {
    const chance = chanceOf('all')
    expect(
      play(
        seed,
        (Object.keys(STOPPED) as (keyof typeof STOPPED)[]).map(name => outageOf(name, chance)),
      ),
    ).toEqual(undisturbed)
  })
})
