// Models pkg/kubelet/pleg/generic.go and pkg/kubelet/container/cache.go: every second the kubelet lists what its runtime has.
import { perform, sleep } from '../client/effects'
import type { KubeletProcedure, KubeletWorld } from './state'

const PERIOD_US = 1_000_000
/** The status manager looks at all statuses so often (syncPeriod). */
export const STATUS_PERIOD_US = 10 * PERIOD_US

/** Milliseconds until the kubelet next lists what its runtime has. */
export function untilRelist({ context, state }: KubeletWorld): number {
  return untilTick(context.now, state.tick, PERIOD_US)
}

/** Milliseconds until the status manager's next round: it began with the list of the runtime. */
export const untilStatuses = ({ context, state }: KubeletWorld): number => untilTick(context.now, state.tick, STATUS_PERIOD_US)

const untilTick = (now: number, tick: number, period: number): number =>
  (period - ((now + STATUS_PERIOD_US - tick) % period)) / 1000

const NOT_YET = { workedAt: 0, relisted: false } as const

/** Milliseconds until the runtime will have been listed since the worker's last piece of work. */
function untilNews(world: KubeletWorld, uid: string): number {
  const { workedAt, relisted } = world.state.workers.peek(uid) ?? NOT_YET
  if (workedAt === 0 || relisted) return 0
  const ms = untilRelist(world)
  return world.context.now - workedAt > PERIOD_US - ms * 1000 ? 0 : ms
}

/** Waits until what is known of a pod's runtime is newer than its worker's last piece of work. Models podCache.GetNewerThan. */
export function* newerStatus(uid: string): KubeletProcedure {
  const ms = yield* perform(untilNews, uid)
  if (ms > 0) yield* sleep(ms)
}
