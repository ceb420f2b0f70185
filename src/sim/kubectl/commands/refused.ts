// Commands of the real kubectl that need what is not simulated here: they are known, and say so.
import { type Command, flag } from '../command'
import { fail, usageError } from '../errors'
import { type Session, text } from '../session'

/** `check` says what the real one says of bad arguments, before the refusal. */
const refused = (
  name: string,
  use: string,
  short: string,
  why: string,
  check: (s: Session) => void = () => {},
  more: Partial<Command> = {},
): Command => ({
  name,
  use,
  short,
  long: `${short}.\n\n Not simulated here: ${why}.`,
  flags: [
    flag.string('container', 'Container name.', { short: 'c' }),
    flag.bool('stdin', 'Pass stdin to the container', { short: 'i' }),
    flag.bool('tty', 'Stdin is a TTY', { short: 't' }),
  ],
  arguments: 'resource',
  ...more,
  run: s => {
    check(s)
    return fail(`${name} is not simulated here: ${why}`)
  },
})

export const execCommand = refused(
  'exec',
  'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  'Execute a command in a container',
  'no programs run in the containers of this page',
  s => {
    if (s.args.length === 0) fail('pod, type/name or --filename must be specified')
    if (s.args.length < 2) fail('you must specify at least one command for the container')
  },
  { kind: 'pods' },
)

export const attachCommand = refused(
  'attach',
  'attach (POD | TYPE/NAME) -c CONTAINER',
  'Attach to a running container',
  'no programs run in the containers of this page',
  s => {
    if (s.args.length === 0) fail('at least 1 argument is required for attach')
  },
  { kind: 'pods' },
)

export const copyCommand = refused(
  'cp',
  'cp <file-spec-src> <file-spec-dest>',
  'Copy files and directories to and from containers',
  'containers have no files of their own here',
  s => {
    if (s.args.length !== 2) fail('source and destination are required')
  },
)

export const debugCommand = refused(
  'debug',
  'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  'Create debugging sessions for troubleshooting workloads and nodes',
  'no programs run in the containers of this page',
  s => {
    if (text(s, 'image') === '' && text(s, 'copy-to') === '') fail('you must specify --image when not using --copy-to.')
  },
  {
    kind: 'pods',
    flags: [
      flag.string('image', 'Container image to use for debug container.'),
      flag.string('copy-to', 'Create a copy of the target Pod with this name.'),
      flag.string('container', 'Container name to use for debug container.', { short: 'c' }),
      flag.string('target', 'Target processes in this container name.'),
      flag.bool('stdin', 'Keep stdin open on the container(s) in the pod', { short: 'i' }),
      flag.bool('tty', 'Allocate a TTY for the debugging container.', { short: 't' }),
    ],
  },
)

export const portForwardCommand = refused(
  'port-forward',
  'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  'Forward one or more local ports to a pod',
  'this page has no ports',
  s => {
    if (s.args.length < 2) usageError(s.path, 'TYPE/NAME and list of ports are required for port-forward')
  },
)

export const proxyCommand = refused(
  'proxy',
  'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  'Run a proxy to the Kubernetes API server',
  'this page has no ports',
)

export const editCommand = refused(
  'edit',
  'edit (RESOURCE/NAME | -f FILENAME)',
  'Edit a resource on the server',
  'use the YAML editor of the page, or patch',
  s => {
    if (s.args.length === 0) fail('must specify one of -f and -k')
  },
)

export const kustomizeCommand = refused(
  'kustomize',
  'kustomize DIR',
  'Build a kustomization target from a directory or URL',
  'there are no directories here',
)

export const completionCommand = refused(
  'completion',
  'completion SHELL',
  'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  'this prompt completes by itself',
  s => {
    const [shell, more] = s.args
    if (shell === undefined) usageError(s.path, 'Shell not specified.')
    if (more !== undefined) usageError(s.path, 'Too many arguments. Expected only the shell type.')
    if (shell !== undefined && !['bash', 'zsh', 'fish', 'powershell'].includes(shell))
      usageError(s.path, `Unsupported shell type ${JSON.stringify(shell)}.`)
  },
)

export const certificateCommand = refused(
  'certificate',
  'certificate SUBCOMMAND',
  'Modify certificate resources',
  'nobody signs certificates here',
)
export const pluginCommand = refused(
  'plugin',
  'plugin',
  'Provides utilities for interacting with plugins',
  'there are no plugins here',
)
export const kubercCommand = refused(
  'kuberc',
  'kuberc SUBCOMMAND',
  'Manage kuberc configuration files',
  'there are no preferences here',
)
