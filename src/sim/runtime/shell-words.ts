/** How a shell makes words of what is written: quotes are taken off, variables, commands and sums put in, and what comes of those is split. */

/** Where the parts of a word come from. */
export interface Values {
  /** A variable's value; undefined where it has none. */
  readonly variable: (name: string) => string | undefined
  /** `$((i + 1))` */
  readonly sum: (text: string) => string
  /** What a script writes. */
  readonly output: (script: string) => string
  /** What is written is not understood. */
  readonly unknown: () => never
}

/** A part of a word, and whether it is split where there is white space. */
interface Part {
  readonly text: string
  readonly splits: boolean
}

/** The end of `$(…)`, whose parts may hold the same. */
function closing(text: string, from: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === "'") i = text.indexOf("'", i + 1)
    else if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i
    if (i < 0) break
  }
  return -1
}

/** What stands at a `$` or a backquote, and where it ends. */
function expansion(word: string, at: number, values: Values): { readonly text: string; readonly end: number } | undefined {
  if (word[at] === '`') {
    const end = word.indexOf('`', at + 1)
    return end < 0 ? values.unknown() : { text: values.output(word.slice(at + 1, end)), end: end + 1 }
  }
  if (word.startsWith('$((', at)) {
    const end = closing(word, at + 1)
    if (end < 0 || word[end - 1] !== ')') return values.unknown()
    return { text: values.sum(word.slice(at + 3, end - 1)), end: end + 1 }
  }
  if (word[at + 1] === '(') {
    const end = closing(word, at + 1)
    return end < 0 ? values.unknown() : { text: values.output(word.slice(at + 2, end)), end: end + 1 }
  }
  const plain = /^\$(?:([A-Za-z_]\w*|\?)|\{([A-Za-z_]\w*|\?)(?:(:?[-=+])([^${}`]*))?\})/.exec(word.slice(at))
  if (!plain) return /^\$[\w{@*#!$]/.test(word.slice(at)) ? values.unknown() : undefined
  const [all, short, long = '', sign = '', other = ''] = plain
  const value = values.variable(short ?? long)
  const isThere = sign.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  const text = sign.endsWith('+') ? (isThere ? other : '') : sign !== '' && !isThere ? other : (value ?? '')
  return { text, end: at + all.length }
}

function partsOf(word: string, values: Values): Part[] {
  const parts: Part[] = []
  let i = 0
  let quoted = false
  const take = (text: string, splits = false): void => {
    parts.push({ text, splits })
  }
  while (i < word.length) {
    const c = word[i] as string
    if (c === "'" && !quoted) {
      const end = word.indexOf("'", i + 1)
      take(word.slice(i + 1, end))
      i = end + 1
    } else if (c === '"') {
      quoted = !quoted
      take('')
      i++
    } else if (c === '\\') {
      const next = word[i + 1] ?? ''
      take(quoted && !/[$`"\\]/.test(next) ? `\\${next}` : next)
      i += 2
    } else if (c === '$' || c === '`') {
      const found = expansion(word, i, values)
      take(found?.text ?? c, found !== undefined && !quoted)
      i = found?.end ?? i + 1
    } else {
      take(c)
      i++
    }
  }
  return parts
}

/** A word that stays one. */
export const expandWord = (word: string, values: Values): string =>
  partsOf(word, values)
    .map(({ text }) => text)
    .join('')

/** The words that one becomes. */
export function expandWords(word: string, values: Values): string[] {
  if (!/[$`'"\\]/.test(word)) return [word]
  const words: string[] = []
  let open: string | undefined
  for (const { text, splits } of partsOf(word, values)) {
    if (!splits) {
      open = (open ?? '') + text
      continue
    }
    const pieces = text.split(/\s+/)
    pieces.forEach((piece, i) => {
      if (i > 0 && open !== undefined) {
        words.push(open)
        open = undefined
      }
      if (piece !== '') open = (open ?? '') + piece
    })
  }
  if (open !== undefined) words.push(open)
  return words
}
