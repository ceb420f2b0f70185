import { type CriRequest, type CriResponse, type CriResult, subjectOf } from '../api/cri'
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

/** Answers a call; `error` is a gRPC status as it prints. */
export function answer(world: World, request: CriRequest, result: CriResult, error?: string): void {
  const response: CriResponse = { type: 'cri.response', id: request.id, result: Object.freeze(result), ...(error && { error }) }
  const { method } = request.call
  const args = { id: request.id, method, subject: subjectOf(request.call), ...(error && { error }) }
  world.context.send(nodeRoom('kubelet', world.profile.name), response, 'cri.response', args)
}
