/** What the program in a container does, as far as a cluster can see it: data by image, and a reading of the usual commands. */

import type { ContainerConfig } from '../api/cri'
import { parseReference } from './images'
import { endOf, isRead } from './shell'
import { aroundProgram, isMissingIn, type Made } from './surroundings'
import { userlandOf } from './userlands'

export interface Program {
  /** It ends by itself after so many virtual milliseconds; absent: it runs until it is stopped. */
  readonly endsAfterMs?: number
  /** Its exit code when it ends by itself. */
  readonly exitCode: number
  /** What it does with SIGTERM: ends with that code after a while; absent: nothing, so that it has to be killed. */
  readonly onTerm?: { readonly exitCode: number; readonly afterMs: number }
  /** Where it listens; undefined: on the ports that its spec names, or on any when it names none. */
  readonly listens?: readonly number[]
  /** It takes more memory than its limit lets it, and is killed for that. */
  readonly outOfMemory?: boolean
  /** There is no such program in the image: it can't be started. */
  readonly missing?: string
  /** Nobody knows what its command does: it is taken to go on, or, in the middle of a script, to have worked. */
  readonly guessed?: boolean
}

const SERVER: Program = { exitCode: 0, onTerm: { exitCode: 0, afterMs: 80 } }
const SHELL: Program = { exitCode: 0, endsAfterMs: 5, listens: [] }
/** The first process of a container has no default handlers: a plain `sleep` never hears SIGTERM. */
const forever: Program = { exitCode: 0, listens: [] }

const AGNHOST: Program = { ...SERVER, listens: [8080] }
const GO: Program = { ...AGNHOST, onTerm: { exitCode: 2, afterMs: 5 } }

const IMAGES: Readonly<Record<string, Program>> = {
  'library/nginx': { ...SERVER, listens: [80] },
  'library/httpd': { ...SERVER, listens: [80] },
  'library/redis': { ...SERVER, listens: [6379] },
  'library/postgres': { ...SERVER, listens: [5432] },
  'library/mysql': { ...SERVER, listens: [3306] },
  'library/busybox': SHELL,
  'library/alpine': SHELL,
  'library/debian': SHELL,
  'library/ubuntu': SHELL,
  'library/bash': SHELL,
  'library/python': SHELL,
  'library/node': SHELL,
  'library/hello-world': SHELL,
  // scripts that count something, as Jobs of examples do
  'library/perl': { ...SHELL, endsAfterMs: 5000 },
  pause: { exitCode: 0, onTerm: { exitCode: 0, afterMs: 5 }, listens: [] },
  'e2e-test-images/agnhost': AGNHOST,
}

/** The program of a container. `sleep`, `exit` and the like and a shell's script are understood; another command runs on. */
export function programOf(config: ContainerConfig, userland = userlandOf(config.image, false)): Program {
  const { image, command, args, memoryLimit } = config
  const repository = parseReference(image)?.repository ?? ''
  const known = Object.hasOwn(IMAGES, repository) ? IMAGES[repository] : undefined
  // a program in Go that has no handler for SIGTERM ends with 2
  if (known === AGNHOST && [...command, ...args].includes('liveness')) return GO
  const words = command.length > 0 ? [...command, ...args] : known === SHELL || known?.listens?.length === 0 ? args : []
  if (words.length === 0) return known ?? SERVER
  const [name = '', ...rest] = words
  if (memoryLimit !== undefined && takenBy(words) > memoryLimit) return OUT_OF_MEMORY
  const made = { config, userland }
  if (isMissingIn(made, name)) return { exitCode: 128, listens: [], missing: name }
  if (/(^|\/)(ba|da|a)?sh$/.test(name)) {
    const script = rest[rest.indexOf('-c') + 1] ?? ''
    return rest.includes('-c') ? scriptProgram(script, made, known) : SHELL
  }
  return simple(name, rest) ?? alone(words, made) ?? unheard(name, known)
}

/** A program that the image is for is known; of another it is not known when it ends. */
function unheard(name: string, known: Program | undefined): Program {
  const running = known === undefined || known === SHELL ? SERVER : known
  return OWN.test(name) || takenBy([name, '--vm', '1']) > 0 ? running : { ...running, guessed: true }
}
const OWN =
  /(^|\/)(nginx|httpd|httpd-foreground|apache2-foreground|redis-server|postgres|mysqld|agnhost|pause|docker-entrypoint\.sh)$/

/** A command that ends by itself, and is understood. */
function alone(words: readonly string[], made: Made): Program | undefined {
  const script = words.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const end = endOf(script, { ...aroundProgram(made), inShell: false })
  return end && { exitCode: end.exitCode, endsAfterMs: 5 + end.at / 1000, listens: [] }
}

const BYTES: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 * 1024, G: 1024 * 1024 * 1024 }

