// What goroutines of one command do at the same time: requests and pauses are begun one by one, and what comes first is taken first.
import type { HttpResponse } from '../api/messages'
import { perform, type SleepMessage, waitFor } from '../client/effects'
import { type RequestSpec, sendRequest } from '../client/http'
import { type KubectlState, type Run, type Session, signed } from './session'

/** Sends a request whose answer comes by `nextAnswer`; its id. */
export function* send(s: Session, spec: RequestSpec): Run<number> {
  return yield* perform<KubectlState, number>(world =>
    sendRequest(world, signed(s, spec), { kind: 'procedure', procedure: world.state.running.get(s.id) ?? 0, slot: 0 }),
  )
}

/** Lets `nextAnswer` come back with nothing after so many virtual milliseconds. */
export function* wakeAfter(s: Session, ms: number): Run {
  yield* perform<KubectlState, void>(({ context, state }) => {
    context.after(ms, { type: 'client.sleep', procedure: state.running.get(s.id) ?? 0, slot: 0 } as SleepMessage)
  })
}

/** The first answer to come of what was sent, or undefined at the end of a pause. */
export function* nextAnswer(): Run<HttpResponse | undefined> {
  return yield* waitFor<KubectlState, HttpResponse | undefined>(() => {})
}
