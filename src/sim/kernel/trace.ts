/**
 * The trace: an append-only log in columns. Chunks are shared between the branches of a history; only the last one is copied.
 */
import { hash32 } from './random'
import { pack, type Shape, Shapes, unpack } from './shapes'
import type { Cause, Message, ReasonCode, Reasons, RoomId, Seq, Time, TraceEntry } from './types'

const CHUNK = 4096

/** 4,096 entries, a column a field. */
interface Chunk {
  readonly at: Float64Array
  readonly arrives: Float64Array
  /** The seq of the cause; below 0: -1 - index into `causes`. */
  readonly cause: Int32Array
  readonly room: Uint16Array
  /** 0: no hop. */
  readonly to: Uint16Array
  /** Index of the shape of the arguments, which knows the reason. */
  readonly shape: Uint16Array
  readonly housekeeping: Uint8Array
  /** Where an entry's arguments begin in `values`. */
  readonly from: Uint32Array
  /** The values of all arguments, one entry's after the other's (their names are the shape's), each with its message behind them. */
  readonly values: unknown[]
  /** How many there are: the list has room for more. */
  used: number
  readonly causes: (readonly Seq[])[]
}

/** A chunk with room for so many values. */
const newChunk = (room: number): Chunk => ({
  at: new Float64Array(CHUNK),
  arrives: new Float64Array(CHUNK),
  cause: new Int32Array(CHUNK),
  room: new Uint16Array(CHUNK),
  to: new Uint16Array(CHUNK),
  shape: new Uint16Array(CHUNK),
  housekeeping: new Uint8Array(CHUNK),
  from: new Uint32Array(CHUNK),
  values: new Array(room).fill(undefined),
  used: 0,
  causes: [],
})

/** A chunk up to where an entry's arguments end in its values. */
function copyChunk(c: Chunk, used: number): Chunk {
  return {
    at: c.at.slice(),
    arrives: c.arrives.slice(),
    cause: c.cause.slice(),
    room: c.room.slice(),
    to: c.to.slice(),
    shape: c.shape.slice(),
    housekeeping: c.housekeeping.slice(),
    from: c.from.slice(),
    values: c.values.slice(0, used),
    used,
    causes: c.causes.slice(),
  }
}

/** Texts that occur often, as small numbers. Index 0 is the empty text. */
class Interner {
  readonly texts: string[] = ['']
  private readonly ids = new Map<string, number>([['', 0]])
  id(text: string): number {
    return this.ids.get(text) ?? this.add(text)
  }
  private add(text: string): number {
    const id = this.texts.length
    if (id > 65535) throw new Error('the trace names more than 65,535 rooms')
    this.texts.push(text)
    this.ids.set(text, id)
    return id
  }
}

export class Trace {
  private count = 0

  constructor(
    private readonly chunks: Chunk[] = [],
    private readonly rooms = new Interner(),
    private readonly shapes = new Shapes(),
  ) {}

  /** Number of entries; the last entry's seq. */
  get length(): number {
    return this.count
  }

  /** Appends an entry given by its fields (no object is made on the hot path). */
  append(
    at: Time,
    room: RoomId,
    cause: Cause,
    reason: ReasonCode,
    args: unknown,
    housekeeping: boolean,
    to?: RoomId,
    arrives?: Time,
    message?: Message,
  ): Seq {
    const i = this.count++ % CHUNK
    const chunk = i === 0 ? this.addChunk() : (this.chunks[this.chunks.length - 1] as Chunk)
    const { values, used } = chunk
    const shape = pack(this.shapes, reason, args as object, values, used)
    let end = used + shape.names.length
    chunk.at[i] = at
    chunk.room[i] = this.rooms.id(room)
    chunk.from[i] = used
    chunk.shape[i] = shape.index
    chunk.cause[i] = typeof cause === 'number' ? cause : several(chunk, cause)
    if (to !== undefined) {
      chunk.to[i] = this.rooms.id(to)
      chunk.arrives[i] = arrives as Time
      values[end++] = message
    }
    if (housekeeping) chunk.housekeeping[i] = 1
    chunk.used = end
    return this.count as Seq
  }

