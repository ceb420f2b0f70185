// Models pkg/kubelet/pleg/generic.go and pkg/kubelet/container/cache.go: every second the kubelet lists what its runtime has.
import { perform, sleep } from '../client/effects'
import type { KubeletProcedure, KubeletWorld, PodWorker } from './state'

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

/**
 * Lists of the runtime tell a pod's worker of everything that is new: sandboxes, containers, their ends. One look is for the first piece of
 * news, and if there is more of it, another one a list later, for a look waits for a list that is newer than the last. This is how many pieces of
 * news the list at `tick` brings, or the one before it has left, of what the worker's last sync made; ends of containers aside.
 */
export function newsAt(world: KubeletWorld, { madeFrom, madeTo, sandboxAt = 0, runtime }: PodWorker, tick: number): number {
  if (madeFrom === undefined || madeTo === undefined) return 0
  const first = madeTo + untilTick(madeTo, world.state.tick, PERIOD_US) * 1000
  if (tick < first - SLACK_US || tick > first + PERIOD_US + SLACK_US) return 0
  const before = first - PERIOD_US
  const made = [sandboxAt, ...runtime.containers.flatMap(({ createdAt, startedAt }) => [createdAt, startedAt])]
  const seen = made.some(at => at > madeFrom && at <= before) ? 1 : 0
  const since = (at: number): boolean => at > Math.max(before, madeFrom) && at <= first
  const running = runtime.containers.filter(
    ({ startedAt, state, finishedAt }) => since(startedAt) && (state === 'running' || finishedAt > first),
  )
  const news = seen + (since(sandboxAt) ? 1 : 0) + running.length
  return tick < first + SLACK_US ? news : news > 1 ? 1 : 0
}
const SLACK_US = 1000

/** Waits until what is known of a pod's runtime is newer than its worker's last piece of work. Models podCache.GetNewerThan. */
export function* newerStatus(uid: string): KubeletProcedure {
  const ms = yield* perform(untilNews, uid)
  // what the list brings is known before anybody looks at it
  if (ms > 0) yield* sleep(ms + 0.05)
}
