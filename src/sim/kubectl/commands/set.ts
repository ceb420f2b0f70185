// Models k8s.io/kubectl/pkg/cmd/set/set.go
import type { Command } from '../command'
import { envCommand } from '../set/env'
import { imageCommand } from '../set/image'
import { resourcesCommand } from '../set/resources'
import { selectorCommand } from '../set/selector'
import { serviceAccountCommand } from '../set/serviceaccount'
import { subjectCommand } from '../set/subject'

export const setCommand: Command = {
  name: 'set',
  use: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  commands: [envCommand, imageCommand, resourcesCommand, selectorCommand, serviceAccountCommand, subjectCommand],
}
