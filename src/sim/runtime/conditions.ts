/** test, which is also `[`. */

/** What it asks of files. */
export interface FileAnswers {
  readonly isThere: (path: string) => boolean
  readonly isFolder: (path: string) => boolean
  readonly isFile: (path: string) => boolean
  /** It says nothing, or is not there. */
  readonly isEmpty: (path: string) => boolean
}

/** Whether a condition holds; undefined where it is not known how to tell. */
export function condition(args: readonly string[], files: FileAnswers): boolean | undefined {
  const [a = '', b = '', c = ''] = args
  if (a === '!' && args.length > 1) {
    const holds = condition(args.slice(1), files)
    return holds === undefined ? undefined : !holds
  }
  if (args.length === 0) return false
  if (args.length === 1) return a !== ''
  if (args.length === 2) return ofOne(a, b, files)
  if (args.length > 3) return undefined
  if (b === '=' || b === '==') return a === c
  if (b === '!=') return a !== c
  const compare = Object.hasOwn(COMPARISONS, b) ? COMPARISONS[b] : undefined
  return compare && /^-?\d+$/.test(a) && /^-?\d+$/.test(c) ? compare(Number(a), Number(c)) : undefined
}

function ofOne(question: string, word: string, files: FileAnswers): boolean | undefined {
  switch (question) {
    case '-n':
      return word !== ''
    case '-z':
      return word === ''
    case '-e':
    case '-r':
      return files.isThere(word)
    case '-f':
      return files.isFile(word)
    case '-s':
      return !files.isEmpty(word)
    case '-d':
      return files.isFolder(word)
    default:
      return undefined
  }
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}
