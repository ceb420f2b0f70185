/**
 * Models Go's sort.Sort (zsortinterface.go), a pattern-defeating quicksort. It is not stable: where the order leaves things equal, which of
 * them comes first is its doing, and kubectl shows it.
 */

/** Sorts in place. `less` need not be an order: what it says is asked for in Go's sequence. */
export function goSort<T>(items: T[], less: (a: T, b: T) => boolean): T[] {
  const { length } = items
  const sorter = new Sorter(items, less)
  if (length > 1) sorter.sort(0, length, bitsOf(length))
  return items
}

/** How many bits a number has. */
const bitsOf = (n: number): number => n.toString(2).length

const MOST_INSERTED = 12
const NINTHER = 50
const MOST_SWAPS = 12
const STEPS = 5
const SHORTEST_SHIFTED = 50

type Hint = 'unknown' | 'increasing' | 'decreasing'

class Sorter<T> {
  private swaps = 0

  constructor(
    private readonly items: T[],
    private readonly before: (a: T, b: T) => boolean,
  ) {}

  /** Sorts what stands from `a` to before `b`. */
  sort(a: number, b: number, limit: number): void {
    let balanced = true
    let partitioned = true
    for (;;) {
      const length = b - a
      if (length <= MOST_INSERTED) {
        this.insert(a, b)
        return
      }
      if (limit === 0) {
        this.heap(a, b)
        return
      }
      if (!balanced) {
        this.breakPatterns(a, b)
        limit--
      }
      let { pivot, hint } = this.choosePivot(a, b)
      if (hint === 'decreasing') {
        for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (balanced && partitioned && hint === 'increasing' && this.insertSome(a, b)) return
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot)
        continue
      }
      const { middle, already } = this.partition(a, b, pivot)
      partitioned = already
      const [left, right] = [middle - a, b - middle]
      balanced = Math.min(left, right) >= Math.floor(length / 8)
      if (left < right) {
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
  }

  private less(i: number, j: number): boolean {
    return this.before(this.items[i] as T, this.items[j] as T)
  }

  private swap(i: number, j: number): void {
    const { items } = this
    const held = items[i] as T
    items[i] = items[j] as T
    items[j] = held
  }

  private insert(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1)
  }

  /** Moves a few that are out of order; true if all are in order then. */
  private insertSome(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < STEPS; step++) {
      while (i < b && !this.less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < SHORTEST_SHIFTED) return false
      this.swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1)
    }
    return false
  }

  /** What is less than the pivot goes to its left; where it then stands, and whether nothing had to be moved. */
  private partition(a: number, b: number, pivot: number): { readonly middle: number; readonly already: boolean } {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (let moved = false; ; moved = true) {
      while (i <= j && this.less(i, a)) i++
      while (i <= j && !this.less(j, a)) j--
      if (i > j) {
        this.swap(j, a)
        return { middle: j, already: !moved }
      }
      this.swap(i++, j--)
    }
  }

  /** What equals the pivot goes to the left; where what is greater begins. */
  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (;;) {
      while (i <= j && !this.less(a, i)) i++
      while (i <= j && this.less(a, j)) j--
      if (i > j) return i
      this.swap(i++, j--)
    }
  }

  private choosePivot(a: number, b: number): { pivot: number; hint: Hint } {
    const length = b - a
    const quarter = Math.floor(length / 4)
    this.swaps = 0
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3]
    if (length >= 8) {
      if (length >= NINTHER) {
        i = this.median(i - 1, i, i + 1)
        j = this.median(j - 1, j, j + 1)
        k = this.median(k - 1, k, k + 1)
      }
      j = this.median(i, j, k)
    }
    return { pivot: j, hint: this.swaps === 0 ? 'increasing' : this.swaps === MOST_SWAPS ? 'decreasing' : 'unknown' }
  }

  private median(a: number, b: number, c: number): number {
    ;[a, b] = this.inOrder(a, b)
    ;[b, c] = this.inOrder(b, c)
    ;[a, b] = this.inOrder(a, b)
    return b
  }

  private inOrder(a: number, b: number): [number, number] {
    if (!this.less(b, a)) return [a, b]
    this.swaps++
    return [b, a]
  }

  /** Scatters three, by numbers that the length alone decides. */
  private breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    const mask = (1n << BigInt(bitsOf(length))) - 1n
    const index = a + Math.floor(length / 4) * 2 - 1
    for (let i = 0; i < 3; i++) {
      random = BigInt.asUintN(64, random ^ (random << 13n))
      random ^= random >> 7n
      random = BigInt.asUintN(64, random ^ (random << 17n))
      const other = Number(random & mask)
      this.swap(index - 1 + i, a + (other >= length ? other - length : other))
    }
  }

  private heap(first: number, b: number): void {
    const length = b - first
    for (let i = Math.floor((length - 1) / 2); i >= 0; i--) this.siftDown(i, length, first)
    for (let i = length - 1; i >= 0; i--) {
      this.swap(first, first + i)
      this.siftDown(0, i, first)
    }
  }

  private siftDown(root: number, end: number, first: number): void {
    for (;;) {
      let child = 2 * root + 1
      if (child >= end) return
      if (child + 1 < end && this.less(first + child, first + child + 1)) child++
      if (!this.less(first + root, first + child)) return
      this.swap(first + root, first + child)
      root = child
    }
  }
}
