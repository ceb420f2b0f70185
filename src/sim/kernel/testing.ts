/** A toy world for the kernel's tests: rooms that pass tokens on, work in procedures, and arm and cancel timers at random. */
import {
  answerProcedure,
  awaitAll,
  newProcedures,
  type Procedure,
  type Procedures,
  perform,
  type Runner,
  startProcedure,
} from './procedure'
import type { SimulationConfig } from './simulation'
import { type Context, type Message, type Room, type RoomId, roomId, type TimerId } from './types'

declare module './types' {
  interface Reasons {
    'toy.token': { hops: number }
    'toy.work': { step: number }
    'toy.tick': { count: number }
    'toy.ask': { procedure: number }
    'toy.reply': { procedure: number }
  }
}

interface Token extends Message {
  readonly type: 'token'
  readonly hops: number
}
interface Ask extends Message {
  readonly type: 'ask' | 'reply'
  readonly procedure: number
  readonly value: number
}

interface ToyState {
  seen: number
  ticks: number
  readonly timers: TimerId[]
  readonly procedures: Procedures
  readonly log: Map<string, number[]>
}
interface ToyWorld {
  readonly state: ToyState
  readonly context: Context
}

const peers = ['a', 'b', 'c'].map(roomId)
const otherThan = (room: RoomId, n: number): RoomId => {
  const others = peers.filter(p => p !== room)
  return others[n % others.length] as RoomId
}

function* ask(to: RoomId, value: number): Procedure<ToyWorld, number> {
  const [answer] = yield* awaitAll<ToyWorld, number>(1, ({ context }, procedure) => {
    context.send(to, { type: 'ask', procedure, value } as Ask, 'toy.ask', { procedure })
  })
  return answer as number
}

const runner: Runner<ToyWorld> = {
  library: {
    *work(room: RoomId, hops: number): Procedure<ToyWorld> {
      let sum = 0
      for (let step = 0; step < 3; step++) {
        sum += yield* ask(otherThan(room, step + hops), step)
        const total = sum
        yield* perform<ToyWorld, void>(({ state, context }) => {
          context.note('toy.work', { step: total })
          state.log.set(`${step}`, [...(state.log.get(`${step}`) ?? []), total])
        })
      }
    },
  },
  context: ({ context }) => context,
}

function handle(id: RoomId, state: ToyState, message: Message, context: Context): void {
  const world = { state, context }
  switch (message.type) {
    case 'boot':
      context.after(10, { type: 'tick' }, { housekeeping: true })
      return
    case 'tick':
      state.ticks++
      context.note('toy.tick', { count: state.ticks })
      context.after(10 + context.random() * 5, { type: 'tick' }, { housekeeping: true })
      return
    case 'token':
      token(id, state, message as Token, context)
      return
    case 'ask': {
      const { procedure, value } = message as Ask
      context.send(
        context.from,
        { type: 'reply', procedure, value: value * 2 + Math.floor(context.random() * 10) } as Ask,
        'toy.reply',
        { procedure },
      )
      return
    }
    case 'reply': {
      const { procedure, value } = message as Ask
      answerProcedure(runner, state.procedures, world, procedure, 0, value, context.cause)
    }
  }
}

function token(id: RoomId, state: ToyState, { hops }: Token, context: Context): void {
  state.seen++
  if (hops === 0) return
  if (context.random() < 0.3) startProcedure(runner, state.procedures, { state, context }, id, context.cause, 'work', [id, hops])
  if (context.random() < 0.3) state.timers.push(context.after(context.random() * 20, { type: 'token', hops: hops - 1 } as Token))
  const timer = state.timers[0]
  if (timer !== undefined && context.random() < 0.4) {
    context.cancel(timer)
    state.timers.shift()
  }
  context.send(otherThan(id, Math.floor(context.random() * 7)), { type: 'token', hops: hops - 1 } as Token, 'toy.token', { hops })
}

const toyRoom = (id: RoomId): Room<ToyState> => ({
  id,
  init: () => ({ seen: 0, ticks: 0, timers: [], procedures: newProcedures(), log: new Map() }),
  handle: (state, message, context) => handle(id, state, message, context),
})

/** Three rooms; links of one to three milliseconds. */
export const toyConfig = (seed: number): SimulationConfig => ({
  rooms: peers.map(toyRoom) as unknown as Room[],
  seed,
  latency: () => chance => 1000 + chance * 2000,
})

/** A token that goes round `hops` times, given to a room by a person. */
export const tokenCommand = (room: number, hops: number) => ({
  to: peers[room % peers.length] as RoomId,
  message: { type: 'token', hops } as Token,
  text: `token ${hops}`,
})
