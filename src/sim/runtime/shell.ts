/**
 * What a container's program writes to its standard output, as a function of time: a small part of a shell. Understood are lists of
 * commands with `;`, `&&` and `||`, endless loops, `for … in`, variables, `$((sums))`, the programs echo, date, sleep, true, false and
 * exit, and a few that write nothing. What is piped or redirected is not written. A script is read up to the first thing that is not
 * understood: what comes after it is not known, so nothing more is written.
 */
import { BOOT_SECONDS, civilFromDays } from '../api/time'

/** One line, and when it was written: virtual µs since the program's start. */
export interface Written {
  readonly at: number
  readonly text: string
}

/** A loop that never sleeps is read so far, */
const MOST_STEPS = 20_000
/** and one that sleeps so far in all. */
const MOST_IN_ALL = 2_000_000
/** Programs that write nothing, succeed, and take no time to speak of. */
const QUIET = new Set(['', ':', 'true', 'false', 'mkdir', 'touch', 'rm', 'cd', 'export', 'set', 'trap'])
/** A log file is rotated at 10 MiB: older lines than these are taken to be gone. */
const MOST_LINES = 20_000

type Node =
  | {
      readonly do: 'command'
      readonly words: readonly string[]
      readonly silent: boolean
      /** The file that its output goes to. */
      readonly to?: string
      readonly when: 'always' | 'ok' | 'failed'
    }
  | { readonly do: 'forever'; readonly body: readonly Node[] }
  | { readonly do: 'for'; readonly name: string; readonly words: readonly string[]; readonly body: readonly Node[] }
  | { readonly do: 'unknown' }

const TOKEN =
  /[^\S\n]*(?:#[^\n]*)?(\n|&&|\|\||[;|&]|\d?>>?&?\d?|(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|\$\(\(.*?\)\)|\$\([^()]*\)|[^\s;&|>'"\\])+)/gy

/** The words and operators of a script; a comment ends with its line. */
const tokensOf = (script: string): string[] => [...script.matchAll(TOKEN)].map(([, token]) => token as string)

const isEnd = (token: string | undefined): boolean => token === ';' || token === '\n'

class Reader {
  private at = 0

  constructor(private readonly tokens: readonly string[]) {}

  /** Commands up to a word that closes them. */
  list(close?: string): Node[] {
    const nodes: Node[] = []
    let when: 'always' | 'ok' | 'failed' = 'always'
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at] as string
      if (token === close) {
        this.at++
        break
      }
      if (isEnd(token) || token === '&&' || token === '||' || token === '&') {
        when = token === '&&' ? 'ok' : token === '||' ? 'failed' : 'always'
        this.at++
      } else nodes.push(this.node(when))
    }
    return nodes
  }

  private node(when: 'always' | 'ok' | 'failed'): Node {
    const first = this.tokens[this.at]
    if (first === 'while' || first === 'until' || first === 'for') {
      this.at++
      const head: string[] = []
      while (this.at < this.tokens.length && this.tokens[this.at] !== 'do') head.push(this.tokens[this.at++] as string)
      this.at++
      const body = this.list('done')
      const words = head.filter(token => !isEnd(token))
      if (first === 'for') return { do: 'for', name: words[0] ?? '', words: words.slice(2), body }
      const endless = first === 'until' ? 'false' : 'true'
      return words[0] === endless || words[0] === ':'
        ? { do: 'forever', body }
        : words[0] === 'sleep'
          ? { do: 'forever', body: [{ do: 'command', words, silent: false, when: 'always' }, ...body] }
          : { do: 'unknown' }
    }
    const words: string[] = []
    let silent = false
    let to: string | undefined
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at] as string
      if (isEnd(token) || token === '&&' || token === '||' || token === '&') break
      if (/^1?>>?$/.test(token)) to ??= this.tokens[this.at + 1]
      if (/^\d?>|^\|$/.test(token)) silent = true
      else if (!silent) words.push(token)
    }
    return { do: 'command', words, silent, when, ...(to !== undefined && { to }) }
  }
}

/** Why a run is over before its script is: the program has exited, all that was asked for is known, or what comes is not. */
class Ended extends Error {
  constructor(readonly how: 'exited' | 'enough' | 'unknown') {
    super()
  }
}

class Run {
  readonly written: Written[] = []
  /** What it has made of files, by path, and what it serves of them, by port. */
  readonly files = new Map<string, string>()
  readonly servers = new Map<number, string>()
  /** Virtual µs since its start. */
  at = 0
  /** Of the last command. */
  status = 0
  /** Since it last slept, and in all. */
  private steps = 0
  private total = 0
  private readonly variables = new Map<string, string>()

