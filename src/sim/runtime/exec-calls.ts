// Models containerd internal/cri/server/container_execsync.go: the call, which takes as long as its command.
import type { CriCall, CriRequest } from '../api/cri'
import type { Message } from '../kernel/types'
import { executeIn } from './exec'
import type { Executed } from './shell'
import { answer, type World } from './world'

type ExecSync = Extract<CriCall, { readonly method: 'ExecSync' }>

/** A command that runs in a container has ended, or its time is over. */
export interface ExecMessage extends Message {
  readonly type: 'runtime.exec'
  readonly request: CriRequest
  readonly outcome: Executed
  readonly late: boolean
}

/** Between the call and the command's start, in ms: least, and so much by chance. */
const START_MS = [20, 40] as const

/** Runs a command in a container that runs. */
export function execSync(world: World, request: CriRequest, call: ExecSync): void {
  const { state, context } = world
  const container = state.containers.get(call.container)
  if (container?.status.state !== 'running') {
    const what = container ? `CONTAINER_${container.status.state.toUpperCase()}` : 'CONTAINER_UNKNOWN'
    answer(world, request, {}, `rpc error: code = Unknown desc = failed to exec in container: container is in ${what} state`)
    return
  }
  const outcome = executeIn(container, call.command, context.now)
  const ms = START_MS[0] + START_MS[1] * context.random() + outcome.us / 1000
  const limitMs = call.timeoutSeconds > 0 ? call.timeoutSeconds * 1000 : Number.POSITIVE_INFINITY
  const late = ms > limitMs
  const wait = late ? limitMs : ms
  if (wait < Number.POSITIVE_INFINITY) context.after(wait, { type: 'runtime.exec', request, outcome, late } as ExecMessage)
}

/** The command's answer; what it wrote into files stays. */
export function execEnded(world: World, { request, outcome, late }: ExecMessage): void {
  const call = request.call as ExecSync
  const container = world.state.containers.get(call.container)
  if (late || !container) {
    const limit = `${call.timeoutSeconds}s`
    const why = `timeout ${limit} exceeded: context deadline exceeded`
    answer(world, request, {}, `rpc error: code = DeadlineExceeded desc = failed to exec in container: ${why}`)
    return
  }
  const { known, exitCode, output, files } = outcome
  if (Object.keys(files).length > 0)
    world.state.containers.set(
      call.container,
      Object.freeze({ ...container, files: Object.freeze({ ...container.files, ...files }) }),
    )
  answer(world, request, { known, exitCode, output })
}
