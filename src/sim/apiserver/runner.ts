/** Runs the apiserver's procedures: each request that is served is one. */
import { ROOMS } from '../api/rooms'
import { type ProcedureLibrary, type Runner, startProcedure } from '../kernel/procedure'
import type { Cause } from '../kernel/types'
import type { World } from './state'

const library: Record<string, ProcedureLibrary<World>[string]> = {}

/** How procedures of the apiserver are run. Their library is filled by apiserver.ts, which knows all handlers. */
export const RUNNER: Runner<World> = {
  library,
  context: world => world.context,
}

/** Adds procedures by name. */
export function define(procedures: ProcedureLibrary<World>): void {
  Object.assign(library, procedures)
}

/** Starts a procedure by its name. Its arguments must be immutable. */
export const startServing = (world: World, name: string, args: readonly unknown[], cause: Cause = world.context.cause): number =>
  startProcedure(RUNNER, world.state.procedures, world, ROOMS.apiserver, cause, name, args)
