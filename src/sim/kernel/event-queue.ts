/** What waits: plain data in a total order `(at, order)`, as a heap of four branches. */
import type { Cause, Message, RoomId, Time, TimerId } from './types'

/** A message on its way, or a timer that runs. Never changed: snapshots share it. */
export interface Waiting {
  readonly at: Time
  /** Place among those of the same time: order of sending. */
  readonly order: number
  /** The room that will handle it. */
  readonly room: RoomId
  /** The address as it was sent: the room, or a part of it. */
  readonly to: RoomId
  readonly from: RoomId
  readonly message: Message
  readonly cause: Cause
  readonly housekeeping: boolean
  /** Set for a timer. */
  readonly timer?: TimerId
}

/** Children of a place in the heap. */
const BRANCHES = 4

/**
 * A min-heap over `(at, order)`, with its keys in columns beside the items: to compare two places touches no item.
 *
 * What is taken leaves the root empty, because handling it mostly sends something: that goes in at the root, one walk down instead of
 * one down for the last item and one up for the new one. Whoever looks before anything was sent has the last item fill the place.
 */
export class EventQueue {
  private readonly waiting: Waiting[] = []
  private at = new Float64Array(256)
  private order = new Float64Array(256)
  /** The root has been taken, and nothing stands in its place yet. */
  private open = false

  constructor(items: readonly Waiting[] = []) {
    // in the heap's own order: each is greater than its parent, and stays where it is put
    for (const item of items) this.push(item)
  }

  get size(): number {
    return this.open ? this.waiting.length - 1 : this.waiting.length
  }

  peek(): Waiting | undefined {
    if (this.open) this.close()
    return this.waiting[0]
  }

  push(item: Waiting): void {
    if (this.open) {
      this.open = false
      this.sink(item)
      return
    }
    const place = this.waiting.length
    this.waiting.push(item)
    if (place === this.at.length) {
      this.at = grown(this.at)
      this.order = grown(this.order)
    }
    this.rise(item, place)
  }

  pop(): Waiting | undefined {
    const first = this.peek()
    this.open = first !== undefined
    return first
  }

  /** The last item takes the place of the one that was taken. */
  private close(): void {
    this.open = false
    const last = this.waiting.pop()
    if (last !== undefined && this.waiting.length > 0) this.sink(last)
  }

  /** All that waits, in the heap's own order: enough to build the same queue again. */
  items(): readonly Waiting[] {
    if (this.open) this.close()
    return this.waiting.slice()
  }

  /** Puts an item at an empty place, or above it. */
  private rise(item: Waiting, place: number): void {
    const { waiting, at, order } = this
    let i = place
    while (i > 0) {
      const parent = (i - 1) >> 2
      const time = at[parent] as number
      if (time < item.at || (time === item.at && (order[parent] as number) < item.order)) break
      waiting[i] = waiting[parent] as Waiting
      at[i] = time
      order[i] = order[parent] as number
      i = parent
    }
    waiting[i] = item
    at[i] = item.at
    order[i] = item.order
  }

  /** Puts an item at the root, which is empty, or below it. */
  private sink(item: Waiting): void {
    const { waiting, at, order } = this
    const { length } = waiting
    let i = 0
    for (;;) {
      const from = BRANCHES * i + 1
      if (from >= length) break
      const to = Math.min(from + BRANCHES, length)
      let least = from
      let time = at[from] as number
      for (let child = from + 1; child < to; child++) {
        const other = at[child] as number
        if (other < time || (other === time && (order[child] as number) < (order[least] as number))) {
          least = child
          time = other
        }
      }
      if (time > item.at || (time === item.at && (order[least] as number) > item.order)) break
      waiting[i] = waiting[least] as Waiting
      at[i] = time
      order[i] = order[least] as number
      i = least
    }
    waiting[i] = item
    at[i] = item.at
    order[i] = item.order
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * column.length)
  more.set(column)
  return more
}
