/** The programs that a script may run, each a function of its words, its input and the shell around it. */
import { type Fetch, outcomeOf, type Reply, readFetch } from '../api/fetch'
import { echo, FILTERS, filesIn, printf, type Said, seq } from './applets'
import { dateText, sleepMicros } from './clock'
import { complaint, type Voice } from './complaints'
import { cat, change, ls, tee, test } from './file-programs'
import type { Around } from './shell'
import { Ended, type Files, unknown } from './shell-files'
import type { Variables } from './shell-variables'

/** Programs that write nothing, succeed, and take no time to speak of. */
const QUIET = new Set(['', ':', 'true', 'sync'])
/** The same, if what they are given is there: a container's own script knows its image, a person who types may be told otherwise. */
const TRUSTED = new Set(['trap', 'chmod', 'chown', 'ulimit', 'umask'])

/** A shell and each of its programs take so long to be there: too little for a log, enough for a probe that comes at once. */
const LAUNCH_US = 2000

/** What is served at a port, and from when on. */
export interface Server {
  readonly root: string
  /** µs after the script's start. */
  readonly from: number
}

/** What programs see and change of the run that they are in. */
export interface Shell {
  readonly around: Around
  readonly files: Files
  readonly variables: Variables
  readonly voice: Voice
  /** What it serves, by port. */
  readonly servers: Map<number, Server>
  /** Programs that it has started so far. */
  readonly launched: number
  /** When it was started, and µs since then. */
  readonly started: number
  at: number
  status: number
  stopsAtErrors: boolean
  sleep(us: number): void
  wait(): void
  nested(script: string): Said
  subshell(script: string): Said
  reply(fetch: Fetch): Reply
}

/** Runs a program; ends the run where it is not known what it does. */
export function program(shell: Shell, command: string, args: readonly string[], stdin: string, isPiped: boolean): Said {
  const { files, voice, variables, around } = shell
  const name = command.replace(/^\/(usr\/)?s?bin\//, '')
  switch (name) {
    case 'exit':
      shell.status = Number.parseInt(args[0] ?? String(shell.status), 10) & 255
      throw new Ended('exited')
    case 'false':
      return { status: 1 }
    case 'sleep':
      shell.sleep(sleepMicros(args[0] ?? ''))
      return {}
    case 'wait':
      shell.wait()
      return {}
    case 'echo':
      return { out: echo(args) }
    case 'printf':
      return { out: printf(args) }
    case 'date':
      return { out: `${(variables.known('TZ') ? undefined : dateText(shell.started + shell.at, args)) ?? unknown()}\n` }
    case 'seq':
      return seq(args) ?? unknown()
    case 'cd':
      return enter(shell, args[0] ?? variables.get('HOME') ?? '/')
    case 'pwd':
      return { out: `${files.folder ?? unknown()}\n` }
    case 'export':
      return variables.export(args)
    case 'unset':
      return variables.unset(args)
    case 'env':
    case 'printenv':
      return variables.print(name, args)
    case 'hostname':
      return hostname(files, args)
    case 'sh':
    case 'ash':
    case 'bash':
    case 'dash':
      return another(shell, args, stdin)
    case 'eval':
      return shell.nested(args.join(' '))
    case 'cat':
      return cat(files, voice, args, stdin)
    case 'ls':
      return ls(files, voice, args)
    case 'test':
      return test(files, args)
    case '[':
      return test(files, args.at(-1) === ']' ? args.slice(0, -1) : unknown())
    case 'httpd':
      return serve(shell, args)
    case 'tee':
      return tee(files, voice, args, stdin)
    case 'touch':
    case 'mkdir':
    case 'rm':
      return change(files, voice, name, args, around.strict ?? false)
    case 'wget':
    case 'curl':
      return fetch(shell, name, args)
    case 'set':
      // `-x`: it says what it does
      if (args.some(arg => /^-\w*x/.test(arg) || arg === 'xtrace')) return unknown()
      if (/^-\w*e/.test(args[0] ?? '')) shell.stopsAtErrors = true
      return {}
  }
  if (Object.hasOwn(FILTERS, name)) return filter(shell, name, args, stdin, isPiped)
  return QUIET.has(name) || (TRUSTED.has(name) && !around.strict) ? {} : unknown()
}

/** A program that makes one text of another: of its input, or of a file. */
function filter({ files, voice, around }: Shell, name: string, args: readonly string[], stdin: string, isPiped: boolean): Said {
  const [own, paths] = filesIn(name, args)
  if (paths.length > 1 || (paths.length === 0 && !isPiped && around.stdin === undefined)) return unknown()
  const [path] = paths
  const input = path === undefined ? stdin : files.read(path)
  if (typeof input !== 'string') return complaint(voice, name, path ?? '', input.problem)
  const said = FILTERS[name]?.(own, input) ?? unknown()
  // it says whose lines it has counted
  return name === 'wc' && path !== undefined ? { ...said, out: said.out?.replace(/\n$/, ` ${path}\n`) ?? '' } : said
}

/** `cd`: a person may be wrong about what is there; a script is taken to know. */
function enter({ files, variables, around }: Shell, path: string): Said {
  const what = files.whatKnown(path)
  if (what !== 'folder' && (around.strict || what !== undefined)) return unknown()
  files.folder = files.at(path)
  variables.enter(files.folder)
  return {}
}

/** Its name, or (`-i`) the address that /etc/hosts has for it. */
function hostname(files: Files, [flag, ...more]: readonly string[]): Said {
  const name = files.read('/etc/hostname')
  if (typeof name !== 'string' || more.length > 0) return unknown()
  if (flag === undefined) return { out: name }
  const hosts = files.read('/etc/hosts')
  const lines = typeof hosts === 'string' ? hosts.split('\n').map(line => line.split(/\s+/)) : []
  const address = lines.find(([, ...names]) => names.includes(name.trim()))?.[0]
  return flag === '-i' && address ? { out: `${address}\n` } : unknown()
}

/** Another shell: its variables are its own. */
function another(shell: Shell, args: readonly string[], stdin: string): Said {
  const at = args.findIndex(arg => /^-\w*c$/.test(arg))
  if (at < 0 && args.length > 0) return unknown()
  return shell.subshell(at < 0 ? stdin : (args[at + 1] ?? ''))
}

/** busybox's httpd, which goes into the background unless it is told not to. */
function serve(shell: Shell, args: readonly string[]): Said {
  const option = (flag: string): string | undefined => args[args.indexOf(flag) + 1]
  const port = args.includes('-p') ? Number(option('-p')?.split(':').at(-1)) : 80
  shell.servers.set(port, { root: args.includes('-h') ? (option('-h') ?? '') : '', from: shell.at + shell.launched * LAUNCH_US })
  if (args.includes('-f')) shell.at = Number.POSITIVE_INFINITY
  return {}
}

/** A connection, and what is made of its answer. */
function fetch(shell: Shell, name: 'wget' | 'curl', args: readonly string[]): Said {
  const { around, voice, files } = shell
  // GNU's wget has other words
  const asked = around.strict && !(name === 'wget' && voice.family === 'gnu') ? readFetch(name, args) : undefined
  if (!asked) return unknown()
  const reply = shell.reply(asked)
  shell.at += reply.us
  const { more = '', ...said } = outcomeOf(asked, reply) ?? unknown()
  if (asked.to === '-' || said.out === undefined) return { ...said, out: (said.out ?? '') + more }
  if (asked.to !== '/dev/null') {
    if (files.refusal(asked.to)) return unknown()
    files.put(asked.to, said.out)
  }
  return { ...said, out: more }
}