  constructor(
    private readonly started: number,
    private readonly until: number,
    /** The first line that comes later ends the run. */
    private readonly after = Number.POSITIVE_INFINITY,
    /** For a command that is run in a container: what is in its files. */
    private readonly look?: Look,
  ) {}

  all(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (++this.steps > MOST_STEPS || ++this.total > MOST_IN_ALL || this.at > this.until) throw new Ended('enough')
      if (node.do === 'unknown') throw new Ended('unknown')
      if (node.do === 'forever') for (;;) this.all([...node.body, NOTHING])
      else if (node.do === 'for')
        for (const word of node.words) {
          this.variables.set(node.name, this.expand(word))
          this.all(node.body)
        }
      else if (node.when === 'always' || (node.when === 'ok') === (this.status === 0))
        this.command(node.words, node.silent, node.to)
    }
  }

  private command(words: readonly string[], silent: boolean, to?: string): void {
    const assigned = words.length === 1 ? /^([A-Za-z_]\w*)=(.*)$/s.exec(words[0] as string) : null
    if (assigned) {
      this.variables.set(assigned[1] as string, this.expand(assigned[2] as string))
      return
    }
    const [name = '', ...args] = words.map(word => this.expand(word))
    this.status = name === 'false' ? 1 : 0
    if (name === 'exit') {
      this.status = Number.parseInt(args[0] ?? '0', 10) & 255
      throw new Ended('exited')
    }
    if (name === 'sleep') {
      this.at += sleepMicros(args[0] ?? '')
      this.steps = 0
    } else if (name === 'date' && args.length === 0) this.write(this.date(), silent)
    else if (name === 'echo') {
      const text = (args[0] === '-n' || args[0] === '-e' ? args.slice(1) : args).join(' ')
      if (to !== undefined) this.files.set(this.expand(to), `${text}\n`)
      this.write(text, silent)
    } else if (name === 'httpd') this.serve(args)
    else if (this.look && READERS.has(name)) this.read(name, args, this.look, silent)
    else if (!QUIET.has(name)) throw new Ended('unknown')
    else this.change(name, args)
  }

  /** touch, rm, mkdir */
  private change(name: string, args: readonly string[]): void {
    const paths = args.filter(arg => !arg.startsWith('-'))
    if (name === 'touch') for (const path of paths) this.files.set(path, this.files.get(path) ?? '')
    else if (name === 'mkdir') for (const path of paths) this.files.set(path, '')
    else if (name === 'rm') for (const path of paths) this.files.delete(path)
  }

  /** busybox's httpd, which goes into the background unless it is told not to. */
  private serve(args: readonly string[]): void {
    const option = (flag: string): string | undefined => args[args.indexOf(flag) + 1]
    const port = args.includes('-p') ? Number(option('-p')?.split(':').at(-1)) : 80
    this.servers.set(port, args.includes('-h') ? (option('-h') ?? '') : '')
    if (args.includes('-f')) this.at = Number.POSITIVE_INFINITY
  }

  /** cat, ls and test, of files that are there or are known not to be. */
  private read(name: string, args: readonly string[], look: Look, silent: boolean): void {
    const paths = args.filter(arg => !arg.startsWith('-') && arg !== ']')
    for (const path of paths) {
      const text = this.files.get(path) ?? look(path)
      if (text === 'unknown') throw new Ended('unknown')
      if (text === undefined) {
        this.status = name === 'cat' || name === 'ls' ? (name === 'ls' ? 2 : 1) : 1
        if (name === 'cat') this.write(`cat: can't open '${path}': No such file or directory`, silent)
        if (name === 'ls') this.write(`ls: ${path}: No such file or directory`, silent)
      } else if (name === 'cat') this.write(text.replace(/\n$/, ''), silent || text === '')
      else if (name === 'ls') this.write(path, silent)
    }
  }

  private write(text: string, silent: boolean): void {
    if (silent || this.at > this.until) return
    for (const line of text.split('\n')) this.written.push({ at: this.at, text: line })
    if (this.at > this.after) throw new Ended('enough')
    if (this.written.length > 2 * MOST_LINES) this.written.splice(0, MOST_LINES)
  }

  /** Quotes are taken off, variables, sums and the time of day put in. */
  private expand(word: string): string {
    return word.replace(
      /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|\$\(\((.*?)\)\)|\$\(([^()]*)\)|\$\{?([A-Za-z_]\w*)\}?/gs,
      (...match) => {
        const [, single, double, escaped, sum, command, name] = match as (string | undefined)[]
        if (single !== undefined) return single
        if (double !== undefined) return this.expand(double.replaceAll("'", "\\'")).replaceAll('\\"', '"')
        if (escaped !== undefined) return escaped
        if (sum !== undefined) return this.sum(sum)
        if (command !== undefined) {
          if (command.trim() === 'date') return this.date()
          throw new Ended('unknown')
        }
        return this.variables.get(name ?? '') ?? ''
      },
    )
  }

  /** `i+1`: numbers and variables, added and taken away from left to right. */
  private sum(text: string): string {
    let total = 0
    for (const [, sign, term = ''] of text.matchAll(/([-+]?)\s*\$?(\w+)\s*/g)) {
      const value = Number(/^\d+$/.test(term) ? term : (this.variables.get(term) ?? '0'))
      total += sign === '-' ? -value : value
    }
    return String(total)
  }

  private date(): string {
    const seconds = BOOT_SECONDS + Math.floor((this.started + this.at) / 1e6)
    const days = Math.floor(seconds / 86_400)
    const { year, month, day } = civilFromDays(days)
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    const time = clock.map(part => String(part).padStart(2, '0')).join(':')
    return `${DAYS[(days + 4) % 7]} ${MONTHS[month - 1]} ${String(day).padStart(2, ' ')} ${time} UTC ${year}`
  }
}

