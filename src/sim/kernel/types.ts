/**
 * The kernel's vocabulary. It knows no Kubernetes: rooms, messages, hops, timers, causes and a trace.
 */

/** A value that only its makers can make: the compiler tells a `Seq` from a `Time`, though both are numbers. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name }

/** Virtual microseconds since boot, an integer. */
export type Time = Brand<number, 'Time'>
/** Place of an entry in the trace, from 1: the total order. 0 stands for "outside": the user, or power-on. */
export type Seq = Brand<number, 'Seq'>
/** Address of a room, or of a part of it: `apiserver`, `kubelet/node-1`, `controller-manager/deployment`. */
export type RoomId = Brand<string, 'RoomId'>
/** Handle of a timer that has been armed and can be cancelled. */
export type TimerId = Brand<number, 'TimerId'>

/** Makes a room's address out of text. */
export const roomId = (text: string): RoomId => text as RoomId
/** Milliseconds as virtual time. */
export const milliseconds = (ms: number): Time => Math.round(ms * 1000) as Time

/**
 * Every reason that an entry can carry, with the type of its arguments. Rooms add their own by module augmentation
 * (`declare module '../kernel/types' { interface Reasons { 'etcd.txn': { … } } }`), so the compiler knows them all.
 */
export interface Reasons {
  /** The kernel switched the cluster on. */
  'kernel.boot': { seed: number }
  /** A person did something: the root of most chains of causes. `type` is that of the message: `boot` and `stop` switch a room on and off. */
  'user.command': { to: string; text: string; type: string }
  /** What nobody waits for reached a room that is not running. */
  'kernel.undelivered': { to: string; type: string }
  /** A message reached a room that is not running: its machine says so to the sender. */
  'kernel.refused': { to: string; type: string }
  /** A process has ended: its machine closes its connections, and the other end hears it. */
  'kernel.closed': { to: string }
}
export type ReasonCode = keyof Reasons

/** What made an entry happen: one entry, or all those that a queued thing stands for. */
export type Cause = Seq | readonly Seq[]

/** What rooms send each other and themselves: plain, frozen data with a type. */
export interface Message {
  readonly type: string
}

/** A message came back: the room that it was for (`context.from`) is not running. */
export interface RefusedMessage extends Message {
  readonly type: 'refused'
  readonly message: Message
}
/** The process at the other end of a connection (`context.from`) has ended. All that it has sent came before. */
export interface ClosedMessage extends Message {
  readonly type: 'closed'
}

/** A message under way: in flight while `entry.at ≤ now < arrives`. */
export interface Hop {
  readonly to: RoomId
  readonly arrives: Time
}

/** One line of the trace, as a reader sees it (it is stored in columns). */
export interface TraceEntry<R extends ReasonCode = ReasonCode> {
  readonly seq: Seq
  readonly at: Time
  /** Who did it: a room, or a part of a room. */
  readonly room: RoomId
  readonly cause: Cause
  readonly reason: R
  readonly args: Reasons[R]
  readonly hop?: Hop
  /** The message that the hop carries. */
  readonly message?: Message
  /** True for what a cluster at rest does all the time: leases, heartbeats, resyncs. */
  readonly housekeeping?: boolean
}

export interface SendOptions {
  /** Messages of one stream keep their order; different streams of one link do not wait for each other. */
  readonly stream?: string
  /** Time the sender works before the message leaves, in virtual milliseconds; it counts as flight. */
  readonly delayMs?: number
}

export interface TimerOptions {
  /** The timer belongs to what a cluster at rest does all the time: it does not keep the clock running. */
  readonly housekeeping?: boolean
}

/** The only way a room can act. Bound to the delivery being handled; keep no reference to it. */
export interface Context {
  readonly now: Time
  /** The room that handles. */
  readonly room: RoomId
  /** Who sent the message being handled (the room itself for timers). */
  readonly from: RoomId
  /** The address it was sent to: the room, or a part of it. */
  readonly to: RoomId
  /** What everything done now is caused by: the entry being handled, unless `because` says otherwise. */
  readonly cause: Cause
  /** True while housekeeping is handled; inherited by all that is sent and armed. */
  readonly housekeeping: boolean
  /** Next number of the room's own random stream, in [0, 1). A function of its own: it may be handed on. */
  readonly random: () => number
  /** Delivers `message` to this room after `delayMs`; it carries the cause of now. */
  after(delayMs: number, message: Message, options?: TimerOptions): TimerId
  cancel(timer: TimerId): void
  /** Writes an entry that is not a hop. */
  note<R extends ReasonCode>(reason: R, args: Reasons[R]): Seq
  /** Writes an entry and puts the message under way. From who is not there it comes back (`RefusedMessage`). */
  send<R extends ReasonCode>(to: RoomId, message: Message, reason: R, args: Reasons[R], options?: SendOptions): Seq
  /** Runs `act` with another cause: for what waited in a queue and stands for other entries than the one handled now. */
  because<T>(cause: Cause, act: () => T): T
  /** Runs `act` under the name of a part of this room: its entries and hops say `controller-manager/deployment`. */
  as<T>(part: RoomId, act: () => T): T
  /** `as` and `because` at once and without a function, from now on. Returns who acted before. For runners, not for rooms. */
  enter(part: RoomId, cause: Cause): RoomId
  /** Runs `act` as housekeeping (true) or as something worth waiting for (false). */
  quietly<T>(housekeeping: boolean, act: () => T): T
}

/**
 * One process. `handle` runs to completion and changes only its own state. State is a tree of plain objects, arrays,
 * Maps, Sets and immutable values; whatever is frozen (`Object.freeze`) is taken as immutable throughout and shared by snapshots.
 */
export interface Room<State = unknown> {
  readonly id: RoomId
  /** State of a room that is being switched on; `left` is what an earlier process of it has left. `boot` is the first message that it gets. */
  init(left?: unknown): State
  handle(state: State, message: Message, context: Context): void
  /** What is still there when the process has ended: what stands on its disk, and what must not come twice. Part of the state. */
  leaves?(state: State): unknown
  /** What goes on without the process, on what it has left: messages and timers that are not the process's own (containers under their shims). */
  outlives?(message: Message): boolean
  /** Rooms that it has opened connections to. Who of the two ends, the other hears it (`ClosedMessage`). */
  connections?(state: State): readonly RoomId[]
}

/** The first message of every room, in boot order. */
export interface BootMessage extends Message {
  readonly type: 'boot'
}

/** A person stops a room: it is gone, with its timers and all of its state but what it `leaves`, until a `boot` message starts it again. */
export interface StopMessage extends Message {
  readonly type: 'stop'
}

/** What a person does to the cluster; logged, so that a run replays exactly. */
export interface Command {
  readonly to: RoomId
  readonly message: Message
  /** What was done, as the person said it; for the trace. */
  readonly text: string
}