/** Bytes that `stress --vm` takes. */
function takenBy(words: readonly string[]): number {
  if (words[0] !== 'stress') return 0
  const option = (...names: string[]): string | undefined =>
    names.map(name => words[words.indexOf(name) + 1 || words.length]).find(value => value !== undefined)
  const [, digits = '0', unit = ''] = /^(\d+)([BKMG]?)$/.exec(option('--vm-bytes') ?? '256M') ?? []
  return Number(option('--vm', '-m') ?? 0) * Number(digits) * (BYTES[unit] ?? 1)
}
/** It takes the kernel about a second to find that nothing else helps, as recorded. */
const OUT_OF_MEMORY: Program = { exitCode: 137, endsAfterMs: 1200, listens: [], outOfMemory: true }

/** A command by itself. */
function simple(name: string, args: readonly string[]): Program | undefined {
  switch (name.slice(name.lastIndexOf('/') + 1)) {
    case 'sleep': {
      const ms = sleepMs(args[0] ?? '0')
      return ms === undefined ? forever : { ...forever, endsAfterMs: ms }
    }
    case 'true':
    case 'echo':
    case 'date':
      return SHELL
    case 'false':
      return { ...SHELL, exitCode: 1 }
    case 'exit':
      return { ...SHELL, exitCode: Number.parseInt(args[0] ?? '0', 10) & 255 }
    case 'tail':
      return forever
    default:
      return undefined
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 }

/** Milliseconds of sleep's argument; undefined for infinity. */
function sleepMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text)
  if (!match) return undefined
  return Math.round(Number(match[1]) * 1000 * (UNITS[match[2] || 's'] ?? 1))
}

/** What goes on as soon as it has done its work. */
const BRIEF =
  /^(|:|true|echo|cd|cp|mv|ln|rm|mkdir|touch|chmod|chown|export|set|trap|umask|ulimit|sync|apk|apt|apt-get|pip|pip3|source|\.|fi|done|else|then|do|\}|\{)$/

/** A shell's script, read from left to right: sleeps add up, the first exit ends it, a loop without end never does. */
function scriptProgram(script: string, made: Made, known: Program | undefined): Program {
  const trap = /trap\s+(['"]?)(.*?)\1\s+(?:SIG)?TERM/.exec(script)
  const onTerm = trap?.[2]
    ? { onTerm: { exitCode: Number(/exit (\d+)/.exec(trap[2] ?? '')?.[1] ?? 0), afterMs: 20 + trapMs(trap[2] ?? '') } }
    : {}
  if (/while\s+(true|:|sleep)|until\s+false|for\s*\(\(;;\)\)/.test(script)) return { ...forever, ...onTerm }
  const around = { ...aroundProgram(made), inShell: true }
  const end = trap ? undefined : endOf(script, around)
  if (end) return { exitCode: end.exitCode, endsAfterMs: 5 + end.at / 1000, listens: [] }
  const guessed = isRead(script, around) ? {} : { guessed: true }
  let ms = 5
  let last: string | undefined
  const body = trap ? script.replace(trap[0], '') : script
  for (const part of body
    .replace(/'[^']*'|"[^"]*"/g, quoted => quoted.replace(/[;&|\n]/g, ' '))
    .split(/[;&|\n]+|\bdo\b|\bthen\b/)) {
    const [name = '', ...args] = part.trim().split(/\s+/)
    const step = simple(name, args)
    if (name === 'exit') return { exitCode: step?.exitCode ?? 0, endsAfterMs: ms, listens: [], ...onTerm, ...guessed }
    if (step === undefined || name === 'true' || name === 'echo') {
      last = BRIEF.test(name) ? (name === '' ? last : undefined) : part.trim()
      continue
    }
    last = undefined
    if (step.endsAfterMs === undefined) return { ...forever, ...onTerm, ...guessed }
    ms += step.endsAfterMs
  }
  // nobody knows when its last command ends, and the shell waits for it
  if (last !== undefined) return { ...forever, ...listening(last, known), ...onTerm, ...guessed }
  return { exitCode: 0, endsAfterMs: ms, listens: [], ...onTerm, ...guessed }
}

/** What a script's last command is where it is its image's own program, or one that nobody knows. */
function listening(command: string, known: Program | undefined): Partial<Program> {
  const { listens: _, ...anywhere } = forever
  const running = known === undefined ? anywhere : { listens: known.listens ?? [] }
  const { onTerm } = known ?? SERVER
  return /^exec\s/.test(command) && onTerm ? { ...running, onTerm } : running
}

const trapMs = (handler: string): number => {
  const match = /sleep\s+(\S+?)(?:[;&\s]|$)/.exec(handler)
  return match ? (sleepMs(match[1] ?? '0') ?? 0) : 0
}