/** What a file holds; undefined where there is none. */
export type Look = (path: string) => string | undefined | 'unknown'
const READERS = new Set(['cat', 'ls', 'test', '['])

const NOTHING: Node = { do: 'command', words: ['true'], silent: false, when: 'always' }
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

function sleepMicros(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text)
  return match ? Math.round(Number(match[1]) * (UNITS[match[2] || 's'] ?? 1) * 1e6) : Number.POSITIVE_INFINITY
}

/** Runs a script up to a time; how it ended there. */
function runUntil(
  script: string,
  started: number,
  until: number,
  after?: number,
  look?: Look,
): { readonly run: Run; readonly how: 'done' | Ended['how'] } {
  const run = new Run(started, until, after, look)
  try {
    run.all(new Reader(tokensOf(script)).list())
    return { run, how: 'done' }
  } catch (problem) {
    if (problem instanceof Ended) return { run, how: problem.how }
    throw problem
  }
}

/** What a script has written `elapsed` µs after its start, which was at `started` (virtual µs). */
export const runScript = (script: string, started: number, elapsed: number): readonly Written[] =>
  runUntil(script, started, elapsed).run.written.slice(-MOST_LINES)

/** A line that comes later than this is looked for again then: a loop that only sleeps is not read for ever. */
const FAR = 3600e6

/** When a script writes its next line after so many µs (µs after its start), or when to ask again; undefined when it writes no more. */
export function nextWriteOf(script: string, started: number, elapsed: number): number | undefined {
  const { run, how } = runUntil(script, started, elapsed + FAR, elapsed)
  if (how !== 'enough') return undefined
  return Math.min(run.at, elapsed + FAR)
}

/** When a script ends by itself (µs after its start), and with what code; undefined when it never does or that is not known. */
export function endOf(script: string): { readonly at: number; readonly exitCode: number } | undefined {
  const { run, how } = runUntil(script, 0, Number.POSITIVE_INFINITY)
  const ends = (how === 'done' || how === 'exited') && run.at < Number.POSITIVE_INFINITY
  return ends ? { at: run.at, exitCode: run.status } : undefined
}

/** What a script has made of files, and what it serves of them, so many µs after its start. */
export function sceneOf(
  script: string,
  elapsed: number,
): { readonly files: ReadonlyMap<string, string>; readonly servers: ReadonlyMap<number, string> } {
  const { run } = runUntil(script, 0, elapsed)
  return run
}

/** A script that is run in a container beside its program. */
export interface Executed {
  /** Every part of it is understood. */
  readonly known: boolean
  readonly exitCode: number
  readonly output: string
  /** How long it takes, in µs. */
  readonly us: number
  /** Files that it wrote. */
  readonly files: Readonly<Record<string, string>>
}

/** Runs a script over what is in a container's files. */
export function execute(script: string, look: Look): Executed {
  const { run, how } = runUntil(script, 0, Number.POSITIVE_INFINITY, undefined, look)
  const known = how === 'done' || how === 'exited' || run.at === Number.POSITIVE_INFINITY
  const output = run.written.map(({ text }) => `${text}\n`).join('')
  const files = Object.freeze(Object.fromEntries(run.files))
  return Object.freeze({ known, exitCode: known ? run.status : 0, output: known ? output : '', us: run.at, files })
}
