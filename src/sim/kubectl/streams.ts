// Models the streams of k8s.io/client-go/rest/request.go (Stream): answers that go on, here logs that are followed.
import type { StreamChunk } from '../api/messages'
import type { Status } from '../api/types'
import { openWatch, perform, waitFor } from '../client/effects'
import type { RequestSpec } from '../client/http'
import { answer } from '../client/room'
import { type KubectlState, type KubectlWorld, type Run, type Session, signed } from './session'

/** Opens a stream; its first piece, or a refusal. What comes later is told by `nextChunk`. */
export function* openStream(
  s: Session,
  spec: RequestSpec,
): Run<{ readonly stream: number; readonly text: string; readonly goesOn: boolean } | { readonly refused: Status }> {
  const { stream, response } = yield* openWatch<KubectlState>(signed(s, spec))
  const goesOn = response.code === 200 || response.code === 101
  yield* perform<KubectlState, void>(({ state }) => {
    // chunks have a queue of their own, so that one command can follow several
    state.streams.delete(stream)
    if (!goesOn) state.requests.delete(stream)
  })
  if (response.code >= 300) return { refused: response.body as Status }
  return { stream, text: typeof response.body === 'string' ? response.body : '', goesOn }
}

/** The next piece of any of the command's streams. */
export function* nextChunk(s: Session): Run<StreamChunk> {
  const queued = yield* perform<KubectlState, StreamChunk | undefined>(({ state }) => state.chunks.get(s.id)?.shift())
  if (queued) return queued
  return yield* waitFor<KubectlState, StreamChunk>(({ state }) => {
    state.streaming.add(s.id)
  })
}

/** A piece has come: the command that waits for it gets it, else it is kept. */
export function receiveChunk(world: KubectlWorld, chunk: StreamChunk): void {
  const { state } = world
  const waiter = state.requests.get(chunk.id)?.waiter
  if (waiter?.kind !== 'stream') return
  if (chunk.last) state.requests.delete(chunk.id)
  const command = [...state.running].find(([, procedure]) => procedure === waiter.procedure)?.[0]
  if (command === undefined) return
  if (state.streaming.delete(command)) answer(world, waiter.procedure, 0, chunk)
  else state.chunks.set(command, [...(state.chunks.get(command) ?? []), chunk])
}
