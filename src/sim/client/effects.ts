/** What procedures of client rooms can do: ask the apiserver, follow a watch, sleep, act in their room. */
import type { HttpResponse, WatchEnd, WatchEvent } from '../api/messages'
import { awaitAll, awaitOne, type Once, type Procedure, perform as performKernel } from '../kernel/procedure'
import type { Cause, Message } from '../kernel/types'
import { cancelRequest, type RequestSpec, sendRequest } from './http'
import { type ClientState, type ClientWorld, requestFor } from './room'

/** A procedure of a client room. */
export type ClientProcedure<S extends ClientState, Result = void> = Procedure<ClientWorld<S>, Result>

/** One effect of a client room, to `yield*`. */
export type ClientEffect<S extends ClientState, Result = void> = Once<ClientWorld<S>, Result>

/** The end of a procedure's sleep. */
export interface SleepMessage extends Message {
  readonly type: 'client.sleep'
  readonly procedure: number
  readonly slot: number
  /** The sleep is housekeeping, what comes after it is not. */
  readonly aloud?: true
}

/** A watch that a procedure follows: what came while nobody waited for it. */
export interface StreamState {
  readonly events: (WatchEvent | WatchEnd)[]
  readonly causes: Cause[]
  waiting: boolean
  /** It has been answered. */
  opened: boolean
}

interface Perform {
  <S extends ClientState, T>(act: (world: ClientWorld<S>) => T): ClientEffect<S, T>
  <S extends ClientState, T, A>(act: (world: ClientWorld<S>, a: A) => T, a: A): ClientEffect<S, T>
  <S extends ClientState, T, A, B>(act: (world: ClientWorld<S>, a: A, b: B) => T, a: A, b: B): ClientEffect<S, T>
  <S extends ClientState, T, A, B, C>(act: (world: ClientWorld<S>, a: A, b: B, c: C) => T, a: A, b: B, c: C): ClientEffect<S, T>
  <S extends ClientState, T, A, B, C, D>(
    act: (world: ClientWorld<S>, a: A, b: B, c: C, d: D) => T,
    a: A,
    b: B,
    c: C,
    d: D,
  ): ClientEffect<S, T>
}
/** Reads or changes the room now, once. The answer is recorded: it must be immutable. */
export const perform: Perform = performKernel

/** One request and its answer. */
export function call<S extends ClientState, Body = unknown>(spec: RequestSpec): ClientEffect<S, HttpResponse<Body>> {
  return awaitOne(ask<S>, spec)
}

function ask<S extends ClientState>(world: ClientWorld<S>, procedure: number, spec: RequestSpec): void {
  requestFor(world, spec, procedure, 0)
}

/** Several requests at once; their answers, in the order of the requests. */
export function* callAll<S extends ClientState, Body = unknown>(
  specs: readonly RequestSpec[],
): ClientProcedure<S, readonly HttpResponse<Body>[]> {
  return yield* awaitAll<ClientWorld<S>, HttpResponse<Body>>(specs.length, (world, procedure) => {
    for (const [slot, spec] of specs.entries()) requestFor(world, spec, procedure, slot)
  })
}

/** Waits for virtual milliseconds. */
export function sleep<S extends ClientState>(ms: number, options?: { readonly housekeeping?: boolean }): ClientEffect<S, void> {
  return awaitOne(lieDown<S>, ms, options)
}

function lieDown<S extends ClientState>(
  { context, state }: ClientWorld<S>,
  procedure: number,
  ms: number,
  options: { readonly housekeeping?: boolean } | undefined,
): void {
  if (state.unanswered && !context.housekeeping && !options)
    context.after(ms, { type: 'client.sleep', procedure, slot: 0, aloud: true } as SleepMessage, { housekeeping: true })
  else context.after(ms, { type: 'client.sleep', procedure, slot: 0 } as SleepMessage, options)
}

/** Waits for one answer that the room gives itself, by `answer(world, procedure, 0, value)`: a CRI call, say. */
export function waitFor<S extends ClientState, T>(begin: (world: ClientWorld<S>, procedure: number) => void): ClientEffect<S, T> {
  return awaitOne(begin)
}

/** Opens a watch. `response.code` says whether it stands; its events come by `nextEvent(stream)`. */
export function* openWatch<S extends ClientState>(
  spec: RequestSpec,
): ClientProcedure<S, { readonly stream: number; readonly response: HttpResponse }> {
  const answered = yield* awaitOne<ClientWorld<S>, HttpResponse>((world, procedure) => {
    const id = sendRequest(world, spec, { kind: 'stream', procedure, stream: 0 })
    world.state.streams.set(id, { events: [], causes: [], waiting: false, opened: false })
  })
  return { stream: answered.id, response: answered }
}

/** The next event of a watch, or its end. */
export function* nextEvent<S extends ClientState>(stream: number): ClientProcedure<S, WatchEvent | WatchEnd> {
  const queued = yield* perform<S, WatchEvent | WatchEnd | undefined>(({ state }) => {
    const open = state.streams.get(stream)
    open?.causes.shift()
    return open?.events.shift()
  })
  if (queued) return queued
  return yield* awaitOne<ClientWorld<S>, WatchEvent | WatchEnd>(({ state }) => {
    const open = state.streams.get(stream)
    if (open) open.waiting = true
  })
}

/** Closes a watch. */
export function* closeWatch<S extends ClientState>(stream: number): ClientProcedure<S, void> {
  yield* perform<S, void>(world => {
    world.state.streams.delete(stream)
    cancelRequest(world, stream)
  })
}
