/** Objects that chance builds from the schema, and what the apiserver accepts of them, meet the controllers, the scheduler and the nodes. */
import { expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import { apiPath, RESOURCES, type Resource, resourceByKind, resourceNamed, subresourceOf } from './api/kinds'
import { MEDIA, type Method } from './api/messages'
import { appNode } from './api/node-profile'
import { ROOMS, USERS } from './api/rooms'
import { createSchema, type StructType } from './api/schema'
import { parseTime } from './api/time'
import type { KubeObject } from './api/types'
import { bodyOf, type Drawing, redrawn } from './apiserver/fuzz-bodies'
import { type Asking, type ClientState, client } from './apiserver/testing'
import { createCluster } from './cluster'
import type { EtcdState } from './etcd/etcd'
import { randomOf } from './fuzz-inputs'
import { Simulation, type SimulationConfig } from './kernel/simulation'
import { milliseconds, type Room, roomId, type Seq, type Time } from './kernel/types'

/** More with `KUBESTAGE_FUZZ=300 npx vitest run src/sim/objects.fuzz`; another beginning with KUBESTAGE_FUZZ_SEED. */
const RUNS = Number(process.env.KUBESTAGE_FUZZ ?? 6)
const SEED = Number(process.env.KUBESTAGE_FUZZ_SEED ?? 1)

const schema = createSchema(openapi)
const TEST = roomId('test')
const nodes = [1, 2].map(i => appNode(`node-${i}`, i))
const cluster = createCluster({ seed: 3, openapi, nodes })
const config: SimulationConfig = { ...cluster, rooms: [...cluster.rooms, client(TEST) as Room] }

/** Kinds that somebody acts on, some of them more often. */
const ACTED_ON = [
  ...['pods', 'pods', 'pods', 'deployments.apps', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps'],
  ...['jobs.batch', 'cronjobs.batch', 'services', 'services', 'endpoints', 'endpointslices.discovery.k8s.io'],
  ...['persistentvolumes', 'persistentvolumeclaims', 'storageclasses.storage.k8s.io', 'poddisruptionbudgets.policy'],
  ...['horizontalpodautoscalers.autoscaling', 'resourcequotas', 'limitranges', 'nodes', 'replicationcontrollers'],
].map(resourceNamed)
const SERVED = RESOURCES.filter(({ verbs }) => verbs.includes('create') && verbs.includes('get'))

const OBJECTS = 12
/** How often chance may draw anew what is refused. */
const TRIES = 5
/** So many entries in a virtual minute are too many for a dozen objects, and so many requests of one kind about one of them. */
const MOST_ENTRIES = 60_000
const MOST_REQUESTS = 75

/** Fields that say how many pods somebody wants: thousands of them would take long, and show no more. */
const COUNTS = new Set(['replicas', 'minReplicas', 'maxReplicas', 'parallelism', 'completions'])
const FEW = 6
const modest = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body), (key, value) => (COUNTS.has(key) && value > FEW ? FEW : value))

/** Within so many virtual seconds what is deleted goes, and so long after its time it may still be there. */
const LONG = 240
const GRACE_US = 60e6

class Run {
  readonly simulation: Simulation

  constructor(begin: Simulation, base: ReturnType<Simulation['snapshot']>) {
    this.simulation = Simulation.restore(config, begin.trace, base)
  }

  /** Sends what is JSON, as from the wire, and lets some time pass. Whether it was accepted. */
  ask(method: Method, path: string, body?: unknown): boolean {
    const headers = { user: USERS.admin, contentType: method === 'PATCH' ? MEDIA.mergePatch : MEDIA.json }
    const sent = body === undefined ? {} : { body: modest(body) }
    const message: Asking = { type: 'ask', quiet: false, request: { method, path, query: {}, headers, ...sent } }
    const { answers, next } = this.simulation.state(TEST) as ClientState
    this.simulation.command({ to: TEST, message, text: `${method} ${path}` })
    this.pass(0.3)
    return (answers.get(next)?.code ?? 500) < 400
  }

  /** Some virtual seconds; throws when too much happens in them. */
  pass(seconds: number): void {
    const { simulation } = this
    const until = (simulation.now + milliseconds(seconds * 1000)) as Time
    const from = simulation.trace.length
    simulation.run({ time: until, entries: from + MOST_ENTRIES })
    if (simulation.now < until && simulation.trace.length >= from + MOST_ENTRIES)
      throw new Error(`does not end: ${this.busiest(from)}`)
  }

