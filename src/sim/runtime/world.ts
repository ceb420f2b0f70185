import { type CriRequest, type CriResponse, type CriResult, containerOf, subjectOf } from '../api/cri'
import type { NodeProfile } from '../api/node-profile'
import { nodeRoom } from '../api/rooms'
import type { Context } from '../kernel/types'
import type { RuntimeState } from './state'

/** What the runtime's functions act on. Bound to one delivery. */
export interface World {
  readonly profile: NodeProfile
  readonly state: RuntimeState
  readonly context: Context
}

/** Answers a call, or does so a little later; `error` is a gRPC status as it prints. */
export function answer(world: World, request: CriRequest, result: CriResult, error?: string, delayMs?: number): void {
  const { id, call } = request
  const { method } = call
  const of = containerOf(call)
  const known = of === undefined ? undefined : world.state.containers.get(of)
  const subject = known?.status.name ?? subjectOf(call)
  Object.freeze(result)
  const response: CriResponse = error ? { type: 'cri.response', id, result, error } : { type: 'cri.response', id, result }
  const args = error ? { id, method, subject, error } : { id, method, subject }
  world.context.send(
    nodeRoom('kubelet', world.profile.name),
    response,
    'cri.response',
    args,
    delayMs === undefined ? undefined : { delayMs },
  )
}
