/** For tests: a whole cluster, and somebody who types at its prompt. */
import openapi from './api/data/openapi.json'
import type { KubectlMessage } from './api/kubectl'
import { ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Message, RoomId, Seq, Time } from './kernel/types'

/** What a command has printed so far, and its exit code if it has one. */
export interface Printed {
  readonly out: string
  readonly err: string
  readonly code?: number
}

/** The prompt of a cluster: commands run until nothing more happens by itself. */
export class Prompt {
  private next = 1
  private readonly begins = new Map<number, Seq>()

  constructor(public simulation: Simulation) {}

  /** A cluster at rest: the app's, if nothing else is said. */
  static boot(config = defaultCluster({ openapi })): Prompt {
    const simulation = Simulation.boot(config)
    simulation.run({ settled: true })
    return new Prompt(simulation)
  }

  /** Sends something to a room. */
  give(to: RoomId, message: Message, text: string = message.type): void {
    this.simulation.command({ to, message, text })
    this.simulation.run({ settled: true })
  }

  /** Types a command, whose id is returned; nothing has happened yet. */
  type(line: string, more: Partial<KubectlMessage> = {}): number {
    const id = this.next++
    this.begins.set(id, (this.simulation.trace.length + 1) as Seq)
    this.simulation.command({ to: ROOMS.kubectl, message: { type: 'kubectl', id, line, ...more } as Message, text: line })
    return id
  }

  /** Starts a command; it may go on. */
  start(line: string, more: Partial<KubectlMessage> = {}): number {
    const id = this.type(line, more)
    this.simulation.run({ settled: true })
    return id
  }

  printed(of: number): Printed {
    const result: { out: string; err: string; code?: number } = { out: '', err: '' }
    for (const { reason, args } of this.simulation.trace.entries(this.begins.get(of))) {
      const { id, stream, text, code } = args as { id?: number; stream?: string; text?: string; code?: number }
      if (id !== of) continue
      if (reason === 'kubectl.output') result[stream === 'stdout' ? 'out' : 'err'] += text
      if (reason === 'kubectl.exit' && code !== undefined) result.code = code
    }
    return result
  }

  /** Runs a command. */
  run(line: string, more: Partial<KubectlMessage> = {}): Printed {
    return this.printed(this.start(line, more))
  }

  /** Runs a command; what a terminal shows of it, errors first. */
  shown(line: string, more: Partial<KubectlMessage> = {}): string {
    const { out, err } = this.run(line, more)
    return err + out
  }

  /** Ctrl-C. */
  interrupt(id: number): void {
    this.give(ROOMS.kubectl, { type: 'kubectl.interrupt', id } as Message, '^C')
  }

  /** Lets virtual time pass. */
  pass(ms: number): void {
    this.simulation.run({ time: (this.simulation.now + ms * 1000) as Time })
  }
}
