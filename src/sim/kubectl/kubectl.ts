// Models cmd/kubectl: each command line is a process of its own that talks to the apiserver. curl (curl.ts) is another program of this machine.
import type { KubectlInterrupt, KubectlMessage } from '../api/kubectl'
import type { StreamChunk } from '../api/messages'
import type { ForwardReply } from '../api/port-forward'
import { ROOMS, USERS } from '../api/rooms'
import type { Schema } from '../api/schema'
import { perform, sleep } from '../client/effects'
import { cancelRequest } from '../client/http'
import { answer, clientRoom, end, start } from '../client/room'
import type { Message, Room } from '../kernel/types'
import './reasons'
import { helpOf, KUBECTL } from './commands'
import { curl, isCurl } from './curl'
import { CommandFailed, fail, printedError } from './errors'
import { GLOBAL_FLAGS } from './flags'
import type { DeadlineMessage } from './follow'
import { checkConnection, contextNamespace, SERVER } from './kubeconfig'
import { splitLine } from './line'
import { closePorts, forgetConnection, receiveReply } from './local-ports'
import { durationMs, parse, pathName } from './parse'
import { err, isOn, type KubectlState, type KubectlWorld, out, type Run, type Session, text } from './session'
import { receiveChunk } from './streams'

/** From the start of the process to its first request or word, in virtual milliseconds, as recorded. */
const START_UP_MS = 140
/** What a shell says of a process that Ctrl-C ended. */
const INTERRUPTED = 130
const RUN = 'kubectl.run'

export interface KubectlConfig {
  /** Of the kinds that the cluster serves. */
  readonly schema: Schema
}

/** The room `kubectl`: takes command lines and Ctrl-C, see api/kubectl.ts. */
export const createKubectl = ({ schema }: KubectlConfig): Room<KubectlState> =>
  clientRoom<KubectlState>({
    id: ROOMS.kubectl,
    user: USERS.admin,
    server: SERVER,
    isAwaited: true,
    own: () => ({
      running: new Map(),
      discovered: undefined,
      contextNamespace: '',
      documents: new Set(),
      deadlines: new Map(),
      expired: new Set(),
      chunks: new Map(),
      streaming: new Set(),
      listeners: [],
      connections: [],
      connected: new Map(),
      files: new Map(),
    }),
    informers: {},
    bootInformers: [],
    procedures: { [RUN]: (message: KubectlMessage) => run(message, schema) },
    ended: (world, procedure, result) => {
      const message = procedure.args[0] as KubectlMessage
      world.context.note('kubectl.exit', { id: message.id, code: result as number, ...programOf(message) })
      forget(world, message.id)
    },
    receive,
  })

function receive(world: KubectlWorld, message: Message): void {
  if (message.type === 'kubectl') {
    const command = message as KubectlMessage
    world.context.note('kubectl.command', { id: command.id, line: command.line, ...programOf(command) })
    world.state.running.set(command.id, start(world, RUN, [Object.freeze(command)]))
  } else if (message.type === 'kubectl.interrupt') interrupt(world, (message as KubectlInterrupt).id)
  else if (message.type === 'forward.reply') receiveReply(world, message as ForwardReply)
  else if (message.type === 'chunk') receiveChunk(world, message as StreamChunk)
  else if (message.type === 'kubectl.deadline') expire(world, (message as DeadlineMessage).id)
}

/** What is typed here is kubectl's, or says whose it is. */
const programOf = ({ line }: KubectlMessage): { readonly program?: 'curl' } => (isCurl(line) ? { program: 'curl' } : {})

/** The process has ended. */
function forget(world: KubectlWorld, id: number): void {
  const { state, context } = world
  const deadline = state.deadlines.get(id)
  if (deadline !== undefined) context.cancel(deadline)
  state.deadlines.delete(id)
  state.expired.delete(id)
  state.chunks.delete(id)
  state.streaming.delete(id)
  forgetConnection(world, state.running.get(id) ?? 0)
  state.running.delete(id)
  closePorts(world, id)
}

/** A command's timeout is over: it waits no longer for its watch. */
function expire(world: KubectlWorld, id: number): void {
  const { state } = world
  const procedure = state.running.get(id)
  if (procedure === undefined) return
  state.deadlines.delete(id)
  state.expired.add(id)
  for (const [request, stream] of state.streams) {
    const waiter = state.requests.get(request)?.waiter
    if (waiter?.kind !== 'stream' || waiter.procedure !== procedure || !stream.waiting) continue
    stream.waiting = false
    answer(world, procedure, 0, undefined)
    return
  }
}

