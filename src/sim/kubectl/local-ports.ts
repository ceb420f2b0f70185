// Models the listeners of k8s.io/client-go/tools/portforward/portforward.go, on the machine of the person who types: who listens where, and what
// is sent there. The forward's process only waits for its end; what comes over its ports is handled here.
import type { ForwardData, ForwardReply } from '../api/port-forward'
import { ROOMS } from '../api/rooms'
import { rfc3339Micro } from '../api/time'
import { answer } from '../client/room'
import { SERVER } from './kubeconfig'
import { hostPort } from './ports'
import type { KubectlWorld } from './session'
import { receiveChunk } from './streams'

/** A port that a forward listens on. */
export interface Listener {
  readonly address: string
  readonly port: number
  /** The command that forwards, and the request that it has opened. */
  readonly command: number
  readonly request: number
  readonly remote: number
}
/** A connection to such a port that waits for what comes back. */
export interface LocalConnection {
  /** Of its forward: the header requestID. */
  readonly number: number
  readonly listener: Listener
  /** Who has opened it: a procedure. */
  readonly procedure: number
}

/** The machine's own addresses; others can't be listened on. Where the apiserver listens (kubeconfig.ts) nobody else can. */
const OWN = /^(127\..*|0\.0\.0\.0|::1|::)$/
const APISERVER = { address: '127.0.0.1', port: Number(SERVER.replace(/^.*:/, '')) }
const ALL: Readonly<Record<string, string>> = { '127': '0.0.0.0', '::1': '::' }
const wildcardOf = (address: string): string => ALL[address.startsWith('127.') ? '127' : address] ?? address
const isV6 = (address: string): boolean => address.includes(':')

/** Two listeners are in each other's way: on one address, or one on all. */
const clash = (a: { readonly address: string; readonly port: number }, b: { readonly address: string; readonly port: number }) =>
  a.port === b.port &&
  isV6(a.address) === isV6(b.address) &&
  (a.address === b.address || a.address === wildcardOf(b.address) || b.address === wildcardOf(a.address))

/** Why the machine lets nobody listen there; undefined where it does. */
export function listenError({ state }: KubectlWorld, address: string, port: number): string | undefined {
  const place = { address, port }
  const why = !OWN.test(address)
    ? 'cannot assign requested address'
    : [APISERVER, ...state.listeners].some(other => clash(place, other))
      ? 'address already in use'
      : undefined
  return why && `listen ${isV6(address) ? 'tcp6' : 'tcp4'} ${hostPort(address, port)}: bind: ${why}`
}

/** Who listens where a program connects to: `localhost` is first looked for at ::1. */
export function listenerAt({ state }: KubectlWorld, host: string, port: number): Listener | undefined {
  const addresses = host === 'localhost' ? ['::1', '127.0.0.1'] : [host]
  for (const address of addresses) {
    const found = state.listeners.find(
      each => each.port === port && (each.address === address || each.address === wildcardOf(address)),
    )
    if (found) return found
  }
  return undefined
}

/** A program of the machine asks for a path at a forwarded port. */
export function connectTo(world: KubectlWorld, listener: Listener, path: string, procedure: number): void {
  const { state, context } = world
  const { command, request: id, port, remote } = listener
  context.note('kubectl.output', { id: command, stream: 'stdout', text: `Handling connection for ${port}\n` })
  const connection = state.connected.get(command) ?? 0
  state.connected.set(command, connection + 1)
  state.connections.push(Object.freeze({ number: connection, listener, procedure }))
  const data: ForwardData = { type: 'forward.data', id, connection, port: remote, path }
  context.send(ROOMS.apiserver, data, 'forward.data', { id, connection, port: remote, path })
}

/** What has come back goes to who asked. After an error the forward closes its connection: it is lost. */
export function receiveReply(world: KubectlWorld, reply: ForwardReply): void {
  const { state } = world
  const at = state.connections.findIndex(({ number, listener }) => number === reply.connection && listener.request === reply.id)
  const [connection] = at < 0 ? [] : state.connections.splice(at, 1)
  if (!connection) return
  const { listener, procedure } = connection
  if (reply.error !== undefined) {
    logError(world, listener, reply.error)
    receiveChunk(world, { type: 'chunk', id: listener.request, text: '', last: false, broken: true })
  }
  answer(world, procedure, 0, reply.error === undefined ? Object.freeze({ ...reply }) : undefined)
}

/** Where the real one says so, in client-go's sources of about v0.36. */
const PLACE = 'portforward.go:442'

/** klog's line: month, day and time, the process's number, the place, what it is about. */
function logError({ context }: KubectlWorld, { command, port, remote }: Listener, error: string): void {
  const [date = '', time = ''] = rfc3339Micro(context.now).replace('Z', '').split('T')
  const about = `"An error occurred forwarding" err=${JSON.stringify(error)} localPort=${port} remotePort=${remote}`
  const text = `E${date.slice(5).replace('-', '')} ${time} ${String(command).padStart(7)} ${PLACE}] ${about}\n`
  context.note('kubectl.output', { id: command, stream: 'stderr', text })
}

/** A process has ended: nobody listens on its ports, and who waits for what comes over them hears that there is no more. */
export function closePorts(world: KubectlWorld, command: number): void {
  const { state } = world
  state.connected.delete(command)
  if (!state.listeners.some(listener => listener.command === command)) return
  state.listeners = state.listeners.filter(listener => listener.command !== command)
  const lost = state.connections.filter(({ listener }) => listener.command === command)
  state.connections = state.connections.filter(({ listener }) => listener.command !== command)
  for (const { procedure } of lost) answer(world, procedure, 0, undefined)
}

/** A command that waits for an answer over a port has gone. */
export function forgetConnection({ state }: KubectlWorld, procedure: number): void {
  state.connections = state.connections.filter(connection => connection.procedure !== procedure)
}
