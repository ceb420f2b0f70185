/** What waits: plain data in a total order `(at, order)`, as a binary heap. */
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

const before = (a: Waiting, b: Waiting): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A min-heap over `(at, order)`. */
export class EventQueue {
  private readonly heap: Waiting[]

  constructor(items: readonly Waiting[] = []) {
    this.heap = items.slice()
  }

  get size(): number {
    return this.heap.length
  }

  peek(): Waiting | undefined {
    return this.heap[0]
  }

  push(item: Waiting): void {
    const { heap } = this
    let i = heap.length
    heap.push(item)
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent] as Waiting
      if (!before(item, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = item
  }

  pop(): Waiting | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Waiting, heap[child] as Waiting)) child++
      if (!before(heap[child] as Waiting, last)) break
      heap[i] = heap[child] as Waiting
      i = child
    }
    heap[i] = last
    return first
  }

  /** All that waits, in the heap's own order: enough to build the same queue again. */
  items(): readonly Waiting[] {
    return this.heap.slice()
  }
}
