/**
 * Arguments of entries without their objects: entries of one reason have their arguments by the same few lists of names, so a trace
 * keeps the names once (a shape) and of each entry only the values, one after the other.
 */

/** The names of an entry's arguments, in order, under a reason. */
export interface Shape {
  readonly index: number
  readonly reason: string
  readonly names: readonly string[]
}

/** All shapes that a trace and its forks have met. */
export class Shapes {
  readonly all: Shape[] = []
  /** Those of a reason; the one that its last entry had comes first. */
  private readonly byReason = new Map<string, [Shape, ...Shape[]]>()

  /** The shape that the last entry of this reason had; one without names before the first. */
  last(reason: string): Shape {
    return this.byReason.get(reason)?.[0] ?? this.of(reason, [])
  }

  /** The shape with these names. */
  of(reason: string, names: readonly string[]): Shape {
    const known = this.byReason.get(reason) ?? []
    const shape = known.find(s => same(s.names, names)) ?? this.add(reason, names)
    this.byReason.set(reason, [shape, ...known.filter(s => s !== shape)])
    return shape
  }

  private add(reason: string, names: readonly string[]): Shape {
    const shape = { index: this.all.length, reason, names }
    if (shape.index > 65535) throw new Error('the entries of the trace have more than 65,535 shapes')
    this.all.push(shape)
    return shape
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Puts the values of `args` into `values` from a place on. Returns their shape. */
export function pack(shapes: Shapes, reason: string, args: object, values: unknown[], from: number): Shape {
  const guess = shapes.last(reason)
  const { names } = guess
  let n = 0
  let right = true
  for (const name in args) {
    if (names[n] !== name) right = false
    values[from + n++] = (args as Record<string, unknown>)[name]
  }
  return right && n === names.length ? guess : shapes.of(reason, Object.keys(args))
}

/** The arguments whose values begin at `from`. */
export function unpack({ names }: Shape, values: readonly unknown[], from: number): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  for (let i = 0; i < names.length; i++) args[names[i] as string] = values[from + i]
  return args
}
