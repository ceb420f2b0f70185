// Models sigs.k8s.io/structured-merge-diff/fieldpath: sets of fields, in the form in which objects carry them (FieldsV1).

/**
 * A set of fields as a tree: `f:data` is a field, `k:{"name":"web"}` an item of a list by its keys, `v:"x"` an item by its value.
 * A place belongs to the set when nothing is below it, or when `.` is. Immutable.
 */
export interface Fields {
  readonly [step: string]: Fields
}

/** One place, without anything below it. */
export const LEAF: Fields = Object.freeze({})

const SELF = '.'

/** Whether the place itself belongs to the set, not only what is below it. */
export function isMember(fields: Fields): boolean {
  for (const step in fields) if (step !== SELF) return SELF in fields
  return true
}

/** The steps below a place. */
export const stepsOf = (fields: Fields): string[] => Object.keys(fields).filter(step => step !== SELF)

/** A place that has these below it, and does or does not belong to the set itself; undefined when nothing is left. */
export function tree(member: boolean, children: Readonly<Record<string, Fields>>): Fields | undefined {
  const isEmpty = Object.keys(children).length === 0
  if (isEmpty) return member ? LEAF : undefined
  return member ? { [SELF]: LEAF, ...children } : children
}

/** What is in either. */
export function union(a: Fields | undefined, b: Fields | undefined): Fields | undefined {
  if (!a || !b) return a ?? b
  const children: Record<string, Fields> = {}
  for (const step of stepsOf(a)) children[step] = union(a[step], b[step]) ?? LEAF
  for (const step of stepsOf(b)) children[step] ??= b[step] ?? LEAF
  return tree(isMember(a) || isMember(b), children)
}

/** What is in the first and not in the second. */
export function minus(a: Fields | undefined, b: Fields | undefined): Fields | undefined {
  if (!a || !b) return a
  const children: Record<string, Fields> = {}
  for (const step of stepsOf(a)) {
    const rest = minus(a[step], b[step])
    if (rest) children[step] = rest
  }
  return tree(isMember(a) && !isMember(b), children)
}

/** What is in both. */
export function common(a: Fields | undefined, b: Fields | undefined): Fields | undefined {
  if (!a || !b) return undefined
  const children: Record<string, Fields> = {}
  for (const step of stepsOf(a)) {
    const both = common(a[step], b[step])
    if (both) children[step] = both
  }
  return tree(isMember(a) && isMember(b), children)
}

/** The set without all that stands at or below some of its first steps. */
export function without(fields: Fields | undefined, steps: readonly string[]): Fields | undefined {
  if (!fields) return undefined
  const children: Record<string, Fields> = {}
  for (const step of stepsOf(fields)) if (!steps.includes(step)) children[step] = fields[step] ?? LEAF
  return tree(false, children)
}

/** Every member as a text: `.data.a`, `.spec.containers[name="web"].image`; in upstream's order: a level's own members come first. */
export function pathsOf(fields: Fields, prefix = ''): string[] {
  const steps = stepsOf(fields).sort()
  const own = steps.filter(step => isMember(fields[step] ?? LEAF)).map(step => prefix + stepText(step))
  return [...own, ...steps.flatMap(step => pathsOf(fields[step] ?? LEAF, prefix + stepText(step)))]
}

/** fieldpath.PathElement's String. */
function stepText(step: string): string {
  const rest = step.slice(2)
  if (step.startsWith('f:')) return `.${rest}`
  if (step.startsWith('v:')) return `[=${rest}]`
  const keys = Object.entries(JSON.parse(rest) as Readonly<Record<string, unknown>>)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}
