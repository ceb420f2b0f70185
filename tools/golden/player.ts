/** Plays a scenario on the simulation, headless: what a person would type, with the waits between. */
import { nodeRoom, ROOMS } from '../../src/sim/api/rooms'
import { hollowNode, realNode } from '../../src/sim/api/node-profile'
import { createCluster } from '../../src/sim/cluster'
import { type Flags, readFlags } from '../../src/sim/flags'
import { Simulation } from '../../src/sim/kernel/simulation'
import type { Message, RoomId, Seq, Time, TraceEntry } from '../../src/sim/kernel/types'
import type { Scenario, Step } from './scenario'

/** What the certificates of the recorded cluster's users say of their groups. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { jane: ['developers'] }

/** A command as the transcript has it. */
export interface Transcript {
  /** Virtual seconds since the first step. */
  readonly at: number
  readonly kubectl?: string
  readonly stdin?: string
  readonly code?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly start?: string
  readonly stop?: string
  readonly watch?: string
  /** Seconds since the watch began, and the line. */
  readonly lines?: readonly (readonly [number, string])[]
}

export interface Played {
  readonly simulation: Simulation
  readonly transcript: readonly Transcript[]
  /** The first entry of the recording, and its virtual time. */
  readonly from: Seq
  readonly start: Time
  /** What could not be played as the scenario says, in words: the rest of it was. */
  readonly left: readonly string[]
}

/** Chance decides races here as in a real cluster; this is the run that is held against the recordings. How it was chosen: docs/fidelity.md. */
const SEED = 6182
const SECOND = 1_000_000
/** A process ends and the next one is started. */
const BETWEEN = 7_000
/** A recorder goes on for so long after the last command's exit: what comes 17 ms after a last request is in its files. */
const CLOSING = 15_000
/** A command that has not ended after so long is given up. */
const COMMAND_LIMIT = 20 * 60 * SECOND
/** What is never quiet for long enough (a namespace that cannot go is looked at every few seconds) is left after so long. */
const SETTLE_LIMIT = 5 * 60 * SECOND

