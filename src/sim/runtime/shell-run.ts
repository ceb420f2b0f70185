/** One run of a script: its time, its variables, its files, what it writes. Pure: what waits for an answer is run again with it. */
import type { Ask, Fetch, Reply } from '../api/fetch'
import { arithmetic, type Said } from './applets'
import { BUSYBOX, notFound, notOpened, type Voice } from './complaints'
import { textBefore } from './file-programs'
import type { Around, Written } from './shell'
import { Ended, Files, unknown } from './shell-files'
import { program, type Server, type Shell } from './shell-programs'
import { type Node, parseScript, type Redirection, type Simple } from './shell-syntax'
import { Variables } from './shell-variables'
import { expandWord, expandWords, type Values } from './shell-words'

/** A loop that never sleeps is read so far, */
const MOST_STEPS = 20_000
/** and one that sleeps so far in all. */
const MOST_IN_ALL = 2_000_000
/** A log file is rotated at 10 MiB: older lines than these are taken to be gone. */
const MOST_LINES = 20_000
/** What a shell does itself: no program is looked for. */
const BUILT_IN =
  /^(|:|\.|\[|alias|bg|cd|command|echo|eval|exec|exit|export|false|fg|getopts|hash|help|jobs|kill|let|local|printf|pwd|read|readonly|return|set|shift|source|test|times|trap|true|type|ulimit|umask|unalias|unset|wait)$/

type Sink = (text: string) => void
const NOWHERE: Sink = () => {}

export class Run implements Shell {
  private readonly written: Written[] = []
  /** A line that has no end yet. */
  private partial = ''
  stdout = ''
  stderr = ''
  readonly files: Files
  /** What it serves, by port. */
  readonly servers = new Map<number, Server>()
  /** What it waits for. */
  asked: Ask | undefined
  /** Virtual µs since its start. */
  at = 0
  /** Of the last command. */
  status = 0
  /** Since it last slept, and in all. */
  private steps = 0
  private total = 0
  private replied = 0
  launched = 1
  stopsAtErrors = false
  /** When the last command in the background ends. */
  private behind = 0
  variables: Variables
  readonly voice: Voice

  constructor(
    readonly started: number,
    private readonly until: number,
    readonly around: Around,
    /** The first line that comes later ends the run. */
    private readonly after = Number.POSITIVE_INFINITY,
    /** What is being read. */
    private source = '',
  ) {
    this.files = new Files(around)
    this.variables = new Variables(around)
    this.voice = around.voice ?? BUSYBOX
    if (around.inShell) this.variables.enter(this.files.folder)
  }

  /** What it has written, by lines. */
  lines(): readonly Written[] {
    return this.partial === '' ? this.written : [...this.written, { at: this.at, text: this.partial }]
  }

  all(nodes: readonly Node[], out: Sink = text => this.emit(text, 'stdout')): void {
    for (const [i, node] of nodes.entries()) {
      if (node.when !== 'always' && (node.when === 'ok') !== (this.status === 0)) continue
      this.node(node, out)
      const isAsked = nodes[i + 1]?.when !== undefined && nodes[i + 1]?.when !== 'always'
      if (this.stopsAtErrors && node.do === 'pipeline' && this.status !== 0 && !isAsked && !node.not) throw new Ended('exited')
    }
  }

  private step(): void {
    if (++this.steps > MOST_STEPS || ++this.total > (this.around.most ?? MOST_IN_ALL) || this.at > this.until)
      throw new Ended('enough')
  }

  private node(node: Node, out: Sink): void {
    this.step()
    switch (node.do) {
      case 'unknown':
        throw new Ended('unknown')
      case 'if':
        if (this.holds(node.test, out)) this.all(node.body, out)
        else {
          this.status = 0
          this.all(node.other, out)
        }
        return
      case 'while':
        while (this.holds(node.test, out) !== node.until) {
          this.step()
          this.all(node.body, out)
        }
        this.status = 0
        return
      case 'for':
        for (const word of node.words.flatMap(each => expandWords(each, this.values))) {
          this.variables.set(node.name, word)
          this.all(node.body, out)
        }
        return
      case 'pipeline':
        this.pipeline(node, out)
    }
  }

  /** A test may fail without ending anything. */
  private holds(test: readonly Node[], out: Sink): boolean {
    const { stopsAtErrors } = this
    this.stopsAtErrors = false
    this.all(test, out)
    this.stopsAtErrors = stopsAtErrors
    return this.status === 0
  }

  private pipeline({ commands, not, behind }: Node & { do: 'pipeline' }, out: Sink): void {
    const { at } = this
    let input = this.around.stdin ?? ''
    for (const [i, command] of commands.entries()) {
      const isLast = i === commands.length - 1
      let piped = ''
      const sink: Sink = isLast
        ? out
        : text => {
            piped += text
          }
      try {
        this.simple(command, input, sink, i > 0)
      } catch (problem) {
        // a program does not end because what reads its words is not known: they are not
        const isGuess = problem instanceof Ended && problem.how === 'unknown' && i > 0 && !this.around.strict
        if (!isGuess) throw problem
        this.status = 0
        piped = ''
        break
      }
      input = piped
    }
    if (not) this.status = this.status === 0 ? 1 : 0
    if (!behind) return
    this.behind = Math.max(this.behind, this.at)
    this.at = at
  }

  private simple({ words, redirections }: Simple, input: string, out: Sink, isPiped: boolean): void {
    const sinks: [Sink, Sink] = [out, text => this.emit(text, 'stderr')]
    let stdin = input
    for (const redirection of redirections) {
      const opened = redirection.fd === 0 ? this.open(redirection) : this.sinkTo(redirection, sinks)
      if (typeof opened === 'function') sinks[redirection.fd === 2 ? 1 : 0] = opened
      else if (typeof opened === 'string') stdin = opened
      else {
        // nothing is run where a file can't be opened
        this.status = opened.status ?? 1
        sinks[1](opened.err ?? '')
        return
      }
    }
    let first = 0
    for (; first < words.length; first++) {
      const assigned = /^([A-Za-z_]\w*)=(.*)$/s.exec(words[first] as string)
      if (!assigned) break
      this.variables.set(assigned[1] as string, expandWord(assigned[2] as string, this.values))
    }
    if (first > 0 && first === words.length) {
      this.status = 0
      return
    }
    const [name = '', ...args] = words.slice(first).flatMap(word => expandWords(word, this.values))
    if (!BUILT_IN.test(name)) this.launched++
    const said = this.absent(name) ?? program(this, name, args, stdin, isPiped || redirections.some(({ fd }) => fd === 0))
    this.status = said.status ?? 0
    if (said.out) sinks[0](said.out)
    if (said.err) sinks[1](said.err)
  }

  /** `< file` */
  private open({ to }: Redirection): string | Said {
    const path = expandWord(to, this.values)
    const text = this.files.read(path)
    return typeof text === 'string' ? text : notOpened(this.voice, this.source, path, text.problem, false)
  }

  private sinkTo({ append, to }: Redirection, [out, err]: readonly [Sink, Sink]): Sink | Said {
    if (to === '&1') return out
    if (to === '&2') return err
    const path = expandWord(to, this.values)
    if (path === '/dev/null') return NOWHERE
    if (path === '/dev/stdout' || path === '/proc/self/fd/1') return out
    if (path === '/dev/stderr' || path === '/proc/self/fd/2') return err
    if (path.startsWith('/proc/')) unknown()
    const problem = this.files.whatKnown(path) === 'folder' ? 'Is a directory' : this.files.refusal(path)
    if (problem) return notOpened(this.voice, this.source, path, problem, true)
    // what is in it already is not known, nor is then what it holds: but a program does not end for that
    if (append && !this.around.strict && this.files.whatKnown(path) === undefined) return NOWHERE
    this.files.put(path, append ? textBefore(this.files, path) : '')
    const at = this.files.at(path)
    return text => this.files.put(at, (this.files.written.get(at) ?? '') + text)
  }

  /** What is said where there is no such program; undefined where there is, or its author knows that there is. */
  private absent(name: string): Said | undefined {
    if (BUILT_IN.test(name) && this.around.inShell !== false) return undefined
    const there = this.around.has?.(name)
    if (there === false) return notFound(this.voice, this.source, name)
    return there === undefined && this.around.doubts ? unknown() : undefined
  }

  /** Runs another script: what it writes, and its exit code. */
  nested(script: string): Said {
    const { source } = this
    this.source = script
    let out = ''
    try {
      this.all(parseScript(script), text => {
        out += text
      })
    } catch (problem) {
      if (!(problem instanceof Ended) || problem.how !== 'exited') throw problem
    }
    this.source = source
    return { out, status: this.status }
  }

  /** The same in a shell of its own: where that goes, and what it sets, is its own too. */
  subshell(script: string): Said {
    const { variables } = this
    const { folder } = this.files
    this.variables = variables.copy()
    const said = this.nested(script)
    this.variables = variables
    this.files.folder = folder
    return said
  }

  /** What has come of a connection that is opened now; the run waits for it where that is not there yet. */
  reply({ host, port, path, timeoutSeconds }: Fetch): Reply {
    const reply = this.around.replies?.[this.replied++]
    if (reply) return reply
    this.asked = Object.freeze({ host, port, path, timeoutSeconds, at: this.at })
    throw new Ended('asks')
  }

  /** Time passes: it is not a loop that never ends. */
  sleep(us: number): void {
    this.at += us
    this.steps = 0
  }

  /** Waits for what is in the background. */
  wait(): void {
    this.at = Math.max(this.at, this.behind)
  }

  private emit(text: string, to: 'stdout' | 'stderr'): void {
    if (text === '' || this.at > this.until) return
    if (this.around.strict) {
      this[to] += text
      return
    }
    const parts = (this.partial + text).split('\n')
    this.partial = parts.pop() ?? ''
    for (const line of parts) this.written.push({ at: this.at, text: line })
    if (this.at > this.after) throw new Ended('enough')
    if (this.written.length > 2 * MOST_LINES) this.written.splice(0, MOST_LINES)
  }

  /** What words are made of. */
  private readonly values: Values = {
    variable: name => (name === '?' ? String(this.status) : this.variables.get(name)),
    sum: text => String(arithmetic(text, name => this.values.variable(name) ?? '0') ?? unknown()),
    output: script => (this.subshell(script).out ?? '').replace(/\n+$/, ''),
    unknown,
  }
}
