// Models github.com/spf13/pflag/flag.go (parseArgs) and cobra's way to a command.
import type { Command, Flag, FlagValue, FlagValues } from './command'
import { GLOBAL_FLAGS } from './flags'
import { suggestionsFor } from './suggest'

/** A parsed command line. */
export interface Parsed {
  /** From kubectl's own to the one that runs. */
  readonly path: readonly Command[]
  readonly args: readonly string[]
  /** How many arguments stood before `--`; -1 where there was none. */
  readonly dash: number
  readonly flags: FlagValues
  readonly help: boolean
}
type ParseResult = Parsed | { readonly error: string }

/** Full name of a command: `kubectl rollout status`. */
export const pathName = (path: readonly Command[]): string => path.map(command => command.name).join(' ')

/** Finds the command that the words name and reads its flags and arguments. */
export function parse(root: Command, words: readonly string[]): ParseResult {
  const { path, rest } = findCommand(root, words)
  const command = path[path.length - 1] ?? root
  if (path.length === 1) {
    const first = rest.find(word => !word.startsWith('-'))
    if (first !== undefined && first !== 'help')
      return { error: `unknown command ${JSON.stringify(first)} for ${JSON.stringify(root.name)}${suggestionsFor(root, first)}` }
  }
  const flags = [...(command.flags ?? []), ...GLOBAL_FLAGS]
  const read = readFlags(flags, rest, command.anyFlags)
  if ('error' in read) return { error: `${read.error}\nSee '${pathName(path)} --help' for usage.` }
  const missing = read.help ? [] : flags.filter(f => f.required && !read.flags.changed.has(f.name))
  if (missing.length > 0) return { error: `required flag(s) ${missing.map(f => JSON.stringify(f.name)).join(', ')} not set` }
  return { path, ...read }
}

/** Walks down to the deepest command that the words name; flags between the names are passed over. */
export function findCommand(
  root: Command,
  words: readonly string[],
): { readonly path: readonly Command[]; readonly rest: readonly string[] } {
  const path = [root]
  const rest = [...words]
  let at = 0
  while (at < rest.length) {
    const command = path[path.length - 1] ?? root
    const word = rest[at] ?? ''
    if (word === '--') break
    if (word.startsWith('-')) {
      at += takesNext([...(command.flags ?? []), ...GLOBAL_FLAGS], word) ? 2 : 1
      continue
    }
    const next = command.commands?.find(c => c.name === word || c.aliases?.includes(word))
    if (!next) break
    path.push(next)
    rest.splice(at, 1)
  }
  return { path, rest }
}

/** True if a flag's value is the next word. */
export function takesNext(flags: readonly Flag[], word: string): boolean {
  if (word.includes('=')) return false
  const found = word.startsWith('--')
    ? flags.find(f => f.name === word.slice(2))
    : word.length === 2
      ? flags.find(f => f.short === word.charAt(1))
      : undefined
  return found !== undefined && found.type !== 'bool' && found.bare === undefined
}

const isKnown = (flags: readonly Flag[], word: string): boolean =>
  /^(-h|--help)$/.test(word) ||
  flags.some(({ name, short }) => (word.startsWith('--') ? word.slice(2).split('=')[0] === name : short === word.charAt(1)))

interface Reading {
  readonly values: Record<string, FlagValue>
  readonly changed: Set<string>
  readonly args: string[]
  dash: number
  help: boolean
}

