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
  type ClosedMessage,
  type Command,
  type Message,
  milliseconds,
  type ReasonCode,
  type RefusedMessage,
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
/** What is still on its way to a process that has ended has this before the address. */
const ENDED = 'ended:'
/** What comes back is in nobody's way. */
const REFUSAL: SendOptions = Object.freeze({ stream: 'refused' })

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
  private readonly links: Links
  private readonly house: House
  private readonly context: BoundContext
  private clock = 0 as Time
  private delivered = 0
  private timers = 0
  private given = 0
  /** How many that wait are not housekeeping. */
  private live = 0
  /** Timers that have neither fired nor been cancelled, as they wait. */
  private readonly armed = new Map<TimerId, Waiting>()

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
      if (!late.has(room.id))
        run.enqueue({
          at: run.clock,
          to: room.id,
          from: OUTSIDE,
          message: { type: 'boot' },
          cause: boot,
          housekeeping: false,
          timer: undefined,
        })
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
    run.house.restore(from.rooms)
    run.links.restore(from.links)
    for (const w of from.waiting) {
      if (w.timer !== undefined) run.armed.set(w.timer, w)
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
    return this.queue.peek()?.at
  }

  /**
   * When the next thing happens that is not housekeeping, or is housekeeping that `counts`; undefined when nothing of it waits. Looks at
   * all that waits before it.
   */
  nextLiveAt(counts?: (message: Message) => boolean): Time | undefined {
    return this.queue.items().findLast(w => !w.housekeeping || counts?.(w.message))?.at
  }

  /** A person acts, now. Its entry is written at once; the room gets the message as the next thing at this time. */
  command(command: Command): Seq {
    const { to, message, text } = command
    this.given++
    const seq = this.trace.append(this.clock, OUTSIDE, NOBODY, 'user.command', { to, text, type: message.type }, false)
    this.enqueue({ at: this.clock, to, from: OUTSIDE, message, cause: seq, housekeeping: false, timer: undefined })
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
      const next = this.queue.peek()
      if (next === undefined || next.at > time) {
        if (time !== NEVER) this.clock = Math.max(this.clock, time) as Time
        return
      }
      this.queue.pop()
      this.deliver(next)
    }
  }

  private deliver(item: Waiting): void {
    this.clock = item.at
    this.delivered++
    if (item.timer !== undefined) this.armed.delete(item.timer)
    if (!item.housekeeping) this.live--
    const place = this.house.owner(item.to)
    this.context.bind(item, place)
    if (item.from === OUTSIDE && place && this.switchedOff(place, item.message)) return
    if (place?.saved) wake(place)
    if (place?.state !== undefined) this.handle(place, place.state, item.message)
    else if (place?.left !== undefined && place.room.outlives?.(item.message)) this.handle(place, place.left, item.message)
    else this.refuse(item)
  }

  /** A person switches a room on, or off: then there is nobody to handle it. */
  private switchedOff(place: Place, { type }: Message): boolean {
    if (type === 'boot' || type === 'stop') this.stop(place)
    if (type === 'boot') this.house.start(place)
    return type === 'stop'
  }

  private handle({ room }: Place, state: unknown, message: Message): void {
    try {
      room.handle(state, message, this.context)
    } catch (error) {
      throw new SimulationError(room.id, this.trace.length as Seq, message.type, error)
    }
  }

  /** Nobody is there who could take a message: it comes back to who sent it, unless it is such news itself. */
  private refuse({ from, to, message }: Waiting): void {
    const { context } = this
    const { type } = message
    const room = to.startsWith(ENDED) ? (to.slice(ENDED.length) as RoomId) : to
    if (from === OUTSIDE || type === 'refused' || type === 'closed') context.note('kernel.undelivered', { to: room, type })
    else
      context.as(room, () =>
        context.send(from, { type: 'refused', message } as RefusedMessage, 'kernel.refused', { to: room, type }, REFUSAL),
      )
  }

  /** The process is gone, with its timers; who had a connection with it hears that. What is on its way to it is for no later one. */
  private stop(place: Place): void {
    const state = stateOf(place)
    if (state === undefined) return
    const { room } = place
    const own = new Set(room.connections?.(state))
    this.house.stop(place)
    const waiting = this.queue.items()
    this.queue = new EventQueue(waiting.flatMap(w => this.withoutReceiver(w, place)))
    for (const peer of this.house.all()) {
      const other = peer === place ? undefined : stateOf(peer)
      if (other === undefined) continue
      if (own.has(peer.room.id) || peer.room.connections?.(other).includes(room.id)) this.close(place, peer, waiting)
    }
  }

  private withoutReceiver(waiting: Waiting, place: Place): Waiting | readonly Waiting[] {
    const { to, from, timer } = waiting
    if (from === OUTSIDE || this.house.owner(to) !== place || place.room.outlives?.(waiting.message)) return waiting
    if (timer === undefined) return { ...waiting, to: `${ENDED}${to}` as RoomId }
    this.disarm(timer)
    return []
  }

  /** The machine of a process that has ended closes a connection, after all that was sent on it. */
  private close(place: Place, { room: { id: peer } }: Place, waiting: readonly Waiting[]): void {
    const { links, clock, context, house } = this
    const room = place.room.id
    let arrives = links.arrival(room, peer, 'closed', clock)
    for (const w of waiting)
      if (w.at > arrives && house.owner(w.from) === place && house.owner(w.to)?.room.id === peer) arrives = w.at
    const message: ClosedMessage = { type: 'closed' }
    const seq = this.trace.append(clock, room, context.cause, 'kernel.closed', { to: peer }, false, peer, arrives, message)
    this.enqueue({ at: arrives, to: peer, from: room, message, cause: seq, housekeeping: false, timer: undefined })
  }

  private enqueue(item: Waiting): void {
    Object.freeze(item.message)
    this.queue.push(item)
    if (!item.housekeeping) this.live++
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
    this.enqueue({ at: arrives, to, from: actor, message, cause: seq, housekeeping, timer: undefined })
    return seq
  }

  /** @internal */
  arm(context: BoundContext, delayMs: number, message: Message, options: TimerOptions | undefined): TimerId {
    const timer = ++this.timers as TimerId
    const at = (this.clock + Math.max(0, milliseconds(delayMs))) as Time
    const housekeeping = options?.housekeeping ?? context.housekeeping
    const { actor: to, room: from, cause } = context
    const item: Waiting = { at, to, from, message, cause, housekeeping, timer }
    this.enqueue(item)
    this.armed.set(timer, item)
    return timer
  }

  /** @internal Cancelling what has fired, or was cancelled before, does nothing. */
  disarm(timer: TimerId): void {
    const item = this.armed.get(timer)
    if (item === undefined) return
    this.armed.delete(timer)
    this.queue.remove(item)
    if (!item.housekeeping) this.live--
  }
}
