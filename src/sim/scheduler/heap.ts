/** A binary heap in an array: plain data, so that a snapshot can copy it. The smallest is first; `compare` must order totally. */
type Compare<T> = (a: T, b: T) => number

/** Adds an item: O(log n). */
export function heapPush<T>(heap: T[], item: T, compare: Compare<T>): void {
  let i = heap.length
  heap.push(item)
  while (i > 0) {
    const up = (i - 1) >> 1
    const parent = heap[up] as T
    if (compare(parent, item) <= 0) break
    heap[i] = parent
    i = up
  }
  heap[i] = item
}

/** Takes the smallest item out: O(log n). */
export function heapPop<T>(heap: T[], compare: Compare<T>): T | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (heap.length === 0 || last === undefined) return first
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && compare(heap[child + 1] as T, heap[child] as T) < 0) child++
    const smaller = heap[child] as T
    if (compare(last, smaller) <= 0) break
    heap[i] = smaller
    i = child
  }
  heap[i] = last
  return first
}
