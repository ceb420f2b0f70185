/**
 * curl on the machine of the person who types: it reaches the ports that `kubectl port-forward` listens on, and nothing else, since that
 * machine is in no cluster's network. Its options and words are those that commands in containers know too (api/fetch.ts).
 */
import { type Fetch, outcomeOf, type Reply, readFetch } from '../api/fetch'
import type { KubectlMessage } from '../api/kubectl'
import type { ForwardReply } from '../api/port-forward'
import { perform, sleep, waitFor } from '../client/effects'
import { SERVER } from './kubeconfig'
import { splitLine } from './line'
import { connectTo, type Listener, listenerAt } from './local-ports'
import type { KubectlState, Run } from './session'

/** From the start of the process to its first word, in virtual ms. */
const START_UP_MS = 8
const NO_URL = "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n"
/** The machine's names for itself. */
const LOCAL = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|::1)$/

/** Whether a command line is curl's. */
export const isCurl = (line: string): boolean => /^\s*curl(\s|$)/.test(line)

/** A process of curl, from its command line to its exit code. */
export function* curl({ id, line }: KubectlMessage): Run<number> {
  yield* sleep(START_UP_MS)
  const split = splitLine(line)
  if ('error' in split) return yield* refuse(id, split.error)
  const args = split.words.slice(1)
  if (args.length === 0) {
    yield* say(id, 'stderr', NO_URL)
    return 2
  }
  const fetch = readFetch('curl', args, true)
  if (!fetch || !(fetch.to === '-' || fetch.to === '/dev/null'))
    return yield* refuse(id, `curl is not simulated here for: ${args.join(' ')}`)
  const host = fetch.host.replace(/^\[(.*)\]$/, '$1')
  if (!LOCAL.test(host)) return yield* refuse(id, notHere(host))
  if (SERVER.endsWith(`:${fetch.port}`))
    return yield* refuse(id, 'the apiserver listens there, and speaks TLS only: ask it with kubectl get --raw')
  const listener = yield* perform<KubectlState, Listener | undefined>(world => listenerAt(world, host, fetch.port))
  const reply = listener && (yield* ask(id, listener, fetch))
  return yield* tell(id, fetch, listener, reply)
}

const notHere = (host: string): string =>
  `${host} can't be reached: this machine is not in the cluster's network, and nothing else is simulated. Forward a port (kubectl port-forward) and ask localhost, or ask from a pod (kubectl exec POD -- wget -qO- http://${host})`

/** Asks over a forwarded port; undefined where the connection is closed without an answer. */
function* ask(id: number, listener: Listener, { host, port, path }: Fetch): Run<ForwardReply | undefined> {
  return yield* waitFor<KubectlState, ForwardReply | undefined>((world, procedure) => {
    const { context } = world
    const seq = context.note('kubectl.connect', { id, to: `${host}:${port}`, by: listener.command, program: 'curl' })
    context.because(seq, () => connectTo(world, listener, path, procedure))
  })
}

/** Prints what came of it. */
function* tell(id: number, fetch: Fetch, listener: Listener | undefined, reply: ForwardReply | undefined): Run<number> {
  const { status, body, container = '' } = reply ?? {}
  const outcome = !listener ? 'refused' : reply ? 'answered' : 'empty'
  const known: Reply = {
    outcome,
    us: 0,
    address: fetch.host,
    ...(status !== undefined && { status, isSure: true }),
    ...(body !== undefined && { body }),
  }
  const said = outcomeOf(fetch, known)
  if (!said) {
    const what = status === undefined ? 'only that it took the connection' : `only its status, ${status}`
    return yield* refuse(id, `what ${container} answers to this is not known here, ${what}`)
  }
  const { out = '', err = '', more = '', status: code = 0 } = said
  yield* say(id, 'stdout', fetch.to === '-' ? out : '')
  yield* say(id, 'stderr', err)
  yield* say(id, 'stdout', more)
  return code
}

function* refuse(id: number, why: string): Run<number> {
  yield* say(id, 'stderr', `error: ${why}\n`)
  return 1
}

function* say(id: number, stream: 'stdout' | 'stderr', text: string): Run {
  if (text === '') return
  yield* perform<KubectlState, void>(({ context }) => {
    context.note('kubectl.output', { id, stream, text, program: 'curl' })
  })
}
