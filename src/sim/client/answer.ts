/** Answers find the procedures of a client room that wait for them. */
import type { WatchEnd, WatchEvent } from '../api/messages'
import { answerProcedure, type Runner } from '../kernel/procedure'
import type { ClientRoom, ClientState, ClientWorld } from './room'

const runners = new WeakMap<object, unknown>()

/** How the procedures of a room are run. */
export function runnerOf<S extends ClientState>(room: ClientRoom<S>): Runner<ClientWorld<S>> {
  const known = runners.get(room)
  if (known) return known as Runner<ClientWorld<S>>
  const runner: Runner<ClientWorld<S>> = {
    library: room.procedures,
    ...(room.ended && { ended: room.ended }),
    context: ({ context }) => context,
  }
  runners.set(room, runner)
  return runner
}

/** Hands an answer to a procedure of the room: for messages of its own that answer a `waitFor`. */
export function answer<S extends ClientState>(world: ClientWorld<S>, procedure: number, slot: number, value: unknown): void {
  answerProcedure(runnerOf(world.room), world.state.procedures, world, procedure, slot, value, world.context.cause)
}

/** A line of a watch that a procedure follows. */
export function toStream<S extends ClientState>(world: ClientWorld<S>, procedure: number, message: WatchEvent | WatchEnd): void {
  const stream = world.state.streams.get(message.id)
  if (!stream) return
  if (!stream.waiting) {
    stream.events.push(message)
    stream.causes.push(world.context.cause)
    return
  }
  stream.waiting = false
  answer(world, procedure, 0, message)
}
