/**
 * One run: rooms, what waits, the clock, the trace. Deterministic: the same rooms, seed and commands give the same trace,
 * byte for byte, on every engine.
 */
import { BoundContext, type Bus, NOBODY, OUTSIDE } from './context'
import { EventQueue, type Waiting } from './event-queue'
import { House, type Place, type SavedRoom, stateOf, wake } from './house'
import { type Latency, Links, type SavedLinks } from './links'
import { Trace } from './trace'
import {
  type Bounced,
  type Bouncing,
  type Cause,
  type Command,
  type Message,
  milliseconds,
  type ReasonCode,
  type Room,
  type RoomId,
  type SendOptions,
  type Seq,
  type Time,
  type TimerId,
  type TimerOptions,
} from './types'

export interface SimulationConfig {
  /** All rooms, in boot order. */
  readonly rooms: readonly Room[]
  readonly seed: number
  readonly latency: Latency
  /** Rooms that are not switched on at boot; a command with a `boot` message starts them. */
  readonly late?: readonly RoomId[]
}

/** All that a run needs to go on from a point: a copy, shared where immutable. */
export interface Snapshot {
  readonly now: Time
  readonly deliveries: number
  readonly timers: number
  readonly commands: number
  readonly entries: number
  readonly waiting: readonly Waiting[]
  readonly cancelled: ReadonlySet<TimerId>
  readonly rooms: ReadonlyMap<RoomId, SavedRoom>
  readonly links: SavedLinks
  /** How much there is in it to copy. */
  readonly size: number
}

/** What stops a run before the queue is empty. */
export interface Until {
  /** Stop when nothing waits but housekeeping. */
  readonly settled?: boolean
  /** Stop before the first delivery later than this, with the clock at it. */
  readonly time?: Time
  /** Stop after this many more deliveries. */
  readonly deliveries?: number
  /** Stop as soon as the trace has this many entries (at the end of a delivery). */
  readonly entries?: number
}

const NEVER = Number.POSITIVE_INFINITY as Time