/** Plays a scenario to its end. `openapi` is the document of src/sim/api/data/openapi.json. */
export function play(scenario: Scenario, openapi: unknown, seed = SEED): Played {
  // the recorded apiserver keeps no Endpoints of its own
  const { flags: given, left } = knownFlags(scenario.flags)
  const flags = { ...given, 'kube-apiserver': ['--endpoint-reconciler-type=none', ...(given['kube-apiserver'] ?? [])] }
  const names = [...scenario.nodes, ...scenario.late]
  // nodes are started when the control plane runs
  const nodes = names.map((name, i) => ({ ...(scenario.real ? realNode(name) : hollowNode(name)), bootDelayMs: 2500 + 700 * i }))
  const simulation = Simulation.boot(createCluster({ seed, openapi, nodes, late: scenario.late, flags }))
  const player = new Player(simulation, left)
  // the recordings began so long after their nodes had registered
  player.boot(scenario.real ? 8 : scenario.nodes.length === 1 ? 3 : 5.3)
  for (const line of scenario.setup) player.setUp(line)
  const from = (scenario.fromStart ? 1 : simulation.trace.length + 1) as Seq
  player.begin()
  for (const step of scenario.steps) {
    try {
      player.step(step)
    } catch (error) {
      // what was played until then is worth recording, too
      left.push(`${JSON.stringify(step)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      break
    }
  }
  simulation.run({ time: (simulation.now + CLOSING) as Time })
  return { simulation, transcript: player.transcript(), from, start: scenario.fromStart ? (0 as Time) : player.start, left }
}

/** The flags that the simulation honours; the others are told. */
function knownFlags(flags: Flags): { readonly flags: Flags; readonly left: string[] } {
  const left: string[] = []
  const isKnown = (component: string, flag: string): boolean => {
    try {
      readFlags({ [component]: [flag] })
      return true
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      left.push(error.message)
      return false
    }
  }
  const known = Object.entries(flags).map(([component, all]) => [component, all.filter(flag => isKnown(component, flag))] as const)
  return { flags: Object.fromEntries(known.filter(([, all]) => all.length > 0)), left }
}

const PROCESSES: Readonly<Record<string, RoomId>> = {
  'kube-apiserver': ROOMS.apiserver,
  'kube-controller-manager': ROOMS.controllerManager,
  'kube-scheduler': ROOMS.scheduler,
  etcd: ROOMS.etcd,
}

/** The rooms that a component of a scenario is, in the order in which they start. */
function roomsOf(component: string, kind: 'start' | 'stop'): readonly RoomId[] | undefined {
  const [what = '', node] = component.split(':')
  const process = PROCESSES[what]
  if (process && !node) return [process]
  if (what === 'kube-proxy' && node) return [nodeRoom('kube-proxy', node)]
  if (what === 'containerd' && node) return [nodeRoom('runtime', node)]
  if (what !== 'kubelet' || !node) return undefined
  return kind === 'stop' ? [nodeRoom('kubelet', node)] : [nodeRoom('network', node), nodeRoom('runtime', node), nodeRoom('kubelet', node)]
}

class Player {
  start = 0 as Time
  private id = 0
  private readonly commands: { readonly id: number; readonly at: Time; readonly step: Step }[] = []

  constructor(
    private readonly simulation: Simulation,
    private readonly left: string[],
  ) {}

  /** Until everything is registered and quiet, and so many seconds more, as a recording begins. */
  boot(more: number): void {
    this.simulation.run({ settled: true })
    this.simulation.run({ time: (this.simulation.now + more * SECOND) as Time })
  }

  setUp(line: string): void {
    const code = this.kubectl({ kind: 'kubectl', line })
    if (code !== 0) this.left.push(`setup: kubectl ${line} failed with ${code}`)
    this.simulation.run({ settled: true })
  }

  begin(): void {
    this.start = this.simulation.now
    this.commands.length = 0
  }

  step(step: Step): void {
    const { simulation } = this
    switch (step.kind) {
      case 'kubectl':
        this.kubectl(step)
        return
      case 'watch':
        this.give(step)
        return
      case 'unknown':
        this.left.push(`a step of "${step.what}" is not simulated`)
        return
      case 'sleep':
        simulation.run({ time: (simulation.now + step.seconds * SECOND) as Time })
        return
      case 'settle':
        this.settle(step.seconds)
        return
      case 'align': {
        const wait = (step.second * SECOND - (simulation.now % (60 * SECOND)) + 60 * SECOND) % (60 * SECOND)
        simulation.run({ time: (simulation.now + wait) as Time })
        return
      }
      case 'start':
      case 'stop':
        this.commands.push({ id: 0, at: simulation.now, step })
        this.turn(step.kind, step.component)
    }
  }

  /** `kube-scheduler`, `kubelet:node-2`: a process; with a kubelet the runtime under it, where the node was never on. */
  private turn(kind: 'start' | 'stop', component: string): void {
    const rooms = roomsOf(component, kind)
    if (!rooms) this.left.push(`${kind} of "${component}" is not simulated`)
    for (const id of rooms ?? []) {
      if (kind === 'start' && this.simulation.state(id) !== undefined) continue
      this.simulation.command({ to: id, message: { type: kind === 'start' ? 'boot' : 'stop' }, text: `${kind} ${component}` })
    }
  }

  /** Waits until no write, leases and heartbeats aside, has come for so many seconds. */
  private settle(seconds: number): void {
    const { simulation } = this
    const quiet = seconds * SECOND
    const limit = simulation.now + SETTLE_LIMIT
    let last = simulation.now as number
    let seen = simulation.trace.length
    while (last + quiet <= limit) {
      simulation.run({ time: (last + quiet) as Time })
      let later = false
      for (const e of simulation.trace.entries((seen + 1) as Seq)) {
        if (e.housekeeping || !isWrite(e)) continue
        last = e.at
        later = true
      }
      seen = simulation.trace.length
      if (!later) return
    }
  }

  private give(step: Extract<Step, { line: string }>): number {
    const id = ++this.id
    const { simulation } = this
    this.commands.push({ id, at: simulation.now, step })
    const { line } = step
    const stdin = 'stdin' in step ? step.stdin : undefined
    const user = 'user' in step ? step.user : undefined
    const credential = user !== undefined && { user, ...(GROUPS[user] && { groups: GROUPS[user] }) }
    const message = { type: 'kubectl', id, line, ...(stdin !== undefined && { stdin }), ...credential } as Message
    simulation.command({ to: ROOMS.kubectl, message, text: line })
    return id
  }

  /** Runs a command to its exit, and stops it where it has none; its code. */
  private kubectl(step: Extract<Step, { kind: 'kubectl' }>): number {
    const { simulation } = this
    const id = this.give(step)
    const limit = simulation.now + COMMAND_LIMIT
    let seen = simulation.trace.length
    while (simulation.now < limit) {
      simulation.run({ deliveries: 1 })
      for (const e of simulation.trace.entries((seen + 1) as Seq)) {
        const args = e.args as unknown as { id?: number; code?: number }
        if (e.reason === 'kubectl.exit' && args.id === id) {
          simulation.run({ time: (simulation.now + BETWEEN) as Time })
          return args.code ?? 0
        }
      }
      seen = simulation.trace.length
    }
    this.left.push(`kubectl ${step.line} does not end: it was stopped`)
    simulation.command({ to: ROOMS.kubectl, message: { type: 'kubectl.interrupt', id } as Message, text: 'Ctrl-C' })
    simulation.run({ time: (simulation.now + SECOND) as Time })
    return 130
  }

  transcript(): Transcript[] {
    const outputs = new Map<number, { stdout: string; stderr: string; code: number; lines: [number, string][] }>()
    const begun = new Map(this.commands.map(c => [c.id, c.at]))
    for (const e of this.simulation.trace.entries()) {
      if (!(e.reason as string).startsWith('kubectl.')) continue
      const args = e.args as unknown as { id: number; stream?: 'stdout' | 'stderr'; text?: string; code?: number }
      const out = outputs.get(args.id) ?? { stdout: '', stderr: '', code: 0, lines: [] }
      outputs.set(args.id, out)
      if (e.reason === 'kubectl.output' && args.stream) {
        out[args.stream] += args.text ?? ''
        const seconds = (e.at - (begun.get(args.id) ?? e.at)) / SECOND
        for (const line of (args.text ?? '').replace(/\n$/, '').split('\n')) out.lines.push([round(seconds, 2), line])
      }
      if (e.reason === 'kubectl.exit') out.code = args.code ?? 0
    }
    return this.commands.map(({ id, at, step }) => {
      const out = outputs.get(id) ?? { stdout: '', stderr: '', code: 0, lines: [] }
      const since = round((at - this.start) / SECOND, 4)
      if (step.kind === 'start' || step.kind === 'stop') return { at: since, [step.kind]: step.component }
      if (step.kind === 'watch') return { at: since, watch: step.line, lines: out.lines }
      const { line, stdin } = step as Extract<Step, { kind: 'kubectl' }>
      return { at: since, kubectl: line, ...(stdin !== undefined && { stdin }), code: out.code, stdout: out.stdout, stderr: out.stderr }
    })
  }
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

function isWrite(e: TraceEntry): boolean {
  const args = e.args as unknown as { verb?: string; resource?: string }
  return e.reason === 'http.request' && WRITES.has(args.verb ?? '') && !args.resource?.startsWith('leases')
}

/** A number with at most so many decimals. */
export const round = (n: number, decimals: number): number => Math.round(n * 10 ** decimals) / 10 ** decimals
