/** Numbers as the stage writes them. */

/** Virtual milliseconds: `340 ms`, `1.8 s`, `4 min`, `2 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${trim(ms / 1000)} s`
  if (ms < 3_600_000) return `${trim(ms / 60_000)} min`
  return `${trim(ms / 3_600_000)} h`
}

/** Virtual µs since boot as a clock: `0:07.312`. */
export function clockTime(us: number): string {
  const ms = Math.floor(us / 1000)
  const seconds = Math.floor(ms / 1000)
  const pad = (value: number, length: number) => String(value).padStart(length, '0')
  const hours = Math.floor(seconds / 3600)
  const head = hours > 0 ? `${hours}:${pad(Math.floor(seconds / 60) % 60, 2)}` : String(Math.floor(seconds / 60))
  return `${head}:${pad(seconds % 60, 2)}.${pad(ms % 1000, 3)}`
}

/** Millicores: `250m`, `1.5`. */
export const cores = (millicores: number): string => (millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`)

/** Bytes: `64 Mi`, `7.8 Gi`. */
export function bytes(count: number): string {
  if (count < 1024 ** 2) return `${Math.round(count / 1024)} Ki`
  if (count < 1024 ** 3) return `${Math.round(count / 1024 ** 2)} Mi`
  return `${trim(count / 1024 ** 3)} Gi`
}

/** One digit after the point, unless it is a nought. */
const trim = (value: number): string => String(Math.round(value * 10) / 10)

/** Of a name that the apiserver makes up, so much at most is what was asked for; five characters follow. */
const ASKED_FOR = 58

/** What the apiserver puts behind a name that it makes up (SimpleNameGenerator): no vowels, and no digits that look like letters. */
const MADE_UP = /-([bcdfghjklmnpqrstvwxz2456789]{5})$/

/** The part of a pod's name that tells it from its siblings, where its owner is not at hand. */
export const tailOf = (name: string): string => MADE_UP.exec(name)?.[1] ?? name

/**
 * The part of a pod's name that tells it from its siblings: `x7f2c` of `web-7d876db474-x7f2c`; a name without such a part is itself. That
 * of a StatefulSet's pod is a number, which says nothing without the rest.
 */
export function shortName(name: string, owner?: string): string {
  if (owner?.startsWith('StatefulSet/')) return name
  const parent = owner?.slice(owner.indexOf('/') + 1)
  const begin = parent && `${parent}-`.slice(0, ASKED_FOR)
  return begin && name.startsWith(begin) && name.length > begin.length ? name.slice(begin.length) : name
}
