// Models containerd internal/cri/server/container_execsync.go and container_exec.go: the calls, which take as long as their command, and its connections.
import type { Packet, PacketReply } from '../api/cni'
import type { CriCall, CriRequest } from '../api/cri'
import type { Ask, Reply } from '../api/fetch'
import { nodeRoom } from '../api/rooms'
import type { Message, Seq, TimerId } from '../kernel/types'
import { listener } from './containers'
import { executeIn, startError } from './exec'
import { httpAnswer } from './pages'
import './reasons'
import type { Executed } from './shell'
import type { RuntimeContainer } from './state'
import { answer, type World } from './world'

type ExecCall = Extract<CriCall, { readonly method: 'ExecSync' | 'Exec' }>

/** A command that runs in a container. */
interface Running {
  readonly request: CriRequest
  /** When it was started (virtual µs). */
  readonly began: number
  /** What its connections have brought. */
  readonly replies: readonly Reply[]
}
/** It has ended, or its time is over. */
export interface ExecMessage extends Message {
  readonly type: 'runtime.exec'
  readonly request: CriRequest
  readonly outcome: Executed
  readonly late: boolean
}
/** It opens a connection now. */
export interface ConnectMessage extends Message {
  readonly type: 'runtime.connect'
  readonly running: Running
  readonly ask: Ask
}
/** Nobody has answered to it. */
export interface UnansweredMessage extends Message {
  readonly type: 'runtime.unanswered'
  readonly connection: Seq
}
export interface OpenConnection {
  readonly running: Running
  readonly address: string
  readonly opened: number
  readonly timer: TimerId
}

/** Between the call and the command's start, in ms: least, and so much by chance. */
const START_MS = [20, 40] as const

/** Runs a command in a container that runs. */
export function exec(world: World, request: CriRequest, call: ExecCall): void {
  const { state, context } = world
  const container = state.containers.get(call.container)
  if (container?.status.state !== 'running') {
    const what = container ? `CONTAINER_${container.status.state.toUpperCase()}` : 'CONTAINER_UNKNOWN'
    answer(world, request, {}, `rpc error: code = Unknown desc = failed to exec in container: container is in ${what} state`)
    return
  }
  const missing = startError(container, call.command)
  if (missing !== undefined) {
    const error =
      call.method === 'Exec' ? `error executing command in container: ${missing}` : `rpc error: code = Unknown desc = ${missing}`
    answer(world, request, {}, error)
    return
  }
  if (call.method === 'Exec') context.note('runtime.exec', { name: container.status.name, command: call.command.join(' ') })
  const began = context.now + 1000 * (START_MS[0] + START_MS[1] * context.random())
  goOn(world, container, { request, began, replies: [] })
}

/** Runs it as far as is known: to its end, or to its next connection. */
function goOn(world: World, container: RuntimeContainer, running: Running): void {
  const { context } = world
  const { request, began, replies } = running
  const call = request.call as ExecCall
  const { command, mounts } = call
  const stdin = call.method === 'Exec' ? call.stdin : undefined
  const words = {
    words: command,
    typed: call.method === 'Exec',
    ...(stdin !== undefined && { stdin }),
    ...(mounts && { mounts }),
  }
  const outcome = executeIn(container, words, Math.round(began), replies)
  const limitUs = call.method === 'ExecSync' && call.timeoutSeconds > 0 ? call.timeoutSeconds * 1e6 : Number.POSITIVE_INFINITY
  const end = began + (outcome.asks?.at ?? outcome.us) - context.now
  const asked = request.call.method === 'ExecSync' ? began - START_MS[0] * 1000 : began
  const late = context.now + end - asked > limitUs
  const waitMs = (late ? asked + limitUs - context.now : end) / 1000
  if (outcome.asks && !late) {
    context.after(waitMs, { type: 'runtime.connect', running, ask: outcome.asks } as ConnectMessage)
    return
  }
  if (waitMs < Number.POSITIVE_INFINITY) context.after(waitMs, { type: 'runtime.exec', request, outcome, late } as ExecMessage)
}

