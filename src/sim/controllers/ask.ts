/** What controllers say in their procedures, in short. */
import type { HttpResponse } from '../api/messages'
import { controllerRoom, controllerUser } from '../api/rooms'
import { by, type ControllerProcedure, type ControllerState } from '../client/controller'
import { call, callAll, perform } from '../client/effects'
import { type EventRecord, recordEvent } from '../client/events'
import type { RequestSpec } from '../client/http'
import type { Time } from '../kernel/types'
import { messageOf, namespaceIsTerminating } from './objects'

/** A controller's name (its account) and part; `component` is what its Events call it, where that is another name. */
export interface Self {
  readonly name: string
  readonly part: string
  readonly component?: string
}

/** One request under a controller's own account, and its answer. */
export function* ask<Body = unknown>(self: Self, spec: RequestSpec): ControllerProcedure<HttpResponse<Body>> {
  return yield* call<ControllerState, Body>(by(self, spec))
}

/** Several requests at once. */
export function* askAll<Body = unknown>(
  self: Self,
  specs: readonly RequestSpec[],
): ControllerProcedure<readonly HttpResponse<Body>[]> {
  return yield* callAll<ControllerState, Body>(specs.map(spec => by(self, spec)))
}

/** The time now, in virtual µs. */
export function* now(): ControllerProcedure<Time> {
  return yield* perform<ControllerState, Time>(world => world.context.now)
}

/** A sync can't go on; its key comes back after a back-off, unless trying again would never help. */
export interface Failed {
  readonly retry: string
  readonly isFinal?: boolean
}
/** A step of a sync: what it brings, or why the sync ends. */
export type Step<T> = ControllerProcedure<T | Failed>
/** True for a step that ends its sync. */
export const failed = (result: unknown): result is Failed => typeof result === 'object' && result !== null && 'retry' in result
/** Ends a sync with what the apiserver said. A namespace that goes away takes the object along: there is nothing to try again. */
export const fail = (response: HttpResponse): Failed => ({
  retry: messageOf(response),
  ...(namespaceIsTerminating(response) && { isFinal: true }),
})
/** DeleteOptions without any option, as client-go sends them. */
export const DELETE_OPTIONS = Object.freeze({ kind: 'DeleteOptions', apiVersion: 'v1' })

/** Records an Event under a controller's name. */
export function* say(self: Self, event: EventRecord): ControllerProcedure {
  const { name, part, component = name } = self
  yield* perform<ControllerState, void>(world =>
    recordEvent(world, { component, user: controllerUser(name) }, event, controllerRoom(part)),
  )
}
