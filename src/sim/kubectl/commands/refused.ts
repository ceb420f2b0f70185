// Commands that are refused in words: k8s.io/kubectl/pkg/cmd/{attach,cp,debug,proxy,kustomize,completion,...}
import type { Container, KubeObject, Pod } from '../../api/types'
import { type Info, readAll } from '../builder'
import { type Command, flag, refused } from '../command'
import { resourceOf } from '../discovery'
import { fail, failWithAll, usageError } from '../errors'
import { refusing } from '../refusing'
import { type Run, type Session, text } from '../session'

const NO_WAY_IN = 'there is no way into the containers of this page'
const CONTAINER = flag.string('container', 'Container name. If omitted, the first container in the pod will be chosen', {
  short: 'c',
})
const STDIN = flag.bool('stdin', 'Pass stdin to the container', { short: 'i' })
const TTY = flag.bool('tty', 'Stdin is a TTY', { short: 't' })

/** Reads the object that a command is about, as the real one does before it connects. */
export function* readTarget(s: Session, target: string): Run<KubeObject | undefined> {
  const [type = '', name = ''] = target.includes('/') ? target.split('/') : ['pods', target]
  const resource = yield* resourceOf(s, type)
  const info: Info = { resource, namespace: resource.namespaced ? s.namespace : undefined, name }
  const found = yield* readAll(s, { kind: 'named', items: [info] })
  failWithAll(found.errors)
  return found.infos[0]?.object
}

function* checkPod(s: Session, target: string): Run {
  const object = yield* readTarget(s, target)
  if (object?.kind !== 'Pod') return
  const { spec, status, metadata } = object as unknown as Pod
  if (status.phase === 'Succeeded' || status.phase === 'Failed')
    fail(`cannot attach a container in a completed pod; current phase is ${status.phase}`)
  const { initContainers = [], containers, ephemeralContainers = [] } = spec
  const all = [...containers, ...initContainers, ...(ephemeralContainers as readonly Container[])].map(({ name }) => name)
  const wanted = text(s, 'container')
  if (wanted !== '' && !all.includes(wanted))
    fail(`cannot attach to the container: container ${wanted} not found in pod ${metadata.name}`)
}

export const attachCommand = refusing({
  name: 'attach',
  use: 'attach (POD | TYPE/NAME) -c CONTAINER',
  short: 'Attach to a running container',
  why: NO_WAY_IN,
  check: s => {
    if (s.args.length === 0) fail('at least 1 argument is required for attach')
    if (s.args.length > 1)
      fail(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${s.args.length}: [${s.args.join(' ')}]`)
  },
  look: s => checkPod(s, s.args[0] ?? ''),
  flags: [CONTAINER, STDIN, TTY, ...refused('detach-keys pod-running-timeout:duration q/quiet:bool')],
  arguments: 'resource',
  kind: 'pods',
})

export const copyCommand = refusing({
  name: 'cp',
  use: 'cp <file-spec-src> <file-spec-dest>',
  short: 'Copy files and directories to and from containers',
  why: 'containers have no files of their own here',
  check: s => {
    if (s.args.length !== 2) fail('source and destination are required')
  },
  flags: [CONTAINER, ...refused('no-preserve:bool retries:int')],
})

export const debugCommand = refusing({
  name: 'debug',
  use: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  why: NO_WAY_IN,
  check: s => {
    if (text(s, 'image') === '' && text(s, 'copy-to') === '') fail('you must specify --image when not using --copy-to.')
  },
  flags: [
    flag.string('image', 'Container image to use for debug container.'),
    flag.string('copy-to', 'Create a copy of the target Pod with this name.'),
    flag.string('container', 'Container name to use for debug container.', { short: 'c' }),
    flag.string('target', 'When using an ephemeral container, target processes in this container name.'),
    STDIN,
    TTY,
    ...refused(
      'arguments-only:bool attach:bool custom env:array f/filename:slice image-pull-policy keep-annotations:bool keep-init-containers:bool keep-labels:bool keep-liveness:bool keep-readiness:bool keep-startup:bool profile q/quiet:bool replace:bool same-node:bool set-image:array share-processes:bool',
    ),
  ],
  arguments: 'resource',
  kind: 'pods',
})

export const proxyCommand = refusing({
  name: 'proxy',
  use: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  short: 'Run a proxy to the Kubernetes API server',
  why: 'this page has no ports',
  flags: refused(
    'accept-hosts accept-paths address api-prefix append-server-path:bool disable-filter:bool keepalive:duration p/port:int reject-methods reject-paths u/unix-socket w/www P/www-prefix',
  ),
})

export const kustomizeCommand = refusing({
  name: 'kustomize',
  use: 'kustomize DIR [flags]',
  short: 'Build a kustomization target from a directory or URL',
  why: 'there are no directories here',
  flags: refused(
    'as-current-user:bool enable-alpha-plugins:bool enable-helm:bool e/env:array helm-api-versions:array helm-command helm-debug:bool helm-kube-version load-restrictor mount:array network:bool network-name o/output',
  ),
})

export const completionCommand = refusing({
  name: 'completion',
  use: 'completion SHELL',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  why: 'this prompt completes by itself',
  check: s => {
    const [shell, more] = s.args
    if (shell === undefined) usageError(s.path, 'Shell not specified.')
    if (more !== undefined) usageError(s.path, 'Too many arguments. Expected only the shell type.')
    if (shell !== undefined && !['bash', 'zsh', 'fish', 'powershell'].includes(shell))
      usageError(s.path, `Unsupported shell type ${JSON.stringify(shell)}.`)
  },
})

/** A command whose subcommands are all refused. */
const group = (
  name: string,
  use: string,
  short: string,
  why: string,
  subs: readonly (readonly [use: string, short: string])[],
): Command => ({
  name,
  use,
  short,
  long: `${short}.\n\n Not simulated here: ${why}.`,
  commands: subs.map(([sub, what]) => refusing({ name: sub.split(' ')[0] ?? '', use: sub, short: what, why })),
})

export const pluginCommand: Command = {
  name: 'plugin',
  use: 'plugin [flags]',
  short: 'Provides utilities for interacting with plugins',
  long: 'Provides utilities for interacting with plugins.\n\n Plugins are programs in the PATH whose names begin with kubectl-. There are none here.',
  commands: [
    {
      name: 'list',
      use: 'list',
      short: "List all visible plugin executables on a user's PATH",
      flags: [flag.bool('name-only', 'If true, display only the binary name of each plugin, rather than its full path')],
      arguments: 'none',
      run: () => fail('unable to find any kubectl plugins in your PATH'),
    },
  ],
}
export const kubercCommand = group(
  'kuberc',
  'kuberc SUBCOMMAND',
  'Manage kuberc configuration files',
  'there are no preferences here',
  [
    ['set --section (defaults|aliases) --command COMMAND', 'Set values in the kuberc configuration'],
    ['view', 'Display the current kuberc configuration'],
  ],
)