/** A room threw: an invariant is broken. The trace up to there is intact. */
export class SimulationError extends Error {
  constructor(
    readonly room: RoomId,
    readonly seq: Seq,
    readonly messageType: string,
    cause: unknown,
  ) {
    super(
      `${room} failed while handling ${messageType} (entry ${seq}): ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
    this.name = 'SimulationError'
  }
}

export class Simulation implements Bus {
  readonly trace: Trace
  private queue = new EventQueue()
  private cancelled = new Set<TimerId>()
  private readonly links: Links
  private readonly house: House
  private readonly context: BoundContext
  private clock = 0 as Time
  private delivered = 0
  private timers = 0
  private given = 0
  /** How many that wait are not housekeeping. */
  private live = 0
  /** Timers that have neither fired nor been cancelled: whether each is housekeeping. */
  private readonly armed = new Map<TimerId, boolean>()

  private constructor(config: SimulationConfig, trace: Trace) {
    this.trace = trace
    this.house = new House(config.rooms, config.seed)
    this.links = new Links(config.seed, config.latency)
    this.context = new BoundContext(this)
  }

  /** A cluster that is being switched on: every room that is not late has its `boot` message waiting. */
  static boot(config: SimulationConfig): Simulation {
    const run = new Simulation(config, new Trace())
    const late = new Set(config.late)
    const boot = run.trace.append(run.clock, OUTSIDE, NOBODY, 'kernel.boot', { seed: config.seed }, false)
    for (const room of config.rooms)
      if (!late.has(room.id)) run.enqueue(run.clock, room.id, OUTSIDE, { type: 'boot' }, boot, false)
    return run
  }

  /** The run as it was; `trace` holds at least the snapshot's entries and is cut to them. */
  static restore(config: SimulationConfig, trace: Trace, from: Snapshot): Simulation {
    const run = new Simulation(config, trace.fork(from.entries))
    run.clock = from.now
    run.delivered = from.deliveries
    run.timers = from.timers
    run.given = from.commands
    run.queue = new EventQueue(from.waiting)
    run.cancelled = new Set(from.cancelled)
    run.house.restore(from.rooms)
    run.links.restore(from.links)
    for (const w of from.waiting) {
      if (w.timer !== undefined && run.cancelled.has(w.timer)) continue
      if (w.timer !== undefined) run.armed.set(w.timer, w.housekeeping)
      if (!w.housekeeping) run.live++
    }
    return run
  }

  snapshot(): Snapshot {
    const rooms = this.house.save()
    const waiting = this.queue.items()
    let size = waiting.length
    for (const room of rooms.values()) size += room.size
    return {
      now: this.clock,
      deliveries: this.delivered,
      timers: this.timers,
      commands: this.given,
      entries: this.trace.length,
      waiting,
      cancelled: new Set(this.cancelled),
      rooms,
      links: this.links.save(),
      size,
    }
  }

  get now(): Time {
    return this.clock
  }
  /** How many messages and timers have been handled; with the time, the place of a command in a log. */
  get deliveries(): number {
    return this.delivered
  }
  /** How many commands have been given. */
  get commands(): number {
    return this.given
  }
  /** Nothing waits but housekeeping. */
  get settled(): boolean {
    return this.live === 0
  }
  /** A room's state, to read; undefined while it is not running. */
  state(id: RoomId): unknown {
    const place = this.house.at(id)
    return place && stateOf(place)
  }

  /** When the next thing happens of its own accord; undefined when nothing waits. */
  nextAt(): Time | undefined {
    return this.next()?.at
  }

  /**
   * When the next thing happens that is not housekeeping, or is housekeeping that `counts`; undefined when nothing of it waits. Looks at
   * all that waits before it.
   */
  nextLiveAt(counts?: (message: Message) => boolean): Time | undefined {
    const counted = (w: Waiting): boolean =>
      (!w.housekeeping || counts?.(w.message) === true) && (w.timer === undefined || !this.cancelled.has(w.timer))
    return this.queue.items().findLast(counted)?.at
  }

  /** A person acts, now. Its entry is written at once; the room gets the message as the next thing at this time. */
  command(command: Command): Seq {
    const { to, message, text } = command
    this.given++
    const seq = this.trace.append(this.clock, OUTSIDE, NOBODY, 'user.command', { to, text }, false)
    this.enqueue(this.clock, to, OUTSIDE, message, seq, false)
    return seq
  }

  /** Lets the clock pass to `time`, where nothing waits before it. */
  pass(time: Time): void {
    const next = this.nextAt()
    this.clock = Math.max(this.clock, Math.min(time, next ?? time)) as Time
  }

  /** Handles what waits, in order, until one of the limits. With `time`, the clock ends there. */
  run(until: Until): void {
    const { settled = false, time = NEVER, deliveries = NEVER, entries = NEVER } = until
    const last = this.delivered + deliveries
    while (!(settled && this.live === 0) && this.delivered < last && this.trace.length < entries) {
      const next = this.next()
      if (next === undefined || next.at > time) {
        if (time !== NEVER) this.clock = Math.max(this.clock, time) as Time
        return
      }
      this.queue.pop()
      this.deliver(next)
    }
  }

  /** What is handled next: the first that waits and has not been cancelled. */
  private next(): Waiting | undefined {
    for (;;) {
      const next = this.queue.peek()
      if (next?.timer === undefined || !this.cancelled.has(next.timer)) return next
      this.queue.pop()
      this.cancelled.delete(next.timer)
    }
  }

  private deliver(item: Waiting): void {
    this.clock = item.at
    this.delivered++
    if (item.timer !== undefined) this.armed.delete(item.timer)
    if (!item.housekeeping) this.live--
    const place = this.house.owner(item.to)
    if (item.from === OUTSIDE && place) {
      if (item.message.type === 'boot') this.house.start(place)
      if (item.message.type === 'stop') {
        this.stop(place)
        return
      }
    }
    const { context } = this
    context.bind(item, place)
    if (place?.saved) wake(place)
    if (place?.state === undefined) {
      const seq = context.note('kernel.undelivered', { to: item.to, type: item.message.type })
      if ((item.message as Bouncing).bounces) this.bounce(item, seq)
      return
    }
    try {
      place.room.handle(place.state, item.message, context)
    } catch (error) {
      throw new SimulationError(place.room.id, this.trace.length as Seq, item.message.type, error)
    }
  }

  /** A connection that nobody takes is refused: the message comes back to who sent it. */
  private bounce({ at, from, to, message, housekeeping }: Waiting, cause: Seq): void {
    const bounced: Bounced = { type: 'bounced', message }
    this.enqueue(at, from, to, bounced, cause, housekeeping)
  }

  /** The process is gone, with its state and its timers. */
  private stop(place: Place): void {
    this.house.stop(place)
    for (const { to, timer } of this.queue.items()) if (timer !== undefined && this.house.owner(to) === place) this.disarm(timer)
  }

  private enqueue(
    at: Time,
    to: RoomId,
    from: RoomId,
    message: Message,
    cause: Cause,
    housekeeping: boolean,
    timer?: TimerId,
  ): void {
    Object.freeze(message)
    this.queue.push({ at, to, from, message, cause, housekeeping, timer })
    if (!housekeeping) this.live++
  }

  /** @internal Puts a message of `context` under way; the caller is the bus. */
  transmit(
    context: BoundContext,
    to: RoomId,
    message: Message,
    reason: ReasonCode,
    args: unknown,
    options: SendOptions | undefined,
  ): Seq {
    const { clock } = this
    const { actor, cause, housekeeping } = context
    const leaves = options?.delayMs ? clock + milliseconds(options.delayMs) : clock
    const arrives = this.links.arrival(actor, to, options?.stream ?? '', leaves)
    const seq = this.trace.append(clock, actor, cause, reason, args, housekeeping, to, arrives, message)
    this.enqueue(arrives, to, actor, message, seq, housekeeping)
    return seq
  }

  /** @internal */
  arm(context: BoundContext, delayMs: number, message: Message, options: TimerOptions | undefined): TimerId {
    const timer = ++this.timers as TimerId
    const at = (this.clock + Math.max(0, milliseconds(delayMs))) as Time
    const housekeeping = options?.housekeeping ?? context.housekeeping
    this.enqueue(at, context.actor, context.room, message, context.cause, housekeeping, timer)
    this.armed.set(timer, housekeeping)
    return timer
  }

  /** @internal Cancelling what has fired, or was cancelled before, does nothing. */
  disarm(timer: TimerId): void {
    const housekeeping = this.armed.get(timer)
    if (housekeeping === undefined) return
    this.armed.delete(timer)
    this.cancelled.add(timer)
    if (!housekeeping) this.live--
  }
}
