/** What waits, as plain data in the order in which it will happen. */
import type { Cause, Message, RoomId, Time, TimerId } from './types'

/** A message on its way, or a timer that runs. Never changed: snapshots share it. */
export interface Waiting {
  readonly at: Time
  /** The address as it was sent: a room that will handle it, or a part of it. */
  readonly to: RoomId
  readonly from: RoomId
  readonly message: Message
  readonly cause: Cause
  readonly housekeeping: boolean
  /** Set for a timer. */
  readonly timer: TimerId | undefined
}

/** How far from the next one a place is looked for step by step. Nineteen of twenty messages find theirs there. */
const NEAR = 16

/**
 * A list with the next one last. Most of what is sent arrives before nearly all that waits, so that its place is found within a few
 * steps; a timer's is found by halving.
 */
export class EventQueue {
  private readonly waiting: Waiting[]

  /** `items` as another queue gave them. */
  constructor(items: readonly Waiting[] = []) {
    this.waiting = items.slice()
  }

  /** What happens next. */
  peek(): Waiting | undefined {
    return this.waiting[this.waiting.length - 1]
  }

  pop(): Waiting | undefined {
    return this.waiting.pop()
  }

  /** Takes out something that waits. */
  remove(item: Waiting): void {
    const { waiting } = this
    const place = waiting.indexOf(item, this.placeOf(item.at, waiting.length))
    if (place >= 0) waiting.splice(place, 1)
  }

  /** All that waits, the next one last. */
  items(): readonly Waiting[] {
    return this.waiting.slice()
  }

  /** It happens after all of the same time that wait already. */
  push(item: Waiting): void {
    const { waiting } = this
    const { at } = item
    let place = waiting.length
    if (place >= NEAR && (waiting[place - NEAR] as Waiting).at <= at) {
      waiting.splice(this.placeOf(at, place - NEAR), 0, item)
      return
    }
    waiting.push(item)
    for (; place > 0; place--) {
      const sooner = waiting[place - 1] as Waiting
      if (sooner.at > at) break
      waiting[place] = sooner
    }
    waiting[place] = item
  }

  /** The first place before `high` of something that happens at `at` or sooner; `high` where there is none. */
  private placeOf(at: Time, high: number): number {
    let low = 0
    let place = high
    while (low < place) {
      const middle = (low + place) >> 1
      if ((this.waiting[middle] as Waiting).at > at) low = middle + 1
      else place = middle
    }
    return place
  }
}
