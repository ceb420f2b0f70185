// Models k8s.io/kubectl/pkg/cmd/set/set.go
import type { Command } from '../command'
import { refusing } from '../refusing'
import { envCommand } from '../set/env'
import { imageCommand } from '../set/image'
import { resourcesCommand } from '../set/resources'

export const setCommand: Command = {
  name: 'set',
  use: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  commands: [
    envCommand,
    imageCommand,
    resourcesCommand,
    ...(
      [
        ['selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]', 'Set the selector on a resource'],
        ['serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT', 'Update the service account of a resource'],
        [
          'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
          'Update the user, group, or service account in a role binding or cluster role binding',
        ],
      ] as const
    ).map(([use, short]) => refusing({ name: use.split(' ')[0] ?? '', use, short, why: 'use patch or apply' })),
  ],
}