/** The command's answer; what it wrote into files stays. */
export function execEnded(world: World, { request, outcome, late }: ExecMessage): void {
  const call = request.call as ExecCall
  const container = world.state.containers.get(call.container)
  if (late || !container) {
    const limit = `${call.method === 'ExecSync' ? call.timeoutSeconds : 0}s`
    const why = `timeout ${limit} exceeded: context deadline exceeded`
    answer(world, request, {}, `rpc error: code = DeadlineExceeded desc = failed to exec in container: ${why}`)
    return
  }
  const { known, exitCode, stdout, stderr, files } = outcome
  if (Object.keys(files).length > 0)
    world.state.containers.set(
      call.container,
      Object.freeze({ ...container, files: Object.freeze({ ...container.files, ...files }) }),
    )
  // a command goes with its container
  const killed = container.status.state !== 'running'
  const code = killed ? 137 : exitCode
  answer(
    world,
    request,
    call.method === 'Exec' ? { known, exitCode: code, stdout, stderr } : { known, exitCode, output: stdout + stderr },
  )
}

const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/

/** The address of a name in a container's /etc/hosts; others are not known: there is no DNS here. */
function addressOf(container: RuntimeContainer, host: string, mounts: ExecCall['mounts']): string | undefined {
  if (ADDRESS.test(host)) return host
  const hosts = (mounts ?? container.config.mounts ?? []).find(({ path }) => path === '/etc/hosts')?.files['']
  for (const line of (hosts ?? '127.0.0.1\tlocalhost').split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (ADDRESS.test(address) && names.includes(host)) return address
  }
  return undefined
}

/** Opens a connection: within the pod at once, else over the node's network. */
export function connect(world: World, { running, ask }: ConnectMessage): void {
  const { state, context, profile } = world
  const { request } = running
  const call = request.call as ExecCall
  const container = state.containers.get(call.container)
  if (!container) return
  const { host, port, path, timeoutSeconds } = ask
  const destination = addressOf(container, host, call.mounts)
  const ip = state.sandboxes.get(container.status.sandbox)?.status.ip ?? ''
  if (destination === undefined) {
    answer(world, request, { known: false, exitCode: 0, stdout: '', stderr: '', output: '' })
    return
  }
  const opened = context.now
  if (destination === '127.0.0.1' || destination === ip) {
    const other = listener(state, ip, port, opened)
    const reply: Reply = other
      ? { outcome: 'answered', us: 600, address: destination, ...httpAnswer(other, port, path, opened) }
      : { outcome: 'refused', us: 200, address: destination }
    goOn(world, container, { ...running, replies: [...running.replies, reply] })
    return
  }
  const connection = context.note('runtime.connect', { name: container.status.name, to: `${destination}:${port}` })
  const timer = context.after(timeoutSeconds * 1000, { type: 'runtime.unanswered', connection } as UnansweredMessage)
  state.connections.set(connection, Object.freeze({ running, address: destination, opened, timer }))
  const via = [nodeRoom('runtime', profile.name)]
  const packet: Packet = { type: 'network.packet', connection, source: ip, destination, port, protocol: 'TCP', path, via }
  context.because(connection, () =>
    context.send(nodeRoom('network', profile.name), packet, 'network.packet', { from: ip, to: `${destination}:${port}` }),
  )
}

/** The way back of a connection. */
export function replied(world: World, { connection, outcome, status, isSure, body }: PacketReply): void {
  const open = take(world, connection)
  if (open)
    settle(world, open, {
      outcome,
      ...(status !== undefined && { status }),
      ...(isSure && { isSure }),
      ...(body !== undefined && { body }),
    })
}

/** A connection that has led nowhere. */
export function unanswered(world: World, { connection }: UnansweredMessage): void {
  const open = take(world, connection)
  if (open) settle(world, open, { outcome: 'lost' })
}

function take({ state, context }: World, connection: Seq): OpenConnection | undefined {
  const open = state.connections.get(connection)
  if (!open) return undefined
  state.connections.delete(connection)
  context.cancel(open.timer)
  return open
}

function settle(world: World, { running, address, opened }: OpenConnection, reply: Omit<Reply, 'us' | 'address'>): void {
  const container = world.state.containers.get((running.request.call as ExecCall).container)
  if (!container) return
  const us = world.context.now - opened
  goOn(world, container, { ...running, replies: [...running.replies, Object.freeze({ ...reply, us, address })] })
}
