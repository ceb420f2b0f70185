/** What has not changed keeps its identity: a Frame comes from the worker as a copy, and what is drawn from it asks what is new. */

type Plain = Readonly<Record<string, unknown>>

/** What names an element of a list, wherever in the list it stands; '' if nothing does. */
function nameOf(element: unknown): string {
  if (typeof element !== 'object' || element === null) return ''
  const { kind, uid, key, name, part } = element as Plain
  const id = uid ?? key ?? name ?? part
  return id === undefined ? '' : `${kind} ${id}`
}

/** The counterpart of each element of a list: what has its name, or else what stands in its place. */
function counterpartsIn(before: readonly unknown[]): (element: unknown, index: number) => unknown {
  let named: Map<string, unknown> | undefined
  return (element, index) => {
    const name = nameOf(element)
    if (name === '' || name === nameOf(before[index])) return before[index]
    named ??= new Map(before.map(each => [nameOf(each), each]))
    return named.get(name)
  }
}

/**
 * `now`, with every part that equals its counterpart in `before` replaced by that: what was drawn from it need not be drawn again.
 * `now` is changed in place; both are plain data without cycles.
 */
export function share<T>(before: unknown, now: T): T {
  if (Object.is(before, now)) return now
  if (typeof before !== 'object' || typeof now !== 'object' || before === null || now === null) return now
  if (Array.isArray(before) !== Array.isArray(now)) return now
  if (Array.isArray(now)) return shareList(before as readonly unknown[], now) as T
  const [old, fresh] = [before as Plain, now as Record<string, unknown>]
  const keys = Object.keys(fresh)
  let same = keys.length === Object.keys(old).length
  for (const key of keys) {
    fresh[key] = share(old[key], fresh[key])
    same &&= Object.is(fresh[key], old[key]) && Object.hasOwn(old, key)
  }
  return same ? (before as T) : now
}

function shareList(before: readonly unknown[], now: unknown[]): unknown {
  const counterpart = counterpartsIn(before)
  let same = now.length === before.length
  for (let i = 0; i < now.length; i++) {
    now[i] = share(counterpart(now[i], i), now[i])
    same &&= Object.is(now[i], before[i])
  }
  return same ? before : now
}
