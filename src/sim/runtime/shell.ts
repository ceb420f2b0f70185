/**
 * What a container's program, or a command beside it, does: a small part of a shell, as a function of time. Understood are lists of commands
 * with `;`, `&&`, `||` and pipes, redirections, `if`, `for`, `while` and `until`, variables, `$(commands)`, `$((sums))`, and the programs of `shell-run.ts`
 * and `applets.ts`. A script is read up to the first thing that is not understood: what comes after it is not known, so nothing more is written.
 */

import type { Ask, Reply } from '../api/fetch'
import type { Problem, Voice } from './complaints'
import { Ended, type Look } from './shell-files'
import { Run } from './shell-run'
import { parseScript } from './shell-syntax'

/** One line, and when it was written: virtual µs since the program's start. */
export interface Written {
  readonly at: number
  readonly text: string
}

/** What a script finds around it. */
export interface Around {
  readonly environment?: readonly (readonly [name: string, value: string])[]
  /** There are no other variables; else nobody knows what another one says. */
  readonly isWhole?: boolean
  /** It is a shell that reads the script: its variables are those of a shell. */
  readonly inShell?: boolean
  /** How its programs speak; absent: as busybox's do. */
  readonly voice?: Voice
  /** Where it begins; absent: nobody knows. */
  readonly workingDir?: string
  /** What is in files that it has not written itself; absent: nobody knows. */
  readonly look?: Look
  /** Names in a directory. */
  readonly entries?: (path: string) => readonly string[] | undefined | 'unknown'
  /** Whether a path is a directory; undefined where nobody knows. */
  readonly isFolder?: (path: string) => boolean | undefined
  /** Why nothing can be made or changed at a path; undefined where it can. */
  readonly refusal?: (path: string) => Problem | 'unknown' | undefined
  readonly stdin?: string
  /** What has come of its connections, in order. */
  readonly replies?: readonly Reply[]
  /** It runs beside a container's program: a command that is not understood is known not to be. */
  readonly strict?: boolean
  /** It is read so far in all: steps. */
  readonly most?: number
  /** Whether its image has a program; undefined where nobody knows. */
  readonly has?: (name: string) => boolean | undefined
  /** Who wrote it may not know what is in the image: a program has to be known to be there. */
  readonly doubts?: boolean
}
export type { Look } from './shell-files'

/** A log file is rotated at 10 MiB: older lines than these are taken to be gone. */
const MOST_LINES = 20_000

/** Runs a script up to a time; how it ended there. */
function runUntil(
  script: string,
  started: number,
  until: number,
  around: Around = {},
  after?: number,
): { readonly run: Run; readonly how: 'done' | Ended['how'] } {
  const run = new Run(started, until, around, after, script)
  try {
    run.all(parseScript(script))
    return { run, how: 'done' }
  } catch (problem) {
    if (problem instanceof Ended) return { run, how: problem.how }
    throw problem
  }
}

/** What a script has written `elapsed` µs after its start, which was at `started` (virtual µs). */
export const runScript = (script: string, started: number, elapsed: number, around?: Around): readonly Written[] =>
  runUntil(script, started, elapsed, around).run.lines().slice(-MOST_LINES)

/** A line that comes later than this is looked for again then: a loop that only sleeps is not read for ever. */
const FAR = 3600e6

/** When a script writes its next line after so many µs (µs after its start), or when to ask again; undefined when it writes no more. */
export function nextWriteOf(script: string, started: number, elapsed: number, around?: Around): number | undefined {
  const { run, how } = runUntil(script, started, elapsed + FAR, around, elapsed)
  if (how !== 'enough') return undefined
  return Math.min(run.at, elapsed + FAR)
}

/** A script that has not ended after so many steps is taken to go on for ever. */
const ENDLESS = 50_000

/** When a script ends by itself (µs after its start), and with what code; undefined when it never does or that is not known. */
export function endOf(script: string, around?: Around): { readonly at: number; readonly exitCode: number } | undefined {
  const { run, how } = runUntil(script, 0, Number.POSITIVE_INFINITY, { ...around, most: ENDLESS })
  const ends = (how === 'done' || how === 'exited') && run.at < Number.POSITIVE_INFINITY
  return ends ? { at: run.at, exitCode: run.status } : undefined
}

/** Whether all that a script does is understood. */
export const isRead = (script: string, around?: Around): boolean =>
  runUntil(script, 0, Number.POSITIVE_INFINITY, { ...around, most: ENDLESS }).how !== 'unknown'

/** What a script has made of files, and what it serves of them, so many µs after its start. */
export function sceneOf(
  script: string,
  elapsed: number,
  around?: Around,
): { readonly files: ReadonlyMap<string, string>; readonly servers: ReadonlyMap<number, string> } {
  const { run } = runUntil(script, 0, elapsed, around)
  const servers = [...run.servers].flatMap(([port, { root, from }]) => (from <= elapsed ? [[port, root] as const] : []))
  return { files: run.files.written, servers: new Map(servers) }
}

/** A script that is run in a container beside its program. */
export interface Executed {
  /** Every part of it is understood. */
  readonly known: boolean
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** How long it takes, in µs. */
  readonly us: number
  /** Files that it wrote; null where it removed one. */
  readonly files: Readonly<Record<string, string | null>>
  /** It waits for a connection: nothing else is final. */
  readonly asks?: Ask
}

/** Runs a script over what is in a container. */
export function execute(script: string, started: number, around: Around): Executed {
  const { run, how } = runUntil(script, started, Number.POSITIVE_INFINITY, { ...around, strict: true })
  const known = how === 'done' || how === 'exited' || run.at === Number.POSITIVE_INFINITY
  const removed = [...run.files.removed].map(path => [path, null] as const)
  return Object.freeze({
    known,
    exitCode: known ? run.status : 0,
    stdout: known ? run.stdout : '',
    stderr: known ? run.stderr : '',
    us: run.at,
    files: Object.freeze(Object.fromEntries([...removed, ...run.files.written])),
    ...(how === 'asks' && run.asked && { asks: run.asked }),
  })
}
