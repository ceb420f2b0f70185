// Models the wait for more of a log file (waitLogs in pkg/kubelet/kuberuntime/logs/logs.go): inotify, which is the node's, is a call here.
import type { CriCall, CriRequest } from '../api/cri'
import type { Message } from '../kernel/types'
import { logOf, nextLineAt } from './logs'
import { answer, type World } from './world'

type WatchCall = CriCall & { readonly method: 'WatchLog' }

/** The file of a container that somebody waits for has grown. */
export interface WrittenMessage extends Message {
  readonly type: 'runtime.written'
  /** Of the call that waits. */
  readonly id: number
}

/** Answers as soon as the container has written something after `call.after`, or does not run any more. */
export function watchLog(world: World, request: CriRequest, call: WatchCall): void {
  const { state, context } = world
  const container = state.containers.get(call.container)
  const log = container ? logOf(container, context.now).filter(({ at }) => at > call.after) : []
  const running = container?.status.state === 'running'
  if (!container || log.length > 0 || !running) {
    answer(world, request, { log: Object.freeze(log), running, readAt: context.now })
    return
  }
  const next = nextLineAt(container, context.now)
  // what a program writes comes of its own accord: the clock does not run for it
  const timer =
    next === undefined
      ? undefined
      : context.after((next - context.now) / 1000, { type: 'runtime.written', id: request.id } as WrittenMessage, {
          housekeeping: true,
        })
  state.logWatches.set(request.id, timer === undefined ? Object.freeze({ request }) : Object.freeze({ request, timer }))
}

/** The time of the next line has come. */
export function logWritten(world: World, id: number): void {
  const watch = world.state.logWatches.get(id)
  if (!watch) return
  world.state.logWatches.delete(id)
  watchLog(world, watch.request, watch.request.call as WatchCall)
}

/** Those that wait for a container's log hear that it has ended; without a container all are forgotten. */
export function endLogWatches(world: World, container?: string): void {
  const { state, context } = world
  for (const [id, { request, timer }] of [...state.logWatches]) {
    const call = request.call as WatchCall
    if (container !== undefined && call.container !== container) continue
    state.logWatches.delete(id)
    if (timer !== undefined) context.cancel(timer)
    if (container !== undefined) watchLog(world, request, call)
  }
}

/** Whoever waited has gone. */
export function unwatchLog({ state, context }: World, id: number): void {
  const timer = state.logWatches.get(id)?.timer
  if (timer !== undefined) context.cancel(timer)
  state.logWatches.delete(id)
}
