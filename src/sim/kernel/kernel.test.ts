import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BranchId, History } from './history'
import { tokenCommand, toyConfig } from './testing'
import type { Seq, Time, TraceEntry } from './types'

const MAIN = 0 as BranchId

/** Commands with pauses between them, as a fuzzer gives them. */
const acts = fc.array(
  fc.record({
    room: fc.nat(2),
    hops: fc.integer({ min: 0, max: 12 }),
    wait: fc.constantFrom(0, 0, 500, 3_000, 40_000),
    settle: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
)
type Acts = readonly { readonly room: number; readonly hops: number; readonly wait: number; readonly settle: boolean }[]

function play(seed: number, list: Acts): History {
  const history = new History(toyConfig(seed))
  history.run(MAIN, { settled: true })
  for (const act of list) {
    history.command(MAIN, tokenCommand(act.room, act.hops))
    const { now } = history.branch(MAIN).simulation
    if (act.settle) history.run(MAIN, { settled: true })
    else history.run(MAIN, { time: (now + act.wait) as Time })
  }
  history.run(MAIN, { settled: true })
  return history
}

const causesOf = (entry: TraceEntry): readonly Seq[] => (typeof entry.cause === 'number' ? [entry.cause] : entry.cause)

describe('a run', () => {
  it('gives the same trace for the same seed and commands, byte for byte', () => {
    fc.assert(
      fc.property(fc.nat(), acts, (seed, list) => {
        expect(play(seed, list).branch(MAIN).simulation.trace.hash()).toBe(play(seed, list).branch(MAIN).simulation.trace.hash())
      }),
      { numRuns: 40 },
    )
  })

  it('gives another trace for another seed', () => {
    const list = [{ room: 0, hops: 8, wait: 0, settle: true }]
    expect(play(1, list).branch(MAIN).simulation.trace.hash()).not.toBe(play(2, list).branch(MAIN).simulation.trace.hash())
  })

  it('can be made again from its command log', () => {
    fc.assert(
      fc.property(fc.nat(), acts, (seed, list) => {
        const history = play(seed, list)
        const again = History.replay(toyConfig(0), history.log(MAIN))
        again.run(MAIN, { entries: history.branch(MAIN).simulation.trace.length })
        expect(again.branch(MAIN).simulation.trace.hash()).toBe(history.branch(MAIN).simulation.trace.hash())
      }),
      { numRuns: 40 },
    )
  })

  it('goes on from any entry that is sought to as it did the first time', () => {
    fc.assert(
      fc.property(fc.nat(), acts, fc.nat(), (seed, list, place) => {
        const history = play(seed, list)
        const { trace } = history.branch(MAIN).simulation
        const seq = (1 + (place % trace.length)) as Seq
        const fork = history.fork(MAIN, seq)
        const rest = history.log(MAIN).commands.slice(fork.commands.length)
        for (const { at, deliveries, command } of rest) {
          history.run(fork.id, { deliveries: deliveries - fork.simulation.deliveries })
          fork.simulation.pass(at)
          history.command(fork.id, command)
        }
        history.run(fork.id, { entries: trace.length })
        expect(fork.simulation.trace.hash()).toBe(trace.hash())
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the old future when a command in the past forks', () => {
    const history = play(7, [{ room: 1, hops: 9, wait: 0, settle: true }])
    const before = history.branch(MAIN).simulation.trace.hash()
    const fork = history.fork(MAIN, 12 as Seq)
    history.command(fork.id, tokenCommand(2, 3))
    history.run(fork.id, { settled: true })
    expect(history.branch(MAIN).simulation.trace.hash()).toBe(before)
    expect(fork.simulation.trace.hash()).not.toBe(before)
    expect(fork.simulation.trace.hash(fork.fork?.at)).toBe(history.branch(MAIN).simulation.trace.hash(fork.fork?.at))
  })
})

describe('the trace', () => {
  it('leads from every entry back to a command or to boot', () => {
    fc.assert(
      fc.property(fc.nat(), acts, (seed, list) => {
        for (const entry of play(seed, list).branch(MAIN).simulation.trace.entries()) {
          const causes = causesOf(entry)
          expect(causes.length).toBeGreaterThan(0)
          if (causes.includes(0 as Seq)) expect(['kernel.boot', 'user.command']).toContain(entry.reason)
          for (const cause of causes) expect(cause).toBeLessThan(entry.seq)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is in the order of time, and delivers each link in the order of sending', () => {
    fc.assert(
      fc.property(fc.nat(), acts, (seed, list) => {
        let last = 0
        const links = new Map<string, number>()
        for (const entry of play(seed, list).branch(MAIN).simulation.trace.entries()) {
          expect(entry.at).toBeGreaterThanOrEqual(last)
          last = entry.at
          if (!entry.hop) continue
          const link = `${entry.room}>${entry.hop.to}`
          expect(entry.hop.arrives).toBeGreaterThan(entry.at)
          expect(entry.hop.arrives).toBeGreaterThanOrEqual(links.get(link) ?? 0)
          links.set(link, entry.hop.arrives)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('has the same entries in a fork, wherever it is cut', () => {
    const { trace } = play(3, [{ room: 0, hops: 6, wait: 0, settle: true }]).branch(MAIN).simulation
    for (let length = 1; length <= trace.length; length++) expect(trace.fork(length).hash()).toBe(trace.hash(length as Seq))
  })

  it('refuses a place that it does not have', () => {
    const { trace } = play(1, [{ room: 0, hops: 1, wait: 0, settle: true }]).branch(MAIN).simulation
    expect(() => trace.entry((trace.length + 1) as Seq)).toThrow(RangeError)
    expect(() => trace.entry(0 as Seq)).toThrow(RangeError)
  })
})
