/** What rooms act through: it knows who acts and why, and the bus writes that down with all that they do. */
import type { Waiting } from './event-queue'
import type { Place } from './house'
import { nextRandom, type RandomStream } from './random'
import type { Trace } from './trace'
import type { Cause, Context, Message, ReasonCode, Reasons, RoomId, SendOptions, Seq, Time, TimerId, TimerOptions } from './types'

/** Who acts when nobody in the cluster does. */
export const OUTSIDE = 'user' as RoomId
export const NOBODY = 0 as Seq

/** What a context needs of the run. */
export interface Bus {
  readonly now: Time
  readonly trace: Trace
  /** Puts a message of `context` under way. */
  transmit(
    context: BoundContext,
    to: RoomId,
    message: Message,
    reason: ReasonCode,
    args: unknown,
    options: SendOptions | undefined,
  ): Seq
  arm(context: BoundContext, delayMs: number, message: Message, options: TimerOptions | undefined): TimerId
  /** Cancelling what has fired, or was cancelled before, does nothing. */
  disarm(timer: TimerId): void
}

/** The context that rooms act through: one object, bound to each delivery in turn. */
export class BoundContext implements Context {
  /** Who acts: the room, or the part of it that `as` names. */
  actor = OUTSIDE
  cause: Cause = NOBODY
  housekeeping = false
  /** What is handled. */
  private item: Pick<Waiting, 'to' | 'from'> = { to: OUTSIDE, from: OUTSIDE }
  /** Of the room. */
  private place: Place | undefined = undefined

  constructor(private readonly bus: Bus) {}

  bind(item: Waiting, place: Place | undefined): void {
    this.item = item
    this.place = place
    this.actor = item.to
    this.cause = item.cause
    this.housekeeping = item.housekeeping
  }

  get room(): RoomId {
    return this.place === undefined ? this.item.to : this.place.room.id
  }

  get from(): RoomId {
    return this.item.from
  }

  get to(): RoomId {
    return this.item.to
  }

  get now(): Time {
    return this.bus.now
  }

  readonly random = (): number => nextRandom(this.place?.random as RandomStream)

  after(delayMs: number, message: Message, options?: TimerOptions): TimerId {
    return this.bus.arm(this, delayMs, message, options)
  }

  cancel(timer: TimerId): void {
    this.bus.disarm(timer)
  }

  note<R extends ReasonCode>(reason: R, args: Reasons[R]): Seq {
    return this.bus.trace.append(this.now, this.actor, this.cause, reason, args, this.housekeeping)
  }

  send<R extends ReasonCode>(to: RoomId, message: Message, reason: R, args: Reasons[R], options?: SendOptions): Seq {
    return this.bus.transmit(this, to, message, reason, args, options)
  }

  because<T>(cause: Cause, act: () => T): T {
    const before = this.cause
    this.cause = cause
    try {
      return act()
    } finally {
      this.cause = before
    }
  }

  as<T>(part: RoomId, act: () => T): T {
    const before = this.actor
    this.actor = part
    try {
      return act()
    } finally {
      this.actor = before
    }
  }

  enter(part: RoomId, cause: Cause): RoomId {
    const before = this.actor
    this.actor = part
    this.cause = cause
    return before
  }

  quietly<T>(housekeeping: boolean, act: () => T): T {
    const before = this.housekeeping
    this.housekeeping = housekeeping
    try {
      return act()
    } finally {
      this.housekeeping = before
    }
  }
}
