/** For tests: bad input through a whole cluster, and what may not come of it. */
import { ROOMS } from './api/rooms'
import type { KubeObject } from './api/types'
import type { EtcdState } from './etcd/etcd'
import type { Input } from './fuzz-inputs'
import { Simulation, type SimulationConfig } from './kernel/simulation'
import { type Message, milliseconds, type Seq, type Time } from './kernel/types'

export interface Ran {
  readonly code: number | undefined
  readonly output: string
  /** Requests of kubectl that were to change something: whether each was accepted. */
  readonly writes: readonly boolean[]
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** Runs a command to its end; Ctrl-C ends what follows. */
export function run(simulation: Simulation, id: number, input: Input): Ran {
  const from = simulation.trace.length
  simulation.command({ to: ROOMS.kubectl, message: { type: 'kubectl', id, ...input } as Message, text: input.line })
  let code: number | undefined
  let output = ''
  const writes: boolean[] = []
  let seen = from
  const look = (until: Time): void => {
    while (code === undefined && simulation.now < until) {
      simulation.run({ time: until, deliveries: 40 })
      for (const e of simulation.trace.entries((seen + 1) as Seq)) {
        const args = e.args as unknown as { id?: number; code?: number; text?: string; verb?: string; resource?: string }
        if (e.reason === 'kubectl.exit' && args.id === id) code = args.code
        if (e.reason === 'kubectl.output' && args.id === id) output += args.text ?? ''
        if (e.reason === 'http.response' && e.hop?.to === ROOMS.kubectl && WRITES.has(args.verb ?? ''))
          if (!args.resource?.startsWith('self')) writes.push((args.code ?? 500) < 400)
      }
      seen = simulation.trace.length
    }
  }
  look((simulation.now + milliseconds(3000)) as Time)
  if (code === undefined) {
    simulation.command({ to: ROOMS.kubectl, message: { type: 'kubectl.interrupt', id } as Message, text: '^C' })
    look((simulation.now + milliseconds(60_000)) as Time)
  }
  return { code, output, writes }
}

const texts = new WeakMap<KubeObject, string>()

/** What people say of an object: all but what the control plane notes in it of its own accord. */
function said(object: KubeObject): string {
  let text = texts.get(object)
  if (text === undefined) {
    const { status: _, metadata, spec, ...others } = object
    const rest = { ...others, spec: { ...spec, replicas: undefined } }
    const { uid, labels, annotations = {}, finalizers } = metadata
    const theirs = Object.entries(annotations).filter(([key]) => !key.startsWith('deployment.kubernetes.io/'))
    text = JSON.stringify({ ...rest, uid, labels, theirs, finalizers })
    texts.set(object, text)
  }
  return text
}

/** Every object but those that a cluster at rest writes all the time, and those that controllers make. */
function contents(simulation: Simulation): string {
  const { store } = simulation.state(ROOMS.etcd) as EtcdState
  const lines: string[] = []
  const isScaled = (store.buckets.get('/registry/horizontalpodautoscalers/')?.size ?? 0) > 0
  for (const [bucket, keys] of store.buckets) {
    // a claim and its volume find each other when their controller comes by
    if (/leases|minions|events|persistentvolume/.test(bucket)) continue
    for (const { key, value } of keys.values()) {
      if (value.metadata.ownerReferences) continue
      // those of its controller follow the pods, which may go minutes after their node
      if (value.metadata.labels?.['endpoints.kubernetes.io/managed-by'] !== undefined) continue
      lines.push(`${key} ${said(value)}`)
      // an autoscaler changes them when it pleases
      if (!isScaled) lines.push(`${key} replicas ${value.spec?.replicas}`)
    }
  }
  return lines.sort().join('\n')
}

/** What no answer of Kubernetes has in it. */
const STRANGE = /\bundefined\b|\[object |\bNaN\b|is not a function|is not iterable|Cannot read|Maximum call/

/** Of a command that Ctrl-C ended. */
const INTERRUPTED = 130

/** What is wrong with how an input was answered; undefined when nothing is. */
function problem({ line, stdin }: Input, { code, output, writes }: Ran, before: string, after: string): string | undefined {
  if (code === undefined) return 'does not end'
  if (code !== 0 && code !== INTERRUPTED && output === '') return 'fails without a word'
  if (STRANGE.test(output) && !STRANGE.test(`${line}${stdin}`)) return `says ${output}`
  if (writes.includes(true) || before === after) return undefined
  const known = new Set(before.split('\n'))
  return `was refused, and changed ${after.split('\n').filter(each => !known.has(each))}`
}

/** After so many accepted writes the cluster is as it was at first. */
const RENEW = 12
/** So many failures are enough to see. */
const ENOUGH = 20

const aMinuteLater = (simulation: Simulation): Time => (simulation.now + milliseconds(60_000)) as Time

/** What came of many inputs. */
export interface Outcome {
  /** What was wrong with the answers. */
  readonly failures: readonly string[]
  /** Inputs that were answered without an error, and such that changed something: chance should make both. */
  readonly succeeded: number
  readonly changed: number
}

/** Gives inputs to a cluster, one after another, which begins anew again and again. */
export function tryAll(config: SimulationConfig, begin: Simulation, count: number, inputOf: (i: number) => Input): Outcome {
  const base = begin.snapshot()
  const failures: string[] = []
  let simulation = begin
  let [accepted, changed, succeeded] = [0, 0, 0]
  for (let i = 1; i <= count && failures.length < ENOUGH; i++) {
    const input = inputOf(i)
    const fail = (why: string): number => failures.push(`run ${i} ${JSON.stringify(input)}: ${why}`)
    const before = contents(simulation)
    try {
      const ran = run(simulation, i, input)
      const wrong = problem(input, ran, before, contents(simulation))
      if (wrong !== undefined) fail(wrong)
      if (ran.code === 0) succeeded++
      if (ran.writes.includes(true)) {
        accepted++
        changed++
      }
      simulation.run({ settled: true, time: aMinuteLater(simulation) })
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error))
      accepted = RENEW
    }
    if (accepted < RENEW && simulation.settled) continue
    accepted = 0
    simulation = Simulation.restore(config, begin.trace, base)
  }
  return { failures, succeeded, changed }
}

/** A cluster that has applied manifests, at rest. */
export function prepared(config: SimulationConfig, manifests: readonly string[]): Simulation {
  const simulation = Simulation.boot(config)
  simulation.run({ settled: true })
  for (const stdin of manifests) run(simulation, 0, { line: 'apply -f -', stdin })
  simulation.run({ settled: true, time: aMinuteLater(simulation) })
  return simulation
}
