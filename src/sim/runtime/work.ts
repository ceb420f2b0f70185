/**
 * Calls that take their time. Those that keep a processor busy (sandboxes with their networks, runc's containers) share the node's: where more of them
 * are under way than it can serve, all are slower. No upstream file: it is what the recordings show of pods that start together.
 */
import type { CriRequest } from '../api/cri'
import type { Duration } from '../api/node-profile'
import type { Cause, Message, TimerId } from '../kernel/types'
import type { World } from './world'

/** A call whose time has come. */
export interface WorkMessage extends Message {
  readonly type: 'runtime.work'
  readonly request: CriRequest
  readonly exitCode?: number
}

/** A call that keeps a processor busy. Replaced, never changed. */
export interface Job {
  readonly message: WorkMessage
  readonly cause: Cause
  /** Milliseconds that it would take by itself from `since` (virtual µs) on, and how fast it goes: 1 by itself. */
  readonly left: number
  readonly since: number
  readonly speed: number
  readonly timer: TimerId
}

const between = ([least, most]: Duration, chance: number): number => least + (most - least) * chance

/** Answers to a call after some time. */
export function takes(world: World, request: CriRequest, duration: Duration, more = 0, exitCode?: number): void {
  const message: WorkMessage = { type: 'runtime.work', request, ...(exitCode !== undefined && { exitCode }) }
  world.context.after(more + between(duration, world.context.random()), message)
}

/** Answers to a call after so much work. */
export function works(world: World, request: CriRequest, duration: Duration): void {
  const { state, context, profile } = world
  const { parallel } = profile.runtime
  if (parallel === undefined) {
    takes(world, request, duration)
    return
  }
  const message: WorkMessage = { type: 'runtime.work', request }
  const left = between(duration, context.random())
  const speed = Math.min(1, parallel / (state.jobs.size + 1))
  retime(world, speed)
  const timer = context.after(left / speed, message)
  state.jobs.set(request.id, Object.freeze({ message, cause: context.cause, left, since: context.now, speed, timer }))
}

/** A job is done: the others go on faster, if they were slowed. */
export function worked(world: World, { request }: WorkMessage): void {
  const { state, profile } = world
  const { parallel } = profile.runtime
  if (parallel === undefined || !state.jobs.delete(request.id)) return
  retime(world, Math.min(1, parallel / Math.max(1, state.jobs.size)))
}

/** A change of speed that is smaller than this is waited with: of a hundred jobs, one more or less makes no difference. */
const WORTH = 0.1

/** All jobs go on at another speed. */
function retime({ state, context }: World, speed: number): void {
  const { now } = context
  for (const [id, job] of [...state.jobs]) {
    if (Math.abs(job.speed - speed) < WORTH * speed) continue
    const left = Math.max(0, job.left - ((now - job.since) / 1000) * job.speed)
    context.cancel(job.timer)
    const timer = context.because(job.cause, () => context.after(left / speed, job.message))
    state.jobs.set(id, Object.freeze({ ...job, left, since: now, speed, timer }))
  }
}
