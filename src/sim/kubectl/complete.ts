/** Completion of command lines, from the same tables that commands are read with. */
import { RESOURCES, type Resource, resolveResource } from '../api/kinds'
import type { Command, Flag } from './command'
import { KUBECTL } from './commands'
import { GLOBAL_FLAGS } from './flags'
import { splitLine } from './line'
import { findCommand, takesNext } from './parse'

export interface CompletionOption {
  readonly label: string
  /** A few words about it. */
  readonly detail?: string
}
export interface LineCompletion {
  /** Where in the line the word begins that is completed. */
  readonly from: number
  readonly options: readonly CompletionOption[]
}

/** Names of a resource's objects, by its plural; of those in `namespace` where the line names one. */
export type Names = (plural: string, namespace?: string) => readonly string[]

/** Ports of an object, by its resource's plural and its name: a Service's own, else those that its containers name. */
export type Ports = (plural: string, name: string, namespace?: string) => readonly string[]

/** What a line can be about. */
interface Things {
  readonly names: Names
  readonly ports: (plural: string, name: string) => readonly string[]
}

/** What can stand at `cursor`. */
export function complete(line: string, cursor: number, names: Names, ports: Ports = () => []): LineCompletion {
  const before = line.slice(0, cursor)
  const from = wordStart(before)
  const word = before.slice(from)
  const split = splitLine(before.slice(0, from))
  if ('error' in split) return { from, options: [] }
  // a line that begins with kubectl's own name is being typed
  const isFirst = split.words.length === 0 && before.trimStart() === word && word !== ''
  const begun = isFirst ? PROGRAMS.filter(program => program.startsWith(word)) : []
  const found = findCommand(KUBECTL, split.words)
  const namespace = namespaceOf(found.rest)
  const options = optionsFor(found.path, found.rest, word, {
    names: plural => (plural === 'namespaces' ? names(plural) : names(plural, namespace)),
    ports: (plural, name) => ports(plural, name, namespace),
  })
  const last =
    word.includes(',') && !word.startsWith('-') ? word.lastIndexOf(',') + 1 : word.includes('/') ? word.indexOf('/') + 1 : 0
  const typed = word.slice(last)
  const fitting = options.filter(option => option.label.startsWith(word.startsWith('-') ? word : typed))
  return {
    from: word.startsWith('-') ? from : from + last,
    options: fitting.length === 0 ? begun.map(program => ({ label: `${program} ` })) : fitting,
  }
}
const PROGRAMS = ['kubectl', 'curl']

/** What `-n` says, in any of its ways. */
function namespaceOf(words: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    if (word === '-n' || word === '--namespace') return words[i + 1]
    const found = /^(?:-n=?|--namespace=)(.+)$/.exec(word)
    if (found) return found[1]
  }
  return undefined
}

/** Blanks within quotes do not end a word. */
function wordStart(text: string): number {
  let start = 0
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (/\s/.test(char)) start = at + 1
  }
  return start
}

function optionsFor(
  path: readonly Command[],
  rest: readonly string[],
  word: string,
  things: Things,
): readonly CompletionOption[] {
  const { names } = things
  const command = path[path.length - 1] ?? KUBECTL
  const flags: readonly Flag[] = [...(command.flags ?? []), ...GLOBAL_FLAGS]
  const previous = rest[rest.length - 1] ?? ''
  if (previous.startsWith('-') && takesNext(flags, previous)) return valuesOf(flags, previous, names)
  if (word.startsWith('-')) {
    const at = word.indexOf('=')
    if (at > 0)
      return valuesOf(flags, word.slice(0, at), names).map(option => ({
        ...option,
        label: `${word.slice(0, at)}=${option.label}`,
      }))
    return flags
      .filter(flag => !flag.hidden && !flag.refused)
      .map(flag => ({ label: `--${flag.name}${flag.type === 'bool' ? '' : '='}`, detail: firstSentence(flag.help) }))
  }
  if (command.commands && argumentsOf(rest, flags).length === 0) {
    const commands = command.commands.filter(isThere).map(({ name, short }) => ({ label: name, detail: short }))
    if (commands.length > 0 && command.run === undefined) return commands
    if (commands.length > 0 && command.arguments !== 'resources') return commands
  }
  return argumentOptions(command, argumentsOf(rest, flags), word, things)
}

