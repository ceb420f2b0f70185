/** Which lines of a text changed: the longest common subsequence of lines (Myers' algorithm on what differs in the middle). */

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
  /** Place in the text after the change, from 1; of removed lines, in the one before. */
  readonly line: number
}

/** Texts that differ in more lines than this are not compared line by line in their middle. */
const MOST = 1500

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** The lines of both texts in order, with what happened to each. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = linesOf(before)
  const b = linesOf(after)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (from: number, to: number): DiffLine[] =>
    b.slice(from, to).map((text, i) => ({ kind: 'same', text, line: from + i + 1 }))
  return [
    ...same(0, head),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head),
    ...same(b.length - tail, b.length),
  ]
}

/** Longest common subsequence by table: middles of manifests are short. */
function middle(a: readonly string[], b: readonly string[], offset: number): DiffLine[] {
  const removed = (i: number): DiffLine => ({ kind: 'removed', text: a[i] ?? '', line: offset + i + 1 })
  const added = (j: number): DiffLine => ({ kind: 'added', text: b[j] ?? '', line: offset + j + 1 })
  if (a.length * b.length > MOST * MOST) return [...a.map((_, i) => removed(i)), ...b.map((_, j) => added(j))]
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: b[j] ?? '', line: offset + j + 1 })
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push(removed(i++))
    else lines.push(added(j++))
  }
  return lines
}

/** Changed lines with some around them; a number stands for so many lines that are left out. */
export function withContext(lines: readonly DiffLine[], around = 3): readonly (DiffLine | number)[] {
  const near = new Set<number>()
  lines.forEach((line, i) => {
    if (line.kind !== 'same') for (let k = i - around; k <= i + around; k++) near.add(k)
  })
  const shown: (DiffLine | number)[] = []
  let left = 0
  lines.forEach((line, i) => {
    // A single line is shown rather than counted.
    const lonely = !near.has(i) && near.has(i - 1) && near.has(i + 1)
    if (!near.has(i) && !lonely) {
      left++
      return
    }
    if (left > 0) shown.push(left)
    left = 0
    shown.push(line)
  })
  if (left > 0) shown.push(left)
  return shown
}

/** Whether anything changed. */
export const isChanged = (lines: readonly DiffLine[]): boolean => lines.some(line => line.kind !== 'same')
