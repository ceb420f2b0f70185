/** One run of a script: its time, its variables, its files, what it writes. Pure: what waits for an answer is run again with it. */
import { arithmetic, echo, FILTERS, filesIn, printf, type Said, seq } from './applets'
import { dateText, sleepMicros } from './clock'
import { condition } from './conditions'
import { type Ask, outcomeOf, readFetch } from './fetch'
import type { Around, Written } from './shell'
import { type Node, parseScript, type Redirection, type Simple } from './shell-syntax'
import { expandWord, expandWords, type Values } from './shell-words'

/** What a file holds; undefined where there is none. */
export type Look = (path: string) => string | undefined | 'unknown'

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

/** Why a run is over before its script is: it has exited, all that was asked for is known, it waits for an answer, or what comes is not known. */
export class Ended extends Error {
  constructor(readonly how: 'exited' | 'enough' | 'asks' | 'unknown') {
    super()
  }
}

type Sink = (text: string) => void
const NOWHERE: Sink = () => {}

export class Run {
  private readonly written: Written[] = []
  /** A line that has no end yet. */
  private partial = ''
  stdout = ''
  stderr = ''
  /** What it has made of files, by path, what it has removed, and what it serves, by port. */
  readonly files = new Map<string, string>()
  readonly removed = new Set<string>()
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
      if (redirection.fd === 0) stdin = this.contents(expandWord(redirection.to, this.values)) ?? ''
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
    if (path.startsWith('/proc/')) throw new Ended('unknown')
    const before = append ? (this.found(path) ?? '') : ''
    this.put(path, before)
    return text => this.put(path, (this.files.get(path) ?? '') + text)
  }

  private put(path: string, text: string): void {
    this.removed.delete(path)
    this.files.set(path, text)
  }

  /** What a file holds; undefined where there is none; ends the run where that is not known. */
  private found(path: string): string | undefined {
    if (this.removed.has(path)) return undefined
    const own = this.files.get(path)
    if (own !== undefined) return own
    const text = this.around.look ? this.around.look(path) : 'unknown'
    if (text === 'unknown') throw new Ended('unknown')
    return text
  }

  /** The same of a file that has to be there. */
  private contents(path: string): string | undefined {
    return path === '-' || path === '/dev/stdin' ? (this.around.stdin ?? '') : path === '/dev/null' ? '' : this.found(path)
  }

  /** Names in a directory that are known. */
  private inside(path: string): readonly string[] | undefined {
    const folder = path.replace(/\/+$/, '')
    const own = [...this.files.keys()].filter(file => file.startsWith(`${folder}/`))
    const others = this.around.entries?.(folder || '/')
    if (others === 'unknown') throw new Ended('unknown')
    if (others === undefined && own.length === 0) return undefined
    const names = [...own.map(file => file.slice(folder.length + 1).split('/')[0] ?? ''), ...(others ?? [])]
    const there = [...new Set(names)].filter(name => !this.removed.has(`${folder}/${name}`))
    return there.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /** Whether a path is known to be a directory. */
  private isFolder(path: string): boolean {
    return path === '/' || this.inside(path) !== undefined
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
        return { out: `${dateText(this.started + this.at, args) ?? this.unknown()}\n` }
      case 'seq':
        return seq(args) ?? this.unknown()
      case 'cd':
        return this.around.strict && !this.isFolder(args[0] ?? '') ? this.unknown() : {}
      case 'export':
        return this.export(args)
      case 'env':
      case 'printenv':
        return this.environment(name, args)
      case 'hostname':
        return args.length === 0 ? { out: this.found('/etc/hostname') ?? '' } : this.unknown()
      case 'sh':
      case 'ash':
      case 'bash':
      case 'dash':
        return this.shell(args, stdin)
      case 'eval':
        return this.nested(args.join(' '))
      case 'cat':
        return this.cat(args, stdin)
      case 'ls':
        return this.ls(args)
      case 'test':
        return this.test(args)
      case '[':
        return this.test(args.at(-1) === ']' ? args.slice(0, -1) : this.unknown())
      case 'httpd':
        return this.serve(args)
      case 'tee':
        for (const path of args.filter(arg => arg !== '-a'))
          this.put(path, (args.includes('-a') ? (this.found(path) ?? '') : '') + stdin)
        return { out: stdin }
      case 'touch':
      case 'mkdir':
      case 'rm':
        return this.change(name, args)
      case 'wget':
      case 'curl':
        return this.fetch(name as 'wget' | 'curl', args)
      case 'set':
        if (/^-\w*e/.test(args[0] ?? '')) this.stopsAtErrors = true
        return {}
    }
    const filter = FILTERS[name]
    if (filter) {
      const [own, files] = filesIn(name, args)
      if (files.length > 1 || (files.length === 0 && !isPiped && this.around.stdin === undefined)) return this.unknown()
      const [file] = files
      const input = file === undefined ? stdin : this.contents(file)
      if (input === undefined) return { err: `${name}: ${file}: No such file or directory\n`, status: name === 'grep' ? 2 : 1 }
      return filter(own, input) ?? this.unknown()
    }
    if (QUIET.has(name) || (TRUSTED.has(name) && !this.around.strict)) return {}
    if (this.around.isMissing?.(name)) return { err: `sh: ${name}: not found\n`, status: 127 }
    return this.unknown()
  }

  private unknown(): never {
    throw new Ended('unknown')
  }

  private export(args: readonly string[]): Said {
    for (const arg of args) {
      const [name = '', ...value] = arg.split('=')
      this.exported.set(name, arg.includes('=') ? value.join('=') : (this.variables.get(name) ?? this.exported.get(name) ?? ''))
    }
    return {}
  }

  private environment(program: string, args: readonly string[]): Said {
    if (this.around.environment === undefined || args.some(arg => arg.startsWith('-'))) return this.unknown()
    if (args.length === 0) return { out: [...this.exported].map(([name, value]) => `${name}=${value}\n`).join('') }
    if (program === 'env') return this.unknown()
    const values = args.map(arg => this.exported.get(arg))
    return {
      out: values.map(value => (value === undefined ? '' : `${value}\n`)).join(''),
      status: values.includes(undefined) ? 1 : 0,
    }
  }

  /** Another shell: its variables are its own. */
  private shell(args: readonly string[], stdin: string): Said {
    const at = args.findIndex(arg => /^-\w*c$/.test(arg))
    if (at < 0 && args.length > 0) return this.unknown()
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

  private cat(args: readonly string[], stdin: string): Said {
    if (args.some(arg => /^-./.test(arg))) return this.unknown()
    if (args.length === 0) return { out: stdin }
    let out = ''
    let err = ''
    for (const path of args) {
      const text = path === '-' ? stdin : this.contents(path)
      if (text === undefined) err += `cat: can't open '${path}': No such file or directory\n`
      else out += text
    }
    return { out, err, status: err === '' ? 0 : 1 }
  }

  private ls(args: readonly string[]): Said {
    const flags = args.filter(arg => /^-./.test(arg)).join('')
    if (/[^-a1A]/.test(flags)) return this.unknown()
    const paths = args.filter(arg => !/^-./.test(arg))
    if (paths.length !== 1) return this.unknown()
    const path = paths[0] as string
    const names = this.inside(path)
    if (names) {
      const all = flags.includes('a') ? ['.', '..', ...names] : names
      return {
        out: all
          .filter(name => flags.includes('a') || !name.startsWith('.'))
          .map(name => `${name}\n`)
          .join(''),
      }
    }
    if (this.found(path) === undefined) return { err: `ls: ${path}: No such file or directory\n`, status: 1 }
    return { out: `${path}\n` }
  }

  private test(args: readonly string[]): Said {
    const holds = condition(args, {
      isThere: path => this.inside(path) !== undefined || this.found(path) !== undefined,
      isFolder: path => this.files.get(path) === '' || this.isFolder(path),
      contents: path => this.found(path),
    })
    return { status: (holds ?? this.unknown()) ? 0 : 1 }
  }

  private change(name: string, args: readonly string[]): Said {
    const paths = args.filter(arg => !arg.startsWith('-'))
    let err = ''
    for (const path of paths)
      if (name === 'touch') this.put(path, this.known(path) ?? '')
      else if (name === 'mkdir') this.put(path, this.files.get(path) ?? '')
      else {
        if (this.around.strict && !args.some(arg => /^-\w*f/.test(arg)) && this.found(path) === undefined)
          err += `rm: can't remove '${path}': No such file or directory\n`
        for (const file of this.files.keys()) if (file === path || file.startsWith(`${path}/`)) this.files.delete(file)
        this.removed.add(path)
      }
    return { err, status: err === '' ? 0 : 1 }
  }

  /** Contents, as far as they are known. */
  private known(path: string): string | undefined {
    const text = this.files.get(path) ?? (this.removed.has(path) ? undefined : this.around.look?.(path))
    return text === 'unknown' ? undefined : text
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
    if (!this.around.strict) return this.unknown()
    if (this.around.isMissing?.(program)) return { err: `sh: ${program}: not found\n`, status: 127 }
    const fetch = readFetch(program, args)
    if (!fetch) return this.unknown()
    const reply = this.around.replies?.[this.replied++]
    if (!reply) {
      const { host, port, path, timeoutSeconds } = fetch
      this.asked = Object.freeze({ host, port, path, timeoutSeconds, at: this.at })
      throw new Ended('asks')
    }
    this.at += reply.us
    const said = outcomeOf(fetch, reply) ?? this.unknown()
    if (fetch.to === '-' || said.out === undefined) return said
    this.put(fetch.to, said.out)
    return { ...said, out: '' }
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
    sum: text => String(arithmetic(text, name => this.values.variable(name) ?? '0') ?? this.unknown()),
    output: script => (this.nested(script).out ?? '').replace(/\n+$/, ''),
    unknown: () => this.unknown(),
  }
}