function readFlags(
  flags: readonly Flag[],
  words: readonly string[],
  anyFlags = false,
): (Omit<Parsed, 'path'> & { error?: undefined }) | { readonly error: string } {
  const values: Record<string, FlagValue> = {}
  for (const f of flags) values[f.name] = f.value ?? ZERO[f.type]
  const reading: Reading = { values, changed: new Set(), args: [], dash: -1, help: false }
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    if (word === '--') {
      reading.dash = reading.args.length
      reading.args.push(...words.slice(at + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      reading.args.push(word)
      at++
      continue
    }
    if (anyFlags && !isKnown(flags, word)) {
      at++
      continue
    }
    const used = word.startsWith('--')
      ? readLong(flags, reading, word, words[at + 1])
      : readShort(flags, reading, word, words[at + 1])
    if (typeof used === 'string') return { error: used }
    at += used
  }
  return { args: reading.args, dash: reading.dash, help: reading.help, flags: { values, changed: reading.changed } }
}
const ZERO: Readonly<Record<Flag['type'], FlagValue>> = { string: '', bool: false, int: 0, duration: '0s', slice: [], array: [] }

/** Reads `--name`, `--name=value` or `--name value`; returns how many words it used, or what is wrong. */
function readLong(flags: readonly Flag[], reading: Reading, word: string, next: string | undefined): number | string {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
  if (name === '' || name.startsWith('-')) return `bad flag syntax: ${word}`
  const found = flags.find(f => f.name === name)
  if (!found) {
    if (name === 'help') {
      reading.help = equals < 0 || TRUE.includes(word.slice(equals + 1))
      return 1
    }
    return `unknown flag: --${name}`
  }
  if (equals >= 0) return setFlag(reading, found, word.slice(equals + 1)) ?? 1
  if (found.type === 'bool') return setFlag(reading, found, 'true') ?? 1
  if (found.bare !== undefined) return setFlag(reading, found, found.bare) ?? 1
  if (next === undefined) return `flag needs an argument: --${name}`
  return setFlag(reading, found, next) ?? 2
}

/** Reads `-abc`, `-n value`, `-nvalue`, `-n=value`. */
function readShort(flags: readonly Flag[], reading: Reading, word: string, next: string | undefined): number | string {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const found = flags.find(f => f.short === letter)
    if (!found) {
      if (letter === 'h') {
        reading.help = true
        continue
      }
      return `unknown shorthand flag: '${letter}' in ${word}`
    }
    const rest = word.slice(at + 1)
    if (rest.startsWith('=')) return setFlag(reading, found, rest.slice(1)) ?? 1
    const bare = found.type === 'bool' ? 'true' : found.bare
    if (bare !== undefined) {
      const wrong = setFlag(reading, found, bare)
      if (wrong) return wrong
      continue
    }
    if (rest !== '') return setFlag(reading, found, rest) ?? 1
    if (next === undefined) return `flag needs an argument: '${letter}' in ${word}`
    return setFlag(reading, found, next) ?? 2
  }
  return 1
}

/** Sets a flag; returns what is wrong with the text, if anything. */
function setFlag(reading: Reading, f: Flag, text: string): string | undefined {
  const value = readValue(f, text)
  if (typeof value === 'object' && !Array.isArray(value)) {
    const name = f.short ? `-${f.short}, --${f.name}` : `--${f.name}`
    return `invalid argument ${JSON.stringify(text)} for ${JSON.stringify(name)} flag: ${(value as { error: string }).error}`
  }
  const before = reading.values[f.name]
  reading.values[f.name] =
    Array.isArray(value) && reading.changed.has(f.name) && Array.isArray(before) ? [...before, ...value] : (value as FlagValue)
  reading.changed.add(f.name)
  return undefined
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True']
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False']

function readValue(f: Flag, text: string): FlagValue | { readonly error: string } {
  switch (f.type) {
    case 'bool':
      if (TRUE.includes(text)) return true
      return FALSE.includes(text) ? false : { error: `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax` }
    case 'int': {
      if (!/^[+-]?\d+$/.test(text)) return { error: `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax` }
      const value = Number(text)
      return Math.abs(value) > 2147483647
        ? { error: `strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range` }
        : value
    }
    case 'duration':
      return durationMs(text) === undefined ? { error: `time: invalid duration ${JSON.stringify(text)}` } : text
    case 'slice':
      return text === '' ? [] : text.split(',')
    case 'array':
      return [text]
    default:
      return text
  }
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a Go duration (`1m30s`); undefined where it is none. */
export function durationMs(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return 0
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(body)) return undefined
  let ms = 0
  for (const [, amount, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  return sign * ms
}
