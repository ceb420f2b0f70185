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
  private readonly byReason = new Map<string, { readonly known: Shape[]; last: Shape }>()

  /** The shape that the last entry of this reason had; undefined for the first one. */
  last(reason: string): Shape | undefined {
    return this.byReason.get(reason)?.last
  }

  /** The shape with these names. */
  of(reason: string, names: readonly string[]): Shape {
    const there = this.byReason.get(reason)
    let shape = there?.known.find(s => same(s.names, names))
    if (!shape) {
      shape = { index: this.all.length, reason, names }
      if (shape.index > 65535) throw new Error('the entries of the trace have more than 65,535 shapes')
      this.all.push(shape)
      there?.known.push(shape)
    }
    if (there) there.last = shape
    else this.byReason.set(reason, { known: [shape], last: shape })
    return shape
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const NO_NAMES: readonly string[] = []

/** Puts the values of `args` into `values` from a place on. Returns their shape. */
export function pack(shapes: Shapes, reason: string, args: object, values: unknown[], from: number): Shape {
  const guess = shapes.last(reason)
  const names = guess === undefined ? NO_NAMES : guess.names
  let n = 0
  let right = true
  for (const name in args) {
    values[from + n] = (args as Record<string, unknown>)[name]
    if (names[n] !== name) right = false
    n++
  }
  if (guess !== undefined && right && n === names.length) return guess
  return shapes.of(reason, Object.keys(args))
}

/** The arguments whose values begin at `from`. */
export function unpack({ names }: Shape, values: readonly unknown[], from: number): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  for (let i = 0; i < names.length; i++) args[names[i] as string] = values[from + i]
  return args
}