/** The words that are no flags and no flags' values. */
function argumentsOf(rest: readonly string[], flags: readonly Flag[]): readonly string[] {
  const args: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    if (!word.startsWith('-')) args.push(word)
    else if (takesNext(flags, word)) at++
  }
  return args
}

/** `pod`, or `type/name`. */
function portsOf(target: string, ports: Things['ports']): readonly CompletionOption[] {
  const [type, name] = target.includes('/') ? target.split('/') : ['pods', target]
  const resource = resolveResource(type ?? '')
  return resource ? ports(resource.plural, name ?? '').map(label => ({ label })) : []
}

function argumentOptions(
  command: Command,
  args: readonly string[],
  word: string,
  { names, ports }: Things,
): readonly CompletionOption[] {
  const [target] = args
  if (command.takesPorts && target !== undefined) return portsOf(target, ports).filter(({ label }) => !args.includes(label))
  if (command.kind !== undefined && !(command.arguments === 'resource' && word.includes('/'))) {
    const plural = command.kind
    return names(plural)
      .filter(name => !args.includes(name))
      .map(label => ({ label }))
  }
  if (command.arguments === 'command')
    return KUBECTL.commands?.filter(isThere).map(({ name, short }) => ({ label: name, detail: short })) ?? []
  if (command.arguments !== 'resource' && command.arguments !== 'resources') return []
  const [type] = args
  const slash = word.indexOf('/')
  if (slash > 0) return namesOf(resolveResource(word.slice(0, slash)), names)
  if (type === undefined || type.includes('/'))
    return command.kinds?.map(label => ({ label })) ?? resourceWords(command.arguments === 'resources')
  return namesOf(resolveResource(type), names).filter(option => !args.slice(1).includes(option.label))
}

const namesOf = (resource: Resource | undefined, names: Names): readonly CompletionOption[] =>
  resource ? names(resource.plural).map(label => ({ label })) : []

function resourceWords(withAll: boolean): readonly CompletionOption[] {
  const seen = new Set<string>()
  const words: CompletionOption[] = []
  for (const { plural, kind, verbs, shortNames } of RESOURCES) {
    if (seen.has(plural) || !verbs.includes('list')) continue
    seen.add(plural)
    words.push({ label: plural, detail: [kind, ...shortNames].join(', ') })
  }
  return withAll ? [...words, { label: 'all', detail: 'what runs: pods, services, deployments and the like' }] : words
}

const FORMATS = ['json', 'yaml', 'wide', 'name', 'jsonpath=', 'custom-columns=', 'go-template=']

function valuesOf(flags: readonly Flag[], given: string, names: Names): readonly CompletionOption[] {
  const found = flags.find(flag => given === `--${flag.name}` || (flag.short !== undefined && given === `-${flag.short}`))
  if (found?.name === 'namespace') return names('namespaces').map(label => ({ label }))
  if (found?.name === 'output')
    return FORMATS.filter(format => found.help.includes(format.replace('=', ''))).map(label => ({ label }))
  if (found?.name === 'dry-run') return ['none', 'server', 'client'].map(label => ({ label }))
  if (found?.name === 'cascade') return ['background', 'foreground', 'orphan'].map(label => ({ label }))
  return []
}

/** What is refused whatever one asks of it is not offered. */
const isThere = (command: Command): boolean => !(command.anyFlags || command.commands?.every(sub => sub.anyFlags))

const firstSentence = (help: string): string => help.split(/(?<=\.)\s/)[0] ?? help