  /** What is asked most since an entry. */
  busiest(from: number): string {
    const [most] = [...this.requests(from)].sort((a, b) => b[1] - a[1])
    return most ? `${most[1]} times ${most[0]}` : ''
  }

  /** What should have gone: the objects of owners that have gone and are of kinds that there are, and what was deleted and nobody of the users keeps. */
  leftovers(): readonly string[] {
    const { store } = this.simulation.state(ROOMS.etcd) as EtcdState
    const all = [...store.buckets.values()].flatMap(keys => [...keys.values()])
    const uids = new Set(all.map(({ value }) => value.metadata.uid))
    const isLeft = ({ metadata, kind }: KubeObject): boolean => {
      const { deletionTimestamp, ownerReferences: owners = [], finalizers = [] } = metadata
      if (deletionTimestamp === undefined)
        return owners.length > 0 && owners.every(o => !uids.has(o.uid) && resourceByKind(o.apiVersion, o.kind))
      // a volume stays while it is bound, and a StatefulSet's claims stay
      if (kind === 'PersistentVolume' || finalizers.some(name => !name.includes('kubernetes.io/'))) return false
      return this.simulation.now - (parseTime(deletionTimestamp) ?? 0) > GRACE_US
    }
    return all.filter(({ value }) => isLeft(value)).map(({ key }) => key)
  }

  private requests(from: number): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { room, reason, args, housekeeping } of this.simulation.trace.entries((from + 1) as Seq)) {
      if ((reason as string) !== 'http.request' || housekeeping) continue
      const { verb, resource, namespace = '', name = '' } = args as unknown as Record<string, string>
      const what = `${room} ${verb} ${resource} ${namespace}/${name}`
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
    return counts
  }
}

/** Somebody makes objects, changes some, and deletes some; each time the cluster has a while to make something of it. */
function play(run: Run, seed: number): void {
  const random = randomOf(seed)
  const drawing: Drawing = { random, sparse: 3 + random(12), wrong: random(4) === 0 ? 40 : 0 }
  const made: { readonly resource: Resource; readonly path: string; readonly body: Record<string, unknown> }[] = []
  for (let i = 0; i < OBJECTS; i++) {
    const list = random(4) === 0 ? SERVED : ACTED_ON
    const resource = list[random(list.length)] as Resource
    const name = `it-${i}`
    for (let tries = 0; tries < TRIES; tries++) {
      const drawn = bodyOf(drawing, schema, resource, 'default')
      const given = typeof drawn.metadata === 'object' ? drawn.metadata : {}
      const body = { ...drawn, metadata: { ...given, name } }
      if (!run.ask('POST', apiPath(resource, 'default'), body)) continue
      made.push({ resource, path: apiPath(resource, 'default', name), body })
      break
    }
  }
  run.pass(60)
  for (const { resource, path, body } of made) {
    if (random(2) === 0) continue
    const type = schema.typeOf(resource.apiVersion, resource.kind) as StructType
    // a finished Job may not be said to be unfinished; the apiserver lets that pass yet
    const to = random(3) === 0 && resource.kind !== 'Job' && subresourceOf(resource, 'status') ? `${path}/status` : path
    for (let tries = 0; tries < TRIES; tries++) if (run.ask('PATCH', to, redrawn(drawing, type, body, 2))) break
  }
  run.pass(60)
  for (const { path } of made) if (random(2) === 0) run.ask('DELETE', path)
  run.pass(60)
  const from = run.simulation.trace.length
  run.pass(60)
  const busiest = run.busiest(from)
  if (Number.parseInt(busiest, 10) > MOST_REQUESTS) throw new Error(`asks for ever: ${busiest}`)
  for (const { path } of made) run.ask('DELETE', path)
  run.pass(LONG)
  const left = run.leftovers()
  if (left.length > 0) throw new Error(`does not go: ${left.join(', ')}`)
}

test(`${RUNS} times a dozen objects from the schema (seed ${SEED}): nothing throws, nobody asks for ever, and what is deleted goes`, () => {
  const begin = Simulation.boot(config)
  begin.run({ settled: true })
  const base = begin.snapshot()
  const failures: string[] = []
  for (let i = 1; i <= RUNS && failures.length < 10; i++) {
    try {
      play(new Run(begin, base), SEED * 1_000_003 + i)
    } catch (error) {
      const { message, cause, stack } = error as Error
      const where = ((cause as Error | undefined)?.stack ?? stack ?? '').split('\n').slice(1, 5).join('')
      failures.push(`run ${i} of seed ${SEED}: ${message.slice(0, 300)} ${where}`)
    }
  }
  expect(failures).toEqual([])
}, 3_600_000)