/** Ctrl-C: the process is gone, and with it the connections of its watches. */
function interrupt(world: KubectlWorld, id: number): void {
  const { state, context } = world
  const procedure = state.running.get(id)
  if (procedure === undefined) return
  // a forward takes the signal itself, and ends as if it were done
  const code = state.listeners.some(({ command }) => command === id) ? 0 : INTERRUPTED
  context.note('kubectl.interrupted', { id })
  end(world, procedure)
  forget(world, id)
  for (const [request, { waiter }] of [...state.requests]) {
    if (waiter.kind === 'informer' || waiter.procedure !== procedure) continue
    state.streams.delete(request)
    cancelRequest(world, request)
  }
  context.note('kubectl.exit', { id, code })
}

/** A process from its command line to its exit code. */
function* run(message: KubectlMessage, schema: Schema): Run<number> {
  if (isCurl(message.line)) return yield* curl(message)
  yield* sleep(START_UP_MS)
  const bare = sessionOf(message, schema)
  try {
    yield* runLine(message, schema)
    return 0
  } catch (problem) {
    if (!(problem instanceof CommandFailed)) throw problem
    const { text, code } = printedError(problem.why)
    yield* err(bare, text === '' || text.endsWith('\n') ? text : `${text}\n`)
    return code
  }
}

function* runLine(message: KubectlMessage, schema: Schema): Run {
  const split = splitLine(message.line)
  if ('error' in split) return fail(split.error)
  const parsed = parse(KUBECTL, split.words)
  if ('error' in parsed) return fail(parsed.error)
  const { path, args, dash, flags, help } = parsed
  const command = path[path.length - 1] ?? KUBECTL
  const named = flags.values.namespace
  const bare = sessionOf(message, schema)
  const impersonate = flags.values.as
  const session: Session = {
    ...bare,
    // a file may be called as any word is: nothing is inherited
    files: Object.assign(Object.create(null) as Record<string, string>, yield* leftFiles(), bare.files),
    path: pathName(path),
    args,
    dash,
    flags,
    namespace: (typeof named === 'string' && named) || (yield* contextNamespace()) || 'default',
    namespaceSet: flags.changed.has('namespace'),
    impersonate: typeof impersonate === 'string' && impersonate !== '' ? impersonate : undefined,
    impersonateGroups: Array.isArray(flags.values['as-group']) ? flags.values['as-group'] : [],
  }
  for (const { name, deprecated } of command.flags ?? [])
    if (deprecated !== undefined && flags.changed.has(name))
      yield* err(session, `Flag --${name} has been deprecated, ${deprecated}\n`)
  if (help || path.length === 1) return yield* out(session, helpOf(path))
  for (const { name, refused } of [...(command.flags ?? []), ...GLOBAL_FLAGS])
    if (refused && flags.changed.has(name)) fail(`--${name} is not simulated here`)
  checkConnection(session)
  checkTimeout(session)
  if (command.run) {
    yield* command.run(session)
    return checkWarnings(session)
  }
  // cmdutil.DefaultSubCommandRun
  if (args.length > 0)
    return fail(`unknown command ${JSON.stringify(args.join(' '))}\nSee '${session.path} -h' for help and examples`)
  yield* command.helpsOn === 'stdout' ? out(session, helpOf(path)) : err(session, helpOf(path))
  throw new CommandFailed({ kind: 'exit', code: 1 })
}

/** clientcmd.ParseTimeout */
function checkTimeout(s: Session): void {
  const given = text(s, 'request-timeout')
  if (given !== '' && !/^[-+]?\d+$/.test(given) && durationMs(given) === undefined)
    fail(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
}

/** `--warnings-as-errors` */
function checkWarnings(s: Session): void {
  const { size } = s.warned
  if (isOn(s, 'warnings-as-errors') && size > 0) fail(`${size} warning${size === 1 ? '' : 's'} received`)
}

/** Files that earlier commands have left; `-f` can read them. */
function* leftFiles(): Run<Readonly<Record<string, string>> | undefined> {
  return yield* perform<KubectlState, Readonly<Record<string, string>> | undefined>(({ state }) =>
    state.files.size === 0 ? undefined : Object.fromEntries(state.files),
  )
}

const sessionOf = (message: KubectlMessage, schema: Schema): Session => ({
  schema,
  id: message.id,
  path: 'kubectl',
  args: [],
  dash: -1,
  flags: { values: {}, changed: new Set() },
  stdin: message.stdin,
  opened: message.opened,
  files: message.stdin === undefined ? (message.files ?? {}) : { ...message.files, '/dev/stdin': message.stdin },
  namespace: 'default',
  namespaceSet: false,
  user: message.user,
  groups: message.groups,
  impersonate: undefined,
  impersonateGroups: [],
  warned: new Set(),
  printed: 0,
})
