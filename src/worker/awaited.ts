/** Which housekeeping people wait for: the clock goes on to it, or it is offered as "skip to". */
import { ROOMS } from '../sim/api/rooms'
import type { LoggedCommand } from '../sim/kernel/history'
import type { Message } from '../sim/kernel/types'

/**
 * Housekeeping that people wait for all the same: a schedule that comes round, an autoscaler's next look, the next measurement, a line of a
 * followed log, the end of a program, a container or a pull that is tried again after its back-off, and a Job whose time is over.
 */
export const isAwaited = (message: Message): boolean =>
  OFFERED.has(message.type) ||
  (message.type === 'controller.add' && AWAITED.has((message as Message & { readonly part: string }).part))
const OFFERED = new Set(['metrics.tick', 'runtime.written', 'runtime.exit', 'kubelet.again'])
const AWAITED = new Set(['cronjob', 'horizontal-pod-autoscaler', 'ttl-after-finished'])

/** Tells, after the commands of a log, by which messages the cluster notices that a process was stopped, or is there again. */
export function finderOf(
  commands: readonly LoggedCommand[],
  readyNodes: () => ReadonlySet<string>,
): (message: Message) => boolean {
  const stopped = new Set<string>()
  let wasStopped = false
  for (const { command } of commands) {
    const { to, message } = command
    if (message.type === 'boot') stopped.delete(to)
    if (message.type !== 'stop') continue
    stopped.add(to)
    wasStopped = true
  }
  if (!wasStopped) return () => false
  const isServed = !stopped.has(ROOMS.apiserver) && !stopped.has(ROOMS.etcd)
  const hasStopped = (kind: string) => [...stopped].some(room => room.startsWith(`${kind}/`))
  const ready = isServed && (hasStopped('kubelet') || hasStopped('runtime')) ? readyNodes() : new Set()
  const isUnnoticed = (kind: string) =>
    [...stopped].some(room => room.startsWith(`${kind}/`) && ready.has(room.slice(kind.length + 1)))
  const counts: Readonly<Record<string, boolean>> = {
    'apiserver.etcd.dial': !stopped.has(ROOMS.etcd),
    'client.relist': isServed,
    'client.sleep': isServed,
    'kubelet.runtime': !hasStopped('runtime') || isUnnoticed('runtime'),
    'kubelet.heartbeat': isUnnoticed('runtime'),
    'node-lifecycle.monitor': isUnnoticed('kubelet'),
    'controller.add': hasStopped('kubelet') || hasStopped('runtime'),
  }
  return message => (counts[message.type] ?? false) && isAboutThat(message)
}

/** Of what sleeps, only who tries again because nobody has answered; of what controllers look at again, the Pods of nodes that are not ready. */
const isAboutThat = (message: Message & { readonly aloud?: true; readonly part?: string }): boolean =>
  message.type === 'client.sleep'
    ? message.aloud === true
    : message.type !== 'controller.add' || message.part === 'taint-eviction'
