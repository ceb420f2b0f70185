/**
 * Procedures: something that takes several messages (a sync that makes requests, a command that waits) written as one function.
 *
 * A procedure is a generator function that is run again over the answers it has had so far, so what waits is data:
 * `{ name, args, answers, causes }`. Between two answers it must be a pure function of its arguments and answers; whatever it
 * reads or does goes through an effect, whose answer is recorded. The live generator in the record is a cache only:
 * a copy of the record (a snapshot) is brought back to life by feeding it its answers.
 */
import { LIVE } from './clone'
import type { Cause, Context, RoomId, Seq } from './types'

/**
 * What a procedure yields. `perform` acts or reads now, exactly once, in the room's world (its answer must be immutable); `ask` hands
 * something to the room (a request, a timer) and waits for its answer; `await` does that for as many answers as it says. Who asks is
 * told the procedure's id, by which the answer finds it.
 */
export type Effect<World> = Step<World> | Several<World>

interface Several<World> {
  readonly kind: 'await'
  readonly count: number
  readonly act: (world: World, procedure: number) => unknown
}

export type Procedure<World, Result = void> = Generator<Effect<World>, Result, unknown>
// biome-ignore lint/suspicious/noExplicitAny: each procedure has arguments of its own
export type ProcedureLibrary<World> = Readonly<Record<string, (...args: any[]) => Procedure<World, unknown>>>

/** A procedure that waits, as data. */
export interface WaitingProcedure {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
  /** Under which name it acts. */
  readonly part: RoomId
  readonly answers: unknown[]
  /** How many answers it has had: there is room for more. */
  had: number
  /** What it stands for now: what started it, or the answers it went on with. */
  cause: Cause
  /** How many answers are missing of the effect it waits for. */
  missing: number
  /** Where it waits for several: those that are there, in their order, and their causes. */
  several: { readonly slots: unknown[]; readonly causes: Seq[] } | undefined
  /** The generator that has had all answers but the last; it is missing in a loaded record, until it is fed them. */
  [LIVE]?: Generator<Effect<never>, unknown, unknown> | null
}

/** State of all procedures of a room. */
export interface Procedures {
  next: number
  readonly waiting: Map<number, WaitingProcedure>
}

export const newProcedures = (): Procedures => ({ next: 1, waiting: new Map() })

/** One effect as something to `yield*`: it yields the effect, and its result is the answer to it. */
export interface Once<World, Result> {
  [Symbol.iterator](): Iterator<Effect<World>, Result, unknown>
}

// biome-ignore lint/suspicious/noExplicitAny: what an act is given is checked where the step is made
type Act<World> = (world: World, ...given: any[]) => unknown

/** What a generator with that one `yield` would be, at a fifth of the price: the iterator is the effect and its own result, too. */
class Step<World> {
  done = false
  value: unknown = undefined

  constructor(
    readonly kind: 'perform' | 'ask',
    readonly act: Act<World>,
    readonly a: unknown,
    readonly b: unknown,
    readonly c: unknown,
    readonly d: unknown,
  ) {}

  next(answer: unknown): this {
    if (this.value === undefined) this.value = this
    else {
      this.done = true
      this.value = answer
    }
    return this
  }

  [Symbol.iterator](): this {
    return this
  }
}

/**
 * Reads or changes the room's world now. The answer must be immutable (or undefined): it is recorded. `act` is handed what is given
 * behind it: a function that stands for itself costs nothing, one that closes over its surroundings is made anew each time.
 */
export function perform<World, T>(act: (world: World) => T): Once<World, T>
export function perform<World, T, A>(act: (world: World, a: A) => T, a: A): Once<World, T>
export function perform<World, T, A, B>(act: (world: World, a: A, b: B) => T, a: A, b: B): Once<World, T>
export function perform<World, T, A, B, C>(act: (world: World, a: A, b: B, c: C) => T, a: A, b: B, c: C): Once<World, T>
export function perform<World, T, A, B, C, D>(
  act: (world: World, a: A, b: B, c: C, d: D) => T,
  a: A,
  b: B,
  c: C,
  d: D,
): Once<World, T>
export function perform<World, T>(act: Act<World>, a?: unknown, b?: unknown, c?: unknown, d?: unknown): Once<World, T> {
  return new Step<World>('perform', act, a, b, c, d) as unknown as Once<World, T>
}

/** Starts something that answers `count` times and waits for all; the answers come in the order of their slots. */
export function* awaitAll<World, T>(
  count: number,
  start: (world: World, procedure: number) => void,
): Procedure<World, readonly T[]> {
  if (count === 0) return []
  return (yield { kind: 'await', count, act: start }) as readonly T[]
}

