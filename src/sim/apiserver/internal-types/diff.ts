/** A unified diff. Models github.com/pmezard/go-difflib, which is Python's difflib: the longest common run first, then what is left and right of it. */

/** Lines `[a, a + size)` of one text that are `[b, b + size)` of the other. */
interface Run {
  readonly a: number
  readonly b: number
  readonly size: number
}

/** A piece of both texts, equal or not. */
interface Piece {
  readonly equal: boolean
  readonly a: readonly [number, number]
  readonly b: readonly [number, number]
}

/** A text this long has lines that are too common to begin a run with. */
const LONG = 200

/** Where each line of a text is; of a long one, without those that are in every hundredth place. */
function placesOf(text: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  text.forEach((line, i) => {
    const known = places.get(line)
    if (known) known.push(i)
    else places.set(line, [i])
  })
  if (text.length >= LONG) {
    const most = Math.floor(text.length / 100) + 1
    for (const [line, at] of places) if (at.length > most) places.delete(line)
  }
  return places
}

type Texts = {
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly places: ReadonlyMap<string, readonly number[]>
}

/** findLongestMatch: the first of the longest, grown by common lines at both ends. */
function longestRun(
  { a, b, places }: Texts,
  [aFrom, aTo]: readonly [number, number],
  [bFrom, bTo]: readonly [number, number],
): Run {
  let best: Run = { a: aFrom, b: bFrom, size: 0 }
  let ending = new Map<number, number>()
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i] as string) ?? []) {
      if (j < bFrom || j >= bTo) continue
      const size = (ending.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    ending = next
  }
  let { a: atA, b: atB, size } = best
  for (; atA > aFrom && atB > bFrom && a[atA - 1] === b[atB - 1]; size++) {
    atA--
    atB--
  }
  while (atA + size < aTo && atB + size < bTo && a[atA + size] === b[atB + size]) size++
  return { a: atA, b: atB, size }
}

function runsOf(texts: Texts, a: readonly [number, number], b: readonly [number, number]): readonly Run[] {
  const run = longestRun(texts, a, b)
  if (run.size === 0) return []
  const before = a[0] < run.a && b[0] < run.b ? runsOf(texts, [a[0], run.a], [b[0], run.b]) : []
  const [endA, endB] = [run.a + run.size, run.b + run.size]
  const after = endA < a[1] && endB < b[1] ? runsOf(texts, [endA, a[1]], [endB, b[1]]) : []
  return [...before, run, ...after]
}

/** GetOpCodes: both texts from beginning to end. Runs that touch are one. */
function piecesOf(a: readonly string[], b: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  const differ = (toA: number, toB: number): void => {
    if (i < toA || j < toB) pieces.push({ equal: false, a: [i, toA], b: [j, toB] })
  }
  for (const run of runsOf({ a, b, places: placesOf(b) }, [0, a.length], [0, b.length])) {
    differ(run.a, run.b)
    i = run.a + run.size
    j = run.b + run.size
    const last = pieces[pieces.length - 1]
    if (last?.equal) pieces[pieces.length - 1] = { equal: true, a: [last.a[0], i], b: [last.b[0], j] }
    else pieces.push({ equal: true, a: [run.a, i], b: [run.b, j] })
  }
  differ(a.length, b.length)
  return pieces
}

const firstLines = ({ a, b }: Piece, n: number): Piece => ({
  equal: true,
  a: [a[0], Math.min(a[1], a[0] + n)],
  b: [b[0], Math.min(b[1], b[0] + n)],
})
const lastLines = ({ a, b }: Piece, n: number): Piece => ({
  equal: true,
  a: [Math.max(a[0], a[1] - n), a[1]],
  b: [Math.max(b[0], b[1] - n), b[1]],
})

/** GetGroupedOpCodes: what differs, with so many lines around it. A long piece that is equal ends one hunk and begins the next. */
function hunksOf(pieces: readonly Piece[], context: number): readonly (readonly Piece[])[] {
  const hunks: Piece[][] = []
  let hunk: Piece[] = []
  for (const [at, piece] of pieces.entries()) {
    const isLast = at === pieces.length - 1
    if (!piece.equal) hunk.push(piece)
    else if (at === 0) hunk.push(lastLines(piece, context))
    else if (isLast) hunk.push(firstLines(piece, context))
    else if (piece.a[1] - piece.a[0] <= 2 * context) hunk.push(piece)
    else {
      hunks.push([...hunk, firstLines(piece, context)])
      hunk = [lastLines(piece, context)]
    }
  }
  return hunk.some(piece => !piece.equal) ? [...hunks, hunk] : hunks
}

/** `12,5`: the first line and how many; one line is only said by its number. */
function rangeText(from: number, to: number): string {
  const count = to - from
  return count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`
}

/** A unified diff of two texts without a head; nothing where they are the same. */
export function unifiedDiff(a: readonly string[], b: readonly string[], context: number): string {
  let text = ''
  for (const hunk of hunksOf(piecesOf(a, b), context)) {
    const [first, last] = [hunk[0] as Piece, hunk[hunk.length - 1] as Piece]
    text += `@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@\n`
    for (const { equal, a: inA, b: inB } of hunk) {
      for (const line of a.slice(...inA)) text += `${equal ? ' ' : '-'}${line}\n`
      if (!equal) for (const line of b.slice(...inB)) text += `+${line}\n`
    }
  }
  return text
}
