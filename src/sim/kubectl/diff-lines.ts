/** Models what `diff -u` prints of two texts; `from` and `to` are what stands in its head, names and times. */

/** Lines around a change. */
const CONTEXT = 3

interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

/** The differences between two texts; empty where there is none. */
export function unifiedDiff(before: string, after: string, from: string, to: string): string {
  if (before === after) return ''
  const edits = editsOf(linesOf(before), linesOf(after))
  return `--- ${from}\n+++ ${to}\n${hunks(edits)}`
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** The longest common subsequence by dynamic programming: objects have some hundred lines. */
function editsOf(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const width = b.length + 1
  const length = new Int32Array((a.length + 1) * width)
  const at = (i: number, j: number) => length[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const edits: Edit[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ sign: ' ', line: a[i] ?? '' })
      i++
      j++
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) edits.push({ sign: '-', line: a[i++] ?? '' })
    else edits.push({ sign: '+', line: b[j++] ?? '' })
  }
  return edits
}

function hunks(edits: readonly Edit[]): string {
  const near = edits.map((_, index) =>
    edits.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  )
  let text = ''
  let old = 1
  let now = 1
  for (let index = 0; index < edits.length; ) {
    if (!near[index]) {
      old++
      now++
      index++
      continue
    }
    let end = index
    while (end < edits.length && near[end]) end++
    const part = edits.slice(index, end)
    const [removed, added] = [part.filter(({ sign }) => sign !== '+').length, part.filter(({ sign }) => sign !== '-').length]
    text += `@@ -${range(old, removed)} +${range(now, added)} @@\n${part.map(({ sign, line }) => `${sign}${line}\n`).join('')}`
    old += removed
    now += added
    index = end
  }
  return text
}

const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`)
