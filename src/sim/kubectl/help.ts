// Models k8s.io/kubectl/pkg/util/templates: how help is laid out.
import type { Command, Flag, FlagValue } from './command'
import { GLOBAL_FLAGS } from './flags'
import { pathName } from './parse'

/** Commands of kubectl itself in the groups that `kubectl --help` shows them in. */
export interface CommandGroup {
  readonly title: string
  readonly commands: readonly Command[]
}

const OPTIONS_HINT = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'

/** What `--help` prints for a command, given as the path from kubectl to it. */
export function helpText(path: readonly Command[], groups: readonly CommandGroup[] = []): string {
  const command = path[path.length - 1]
  return command ? `${command.long ?? `${command.short}.`}\n\n${usageText(path, groups)}` : ''
}

/** Help without the description. */
export function usageText(path: readonly Command[], groups: readonly CommandGroup[] = []): string {
  const command = path[path.length - 1]
  if (!command) return ''
  const name = pathName(path)
  const sections: string[] = []
  if (command.aliases) sections.push(`Aliases:\n${[command.name, ...command.aliases].join(', ')}`)
  if (command.examples) sections.push(`Examples:\n${command.examples.map(line => `  ${line}`).join('\n')}`)
  const width = Math.max(11, ...(command.commands ?? []).map(sub => sub.name.length))
  if (groups.length > 0) sections.push(...groups.map(group => commandList(`${group.title}:`, group.commands, width)))
  else if (command.commands) sections.push(commandList('Available Commands:', [...command.commands].sort(byName), width))
  const options = flagList(command.flags ?? [])
  if (options) sections.push(`Options:\n${options.trimEnd()}`)
  sections.push(`Usage:\n  ${usageOf(path)}`)
  const hint = command.commands ? `Use "${name} <command> --help" for more information about a given command.\n` : ''
  return `${sections.join('\n\n')}\n\n${hint}${OPTIONS_HINT}`
}

/** The usage line: the parents' names, then the command's own usage. */
function usageOf(path: readonly Command[]): string {
  const parents = path.slice(0, -1).map(parent => parent.name)
  const line = [...parents, path[path.length - 1]?.use ?? ''].join(' ')
  return line.includes('[options]') ? line : `${line} [options]`
}

const byName = (a: Command, b: Command): number => (a.name < b.name ? -1 : 1)

function commandList(title: string, commands: readonly Command[], width: number): string {
  return [title, ...commands.map(command => `  ${command.name.padEnd(width)}   ${command.short}`)].join('\n')
}

/** Flags by name, each with its default and its help below. */
function flagList(flags: readonly Flag[]): string {
  return [...flags]
    .filter(flag => !flag.hidden && !flag.refused)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(flag => `    ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}=${valueText(flag)}:\n\t${flag.help}\n\n`)
    .join('')
}

/** What `kubectl options` prints. */
export const optionsText = (): string => `The following options can be passed to any command:\n\n${flagList(GLOBAL_FLAGS)}`

function valueText(flag: Flag): string {
  const value: FlagValue | undefined = flag.value
  switch (flag.type) {
    case 'bool':
      return String(value ?? false)
    case 'int':
      return String(value ?? 0)
    case 'duration':
      return String(value ?? '0s')
    case 'string':
      return `'${value ?? ''}'`
    default:
      return `[${Array.isArray(value) ? value.join(',') : ''}]`
  }
}
