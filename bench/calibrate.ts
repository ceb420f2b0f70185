/** A fixed piece of work of the kind that the simulation does (objects, Maps, small functions): the unit of all ratios. */

/** CPU seconds of one calibration loop on this machine now: the least of several runs. */
export function calibrate(): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i++) least = Math.min(least, cpuOf(work).seconds)
  return least
}

function work(): number {
  const map = new Map<string, { readonly n: number; readonly next: number }>()
  let sum = 0
  for (let i = 0; i < 300_000; i++) {
    const key = `default/web-${i % 5000}`
    const old = map.get(key)
    map.set(key, Object.freeze({ n: i, next: (old?.n ?? 0) + 1 }))
    sum = (sum + (old?.next ?? 0)) | 0
  }
  return sum
}

/** Runs a function and says how much CPU time this process spent on it, and what the heap held afterwards. */
export function cpuOf<T>(act: () => T): { readonly result: T; readonly seconds: number } {
  const before = process.cpuUsage()
  const result = act()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: (user + system) / 1e6 }
}