  private addChunk(): Chunk {
    const last = this.chunks[this.chunks.length - 1]
    if (last) last.values.length = last.used
    // a chunk is about as full as the one before it
    const chunk = newChunk(last?.used ?? CHUNK)
    this.chunks.push(chunk)
    return chunk
  }

  private locate(seq: Seq): [Chunk, number] {
    const chunk = this.chunks[Math.floor((seq - 1) / CHUNK)]
    if (seq < 1 || seq > this.count || chunk === undefined)
      throw new RangeError(`the trace has no entry ${seq}: it has ${this.count}`)
    return [chunk, (seq - 1) % CHUNK]
  }

  /** The entry at a place; throws a RangeError where there is none. */
  entry(seq: Seq): TraceEntry {
    const [chunk, i] = this.locate(seq)
    const to = chunk.to[i] as number
    const shape = this.shapes.all[chunk.shape[i] as number] as Shape
    const from = chunk.from[i] as number
    const message = to > 0 ? (chunk.values[from + shape.names.length] as Message) : undefined
    return {
      seq,
      at: chunk.at[i] as Time,
      room: this.rooms.texts[chunk.room[i] as number] as RoomId,
      cause: causeIn(chunk, i),
      reason: shape.reason as ReasonCode,
      args: unpack(shape, chunk.values, from) as Reasons[ReasonCode],
      ...(to > 0 && { hop: { to: this.rooms.texts[to] as RoomId, arrives: chunk.arrives[i] as Time } }),
      ...(message && { message }),
      ...(chunk.housekeeping[i] === 1 && { housekeeping: true }),
    }
  }

  at(seq: Seq): Time {
    const [chunk, i] = this.locate(seq)
    return chunk.at[i] as Time
  }

  causeOf(seq: Seq): Cause {
    const [chunk, i] = this.locate(seq)
    return causeIn(chunk, i)
  }

  /** The entries `from` to `to`, both included. */
  *entries(from = 1 as Seq, to = this.count as Seq): Generator<TraceEntry> {
    for (let seq = from; seq <= to; seq++) yield this.entry(seq as Seq)
  }

  /** A trace of its own that begins with the first `length` entries of this one. */
  fork(length: number): Trace {
    if (length > this.count) throw new RangeError(`the trace has ${this.count} entries, not ${length}`)
    const whole = Math.floor(length / CHUNK)
    const chunks = this.chunks.slice(0, whole)
    const rest = length % CHUNK
    const last = this.chunks[whole]
    if (rest > 0 && last) {
      const copy = copyChunk(last, length < this.count ? (last.from[rest] as number) : last.used)
      copy.housekeeping.fill(0, rest)
      copy.to.fill(0, rest)
      chunks.push(copy)
    }
    const fork = new Trace(chunks, this.rooms, this.shapes)
    fork.count = length
    return fork
  }

  /** A fingerprint of the entries up to `to`: the same on every engine for the same seed and commands. */
  hash(to = this.count as Seq): string {
    let a = 0x811c9dc5
    let b = 0x01234567
    for (const e of this.entries(1 as Seq, to)) {
      const line = JSON.stringify([
        e.seq,
        e.at,
        e.room,
        e.cause,
        e.reason,
        e.args,
        e.hop?.to ?? '',
        e.hop?.arrives ?? 0,
        e.housekeeping === true,
        e.message ?? null,
      ])
      a = hash32(line, a)
      b = hash32(line, b ^ a)
    }
    return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0')
  }
}

/** Where several causes stand, as an entry keeps it. */
function several({ causes }: Chunk, cause: readonly Seq[]): number {
  if (cause.length === 1) return cause[0] as Seq
  causes.push(cause)
  return -causes.length
}

function causeIn(chunk: Chunk, i: number): Cause {
  const cause = chunk.cause[i] as number
  return cause >= 0 ? (cause as Seq) : (chunk.causes[-1 - cause] as readonly Seq[])
}
