/** All commands, in the order in which `kubectl --help` shows them. */
import type { Command } from '../command'
import type { CommandGroup } from '../help'
import { applyCommand } from './apply'
import { createCommand } from './create'
import { deleteCommand } from './delete'
import { describeCommand } from './describe'
import { exposeCommand } from './expose'
import { getCommand } from './get'
import { annotateCommand, labelCommand } from './label'
import { patchCommand } from './patch'
import { replaceCommand } from './replace'
import { rolloutCommand } from './rollout'
import { runCommand } from './run'
import { scaleCommand } from './scale'
import { setCommand } from './set'

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Basic Commands (Beginner)', commands: [createCommand, exposeCommand, runCommand, setCommand] },
  { title: 'Basic Commands (Intermediate)', commands: [getCommand, deleteCommand] },
  { title: 'Deploy Commands', commands: [rolloutCommand, scaleCommand] },
  { title: 'Troubleshooting and Debugging Commands', commands: [describeCommand] },
  { title: 'Advanced Commands', commands: [applyCommand, patchCommand, replaceCommand] },
  { title: 'Settings Commands', commands: [labelCommand, annotateCommand] },
]

export const KUBECTL: Command = {
  name: 'kubectl',
  use: 'kubectl [flags]',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  commands: GROUPS.flatMap(group => group.commands),
}
