/** What programs say when something is wrong with a file, or is not there: busybox in its words, GNU's programs and Debian's shells in theirs. */
import type { Said } from './applets'
import { unknown } from './shell-files'

export type Problem =
  | 'No such file or directory'
  | 'File exists'
  | 'Is a directory'
  | 'Read-only file system'
  | 'Permission denied'

/** Whose words they are: of the programs, and of the shell (its name, as it was started). */
export interface Voice {
  readonly family: 'busybox' | 'gnu' | 'unknown'
  readonly shell: string
}
export const BUSYBOX: Voice = Object.freeze({ family: 'busybox', shell: 'sh' })

type Wording = (path: string, problem: Problem) => string
const plain: Wording = (path, problem) => `${path}: ${problem}`

const OF_BUSYBOX: Readonly<Record<string, Wording>> = {
  cat: (path, problem) => (problem === 'Is a directory' ? 'read error: Is a directory' : `can't open '${path}': ${problem}`),
  tail: (path, problem) => `can't open '${path}': ${problem}\ntail: no files`,
  mkdir: (path, problem) => `can't create directory '${path}': ${problem}`,
  rm: (path, problem) => (problem === 'Is a directory' ? `'${path}' is a directory` : `can't remove '${path}': ${problem}`),
}
const OF_GNU: Readonly<Record<string, Wording>> = {
  ls: (path, problem) => `cannot access '${path}': ${problem}`,
  mkdir: (path, problem) => `cannot create directory '${path}': ${problem}`,
  rm: (path, problem) => `cannot remove '${path}': ${problem}`,
  touch: (path, problem) => `cannot touch '${path}': ${problem}`,
  head: (path, problem) => `cannot open '${path}' for reading: ${problem}`,
  tail: (path, problem) => `cannot open '${path}' for reading: ${problem}`,
  sort: (path, problem) => `cannot read: ${path}: ${problem}`,
}
const CODES: Readonly<Record<string, number>> = { grep: 2, sort: 2 }

/** A program's complaint about a file, without what it would say of others. */
export function complaint({ family }: Voice, program: string, path: string, problem: Problem): Said {
  if (family === 'unknown') return unknown()
  const wording = (family === 'gnu' ? OF_GNU : OF_BUSYBOX)[program] ?? plain
  const status = CODES[program] ?? (family === 'gnu' && program === 'ls' ? 2 : 1)
  return { err: `${program}: ${wording(path, problem)}\n`, status }
}

/** A shell's own complaint. Debian's say in which line: that is known of a script of one line. */
function shellSays(
  { family, shell }: Voice,
  script: string,
  busybox: string,
  dash: string,
  bash: string,
  codes: readonly [number, number, number],
): Said {
  if (family === 'busybox') return { err: `${shell}: ${busybox}\n`, status: codes[0] }
  if (script.includes('\n') || family === 'unknown') return unknown()
  const isBash = shell.endsWith('bash')
  return { err: isBash ? `${shell}: line 1: ${bash}\n` : `${shell}: 1: ${dash}\n`, status: isBash ? codes[2] : codes[1] }
}

/** There is no such program. */
export const notFound = (voice: Voice, script: string, name: string): Said =>
  shellSays(voice, script, `${name}: not found`, `${name}: not found`, `${name}: command not found`, [127, 127, 127])

/** A file can't be opened that a redirection names. */
export function notOpened(voice: Voice, script: string, path: string, problem: Problem, forWriting: boolean): Said {
  const isGone = problem === 'No such file or directory'
  const busybox = isGone ? (forWriting ? 'nonexistent directory' : 'no such file') : problem
  const dash = isGone && forWriting ? 'Directory nonexistent' : isGone ? 'No such file' : problem
  return shellSays(
    voice,
    script,
    `can't ${forWriting ? 'create' : 'open'} ${path}: ${busybox}`,
    `cannot ${forWriting ? 'create' : 'open'} ${path}: ${dash}`,
    `${path}: ${problem}`,
    [1, 2, 1],
  )
}
