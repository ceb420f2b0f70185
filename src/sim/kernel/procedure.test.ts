import { expect, it } from 'vitest'
import { answerProcedure, awaitAll, newProcedures, type Procedure, perform, type Runner, startProcedure } from './procedure'
import { roomId, type Seq } from './types'

interface World {
  readonly heard: unknown[]
}
const runner: Runner<World> = {
  library: {
    *three(): Procedure<World> {
      const answers = yield* awaitAll<World, string>(3, () => {})
      yield* perform<World, void>(({ heard }) => void heard.push(answers))
    },
  },
  context: () => ({ enter: () => {}, leave: () => {} }) as never,
}

it('a procedure that waits for three answers goes on after the last, with all in the order of their places', () => {
  const [state, world] = [newProcedures(), { heard: [] as unknown[] }]
  const id = startProcedure(runner, state, world, roomId('a'), 1 as Seq, 'three', [])
  const answer = (slot: number) => answerProcedure(runner, state, world, id, slot, `answer ${slot}`, (slot + 2) as Seq)
  answer(2)
  answer(0)
  expect(world.heard).toEqual([])
  answer(1)
  expect(world.heard).toEqual([['answer 0', 'answer 1', 'answer 2']])
})
