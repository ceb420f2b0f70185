/** One run of a script: its time, its variables, its files, what it writes. Pure: what waits for an answer is run again with it. */

import { type Ask, outcomeOf, readFetch } from '../api/fetch'
import { arithmetic, echo, FILTERS, filesIn, printf, type Said, seq } from './applets'
import { dateText, sleepMicros } from './clock'
import { cat, change, ls, tee, test } from './file-programs'
import type { Around, Written } from './shell'
import { Ended, Files, unknown } from './shell-files'
import { type Node, parseScript, type Redirection, type Simple } from './shell-syntax'
import { expandWord, expandWords, type Values } from './shell-words'

/** A loop that never sleeps is read so far, */
const MOST_STEPS = 20_000
/** and one that sleeps so far in all. */
const MOST_IN_ALL = 2_000_000
/** A log file is rotated at 10 MiB: older lines than these are taken to be gone. */
const MOST_LINES = 20_000
/** Programs that write nothing, succeed, and take no time to speak of. */
const QUIET = new Set(['', ':', 'true', 'sync'])
/** The same, if what they are given is there: a container's own script knows its image, a person who types may be told otherwise. */
const TRUSTED = new Set(['trap', 'chmod', 'chown', 'ulimit', 'umask'])

type Sink = (text: string) => void
const NOWHERE: Sink = () => {}

export class Run {
  private readonly written: Written[] = []
  /** A line that has no end yet. */
  private partial = ''
  stdout = ''
  stderr = ''
  readonly files: Files
  /** What it serves, by port. */
  readonly servers = new Map<number, string>()
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
  private stopsAtErrors = false
  /** When the last command in the background ends. */
  private behind = 0
  private readonly exported = new Map<string, string>()
  private readonly variables = new Map<string, string>()

