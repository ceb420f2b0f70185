// Models k8s.io/kubectl/pkg/cmd/config
import { type Command, type Flag, flag, refused } from '../command'
import { fail } from '../errors'
import { PRINT_FLAGS } from '../flags'
import { helpText } from '../help'
import { CLUSTER, CONTEXT, contextNamespace, kubeconfig, setContextNamespace, USER } from '../kubeconfig'
import { formatObject, formatOf } from '../output'
import { layOut, TABLE_TABS } from '../print/tabwriter'
import { changed, isOn, out, type Run, type Session, text } from '../session'

const sub = (
  use: string,
  short: string,
  run: (s: Session) => Run,
  flags: readonly Flag[] = [],
  more: Partial<Command> = {},
): Command => ({ name: use.split(' ')[0] ?? '', use, short, long: `${short}.`, flags, arguments: 'none', run, ...more })

const refusedSub = (use: string, short: string): Command =>
  sub(use, short, () => fail(`config ${use.split(' ')[0]} is not simulated here: there is one cluster, one user and one context`))

const view = sub(
  'view [flags]',
  'Display merged kubeconfig settings or a specified kubeconfig file',
  function* (s) {
    const format = formatOf(s)
    const config = kubeconfig(yield* contextNamespace())
    // the printer takes anything with metadata; a kubeconfig has none
    yield* out(s, formatObject(s, { metadata: {}, ...config } as never, format))
  },
  [
    ...PRINT_FLAGS.map(f => (f.name === 'output' ? { ...f, value: 'yaml' } : f)),
    ...refused('flatten:bool merge:bool raw:bool'),
    flag.bool('minify', 'Remove all information not used by current-context from the output'),
  ],
)

const getContexts = sub(
  'get-contexts [(-o|--output=)name)]',
  'Describe one or many contexts',
  function* (s) {
    const format = text(s, 'output')
    if (format !== '' && format !== 'name')
      fail(`--output ${format} is not available in kubectl config get-contexts; resetting to default output format`)
    const found = s.args.length === 0 || s.args.includes(CONTEXT)
    const row = ['*', CONTEXT, CLUSTER, USER, yield* contextNamespace()]
    const head = format === '' && !isOn(s, 'no-headers') ? ['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'] : undefined
    if (format === 'name') yield* out(s, found ? `${CONTEXT}\n` : '')
    else
      yield* out(
        s,
        layOut([...(head ? [head] : []), ...(found ? [row] : [])].map(cells => `${cells.join('\t')}\n`).join(''), TABLE_TABS),
      )
    const missing = s.args.find(name => name !== CONTEXT)
    if (missing !== undefined) fail(`context ${missing} not found`)
  },
  [
    flag.bool(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
    flag.string('output', 'Output format. One of: (name).', { short: 'o' }),
  ],
)

const setContext = sub(
  'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  'Set a context entry in kubeconfig',
  function* (s) {
    const [name, more] = s.args
    if (more !== undefined) return yield* unexpected(s, setContext)
    if (isOn(s, 'current') && name !== undefined) fail('you cannot specify both a context name and --current')
    if (!isOn(s, 'current') && name === undefined) fail('you must specify a non-empty context name or --current')
    if (name !== undefined && name !== CONTEXT)
      fail(`config set-context ${name} is not simulated here: there is one context, ${CONTEXT}`)
    if (changed(s, 'cluster') || changed(s, 'user')) fail('config set-context can only set the namespace here')
    if (changed(s, 'namespace')) yield* setContextNamespace(text(s, 'namespace'))
    yield* out(s, `Context ${JSON.stringify(CONTEXT)} modified.\n`)
  },
  [
    flag.string('cluster', 'cluster for the context entry in kubeconfig'),
    flag.bool('current', 'Modify the current context'),
    flag.string('namespace', 'namespace for the context entry in kubeconfig', { short: 'n' }),
    flag.string('user', 'user for the context entry in kubeconfig'),
  ],
  {
    examples: ['# Let commands be about the namespace demo', 'kubectl config set-context --current --namespace=demo'],
  },
)

const useContext = sub(
  'use-context CONTEXT_NAME',
  'Set the current-context in a kubeconfig file',
  function* (s) {
    const [name, more] = s.args
    if (name === undefined || more !== undefined) return yield* unexpected(s, useContext)
    if (name !== CONTEXT) fail(`no context exists with the name: ${JSON.stringify(name)}`)
    yield* out(s, `Switched to context ${JSON.stringify(CONTEXT)}.\n`)
  },
  [],
  { aliases: ['use'] },
)

/** cmdutil.HelpErrorf: all of its help, then what is wrong. */
function* unexpected(s: Session, command: Command): Run {
  yield* out(s, helpText([CONFIG_ROOT, configCommand, command]))
  fail(`Unexpected args: [${s.args.join(' ')}]`)
}
const CONFIG_ROOT: Command = { name: 'kubectl', use: '', short: '' }

export const configCommand: Command = {
  name: 'config',
  use: 'config SUBCOMMAND',
  short: 'Modify kubeconfig files',
  long: 'Show the kubeconfig that stands for the simulated cluster, and set the namespace that commands are about.',
  commands: [
    sub('current-context [flags]', 'Display the current-context', s => out(s, `${CONTEXT}\n`)),
    refusedSub('delete-cluster NAME', 'Delete the specified cluster from the kubeconfig'),
    refusedSub('delete-context NAME', 'Delete the specified context from the kubeconfig'),
    refusedSub('delete-user NAME', 'Delete the specified user from the kubeconfig'),
    sub('get-clusters [flags]', 'Display clusters defined in the kubeconfig', s => out(s, `NAME\n${CLUSTER}\n`)),
    getContexts,
    sub('get-users [flags]', 'Display users defined in the kubeconfig', s => out(s, `NAME\n${USER}\n`)),
    refusedSub('rename-context CONTEXT_NAME NEW_NAME', 'Rename a context from the kubeconfig file'),
    refusedSub('set PROPERTY_NAME PROPERTY_VALUE', 'Set an individual value in a kubeconfig file'),
    refusedSub('set-cluster NAME', 'Set a cluster entry in kubeconfig'),
    setContext,
    refusedSub('set-credentials NAME', 'Set a user entry in kubeconfig'),
    refusedSub('unset PROPERTY_NAME', 'Unset an individual value in a kubeconfig file'),
    useContext,
    view,
  ],
}
