import { describe, expect, it } from 'vitest'
import { Simulation } from './simulation'
import { type Message, type Room, roomId, type Seq, type Time } from './types'

declare module './types' {
  interface Reasons {
    'test.said': { what: string }
  }
}

interface Said extends Message {
  readonly what?: string
  readonly message?: { readonly what?: string }
}
interface State {
  readonly heard: string[]
  readonly disk: string[]
}
const [A, B] = [roomId('a'), roomId('b')]

/** It writes down what it hears; `tell` sends, `wait` arms a timer, `late` is a message that outlives its process. */
const room = (id: typeof A, other: typeof A): Room<State> => ({
  id,
  init: left => ({ heard: [], disk: (left as string[] | undefined) ?? [] }),
  leaves: ({ disk }) => disk,
  outlives: message => message.type === 'late',
  connections: () => (id === A ? [B] : []),
  handle: (state, message, context) => {
    const { type, what, message: back } = message as Said
    const words = `${type}${what ? ` ${what}` : ''}${back ? ` ${back.what}` : ''}`
    if (Array.isArray(state)) {
      state.push(words)
      return
    }
    state.heard.push(words)
    if (what === 'disk') state.disk.push(what)
    if (type === 'tell') context.send(other, { type: 'said', what } as Said, 'test.said', { what: what ?? '' })
    if (type === 'wait') context.after(1, { type: what ?? '' })
  },
})

const config = { seed: 1, latency: () => () => 100, rooms: [room(A, B), room(B, A)] as Room[] }

class Run {
  constructor(public simulation = Simulation.boot(config)) {
    this.settle()
  }
  settle(): this {
    this.simulation.run({ settled: true })
    return this
  }
  give(to: typeof A, type: string, what?: string): this {
    this.simulation.command({ to, message: { type, ...(what && { what }) } as Message, text: type })
    return this
  }
  after(us: number): this {
    this.simulation.run({ time: (this.simulation.now + us) as Time })
    return this
  }
  heard(id: typeof A): readonly string[] | undefined {
    return (this.simulation.state(id) as State | undefined)?.heard.filter(words => words !== 'boot')
  }
}

describe('a room that is stopped', () => {
  it('refuses: what is sent to it comes back, as a hop of its own', () => {
    const run = new Run().give(B, 'stop').settle().give(A, 'tell', 'hello').settle()
    expect(run.heard(A)).toEqual(['closed', 'tell hello', 'refused hello'])
    const last = run.simulation.trace.entry(run.simulation.trace.length as Seq)
    expect([last.room, last.reason, last.hop?.to]).toEqual([B, 'kernel.refused', A])
  })

  it('closes its connections, whoever opened them, after all that it has sent', () => {
    const run = new Run().give(A, 'tell', 'last words').after(1).give(A, 'stop').settle()
    expect(run.heard(B)).toEqual(['said last words', 'closed'])
    expect(new Run().give(B, 'stop').settle().heard(A)).toEqual(['closed'])
  })

  it('hears nothing that was on its way to it, even when it is back before that', () => {
    const run = new Run().give(A, 'tell', 'hello').after(1).give(B, 'stop').give(B, 'boot').settle()
    expect(run.heard(B)).toEqual([])
    expect(run.heard(A)).toEqual(['tell hello', 'closed', 'refused hello'])
  })

  it('loses its state and timers, but for what it leaves and what outlives it', () => {
    const run = new Run()
      .give(B, 'tell', 'disk')
      .give(B, 'wait', 'early')
      .give(B, 'wait', 'late')
      .after(1)
      .give(B, 'stop')
      .settle()
    expect(run.simulation.state(B)).toBeUndefined()
    run.give(B, 'boot').settle()
    expect(run.heard(B)).toEqual([])
    expect((run.simulation.state(B) as State).disk).toEqual(['disk', 'late'])
  })

  it('is stopped in a snapshot, too, with what it has left', () => {
    const run = new Run().give(B, 'tell', 'disk').settle().give(B, 'stop').settle()
    const copy = new Run(
      Simulation.restore(config, run.simulation.trace.fork(run.simulation.trace.length), run.simulation.snapshot()),
    )
    for (const each of [run, copy])
      each.give(A, 'tell', 'hello').settle().give(B, 'boot').settle().give(A, 'tell', 'again').settle()
    expect(copy.simulation.trace.hash()).toBe(run.simulation.trace.hash())
    expect(copy.simulation.state(B)).toEqual({ heard: ['boot', 'said again'], disk: ['disk'] })
  })
})