  constructor(
    private readonly started: number,
    private readonly until: number,
    private readonly around: Around,
    /** The first line that comes later ends the run. */
    private readonly after = Number.POSITIVE_INFINITY,
  ) {
    this.files = new Files(around)
    for (const [name, value] of around.environment ?? []) this.exported.set(name, value)
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
      if (redirection.fd === 0) stdin = this.files.contents(expandWord(redirection.to, this.values)) ?? ''
      else sinks[redirection.fd - 1] = this.sinkTo(redirection, sinks)
    }
    let first = 0
    for (; first < words.length; first++) {
      const assigned = /^([A-Za-z_]\w*)=(.*)$/s.exec(words[first] as string)
      if (!assigned) break
      const value = expandWord(assigned[2] as string, this.values)
      const [, name = ''] = assigned
      if (this.exported.has(name)) this.exported.set(name, value)
      else this.variables.set(name, value)
    }
    if (first > 0 && first === words.length) {
      this.status = 0
      return
    }
    const [name = '', ...args] = words.slice(first).flatMap(word => expandWords(word, this.values))
    const said = this.program(name, args, stdin, isPiped || redirections.some(({ fd }) => fd === 0))
    this.status = said.status ?? 0
    if (said.out) sinks[0](said.out)
    if (said.err) sinks[1](said.err)
  }

  private sinkTo({ append, to }: Redirection, [out, err]: readonly [Sink, Sink]): Sink {
    if (to === '&1') return out
    if (to === '&2') return err
    const path = expandWord(to, this.values)
    if (path === '/dev/null') return NOWHERE
    if (path === '/dev/stdout' || path === '/proc/self/fd/1') return out
    if (path === '/dev/stderr' || path === '/proc/self/fd/2') return err
    if (path.startsWith('/proc/')) unknown()
    // what is in it already is not known, nor is then what it holds: but a program does not end for that
    if (append && !this.around.strict && !this.files.isKnown(path)) return NOWHERE
    const before = append ? (this.files.found(path) ?? '') : ''
    this.files.put(path, before)
    return text => this.files.put(path, (this.files.written.get(path) ?? '') + text)
  }

  private program(name: string, args: readonly string[], stdin: string, isPiped: boolean): Said {
    switch (name.replace(/^\/(usr\/)?s?bin\//, '')) {
      case 'exit':
        this.status = Number.parseInt(args[0] ?? String(this.status), 10) & 255
        throw new Ended('exited')
      case 'false':
        return { status: 1 }
      case 'sleep':
        this.at += sleepMicros(args[0] ?? '')
        this.steps = 0
        return {}
      case 'wait':
        this.at = Math.max(this.at, this.behind)
        return {}
      case 'echo':
        return { out: echo(args) }
      case 'printf':
        return { out: printf(args) }
      case 'date':
        return { out: `${dateText(this.started + this.at, args) ?? unknown()}\n` }
      case 'seq':
        return seq(args) ?? unknown()
      case 'cd':
        return this.around.strict && !this.files.isFolder(args[0] ?? '') ? unknown() : {}
      case 'export':
        return this.export(args)
      case 'env':
      case 'printenv':
        return this.environment(name, args)
      case 'hostname':
        return args.length === 0 ? { out: this.files.found('/etc/hostname') ?? '' } : unknown()
      case 'sh':
      case 'ash':
      case 'bash':
      case 'dash':
        return this.shell(args, stdin)
      case 'eval':
        return this.nested(args.join(' '))
      case 'cat':
        return cat(this.files, args, stdin)
      case 'ls':
        return ls(this.files, args)
      case 'test':
        return test(this.files, args)
      case '[':
        return test(this.files, args.at(-1) === ']' ? args.slice(0, -1) : unknown())
      case 'httpd':
        return this.serve(args)
      case 'tee':
        return tee(this.files, args, stdin)
      case 'touch':
      case 'mkdir':
      case 'rm':
        return change(this.files, name, args, this.around.strict ?? false)
      case 'wget':
      case 'curl':
        return this.fetch(name as 'wget' | 'curl', args)
      case 'set':
        if (/^-\w*e/.test(args[0] ?? '')) this.stopsAtErrors = true
        return {}
    }
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
    if (filter) {
      const [own, files] = filesIn(name, args)
      if (files.length > 1 || (files.length === 0 && !isPiped && this.around.stdin === undefined)) return unknown()
      const [file] = files
      const input = file === undefined ? stdin : this.files.contents(file)
      if (input === undefined) return { err: `${name}: ${file}: No such file or directory\n`, status: name === 'grep' ? 2 : 1 }
      return filter(own, input) ?? unknown()
    }
    if (QUIET.has(name) || (TRUSTED.has(name) && !this.around.strict)) return {}
    if (this.around.isMissing?.(name)) return { err: `sh: ${name}: not found\n`, status: 127 }
    return unknown()
  }

  private export(args: readonly string[]): Said {
    for (const arg of args) {
      const [name = '', ...value] = arg.split('=')
      this.exported.set(name, arg.includes('=') ? value.join('=') : (this.variables.get(name) ?? this.exported.get(name) ?? ''))
    }
    return {}
  }

  private environment(program: string, args: readonly string[]): Said {
    if (this.around.environment === undefined || args.some(arg => arg.startsWith('-'))) return unknown()
    if (args.length === 0) return { out: [...this.exported].map(([name, value]) => `${name}=${value}\n`).join('') }
    if (program === 'env') return unknown()
    const values = args.map(arg => this.exported.get(arg))
    return {
      out: values.map(value => (value === undefined ? '' : `${value}\n`)).join(''),
      status: values.includes(undefined) ? 1 : 0,
    }
  }

  /** Another shell: its variables are its own. */
  private shell(args: readonly string[], stdin: string): Said {
    const at = args.findIndex(arg => /^-\w*c$/.test(arg))
    if (at < 0 && args.length > 0) return unknown()
    return this.nested(at < 0 ? stdin : (args[at + 1] ?? ''))
  }

  private nested(script: string): Said {
    let out = ''
    try {
      this.all(parseScript(script), text => {
        out += text
      })
    } catch (problem) {
      if (!(problem instanceof Ended) || problem.how !== 'exited') throw problem
    }
    return { out, status: this.status }
  }

  /** busybox's httpd, which goes into the background unless it is told not to. */
  private serve(args: readonly string[]): Said {
    const option = (flag: string): string | undefined => args[args.indexOf(flag) + 1]
    const port = args.includes('-p') ? Number(option('-p')?.split(':').at(-1)) : 80
    this.servers.set(port, args.includes('-h') ? (option('-h') ?? '') : '')
    if (args.includes('-f')) this.at = Number.POSITIVE_INFINITY
    return {}
  }

  /** A connection: its answer is there already, or the run waits for it. */
  private fetch(program: 'wget' | 'curl', args: readonly string[]): Said {
    if (!this.around.strict) return unknown()
    if (this.around.isMissing?.(program)) return { err: `sh: ${program}: not found\n`, status: 127 }
    const fetch = readFetch(program, args)
    if (!fetch) return unknown()
    const reply = this.around.replies?.[this.replied++]
    if (!reply) {
      const { host, port, path, timeoutSeconds } = fetch
      this.asked = Object.freeze({ host, port, path, timeoutSeconds, at: this.at })
      throw new Ended('asks')
    }
    this.at += reply.us
    const { more = '', ...said } = outcomeOf(fetch, reply) ?? unknown()
    if (fetch.to === '-' || said.out === undefined) return { ...said, out: (said.out ?? '') + more }
    if (fetch.to !== '/dev/null') this.files.put(fetch.to, said.out)
    return { ...said, out: more }
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
    variable: name => (name === '?' ? String(this.status) : (this.variables.get(name) ?? this.exported.get(name))),
    sum: text => String(arithmetic(text, name => this.values.variable(name) ?? '0') ?? unknown()),
    output: script => (this.nested(script).out ?? '').replace(/\n+$/, ''),
    unknown,
  }
}