/** Starts something that answers once, and waits for that. `act` is handed what is given, as with `perform`. */
export function awaitOne<World, T>(act: (world: World, procedure: number) => void): Once<World, T>
export function awaitOne<World, T, A>(act: (world: World, procedure: number, a: A) => void, a: A): Once<World, T>
export function awaitOne<World, T, A, B>(act: (world: World, procedure: number, a: A, b: B) => void, a: A, b: B): Once<World, T>
export function awaitOne<World, T, A, B, C>(
  act: (world: World, procedure: number, a: A, b: B, c: C) => void,
  a: A,
  b: B,
  c: C,
): Once<World, T>
export function awaitOne<World, T, A, B, C, D>(
  act: (world: World, procedure: number, a: A, b: B, c: C, d: D) => void,
  a: A,
  b: B,
  c: C,
  d: D,
): Once<World, T>
export function awaitOne<World, T>(act: Act<World>, a?: unknown, b?: unknown, c?: unknown, d?: unknown): Once<World, T> {
  return new Step<World>('ask', act, a, b, c, d) as unknown as Once<World, T>
}

/** What the runner needs of the room. */
export interface Runner<World> {
  readonly library: ProcedureLibrary<World>
  /** Called with each procedure that has ended. */
  readonly ended?: (world: World, procedure: WaitingProcedure, result: unknown) => void
  /** What the room acts through. */
  readonly context: (world: World) => Context
}

/** Starts a procedure; it runs up to its first wait at once. Returns its id. */
export function startProcedure<World>(
  runner: Runner<World>,
  state: Procedures,
  world: World,
  part: RoomId,
  cause: Cause,
  name: string,
  args: readonly unknown[],
): number {
  const id = state.next++
  // most have three or four answers; a list that grows of itself has room for sixteen
  const answers = new Array<unknown>(4).fill(undefined)
  const record: WaitingProcedure = { id, name, args, part, answers, had: 0, cause, missing: 0, several: undefined, [LIVE]: null }
  state.waiting.set(id, record)
  advance(runner, state, world, record)
  return id
}

/** Hands an answer to a waiting procedure; it runs on when it has all that it waits for. An ended one hears nothing. */
export function answerProcedure<World>(
  runner: Runner<World>,
  state: Procedures,
  world: World,
  id: number,
  slot: number,
  answer: unknown,
  cause: Cause,
): void {
  const record = state.waiting.get(id)
  if (!record || record.missing === 0) return
  record.missing--
  const { several } = record
  if (several === undefined) {
    record.answers[record.had++] = answer
    record.cause = cause
  } else {
    several.slots[slot] = answer
    if (typeof cause === 'number') several.causes.push(cause)
    else several.causes.push(...cause)
    if (record.missing > 0) return
    record.several = undefined
    record.answers[record.had++] = Object.freeze(several.slots)
    record.cause = several.causes
  }
  advance(runner, state, world, record)
}

/** A procedure is dropped: what it waits for will find nobody. */
export function endProcedure(state: Procedures, id: number): void {
  state.waiting.delete(id)
}

/** The generator of a record that has none, brought back by feeding it all answers but the last. */
function revive<World>(runner: Runner<World>, record: WaitingProcedure): Generator<Effect<World>, unknown, unknown> {
  const make = runner.library[record.name]
  if (!make) throw new Error(`there is no procedure ${record.name}`)
  const generator = make(...record.args)
  record[LIVE] = generator as Generator<Effect<never>, unknown, unknown>
  if (record.had > 0) {
    generator.next()
    for (let i = 0; i + 1 < record.had; i++) generator.next(record.answers[i])
  }
  return generator
}

function advance<World>(runner: Runner<World>, state: Procedures, world: World, record: WaitingProcedure): void {
  const context = runner.context(world)
  const { cause } = context
  const actor = context.enter(record.part, record.cause)
  try {
    const generator = (record[LIVE] as Generator<Effect<World>, unknown, unknown> | null | undefined) ?? revive(runner, record)
    let step = generator.next(record.answers[record.had - 1])
    while (!step.done) {
      const effect = step.value
      if (effect.kind === 'perform') {
        const value = effect.act(world, effect.a, effect.b, effect.c, effect.d)
        record.answers[record.had++] = value
        step = generator.next(value)
      } else {
        wait(world, record, effect)
        return
      }
    }
    state.waiting.delete(record.id)
    runner.ended?.(world, record, step.value)
  } finally {
    context.enter(actor, cause)
  }
}

function wait<World>(world: World, record: WaitingProcedure, effect: Effect<World>): void {
  if (effect.kind === 'await') {
    record.missing = effect.count
    record.several = { slots: new Array(effect.count).fill(undefined), causes: [] }
    effect.act(world, record.id)
  } else {
    record.missing = 1
    effect.act(world, record.id, effect.a, effect.b, effect.c, effect.d)
  }
}
