import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloneState, loadState, StateSaver } from './clone'
import { RecordMap, StateMap } from './state-map'

describe('a snapshot', () => {
  it('copies what can change and shares what is frozen', () => {
    const frozen = Object.freeze({ big: 1 })
    const state = { map: new Map([['k', [1, 2]]]), set: new Set(['x']), frozen }
    const copy = cloneState(state)
    state.map.get('k')?.push(3)
    state.set.add('y')
    expect(copy.map.get('k')).toEqual([1, 2])
    expect([...copy.set]).toEqual(['x'])
    expect(copy.frozen).toBe(frozen)
  })

  it('leads two paths to one thing to one thing again', () => {
    const both = { n: 1 }
    const copy = cloneState({ a: both, b: new Map([['k', both]]) })
    expect(copy.b.get('k')).toBe(copy.a)
  })

  it('refuses a function, a class instance or a state that contains itself', () => {
    expect(() => cloneState({ later: () => 1 })).toThrow('plain data')
    expect(() => cloneState({ date: new Date(0) })).toThrow('plain data')
    const round: { self?: unknown } = {}
    round.self = round
    expect(() => cloneState(round)).toThrow('contains itself')
  })

  it('keeps what has not changed since the last one', () => {
    const state = { still: { list: [1, 2], map: new Map([['k', { n: 1 }]]) }, moves: { n: 1 } }
    const saver = new StateSaver()
    const first = saver.save(state) as { values: readonly unknown[] }
    state.moves.n = 2
    const second = saver.save(state) as { values: readonly unknown[] }
    expect(second.values[0]).toBe(first.values[0])
    expect(second.values[1]).not.toBe(first.values[1])
    expect(loadState(first)).toEqual({ ...state, moves: { n: 1 } })
    expect(loadState(second)).toEqual(state)
  })
})

/** What a room may do with its state between two snapshots. */
const ACTS = ['set', 'delete', 'touch', 'clear', 'move', 'save', 'load'] as const
const acts = fc.array(fc.record({ act: fc.constantFrom(...ACTS), key: fc.nat(40), value: fc.nat() }), {
  maxLength: 200,
  // without this a list has ten acts at most
  size: 'max',
})

interface State {
  readonly plain: Map<number, { n: number }>
  readonly fixed: StateMap<number, number>
  readonly records: RecordMap<number, { n: number }>
}

/** The state as text, with the order of what is in it. */
const text = ({ plain, fixed, records }: State): string => JSON.stringify([[...plain], [...fixed], [...records]])

describe('a state map', () => {
  it('is saved, loaded and saved on as a plain Map is, in its order, whatever is done to it', () => {
    fc.assert(
      fc.property(acts, list => {
        let state: State = { plain: new Map(), fixed: new StateMap(), records: new RecordMap() }
        let saver = new StateSaver()
        const kept: { readonly saved: unknown; readonly text: string }[] = []
        for (const { act, key, value } of list) {
          const { plain, fixed, records } = state
          if (act === 'set') {
            plain.set(key, { n: value })
            fixed.set(key, value)
            records.set(key, { n: value })
          }
          if (act === 'delete' || act === 'move') {
            const there = plain.get(key)
            for (const map of [plain, fixed, records]) map.delete(key)
            if (act === 'move' && there) {
              plain.set(key, there)
              fixed.set(key, there.n)
              records.set(key, { ...there })
            }
          }
          if (act === 'touch')
            for (const map of [plain, records]) {
              const record = map.get(key)
              if (record) record.n = value
            }
          if (act === 'clear' && value % 8 === 0) for (const map of [plain, fixed, records]) map.clear()
          if (act === 'save') kept.push({ saved: saver.save(state), text: text(state) })
          const back = act === 'load' ? kept[value % Math.max(1, kept.length)] : undefined
          if (back) {
            state = loadState<State>(back.saved)
            saver = new StateSaver()
            expect(text(state)).toBe(back.text)
          }
        }
        for (const { saved, text: then } of kept) expect(text(loadState<State>(saved))).toBe(then)
      }),
      { numRuns: 300 },
    )
  })

  it('refuses a value that can change, for nobody would see it change', () => {
    const map = new StateMap<string, object>()
    map.set('k', { n: 1 })
    expect(() => cloneState({ map })).toThrow('a StateMap holds what is immutable: k is not')
  })

  it('takes what is read without being changed for unchanged', () => {
    const map = new RecordMap<string, { n: number }>()
    map.set('k', { n: 1 })
    const saver = new StateSaver()
    const first = saver.save(map)
    expect(map.peek('k')?.n).toBe(1)
    expect(saver.save(map)).toBe(first)
  })
})
