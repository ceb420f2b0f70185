/** All commands, in the groups and order in which `kubectl --help` shows them. */
import type { Command } from '../command'
import { type CommandGroup, helpText, optionsText, usageText } from '../help'
import { findCommand } from '../parse'
import { err, out, type Run, type Session } from '../session'
import { applyCommand } from './apply'
import { authCommand } from './auth'
import { autoscaleCommand } from './autoscale'
import { certificateCommand } from './certificate'
import { apiResourcesCommand, apiVersionsCommand, clusterInfoCommand, versionCommand } from './cluster'
import { configCommand } from './config'
import { cordonCommand, uncordonCommand } from './cordon'
import { createCommand } from './create'
import { deleteCommand } from './delete'
import { describeCommand } from './describe'
import { diffCommand } from './diff'
import { drainCommand } from './drain'
import { editCommand } from './edit'
import { eventsCommand } from './events'
import { execCommand } from './exec'
import { explainCommand } from './explain'
import { exposeCommand } from './expose'
import { getCommand } from './get'
import { annotateCommand, labelCommand } from './label'
import { logsCommand } from './logs'
import { patchCommand } from './patch'
import { portForwardCommand } from './port-forward'
import {
  attachCommand,
  completionCommand,
  copyCommand,
  debugCommand,
  kubercCommand,
  kustomizeCommand,
  pluginCommand,
  proxyCommand,
} from './refused'
import { replaceCommand } from './replace'
import { rolloutCommand } from './rollout'
import { runCommand } from './run'
import { scaleCommand } from './scale'
import { setCommand } from './set'
import { taintCommand } from './taint'
import { topCommand } from './top'
import { waitCommand } from './wait'

const GROUPS: readonly CommandGroup[] = [
  { title: 'Basic Commands (Beginner)', commands: [createCommand, exposeCommand, runCommand, setCommand] },
  { title: 'Basic Commands (Intermediate)', commands: [explainCommand, getCommand, editCommand, deleteCommand] },
  { title: 'Deploy Commands', commands: [rolloutCommand, scaleCommand, autoscaleCommand] },
  {
    title: 'Cluster Management Commands',
    commands: [certificateCommand, clusterInfoCommand, topCommand, cordonCommand, uncordonCommand, drainCommand, taintCommand],
  },
  {
    title: 'Troubleshooting and Debugging Commands',
    commands: [
      describeCommand,
      logsCommand,
      attachCommand,
      execCommand,
      portForwardCommand,
      proxyCommand,
      copyCommand,
      authCommand,
      debugCommand,
      eventsCommand,
    ],
  },
  {
    title: 'Advanced Commands',
    commands: [diffCommand, applyCommand, patchCommand, replaceCommand, waitCommand, kustomizeCommand],
  },
  { title: 'Settings Commands', commands: [labelCommand, annotateCommand, completionCommand] },
  {
    title: 'Other Commands',
    commands: [apiResourcesCommand, apiVersionsCommand, configCommand, kubercCommand, pluginCommand, versionCommand],
  },
]

function* help(s: Session): Run {
  const { path, rest } = findCommand(KUBECTL, s.args)
  if (rest.length === 0) return yield* out(s, helpOf(path))
  const words = s.args.map(word => `\`${word}\``).join(' ')
  yield* err(s, `Unknown help topic [${words}]\n\n\n${usageText([KUBECTL], GROUPS)}`)
}

const helpCommand: Command = {
  name: 'help',
  use: 'help [command] [flags]',
  short: 'Help about any command',
  long: 'Help provides help for any command in the application. Simply type kubectl help [path to command] for full details.',
  arguments: 'command',
  run: help,
}

const optionsCommand: Command = {
  name: 'options',
  use: 'options',
  short: 'Print the list of flags inherited by all commands',
  examples: ['# Print flags inherited by all commands', 'kubectl options'],
  arguments: 'none',
  run: s => out(s, optionsText()),
}

/** kubectl itself. */
export const KUBECTL: Command = {
  name: 'kubectl',
  use: 'kubectl [flags]',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  commands: [...GROUPS.flatMap(group => group.commands), helpCommand, optionsCommand],
}

/** Help for the command at the end of a path. */
export const helpOf = (path: readonly Command[]): string => helpText(path, path.length === 1 ? GROUPS : [])
