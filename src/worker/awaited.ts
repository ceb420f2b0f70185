/** Which housekeeping people wait for: the clock goes on to it, or it is offered as "skip to". */
import { ROOMS } from '../sim/api/rooms'
import type { LoggedCommand } from '../sim/kernel/history'
import type { Message } from '../sim/kernel/types'

/** Housekeeping that people wait for all the same: a schedule that comes round, an autoscaler's next look, the next measurement, a line of a followed log. */
export const isAwaited = (message: Message): boolean =>
  message.type === 'metrics.tick' ||
  message.type === 'runtime.written' ||
  (message.type === 'controller.add' && AWAITED.has((message as Message & { readonly part: string }).part))
const AWAITED = new Set(['cronjob', 'horizontal-pod-autoscaler'])
/** Housekeeping by which a process finds another one that was stopped and is there again. `stopped` are those that are not. */
function findsAgain({ type, aloud }: Message & { readonly aloud?: true }, stopped: ReadonlySet<string>): boolean {
  if (type === 'apiserver.etcd.dial') return !stopped.has(ROOMS.etcd)
  if (type === 'kubelet.runtime') return ![...stopped].some(room => room.startsWith('runtime/'))
  const isRetry = type === 'client.relist' || (type === 'client.sleep' && aloud === true)
  return isRetry && !stopped.has(ROOMS.apiserver) && !stopped.has(ROOMS.etcd)
}

/** Tells, after the commands of a log, by which messages somebody finds a process that was stopped and is there again. */
export function finderOf(commands: readonly LoggedCommand[]): (message: Message) => boolean {
  const stopped = new Set<string>()
  let wasStopped = false
  for (const { command } of commands) {
    const { to, message } = command
    if (message.type === 'boot') stopped.delete(to)
    if (message.type !== 'stop') continue
    stopped.add(to)
    wasStopped = true
  }
  return message => wasStopped && findsAgain(message, stopped)
}
